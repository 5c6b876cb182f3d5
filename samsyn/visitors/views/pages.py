"""What the pages of the visitors' site have in common: their edition, their work against floods, the way out."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from samsyn.people import slots
from samsyn.people.access import open_to_everyone
from samsyn.privacy import floods
from samsyn.visitors import codes, content, forms, policies
from samsyn.visitors.content import Edition

without_script = floods.Bucket(policies.WITHOUT_SCRIPT_A_MINUTE)
View = Callable[..., HttpResponse]


def of_the_site(view: View) -> View:
    """Open the view to everybody in the edition that the address names, and say its language.

    No token of forms: it would need a cookie. There is nothing of the visitor's for another site to use, because what
    opens a box stands in the form itself, a chat's cookie goes with requests of this site alone (SameSite=Strict), and
    FetchMetadataMiddleware refuses what other sites send.
    """

    @wraps(view)
    def shown(request: HttpRequest, code: str = content.FIRST, **more: int) -> HttpResponse:
        edition = content.editions().get(code)
        if edition is None:
            raise Http404
        with translation.override(edition.language):
            response = view(request, edition, **more)
        response["Content-Language"] = edition.language
        response.is_of_the_site = True  # type: ignore[attr-defined]
        return response

    return open_to_everyone(csrf_exempt(shown))


def page(request: HttpRequest, edition: Edition, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return a page of the site."""
    said = {"edition": edition, "words": edition.words, "exit_url": settings.SAMSYN_EXIT_URL, **more}
    said["edition_note"] = edition.words["edition_note"] % {"day": f"\u2066{edition.written_on}\u2069"}
    return render(request, f"visitors/{name}.html", said, status=status)


def told(request: HttpRequest, edition: Edition, name: str, *, status: int = 200) -> HttpResponse:
    """Return a page that says one thing."""
    said = {"told_title": edition.words[f"{name}_title"], "told": edition.words[name], "is_expired": name == "expired"}
    return page(request, edition, "told", status=status, **said)


def leave_now(request: HttpRequest) -> HttpResponse:
    """Lead away at once, because somebody came; a script that asked quietly leaves by itself."""
    is_quiet = request.headers.get("X-Quiet") == "1"
    response = HttpResponse(status=204) if is_quiet else HttpResponse(status=303)
    if not is_quiet:
        response["Location"] = settings.SAMSYN_EXIT_URL
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def at(request: HttpRequest) -> datetime:
    """Return when the request came."""
    received_at: datetime = request.received_at  # type: ignore[attr-defined]
    return received_at


def _now(request: HttpRequest) -> int:
    return int(at(request).timestamp())


def wait(edition: Edition, seconds: int = floods.SECONDS_WITHOUT_SCRIPT) -> str:
    """Return what somebody is told who has no script and comes too soon."""
    return edition.words["wait"] % {"seconds": seconds}


def work(challenge: str, answer: str, purpose: str, request: HttpRequest, *, calm: bool = False) -> floods.Shown:
    """Return the work that was shown; raise what is wrong with it, or slots.Busy where too many come without script."""
    now = _now(request)
    shown = floods.check(challenge, answer, purpose=purpose, now=now, key=codes.own_key("work"), calm=calm)
    if not shown.by_script and not calm and not without_script.has_room(now=now):
        raise slots.Busy("")
    return shown


def form(
    request: HttpRequest,
    edition: Edition,
    name: str,
    purpose: str,
    *,
    said: forms.Written | None = None,
    challenge: str = "",
    is_new: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show a form with work to do; a form that comes back keeps its work, so that its time counts."""
    kept = "" if is_new else challenge or (said.challenge if said else "")
    given = kept or floods.new_challenge(purpose, now=_now(request), key=codes.own_key("work"))
    wrong = more.pop("wrong", "")
    return page(
        request,
        edition,
        name,
        status=status,
        work=given,
        done=said.answer if said and kept else "",
        text=said.text if said else "",
        wrong=edition.words[str(wrong)] if wrong else "",
        warnings=[edition.words[name] for name in more.pop("warnings", [])],
        longest=policies.LONGEST_TEXT,
        **more,
    )
