"""The visitors' site: no cookie, nothing in the browser, one title, and a way out of every page."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.people import slots
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Refused
from samsyn.privacy import floods
from samsyn.visitors import actions, content, forms, keeper, policies, queries, tickets, traits
from samsyn.visitors.content import Edition
from samsyn.visitors.views import chat, pages

WRITE, OPEN, MORE = "write", "open", "more"


@pages.of_the_site
@require_GET
def start(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer the few things that one can do here, and the topics."""
    return pages.page(
        request, edition, "start", number=content.facts()["emergency"].number, editions=content.editions()
    )


@pages.of_the_site
@require_GET
def languages(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer every language and reading level by its own name."""
    return pages.page(request, edition, "languages", editions=content.editions())


@pages.of_the_site
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
    return pages.page(request, edition, "topic", topic=chosen, facts=said, numbers=numbers, is_open=is_open)


@open_to_everyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """End a chat, clear what the browser keeps of this site and lead away; a script only tells us that it has left (POST)."""
    response = HttpResponse(status=204) if request.method == "POST" else HttpResponseRedirect(settings.SAMSYN_EXIT_URL)
    if chat.end_because_left(request):
        chat.without_cookie(response)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@pages.of_the_site
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Take a first message and show, once, the words that open its answer."""
    if request.method == "GET":
        return pages.form(request, edition, "write", WRITE)
    said = forms.written(request.POST)
    problem = _problem(said)
    if problem:
        return pages.form(request, edition, "write", WRITE, said=said, status=422, **problem)
    try:
        shown = pages.work(said.challenge, said.answer, WRITE, request)
        left = actions.leave_message(text=said.text, edition=edition.code, shown=shown, at=pages.at(request))
    except floods.NoWork:
        return pages.form(
            request, edition, "write", WRITE, said=said, is_new=True, status=422, wait=pages.wait(edition)
        )
    except floods.TooSoon as error:
        return pages.form(
            request, edition, "write", WRITE, said=said, status=429, wait=pages.wait(edition, error.seconds)
        )
    except slots.Busy:
        return pages.form(request, edition, "write", WRITE, said=said, status=503, wait=edition.words["many"])
    except keeper.NobodyReads:
        return pages.form(request, edition, "write", WRITE, said=said, status=503, wait=edition.words["nobody_reads"])
    except actions.AlreadySent:
        return pages.told(request, edition, "sent_twice", status=409)
    return pages.page(request, edition, "sent", left=left)


@pages.of_the_site
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Open a box with its words; then write more, or erase it. One address for all of it."""
    if request.method == "GET":
        return pages.form(request, edition, "code", OPEN)
    what = request.POST.get("do")
    if what not in {"more", "forget"}:
        return _open(request, edition)
    said = forms.written(request.POST)
    try:
        box = tickets.read_ticket(said.ticket, at=pages.at(request))
    except tickets.Expired:
        return pages.told(request, edition, "expired", status=403)
    if what == "forget":
        actions.forget_box(box=box)
        return pages.told(request, edition, "forgotten")
    return _write_more(request, edition, box, said)


def _open(request: HttpRequest, edition: Edition) -> HttpResponse:
    said = forms.words(request.POST)
    if said.code is None:
        return pages.form(request, edition, "code", OPEN, challenge=said.challenge, status=422, wrong="code_shape")
    try:
        shown = pages.work(said.challenge, said.answer, OPEN, request)
        box = actions.open_box(code=said.code, shown=shown, at=pages.at(request))
    except (floods.NoWork, actions.AlreadySent):
        return pages.form(request, edition, "code", OPEN, status=422, wait=pages.wait(edition))
    except floods.TooSoon as error:
        again: dict[str, Any] = {"challenge": said.challenge, "typed": " ".join(said.code.words), "status": 429}
        return pages.form(request, edition, "code", OPEN, wait=pages.wait(edition, error.seconds), **again)
    except slots.Busy:
        return pages.form(request, edition, "code", OPEN, status=503, wait=edition.words["many"])
    except actions.WrongWords:
        return pages.form(request, edition, "code", OPEN, status=403, wrong="code_wrong")
    except actions.TooManyTries:
        return pages.form(request, edition, "code", OPEN, status=403, wrong="code_tries")
    return _thread(request, edition, box)


def _write_more(request: HttpRequest, edition: Edition, box: tickets.OpenBox, said: forms.Written) -> HttpResponse:
    problem = _problem(said)
    if problem:
        return _thread(request, edition, box, said=said, status=422, **problem)
    try:
        shown = pages.work(said.challenge, said.answer, MORE, request)
        is_alarm = actions.write_again(box=box, text=said.text, shown=shown, at=pages.at(request))
    except floods.NoWork:
        return _thread(request, edition, box, said=said, is_new=True, status=422, wait=pages.wait(edition))
    except floods.TooSoon as error:
        return _thread(request, edition, box, said=said, status=429, wait=pages.wait(edition, error.seconds))
    except keeper.NobodyReads:
        return _thread(request, edition, box, said=said, status=503, wait=edition.words["nobody_reads"])
    except actions.AlreadySent:
        return _thread(request, edition, box)
    if is_alarm:
        return pages.leave_now(request)
    return _thread(request, edition, box)


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


def _thread(request: HttpRequest, edition: Edition, box: tickets.OpenBox, **more: Any) -> HttpResponse:
    messages = queries.thread(box)
    if messages is None:
        return pages.told(request, edition, "forgotten", status=404)
    ticket = tickets.new_ticket(box, at=pages.at(request))
    has_answer = bool(messages) and messages[-1].by_desk
    return pages.form(request, edition, "thread", MORE, messages=messages, ticket=ticket, has_answer=has_answer, **more)
