"""Answers of the public site, kept in the memory of the process until something is published or the next date changes.

One query tells whether anything was: an answer from before is never found again. Only views of the public site that
read stored cells and nothing of the reader are declared here, and only whole answers are kept: no refusal, no fault.
"""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from samsyn.statistics.views.timetable import dates

# Every page and file of ten years of quarters is some 60 MB; the ones that are read in a week fit into this.
MOST_BYTES = 16 * 1024 * 1024
# What an entry weighs beside its content: its key and headers.
_ENTRY = 1024

Key = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """An answer as it left its view."""

    content: bytes
    headers: dict[str, str]
    may_be_framed: bool


class Answers:
    """As many answers as fit a number of bytes; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self.weight = 0

    def get(self, key: Key) -> Answer | None:
        """Return a kept answer."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, unless it would push out a good part of all others."""
        weight = len(answer.content) + _ENTRY
        if weight > self._most // 8:
            return
        with self._lock:
            if key in self._found:
                return
            self._found[key] = answer
            self.weight += weight
            while self.weight > self._most:
                _oldest, gone = self._found.popitem(last=False)
                self.weight -= len(gone.content) + _ENTRY


answers = Answers(MOST_BYTES)


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view of the public site answer from memory; it is one that reads its address and nothing of the question.

    What stands after the question mark is taken away before the view sees it: links that are shared carry words of the
    reader's, and no page may repeat one reader's to another.
    """

    @functools.wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        request.META["QUERY_STRING"] = ""
        # The next date stands on the pages: they grow old when it changes or passes, too.
        mark = dates(request.received_at).mark  # type: ignore[attr-defined]
        return answered(request, mark, lambda: view(request, **named))

    answer.samsyn_is_kept = True  # type: ignore[attr-defined]
    return answer


def answered(request: HttpRequest, mark: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the kept answer of this edition, or make it; 304 where the reader has it already.

    ``mark`` must be read before the answer is made: what is published meanwhile then makes it old, never wrong.
    """
    question = (request.scheme or "", request.get_host(), request.path, request.META.get("QUERY_STRING", ""))
    key = (mark, *question, get_language() or "")
    found = answers.get(key)
    if found is None:
        made = make()
        if made.status_code != 200 or made.cookies or made.streaming:
            return made
        framed = getattr(made, "samsyn_may_be_framed", False)
        found = Answer(made.content, dict(made.items()), framed)
        answers.put(key, found)
    etag = found.headers.get("ETag")
    if etag and request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
        for name in ("ETag", "Cache-Control"):
            if name in found.headers:
                answer[name] = found.headers[name]
    else:
        answer = HttpResponse(found.content, headers=found.headers)
    if found.may_be_framed:
        answer.samsyn_may_be_framed = True  # type: ignore[attr-defined]
    return answer
