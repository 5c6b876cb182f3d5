"""Reads: queues and when they are open."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language

from samsyn.channels.models import OpeningException, OpeningHours, Queue
from samsyn.channels.opening import Dated, Hours, Span, Weekly


@dataclass(frozen=True)
class QueueRow:
    """A queue in a list."""

    code: str
    title: str


def queues() -> tuple[QueueRow, ...]:
    """Return every queue with its title in the active language."""
    is_english = (get_language() or "sv").startswith("en")
    return tuple(
        QueueRow(row.code, row.title_en if is_english else row.title_sv) for row in Queue.objects.order_by("code")
    )


def is_queue(code: str) -> bool:
    """Say whether there is such a queue."""
    return Queue.objects.filter(pk=code).exists()


def queue_title(code: str) -> str:
    """Return the title of a queue in the active language, or its code where the queue is gone."""
    return next((row.title for row in queues() if row.code == code), code)


def hours(*, queue: str, first_day: date | None = None) -> Hours:
    """Return when a queue is open; one that does not exist never is."""
    found = Queue.objects.filter(pk=queue).first()
    if found is None:
        return Hours()
    dated = OpeningException.objects.filter(queue=found)
    if first_day is not None:
        dated = dated.filter(day__gte=first_day)
    return Hours(
        weekly=tuple(
            Weekly(row.weekday, Span(row.first_minute, row.last_minute))
            for row in OpeningHours.objects.filter(queue=found)
        ),
        dated=tuple(Dated(row.day, Span(row.first_minute, row.last_minute) if row.is_open else None) for row in dated),
        closes_on_holidays=found.closes_on_holidays,
    )


@dataclass(frozen=True)
class HoursRow:
    """A span of the week, or what holds on a date, in a list; minutes count from midnight."""

    id: UUID
    weekday: int
    day: date | None
    is_open: bool
    first: str
    last: str


def _clock(minute: int) -> str:
    return f"{minute // 60:02}.{minute % 60:02}"


def weekly_hours(*, queue: str) -> tuple[HoursRow, ...]:
    """Return the spans of the week in order."""
    rows = OpeningHours.objects.filter(queue_id=queue).order_by("weekday", "first_minute")
    return tuple(
        HoursRow(row.pk, row.weekday, None, True, _clock(row.first_minute), _clock(row.last_minute)) for row in rows
    )


def exceptions(*, queue: str, first_day: date) -> tuple[HoursRow, ...]:
    """Return what holds on single dates from a day on."""
    rows = OpeningException.objects.filter(queue_id=queue, day__gte=first_day).order_by("day")
    return tuple(
        HoursRow(row.pk, row.day.weekday(), row.day, row.is_open, _clock(row.first_minute), _clock(row.last_minute))
        for row in rows
    )
