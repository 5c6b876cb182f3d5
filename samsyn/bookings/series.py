"""Meetings that repeat by the clock in Stockholm: weekly or monthly, so many times. Pure: no Django, no library.

Written as an RRULE of RFC 5545; other programs expand it to the same times (``tests/bookings/test_series.py``).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

# Two years of meetings every fortnight; a longer series is made when this one ends.
MOST_TIMES = 60
MOST_INTERVAL = 12
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# So many steps without a meeting, and the rule has none: every fourth year has a 29 February, every year a fifth Monday.
_MOST_EMPTY = 60


class TooLong(ValueError):
    """The series has more meetings than anybody oversees."""


class NoTimes(ValueError):
    """The rule makes no sense, or gives fewer meetings than it says."""


@dataclass(frozen=True)
class Repeats:
    """How a meeting repeats, from its first time on, which counts.

    Weekly: on ``weekdays`` (the first time's own when empty) every ``interval`` weeks, weeks beginning on Monday.
    Monthly: on the first time's day of the month, or with ``place`` (1 to 4, -1 is the last) on its weekday's.
    """

    frequency: Literal["weekly", "monthly"]
    times: int
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    place: int = 0


def check(repeats: Repeats) -> None:
    """Raise TooLong or NoTimes unless the rule can be expanded; nothing is expanded for it."""
    if repeats.times > MOST_TIMES:
        raise TooLong(str(repeats.times))
    is_sound = (
        repeats.times >= 1
        and 1 <= repeats.interval <= MOST_INTERVAL
        and repeats.frequency in {"weekly", "monthly"}
        and all(0 <= day <= 6 for day in repeats.weekdays)
        and repeats.place in {0, 1, 2, 3, 4, -1}
        and not (repeats.frequency == "weekly" and repeats.place)
        and not (repeats.frequency == "monthly" and repeats.weekdays)
    )
    if not is_sound:
        raise NoTimes(repeats.frequency)


def as_rrule(first: datetime, repeats: Repeats) -> str:
    """Return the rule as RFC 5545 writes it (3.3.10)."""
    check(repeats)
    parts = [f"FREQ={repeats.frequency.upper()}", f"COUNT={repeats.times}"]
    if repeats.interval > 1:
        parts.append(f"INTERVAL={repeats.interval}")
    if repeats.frequency == "weekly":
        days = sorted(set(repeats.weekdays) | {first.weekday()})
        parts.append("BYDAY=" + ",".join(DAYS[day] for day in days))
        parts.append("WKST=MO")
    elif repeats.place:
        parts.append(f"BYDAY={repeats.place}{DAYS[first.weekday()]}")
    else:
        parts.append(f"BYMONTHDAY={first.day}")
    return ";".join(parts)


def times(first: datetime, repeats: Repeats) -> list[datetime]:
    """Return the times on the clock, the first included; raise TooLong or NoTimes."""
    check(repeats)
    if first.tzinfo is not None:
        raise ValueError("a time on the clock has no zone")
    if repeats.place and first.date() != _place_in_month(first.year, first.month, first.weekday(), repeats.place):
        raise NoTimes("the first time is not in its place of the month")
    found: list[datetime] = []
    for day in _days(first.date(), repeats):
        if day >= first.date():
            found.append(datetime.combine(day, time(first.hour, first.minute)))
        if len(found) == repeats.times:
            return found
    raise NoTimes("the rule ends before its number of times")


def _days(first: date, repeats: Repeats) -> Iterator[date]:
    if repeats.frequency == "weekly":
        days = sorted(set(repeats.weekdays) | {first.weekday()})
        monday = first - timedelta(days=first.weekday())
        for week in range(repeats.times + 1):
            for day in days:
                yield monday + timedelta(weeks=week * repeats.interval, days=day)
        return
    for step in range(repeats.times * 4 + _MOST_EMPTY):
        month = first.month - 1 + step * repeats.interval
        year, month = first.year + month // 12, month % 12 + 1
        if repeats.place:
            yield _place_in_month(year, month, first.weekday(), repeats.place)
        elif first.day <= calendar.monthrange(year, month)[1]:
            yield date(year, month, first.day)


def _place_in_month(year: int, month: int, weekday: int, place: int) -> date:
    if place > 0:
        return date(year, month, 1 + (weekday - date(year, month, 1).weekday()) % 7 + 7 * (place - 1))
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)
