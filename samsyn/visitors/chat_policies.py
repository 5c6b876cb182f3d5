"""Rules of the chat with visitors, and when it is open. Pure: nothing here touches the database."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOURS = Path(__file__).parent / "data" / "hours.toml"
LONGEST_LINE = 2_000
MOST_LINES = 400
# More than this nobody can answer within an hour; who comes then is told so, and may write a message instead.
MOST_WAITING = 40
# A conversation in which nobody has written for so long is over, and its words are gone.
SILENCE = timedelta(hours=2)
# The row without words is kept so long, so that a supporter sees how it ended.
ROW_TIME = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True)
class Span:
    """A span of some weekdays (Monday is 1), by the clock in Stockholm."""

    days: frozenset[int]
    first: time
    last: time


@cache
def hours() -> tuple[Span, ...]:
    """Return the weekly hours, as reviewed data."""
    said = tomllib.loads(HOURS.read_text(encoding="utf-8"))
    return tuple(
        Span(
            frozenset(one["days"]),
            time.fromisoformat(one["from"]),
            time.fromisoformat(one["to"]) if "to" in one else time.max,
        )
        for one in said["spans"]
    )


def is_open(at: datetime, spans: tuple[Span, ...] | None = None) -> bool:
    """Say whether the chat is open."""
    local = at.astimezone(STOCKHOLM)
    return any(
        local.isoweekday() in span.days and span.first <= local.time() < span.last
        for span in (hours() if spans is None else spans)
    )


def opens_at(at: datetime, spans: tuple[Span, ...] | None = None) -> datetime | None:
    """Return when the chat opens next, or nothing where it has no hours at all."""
    local = at.astimezone(STOCKHOLM)
    starts = (
        datetime.combine(local.date() + timedelta(days=later), span.first, tzinfo=STOCKHOLM)
        for later in range(WEEK + 1)
        for span in (hours() if spans is None else spans)
        if (local.date() + timedelta(days=later)).isoweekday() in span.days
    )
    return min((start for start in starts if start > local), default=None)


def is_well_formed(text: str) -> bool:
    """Say whether a line is neither empty nor too long."""
    return 0 < len(text.strip()) <= LONGEST_LINE
