"""A chat as its visitor or its supporter sees it, and the queue without a word of what is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from samsyn.people.actors import Actor
from samsyn.privacy.custody import envelope
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.ui import signs_of_life
from samsyn.visitors import chats, keeper, policies, sealing
from samsyn.visitors.models import Chat, ChatLine

WAITING, TAKEN, OVER = "waiting", "taken", "over"


@dataclass(frozen=True, repr=False)
class Line:
    """One line; ``text`` is None for one that was tampered with."""

    number: int
    by_desk: bool
    text: str | None


@dataclass(frozen=True, repr=False)
class Shown:
    """A chat with its lines; ``before`` counts those who have waited longer, ``last`` is the number that was given last."""

    id: UUID
    state: str
    ending: str
    edition: str
    before: int
    last: int
    box_id: UUID | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class QueueRow:
    """A chat in the supporters' list."""

    id: UUID
    is_own: bool
    edition: str
    begun_at: datetime
    is_perhaps_away: bool


@dataclass(frozen=True)
class Times:
    """When a chat was answered, how long its visitor had waited, and how long it was once it is over."""

    answered_at: datetime
    wait: timedelta
    length: timedelta | None


def times(*, reference: UUID) -> Times | None:
    """Return the times of the chat that the desk opened something for, while its row is kept."""
    chat = Chat.objects.filter(reference=reference, answered_at__isnull=False).first()
    if chat is None or chat.answered_at is None:
        return None
    return Times(
        chat.answered_at, chat.answered_at - chat.begun_at, chat.active_at - chat.answered_at if chat.ending else None
    )


def visitors_chat(*, token: str, at: datetime, seen: int = 0) -> Shown | None:
    """Return the chat that the cookie opens, with its lines after number ``seen``, or None."""
    chat = Chat.objects.filter(token_hash=chats.token_hash(token)).first() if token else None
    if chat is None:
        return None
    rows = _rows(chat, seen)
    key = chats.visitors_key(chat, token) if rows else b""
    return _shown(chat, tuple(Line(row.number, row.by_desk, _visitors_text(row, key)) for row in rows), at)


def supporters_chat(*, chat_id: UUID, token: bytes, by: Actor, at: datetime, seen: int = 0) -> Shown:
    """Return the supporter's own chat; raise LookupError if there is none, keeping.KeysLocked where it is not open."""
    policies.check_can_answer(by)
    chat = Chat.objects.filter(pk=chat_id, supporter_id=by.account_id).first()
    if chat is None:
        raise LookupError("no such chat")
    rows = _rows(chat, seen)
    texts: list[bytes | None] = []
    if rows:  # without anything new no key is used, and the keys may lock: looking is no sign of life
        said = [
            {"own_id": str(row.own_id), "author": _author(row), "sealed": bytes(row.sealed)} for row in rows
        ]  # fmt: skip
        with keeper.asking() as keep:
            texts = keep.open_lines(token=token, chat=str(chat_id), lines=said)
    lines = (
        Line(row.number, row.by_desk, None if text is None else text.decode())
        for row, text in zip(rows, texts, strict=True)
    )
    return _shown(chat, tuple(lines), at)


def queue(*, by: Actor, at: datetime) -> tuple[QueueRow, ...]:
    """Return the chats that wait, the longest waiting first, and the supporter's own."""
    policies.check_can_answer(by)
    rows = chats.waiting(at) | Chat.objects.filter(ending="", supporter_id=by.account_id)
    return tuple(
        QueueRow(
            chat.pk,
            chat.supporter_id is not None,
            chat.edition,
            chat.begun_at,
            signs_of_life.is_perhaps_away(chat.seen_at, at=at),
        )
        for chat in rows.order_by("begun_at")
    )


def waiting(*, at: datetime) -> int:
    """Return how many wait for an answer."""
    return chats.waiting(at).count()


def _rows(chat: Chat, seen: int) -> list[ChatLine]:
    if chat.ending or chat.last_number <= seen:
        return []
    return list(chat.lines.filter(number__gt=seen).order_by("number"))


def _author(row: ChatLine) -> str:
    return "desk" if row.by_desk else "visitor"


def _visitors_text(row: ChatLine, key: bytes) -> str | None:
    context = chats.context_of(row.chat_id, row.own_id, _author(row))
    try:
        return envelope.open_(bytes(row.sealed), key=key, context=context).decode()
    except (KeyRefused, sealing.DoesNotOpen):
        return None


def _shown(chat: Chat, lines: tuple[Line, ...], at: datetime) -> Shown:
    state = OVER if chat.ending else WAITING if chat.supporter_id is None else TAKEN
    before = 0
    if state == WAITING:
        before = chats.waiting(at).filter(begun_at__lt=chat.begun_at).count()
    return Shown(chat.pk, state, chat.ending, chat.edition, before, chat.last_number, chat.box_id, lines)
