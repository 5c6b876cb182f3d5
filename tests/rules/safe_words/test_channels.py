"""A chat, a mailbox and a letter by e-mail from the first word to the last: what is around them says neither who nor what.

Planted are words, a name, a number, an address and the names of staff. Those who write see on the conversation's own page
what was written; its tab, address and headers, every page before and after it, the mail and the log do not have it.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.channels import actions, letter_reading
from samsyn.channels.models import Chat, Letter
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Account
from tests.bookings.test_public import Post, post  # noqa: F401
from tests.channels.test_letterbox import house, paid  # noqa: F401
from tests.rules.hostile import House, Lines
from tests.rules.safe_words import collecting
from tests.rules.safe_words.collecting import Artefact, revealing

pytestmark = pytest.mark.django_db
SAID = "Q7typed: Q7name är bortförd, ring 070-174 06 05"
RAW = f"From: Q7name <q7address@skola.example>\r\nSubject: Q7typed om heder\r\n\r\n{SAID}\r\n".encode()
PLANTED = ("q7typed", "q7name", "q7address", "q7staff", "070-174", "0701740605")


def around(where: str, answer: Any) -> Iterator[Artefact]:
    """Yield the tab, the headers and the cookies of a page on which the words themselves stand."""
    yield from (one for one in collecting.answered(where, answer) if one.kind == "page title")
    yield Artefact("headers", where, f"{dict(answer.headers)} {answer.cookies}")


def said(answer: Any) -> Any:
    assert revealing([Artefact("page", "x", collecting.words_of(answer))], planted=("q7typed",)), "it is not even here"
    return answer


def talked(adviser: Client, start: str, visitor: Client, chat: Chat) -> Iterator[Artefact]:
    """Answer what waits, on both pages."""
    yield from around("board", adviser.get("/queue/"))
    yield from around("answer", adviser.post(f"/chats/{chat.pk}/answer/"))
    yield from around("own", said(adviser.get(f"/chats/{chat.pk}/")))
    words = {"own_id": str(uuid.uuid4()), "text": f"{SAID} sade Q7staff"}
    yield from around("written", adviser.post(f"/chats/{chat.pk}/write/", words))
    yield from around("answered", visitor.get(f"{start}chat/"))


def chatted(adviser: Client, start: str) -> Iterator[Artefact]:
    visitor = Client(headers={"host": "statistik.localhost"})
    yield from collecting.answered("begun", visitor.post(f"{start}chat/"))
    yield from collecting.answered("waits", visitor.get(f"{start}chat/"))
    words = {"own_id": str(uuid.uuid4()), "text": SAID}
    yield from around("wrote", visitor.post(f"{start}chat/write/", words))
    yield from around("again", visitor.post(f"{start}chat/write/", {**words, "own_id": "q7typed"}))
    yield from around("chat", said(visitor.get(f"{start}chat/")))
    yield from talked(adviser, start, visitor, Chat.objects.get(ended_at=None))
    yield from collecting.answered("end", visitor.post(f"{start}chat/end/"))
    yield from collecting.answered("ended", visitor.get(f"{start}chat/"))


def left(adviser: Client, start: str) -> Iterator[Artefact]:
    visitor = Client(headers={"host": "statistik.localhost"})
    yield from around("unpaid", said(visitor.post(f"{start}chat/later/", paid() | {"work": "", "text": SAID})))
    answer = visitor.post(f"{start}chat/later/", paid() | {"text": SAID})
    code = answer.content.decode().partition('<strong class="spoken" translate="no">')[2].partition("<")[0]
    yield from collecting.answered("left", answer)
    yield from talked(adviser, start, visitor, Chat.objects.get(ended_at=None))
    yield from collecting.answered("closed", visitor.post(f"{start}chat/later/close/"))
    yield from around("wrong", visitor.post(f"{start}chat/later/open/", {"code": "q7typed 0701740605"}))
    yield from collecting.answered("open", visitor.post(f"{start}chat/later/open/", {"code": code}))
    yield from around("back", said(visitor.get(f"{start}chat/")))
    yield from collecting.answered("end", visitor.post(f"{start}chat/end/"))


def mailed(adviser: Client) -> Iterator[Artefact]:
    words, at = letter_reading.read(RAW), timezone.now()
    actions.take_letter(place="1", words=words, refusal="", arrived_at=at, by=SYSTEM, at=at)
    yield from around("letters", adviser.get("/letters/"))
    letter = Letter.objects.get().pk
    yield from around("letter", said(adviser.post(f"/letters/{letter}/")))
    yield from around("asked to call", adviser.post(f"/letters/{letter}/answer/"))


@pytest.mark.parametrize("start", ["/", "/en/"])
def test_what_is_written_to_us_stays_where_it_is_read(
    house: House,  # noqa: F811
    post: Post,  # noqa: F811
    start: str,
) -> None:
    for number, one in enumerate(Account.objects.all()):
        Account.objects.filter(pk=one.pk).update(pseudonym=f"Q7staff {number}")
    adviser = house.browser("adviser")
    with Lines() as lines:
        seen = [*chatted(adviser, start), *left(adviser, start), *mailed(adviser)]
        (mail,) = post.sent
    assert mail["to"] == "q7address@skola.example"
    seen += collecting.as_seen("answer", mail.as_bytes())
    kept = list(Event.objects.values_list("kind", "facts"))
    assert {"chat_ended", "letter_read"} <= {kind for kind, _facts in kept}
    seen += [Artefact("log line", "channels", lines.text), Artefact("log", "events", str(kept))]
    assert {one.kind for one in seen} == {"page title", "page of a link", "headers", "mail", "log line", "log"}
    assert revealing(seen, planted=PLANTED) == []
