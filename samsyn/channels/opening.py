"""When a queue is open: weekly hours by the clock in Stockholm, holidays, and dated exceptions. Pure: no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from samsyn.channels.holidays import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# A line that does not open within so many days is closed until further notice.
FARTHEST = 60


@dataclass(frozen=True)
class Span:
    """A span of a day, in minutes from midnight on the clock."""

    first_minute: int
    last_minute: int


@dataclass(frozen=True)
class Weekly:
    """A span of every week; Monday is 0."""

    weekday: int
    span: Span


@dataclass(frozen=True)
class Dated:
    """What holds on one date instead of the week: a span that is open, or closed all day."""

    day: date
    span: Span | None


@dataclass(frozen=True)
class Hours:
    """All that is known of when a queue is open."""

    weekly: Sequence[Weekly] = ()
    dated: Sequence[Dated] = ()
    closes_on_holidays: bool = True

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the open spans of a date. A date's own exceptions go before holidays, and those before the week."""
        own = [row for row in self.dated if row.day == day]
        if own:
            found = [row.span for row in own if row.span is not None]
        elif self.closes_on_holidays and day in holidays(day.year):
            found = []
        else:
            found = [row.span for row in self.weekly if row.weekday == day.weekday()]
        return tuple(sorted(found, key=lambda span: span.first_minute))

    def is_open(self, moment: datetime) -> bool:
        """Say whether the queue is open at a moment."""
        clock = moment.astimezone(STOCKHOLM)
        minute = clock.hour * 60 + clock.minute
        return any(span.first_minute <= minute < span.last_minute for span in self.spans(clock.date()))

    def opens(self, moment: datetime) -> datetime | None:
        """Return when the queue opens next, in Stockholm time, or nothing where that is out of sight."""
        clock = moment.astimezone(STOCKHOLM)
        for number in range(FARTHEST):
            day = clock.date() + timedelta(days=number)
            for span in self.spans(day):
                begins = datetime.combine(day, time(), STOCKHOLM) + timedelta(minutes=span.first_minute)
                if begins > clock:
                    return begins
        return None
