"""The page of one's own keys: made, unlocked, locked; on and off duty."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from samsyn.cases import forms, policies, queries
from samsyn.cases.actions import keys as actions
from samsyn.cases.views.access import with_keys, with_token
from samsyn.people.access import any_signed_in
from samsyn.people.keeping import token
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.privacy import spoken_codes


def _next(request: StaffRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else ""


@any_signed_in
@require_http_methods(["GET", "POST"])
@with_keys
def keys(request: StaffRequest) -> HttpResponse:
    """Show how far the person has come with keys of their own; a post does one thing with them."""
    policies.check_has_keys(request.actor)
    if request.method == "POST":
        try:
            return _do(request, request.POST.get("do", ""))
        except (Invalid, Refused) as refused:
            if refused.status == 401:
                raise
            return _page(request, problem=str(refused.message), status=refused.status)
    return _page(request)


def _do(request: StaffRequest, what: str) -> HttpResponse:
    by, at = request.actor, request.received_at
    here = redirect(_next(request) or reverse("cases:keys"))
    if what == "lock":
        actions.lock(token=token(request), by=by, at=at)
        return with_token(redirect("cases:keys"), None)
    if what == "begin_recovery":
        said = forms.secret(request.POST, is_new=True)
        actions.begin_recovery(passphrase=said.secret.decode(), by=by, at=at)
        return here
    if what == "finish_recovery":
        said = forms.secret(request.POST)
        return with_token(here, actions.finish_recovery(passphrase=said.secret.decode(), by=by, at=at))
    if what == "unlock":
        said = forms.secret(request.POST)
        opened = actions.unlock(way=said.way, secret=said.secret, credential=said.credential, by=by, at=at)
        return with_token(here, opened)
    said = forms.secret(request.POST, is_new=True)
    way = {
        "way": said.way, "secret": said.secret, "credential": said.credential, "question": said.question,
        "by": by, "at": at,
    }  # fmt: skip
    if what == "make":
        return with_token(here, actions.make_keys(**way))  # type: ignore[arg-type]
    if what == "add":
        actions.add_way(token=token(request), **way)  # type: ignore[arg-type]
    return here


def _page(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    known = queries.keys_of(request.actor.account_id)
    try:
        is_unlocked = actions.is_unlocked(token=token(request), by=request.actor)
    except Refused:
        is_unlocked = False
    context = {
        "keys": known,
        "is_unlocked": is_unlocked,
        "problem": problem,
        "next": _next(request),
        "question": forms.encoded(actions.new_question()),
        "passkeys": [(forms.encoded(credential), forms.encoded(question)) for credential, question in known.passkeys],
        "proposal": spoken_codes.new_code(words=6),
        "supports": request.actor.may(Permission.SUPPORT_PERSONS),
        "recovery": queries.recovery_of(request.actor.account_id),
    }
    return render(request, "cases/keys.html", context, status=status)
