"""Reads of the boxes: the desk's list without a word of content, and a box for the one who may open it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, Subquery

from samsyn.people import queries as people
from samsyn.privacy.custody import envelope, windows
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.visitors import policies, sealing
from samsyn.visitors.models import Box, Message
from samsyn.visitors.tickets import OpenBox


@dataclass(frozen=True)
class Row:
    """One box in the desk's list."""

    id: UUID
    edition: str
    # None for a box that nothing has been written in: a chat ended with words to come back with.
    last_at: datetime | None
    is_waiting: bool
    has_alarm: bool
    messages: int
    # Who of the desk wrote last, "" for nobody yet: the same supporter goes on where possible.
    answered_by: str


@dataclass(frozen=True, repr=False)
class Shown:
    """One message; ``text`` is None where nobody at the desk can read it any more."""

    text: str | None
    by_desk: bool
    pseudonym: str
    written_at: datetime
    is_alarm: bool
    seen_by_visitor: bool


@dataclass(frozen=True, repr=False)
class DeskBox:
    """A box as the desk reads it."""

    id: UUID
    edition: str
    messages: tuple[Shown, ...]
    reads_until: date | None

    @property
    def has_alarm(self) -> bool:
        """Say whether the visitor's last message was the word that somebody came."""
        return bool(self.messages) and self.messages[-1].is_alarm


def place_of(box_id: UUID, message_id: UUID, *, by_desk: bool) -> tuple[bytes, bytes]:
    """Return for what a text's key is sealed to the desk, and the context without which the text does not open."""
    said = {"installation": settings.SAMSYN_INSTALLATION, "box": str(box_id), "message": str(message_id)}
    return windows.message_info(**said), windows.message_context(author=_author(by_desk), **said)


def _author(by_desk: bool) -> str:
    return "desk" if by_desk else "visitor"


def sealed_for_desk(box: Box) -> list[dict[str, str | bytes]]:
    """Return what the keeper needs to open a box's messages: those whose reading time is not over."""
    return [
        {
            "message": str(message.id),
            "day": message.window.day.isoformat(),
            "author": _author(message.supporter_id is not None),
            "sealed": bytes(message.content),
            "key": bytes(message.key_for_desk),
        }
        for message in box.messages.select_related("window")
        if message.window and message.key_for_desk
    ]


def boxes() -> list[Row]:
    """Return all boxes, those that wait for an answer first and the longest waiting of them before the others."""
    rows = Box.objects.annotate(
        last_at=Max("messages__written_at"),
        last_by_visitor=Max("messages__written_at", filter=Q(messages__supporter_id=None)),
        alarm_at=Max("messages__written_at", filter=Q(messages__is_alarm=True)),
        number=Count("messages"),
        answerer=Subquery(
            Message.objects.filter(box=OuterRef("pk"), supporter_id__isnull=False)
            .order_by("-written_at")
            .values("supporter_id")[:1]
        ),
    )
    names = people.pseudonyms({row.answerer for row in rows if row.answerer})
    found = [
        Row(
            id=row.id,
            edition=row.edition,
            last_at=row.last_at,
            is_waiting=row.last_at is not None and row.last_at == row.last_by_visitor,
            has_alarm=row.alarm_at is not None and row.alarm_at == row.last_at,
            messages=row.number,
            answered_by=names.get(row.answerer, ""),
        )
        for row in rows
    ]
    waiting = sorted((row for row in found if row.is_waiting), key=_when)
    answered = sorted((row for row in found if not row.is_waiting), key=_when, reverse=True)
    return waiting + answered


def _when(row: Row) -> datetime:
    return row.last_at or datetime.max.replace(tzinfo=UTC)


def desk_box(box: Box, opened: Mapping[UUID, str]) -> DeskBox:
    """Return the box with what the keeper has opened of it."""
    messages = list(box.messages.select_related("window"))
    names = _pseudonyms(messages)
    shown = tuple(_shown(message, opened.get(message.id), names) for message in messages)
    days = [message.window.day for message in messages if message.window and message.key_for_desk]
    until = min(days) + policies.READING_TIME if days else None
    return DeskBox(box.id, box.edition, shown, until)


def thread(box: OpenBox) -> tuple[Shown, ...] | None:
    """Return every message of the box that the visitor's words opened, or None if it is erased."""
    if not Box.objects.filter(pk=box.box_id).exists():
        return None
    messages = list(Message.objects.filter(box_id=box.box_id))
    return tuple(_shown(message, _visitor_text(message, box.private), {}) for message in messages)


def _shown(message: Message, text: str | None, names: dict[UUID, str]) -> Shown:
    return Shown(
        text=text,
        by_desk=message.supporter_id is not None,
        pseudonym=names.get(message.supporter_id, "") if message.supporter_id else "",
        written_at=message.written_at,
        is_alarm=message.is_alarm,
        seen_by_visitor=message.seen_by_visitor,
    )


def _visitor_text(message: Message, private: bytes) -> str:
    key = sealing.unsealed(bytes(message.key_for_box), private=private)
    _info, context = place_of(message.box_id, message.id, by_desk=message.supporter_id is not None)
    try:
        return envelope.open_(bytes(message.content), key=key, context=context).decode()
    except KeyRefused:
        raise sealing.DoesNotOpen from None


def _pseudonyms(messages: list[Message]) -> dict[UUID, str]:
    wanted = {message.supporter_id for message in messages if message.supporter_id}
    return people.pseudonyms(wanted)
