"""The visitors' site: no cookie, nothing in the browser, one title, and a way out of every page."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Refused
from samsyn.visitors import actions, codes, content, floods, forms, keeper, policies, queries, slots, tickets, traits
from samsyn.visitors.content import Edition

WRITE, OPEN, MORE = "write", "open", "more"
without_script = floods.Bucket(policies.WITHOUT_SCRIPT_A_MINUTE)
View = Callable[..., HttpResponse]


def of_the_site(view: View) -> View:
    """Open the view to everybody in the edition that the address names, and say its language.

    No token of forms: it would need a cookie. There is nothing of the visitor's for another site to use, because what
    opens a box stands in the form itself; and FetchMetadataMiddleware refuses what other sites send.
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


def _page(request: HttpRequest, edition: Edition, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    said = {"edition": edition, "words": edition.words, "exit_url": settings.SAMSYN_EXIT_URL, **more}
    said["edition_note"] = edition.words["edition_note"] % {"day": f"\u2066{edition.written_on}\u2069"}
    return render(request, f"visitors/{name}.html", said, status=status)


def _told(request: HttpRequest, edition: Edition, name: str, *, status: int = 200) -> HttpResponse:
    said = {"told_title": edition.words[f"{name}_title"], "told": edition.words[name], "is_expired": name == "expired"}
    return _page(request, edition, "told", status=status, **said)


@of_the_site
@require_GET
def start(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer the few things that one can do here, and the topics."""
    return _page(request, edition, "start", number=content.facts()["emergency"].number, editions=content.editions())


@of_the_site
@require_GET
def languages(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer every language and reading level by its own name."""
    return _page(request, edition, "languages", editions=content.editions())


@of_the_site
@require_GET
def topic(request: HttpRequest, edition: Edition, number: int) -> HttpResponse:
    """Show one topic with the sources of what it says."""
    try:
        chosen = edition.topic(number)
    except LookupError as error:
        raise Http404 from error
    said = [
        {"fact": fact, "name": fact.name_in(edition.language), "note": fact.note_in(edition.language)}
        for fact in chosen.facts
    ]
    is_open = any(not fact.is_verified for fact in chosen.facts)
    numbers = [one for one in said if one["fact"].number]  # type: ignore[attr-defined]
    return _page(request, edition, "topic", topic=chosen, facts=said, numbers=numbers, is_open=is_open)


@open_to_everyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Clear what the browser keeps of this site and lead away; a script only tells us that it has left (POST)."""
    response = HttpResponse(status=204) if request.method == "POST" else HttpResponseRedirect(settings.SAMSYN_EXIT_URL)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@of_the_site
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Take a first message and show, once, the words that open its answer."""
    if request.method == "GET":
        return _form(request, edition, "write", WRITE)
    said = forms.written(request.POST)
    problem = _problem(said)
    if problem:
        return _form(request, edition, "write", WRITE, said=said, status=422, **problem)
    try:
        shown = _work(said.challenge, said.answer, WRITE, request)
        left = actions.leave_message(text=said.text, edition=edition.code, shown=shown, at=_at(request))
    except floods.NoWork:
        return _form(request, edition, "write", WRITE, said=said, is_new=True, status=422, wait=_wait(edition))
    except floods.TooSoon as error:
        return _form(request, edition, "write", WRITE, said=said, status=429, wait=_wait(edition, error.seconds))
    except slots.Busy:
        return _form(request, edition, "write", WRITE, said=said, status=503, wait=edition.words["many"])
    except keeper.NobodyReads:
        return _form(request, edition, "write", WRITE, said=said, status=503, wait=edition.words["nobody_reads"])
    except actions.AlreadySent:
        return _told(request, edition, "sent_twice", status=409)
    return _page(request, edition, "sent", left=left)


@of_the_site
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Open a box with its words; then write more, or erase it. One address for all of it."""
    if request.method == "GET":
        return _form(request, edition, "code", OPEN)
    what = request.POST.get("do")
    if what not in {"more", "forget"}:
        return _open(request, edition)
    said = forms.written(request.POST)
    try:
        box = tickets.read_ticket(said.ticket, at=_at(request))
    except tickets.Expired:
        return _told(request, edition, "expired", status=403)
    if what == "forget":
        actions.forget_box(box=box)
        return _told(request, edition, "forgotten")
    return _write_more(request, edition, box, said)


def _open(request: HttpRequest, edition: Edition) -> HttpResponse:
    said = forms.words(request.POST)
    if said.code is None:
        return _form(request, edition, "code", OPEN, challenge=said.challenge, status=422, wrong="code_shape")
    try:
        shown = _work(said.challenge, said.answer, OPEN, request)
        box = actions.open_box(code=said.code, shown=shown, at=_at(request))
    except (floods.NoWork, actions.AlreadySent):
        return _form(request, edition, "code", OPEN, status=422, wait=_wait(edition))
    except floods.TooSoon as error:
        again: dict[str, Any] = {"challenge": said.challenge, "typed": " ".join(said.code.words), "status": 429}
        return _form(request, edition, "code", OPEN, wait=_wait(edition, error.seconds), **again)
    except slots.Busy:
        return _form(request, edition, "code", OPEN, status=503, wait=edition.words["many"])
    except actions.WrongWords:
        return _form(request, edition, "code", OPEN, status=403, wrong="code_wrong")
    except actions.TooManyTries:
        return _form(request, edition, "code", OPEN, status=403, wrong="code_tries")
    return _thread(request, edition, box)


def _write_more(request: HttpRequest, edition: Edition, box: tickets.OpenBox, said: forms.Written) -> HttpResponse:
    problem = _problem(said)
    if problem:
        return _thread(request, edition, box, said=said, status=422, **problem)
    try:
        shown = _work(said.challenge, said.answer, MORE, request)
        is_alarm = actions.write_again(box=box, text=said.text, shown=shown, at=_at(request))
    except floods.NoWork:
        return _thread(request, edition, box, said=said, is_new=True, status=422, wait=_wait(edition))
    except floods.TooSoon as error:
        return _thread(request, edition, box, said=said, status=429, wait=_wait(edition, error.seconds))
    except keeper.NobodyReads:
        return _thread(request, edition, box, said=said, status=503, wait=edition.words["nobody_reads"])
    except actions.AlreadySent:
        return _thread(request, edition, box)
    if is_alarm:
        return leave_now(request)
    return _thread(request, edition, box)


def leave_now(request: HttpRequest) -> HttpResponse:
    """Lead away at once, because somebody came; a script that asked quietly leaves by itself."""
    is_quiet = request.headers.get("X-Quiet") == "1"
    response = HttpResponse(status=204) if is_quiet else HttpResponse(status=303)
    if not is_quiet:
        response["Location"] = settings.SAMSYN_EXIT_URL
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# Steps that several pages share


def _at(request: HttpRequest) -> datetime:
    at: datetime = request.received_at  # type: ignore[attr-defined]
    return at


def _now(request: HttpRequest) -> int:
    return int(_at(request).timestamp())


def _wait(edition: Edition, seconds: int = floods.SECONDS_WITHOUT_SCRIPT) -> str:
    return edition.words["wait"] % {"seconds": seconds}


def _work(challenge: str, answer: str, purpose: str, request: HttpRequest) -> floods.Shown:
    now = _now(request)
    shown = floods.check(challenge, answer, purpose=purpose, now=now, key=codes.own_key("work"))
    if not shown.by_script and not without_script.has_room(now=now):
        raise slots.Busy("")
    return shown


def _problem(said: forms.Written) -> dict[str, Any]:
    """Return what to say about a text that is not taken yet, or nothing. The text goes back to its page and nowhere else."""
    try:
        policies.check_text(said.text)
    except Refused:
        return {"wrong": "too_long" if said.text else "empty"}
    found = traits.found(said.text, known=content.known_numbers())
    if found and not said.is_sure:
        return {
            "warnings": [f"warn_{'identity' if one == traits.IDENTITY_NUMBER else 'phone'}" for one in sorted(found)]
        }
    return {}


def _form(
    request: HttpRequest,
    edition: Edition,
    page: str,
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
    work = kept or floods.new_challenge(purpose, now=_now(request), key=codes.own_key("work"))
    wrong = more.pop("wrong", "")
    return _page(
        request,
        edition,
        page,
        status=status,
        work=work,
        done=said.answer if said and kept else "",
        text=said.text if said else "",
        wrong=edition.words[str(wrong)] if wrong else "",
        warnings=[edition.words[name] for name in more.pop("warnings", [])],
        longest=policies.LONGEST_TEXT,
        **more,
    )


def _thread(request: HttpRequest, edition: Edition, box: tickets.OpenBox, **more: Any) -> HttpResponse:
    messages = queries.thread(box)
    if messages is None:
        return _told(request, edition, "forgotten", status=404)
    ticket = tickets.new_ticket(box, at=_at(request))
    has_answer = bool(messages) and messages[-1].by_desk
    return _form(request, edition, "thread", MORE, messages=messages, ticket=ticket, has_answer=has_answer, **more)
