"""The mailbox as a professional sees it: leave a letter, get words, come back with them. What follows is the chat's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.channels import actions
from samsyn.channels.adapters import known
from samsyn.channels.call_states import MAILBOX
from samsyn.channels.views.paid import paid_form, proof
from samsyn.channels.views.visitors import token_of, url, with_cookie, without_cookie
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Refused

PURPOSE = "letter"

# No token of forms, as in the chat: the challenge counts once, and the cookie goes with requests of this site alone.


@open_to_everyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Say what becomes of a letter; take one, and show the words to come back with this once."""
    if request.method == "GET":
        return _page(request)
    text = request.POST.get("text", "")
    at = request.received_at  # type: ignore[attr-defined]
    try:
        form, _by_script = paid_form(request, PURPOSE)
        left = actions.leave_letter(form=form, text=text, language=get_language() or "sv", at=at)
    except Refused as refused:
        return _page(request, error=str(refused.message), text=text, status=refused.status)
    return with_cookie(
        render(
            request, "channels/letter_left.html", {"code": left.code, "chat": url("chat"), "can": known.can(MAILBOX)}
        ),
        left.token,
    )


@open_to_everyone
@csrf_exempt
@require_POST
def open_mailbox(request: HttpRequest) -> HttpResponse:
    """Open the mailbox of the words that were typed."""
    try:
        token = actions.open_mailbox(code=request.POST.get("code", "").replace("\x00", ""))
    except Refused as refused:
        return _page(request, code_error=str(refused.message), status=refused.status)
    return with_cookie(redirect(url("chat")), token)


@open_to_everyone
@csrf_exempt
@require_POST
def close_mailbox(request: HttpRequest) -> HttpResponse:
    """Leave the mailbox: this browser opens it no more."""
    actions.close_mailbox(token=token_of(request))
    return without_cookie(redirect(url("letter")))


def _page(
    request: HttpRequest, *, error: str = "", text: str = "", code_error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "here": url("letter"),
        "open": url("open"),
        "chat": url("chat"),
        "can": known.can(MAILBOX),
        **proof(request, PURPOSE),
        "error": error,
        "code_error": code_error,
        "text": text,
    }
    return render(request, "channels/letter_start.html", context, status=status)
