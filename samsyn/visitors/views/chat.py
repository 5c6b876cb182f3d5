"""The chat on the visitors' site: one address, no cookie before it begins, one while it lasts, none afterwards."""

import contextlib
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.people import slots
from samsyn.people.refusals import Refused
from samsyn.privacy import floods
from samsyn.visitors import actions, chat_bells, chat_policies, chat_queries, chats, forms, keeper
from samsyn.visitors.content import Edition
from samsyn.visitors.views import pages

COOKIE = "__Host-i"
BEGIN = "chat"


@pages.of_the_site
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Offer a chat or show the one of the cookie; a post begins, says, looks or ends."""
    if request.method == "POST":
        what = request.POST.get("do", "")
        step = {"begin": _begin, "say": _say, "end": _end, "words": _end_with_words}.get(what)
        if step is not None:
            return step(request, edition)
    return _page(request, edition)


@pages.of_the_site
@require_GET
def news(request: HttpRequest, edition: Edition, seen: int) -> HttpResponse:
    """Tell a script what has happened since the line that its page saw last."""
    shown = _present_chat(token_of(request), request, seen=seen)
    if shown is None:
        return JsonResponse({"state": chat_queries.OVER, "lines": []})
    return JsonResponse(told(shown) | {"say": _state(edition, shown)})


def _present_chat(token: str, request: HttpRequest, *, seen: int = 0) -> chat_queries.Shown | None:
    """Return the chat of a cookie, at whose page somebody sits, as this request shows."""
    at = pages.at(request)
    if token:
        chats.note_sign_of_life(token=token, at=at)
    return chat_queries.visitors_chat(token=token, at=at, seen=seen)


def told(shown: chat_queries.Shown) -> dict[str, Any]:
    """Return a chat as a page's script reads it."""
    lines = [{"number": line.number, "desk": line.by_desk, "text": line.text or ""} for line in shown.lines]
    return {"state": shown.state, "lines": lines}


def token_of(request: HttpRequest) -> str:
    """Return the cookie of a chat, or nothing."""
    token = request.COOKIES.get(COOKIE, "")
    return token if len(token) == 2 * chats.TOKEN_SIZE and token.isascii() else ""


def without_cookie(response: HttpResponse) -> HttpResponse:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", samesite="Strict")
    response.cookies[COOKIE]["secure"] = True
    response.cookies[COOKIE]["httponly"] = True
    return response


def end_because_left(request: HttpRequest) -> bool:
    """End the chat of somebody who takes the way out; say whether there was a cookie."""
    token = token_of(request)
    if token:
        with contextlib.suppress(LookupError, Refused):  # it may be over already, which is what is asked for
            chats.end_as_visitor(token=token, at=pages.at(request), has_left=True)
    return bool(token)


def own_id(request: HttpRequest) -> UUID:
    """Return the writer's own number of a line; a form that was tampered with gets one, and so no second line less."""
    try:
        return UUID(request.POST.get("own_id", ""))
    except ValueError:
        return uuid4()


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks."""
    return "application/json" in request.headers.get("Accept", "")


# Steps


def _begin(request: HttpRequest, edition: Edition) -> HttpResponse:
    if _present_chat(token_of(request), request) is not None:
        return _page(request, edition)
    said = forms.written(request.POST)
    try:
        calm = chats.is_calm(pages.at(request))
        shown = pages.work(said.challenge, said.answer, BEGIN, request, calm=calm)
        begun = chats.begin_chat(edition=edition.code, shown=shown, at=pages.at(request))
    except (floods.NoWork, actions.AlreadySent):
        return _start(request, edition, status=422, wait=pages.wait(edition))
    except floods.TooSoon as error:
        return _start(request, edition, challenge=said.challenge, status=429, wait=pages.wait(edition, error.seconds))
    except (slots.Busy, chats.Full):
        return _start(request, edition, status=503, wait=edition.words["chat_full"])
    except keeper.NobodyReads:
        return _start(request, edition, status=503, wait=edition.words["nobody_reads"])
    answer = _conversation(request, edition, begun.token, alarm_word=begun.alarm_word)
    answer.set_cookie(COOKIE, begun.token, path="/", secure=True, httponly=True, samesite="Strict")
    return answer


def _say(request: HttpRequest, edition: Edition) -> HttpResponse:
    text = forms.cleaned(request.POST.get("text", ""))
    try:
        number = chats.say_as_visitor(token=token_of(request), own_id=own_id(request), text=text, at=pages.at(request))
    except LookupError:
        return _page(request, edition)
    except Refused as refused:
        if wants_json(request):
            return JsonResponse({}, status=refused.status)
        return _page(request, edition, text=text, status=refused.status)
    if number is None:
        return without_cookie(pages.leave_now(request))
    return JsonResponse({"number": number}) if wants_json(request) else _page(request, edition)


def _end(request: HttpRequest, edition: Edition) -> HttpResponse:
    with contextlib.suppress(LookupError, Refused):
        chats.end_as_visitor(token=token_of(request), at=pages.at(request))
    return _over(request, edition)


def _end_with_words(request: HttpRequest, edition: Edition) -> HttpResponse:
    try:
        left = chats.end_with_words(token=token_of(request), at=pages.at(request))
    except (LookupError, Refused):
        return _over(request, edition)
    except slots.Busy:
        return _page(request, edition, status=503, wait=edition.words["many"])
    return without_cookie(pages.page(request, edition, "chat_words", left=left))


# Pages


def _page(request: HttpRequest, edition: Edition, *, status: int = 200, **more: Any) -> HttpResponse:
    token = token_of(request)
    return _conversation(request, edition, token, status=status, **more) if token else _start(request, edition)


def _conversation(
    request: HttpRequest, edition: Edition, token: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    shown = _present_chat(token, request)
    if shown is None or shown.state == chat_queries.OVER:
        return _over(request, edition)
    bell = reverse("site:bell", args=[chat_bells.name_of(shown.id, chat_bells.VISITOR)])
    said = {
        "chat": shown,
        "state": _state(edition, shown),
        "own_id": uuid4(),
        "longest": chat_policies.LONGEST_LINE,
        # Without script one watches, which fetches the page again and again, or writes, which leaves it alone; the word that
        # is shown once stays until one goes on.
        "is_watched": not (more.get("alarm_word") or more.get("text") or "write" in request.GET),
        "bell": f"{settings.SAMSYN_STREAM_ORIGIN}{bell}",
    }
    return pages.page(request, edition, "chat", status=status, is_chat=True, **said, **more)


def _over(request: HttpRequest, edition: Edition) -> HttpResponse:
    return without_cookie(pages.told(request, edition, "chat_over"))


def _start(
    request: HttpRequest, edition: Edition, *, challenge: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    at = pages.at(request)
    queue = ""
    if chat_policies.is_open(at):
        queue = edition.words["chat_queue"] % {"number": chat_queries.waiting(at=at)}
    elif opens := chat_policies.opens_at(at):
        said = {"day": date_format(opens, "l"), "time": f"\u2066{opens:%H.%M}\u2069"}
        queue = edition.words["chat_closed"] % said
    return pages.form(
        request, edition, "chat_start", BEGIN, challenge=challenge, status=status, is_chat=True, queue=queue,
        is_open=chat_policies.is_open(at), **more,
    )  # fmt: skip


def _state(edition: Edition, shown: chat_queries.Shown) -> str:
    if shown.state == chat_queries.WAITING:
        return edition.words["chat_before"] % {"number": shown.before}
    return edition.words["chat_taken"]
