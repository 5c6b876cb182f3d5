"""Periods of deliveries: months, quarters and years as Statistics Sweden writes them. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from samsyn.deliveries.checking.formats import PERIOD


class Frequency(StrEnum):
    """How long the periods of a table are."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}


def frequency_of(period: str) -> Frequency:
    """Return how long a period is; raise ValueError for what is none."""
    found = PERIOD.match(period)
    if not found:
        raise ValueError("not a period")
    return Frequency.MONTH if found["month"] else Frequency.QUARTER if found["quarter"] else Frequency.YEAR


def first_day(period: str) -> date:
    """Return a period's first day; raise ValueError."""
    found = PERIOD.match(period)
    if not found:
        raise ValueError("not a period")
    month = int(found["month"] or 3 * int(found["quarter"] or 1) - 2)
    return date(int(found["year"]), month, 1)


def last_day(period: str) -> date:
    """Return a period's last day; raise ValueError."""
    return first_day(following(period)) - timedelta(days=1)


def period_of(day: date, frequency: Frequency) -> str:
    """Return the period in which a day lies."""
    if frequency is Frequency.MONTH:
        return f"{day.year}M{day.month:02}"
    return f"{day.year}K{(day.month + 2) // 3}" if frequency is Frequency.QUARTER else f"{day.year}"


def following(period: str) -> str:
    """Return the next period of the same length; raise ValueError."""
    frequency, first = frequency_of(period), first_day(period)
    months = first.year * 12 + first.month - 1 + MONTHS[frequency]
    return period_of(date(months // 12, months % 12 + 1, 1), frequency)


def between(first: str, last: date) -> Iterator[str]:
    """Yield the periods from ``first`` on that are over on a day; raise ValueError."""
    period = first
    while last_day(period) < last:
        yield period
        period = following(period)


def year_of(period: str) -> int:
    """Return the year in which a period lies."""
    return first_day(period).year
