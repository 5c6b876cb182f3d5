"""The chat as a professional sees it, on the public site: no cookie before it begins, one afterwards, none when it ends.

An open mailbox is shown by the same page; see ``mailbox`` for how one gets there.
"""

import contextlib
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.channels import actions, chat_policies, policies, queries, texts
from samsyn.channels.views.paid import paid_form, proof
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import floods

COOKIE = "__Host-s"
PURPOSE = "chat"
# Without script, and only while there are many, so many a minute and process begin, all together: no address is looked at.
without_script = floods.Bucket(chat_policies.WITHOUT_SCRIPT_A_MINUTE)


def url(name: str) -> str:
    """Return an address in the active language."""
    suffix = "" if get_language() == "sv" else f"_{get_language()}"
    return reverse(f"chat:{name}{suffix}")


# No token of forms, as on the public site's other pages: the cookie goes with requests of this site alone
# (SameSite=Strict), and what another site's page sends is refused by its fetch metadata.


@open_to_everyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest) -> HttpResponse:
    """Say what a chat is and let one begin; with a cookie, show it."""
    if request.method == "POST":
        return _begin(request)
    shown = _present_chat(request)
    if shown is None:
        return _start(request)
    answer = _page(request, shown)
    return without_cookie(answer) if shown.state == "ended" else answer


def _begin(request: HttpRequest) -> HttpResponse:
    at = request.received_at  # type: ignore[attr-defined]
    try:
        form = None if actions.is_calm(at) else _paid(request, at)
        token = actions.begin_chat(language=get_language() or "sv", at=at, form=form)
    except Refused as refused:
        return _start(request, error=str(refused.message), status=refused.status)
    return with_cookie(redirect(url("chat")), token)


def _paid(request: HttpRequest, at: datetime) -> uuid.UUID:
    if "form" not in request.POST:  # the page was opened while it was calm
        raise Refused(_("Många vill skriva just nu. Försök igen."), status=429)
    form, by_script = paid_form(request, PURPOSE)
    if not by_script and not without_script.has_room(now=int(at.timestamp())):
        raise Refused(_("Många vill skriva just nu. Försök igen om en minut."), status=503)
    return form


def _start(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    at = request.received_at  # type: ignore[attr-defined]
    hours = queries.hours(queue=policies.DEFAULT_QUEUE)
    closed_text = "" if hours.is_open(at) else texts.overflow(opens=hours.opens(at))
    context: dict[str, Any] = {
        "begin": url("chat"),
        "letter": url("letter"),
        "closed_text": closed_text,
        "error": error,
    }
    if not actions.is_calm(at):
        context |= proof(request, PURPOSE)
    return render(request, "channels/chat_start.html", context, status=status)


@open_to_everyone
@csrf_exempt
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Take a message; a script gets its number, a form the page."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    text = request.POST.get("text", "")
    try:
        number = actions.write_as_visitor(
            token=token_of(request),
            own_id=own_id(request),
            text=text,
            at=request.received_at,  # type: ignore[attr-defined]
        )
    except LookupError:
        return redirect(url("chat"))
    except Refused as refused:
        shown = _present_chat(request)
        if wants_json or shown is None:
            raise
        return _page(request, shown, error=str(refused.message), text=text, status=refused.status)
    return JsonResponse({"number": number}) if wants_json else redirect(url("chat"))


@open_to_everyone
@csrf_exempt
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the chat: what was written is erased."""
    with contextlib.suppress(LookupError, Refused):  # it may be over already, which is what is asked for
        actions.end_chat(token=token_of(request), at=request.received_at)  # type: ignore[attr-defined]
    return redirect(url("chat"))


def _present_chat(request: HttpRequest) -> queries.ChatShown | None:
    """Return the chat of the cookie, at whose page somebody sits, as this request shows."""
    token, at = token_of(request), request.received_at  # type: ignore[attr-defined]
    if token:
        actions.note_sign_of_life(token=token, at=at)
    return queries.visitors_chat(token=token, at=at)


def own_id(request: HttpRequest) -> uuid.UUID:
    """Return the writer's own number of the message; raise Invalid for what is none."""
    try:
        return uuid.UUID(request.POST.get("own_id", ""))
    except ValueError as error:
        raise Invalid(_("Ladda om sidan och försök igen.")) from error


def token_of(request: HttpRequest) -> str:
    """Return what the browser's cookie says, or nothing."""
    token = request.COOKIES.get(COOKIE, "")
    return token if len(token) <= 60 and token.isascii() else ""


def is_watched(request: HttpRequest, shown: queries.ChatShown, error: str) -> bool:
    """Say whether a page without script fetches itself, and has no field: what is typed there would be gone."""
    return not (shown.is_mailbox or error or "write" in request.GET)


def with_cookie(answer: HttpResponse, token: str) -> HttpResponse:
    """Return the answer, which lets the browser in until it is closed."""
    answer.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="Strict")
    return answer


def without_cookie(answer: HttpResponse) -> HttpResponse:
    """Return the answer, after which the browser has nothing of ours."""
    answer.delete_cookie(COOKIE, path="/", samesite="Strict")
    answer.cookies[COOKIE]["secure"] = True
    return answer


def _page(
    request: HttpRequest, shown: queries.ChatShown, *, error: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "chat": shown,
        "write": url("write"),
        "end": url("end"),
        "close": url("close"),
        "stream": f"{settings.SAMSYN_STREAM_ORIGIN}{url('stream')}",
        "here": url("chat"),
        "is_watched": is_watched(request, shown, error),
        "own_id": uuid.uuid4(),
        "error": error,
        "text": text,
    }
    return render(request, "channels/chat.html", context, status=status)
