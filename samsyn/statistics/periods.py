"""Quarters, and the three periods of the standard report: a quarter, the year to date, everything since 13 March 2014."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

# The line opened on this day: 2014's first quarter begins here, not on 1 January.
FIRST_DAY = date(2014, 3, 13)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; quarters can be compared, counted and stepped through."""

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse what is no quarter since the line opened."""
        if self.number not in {1, 2, 3, 4}:
            raise ValueError(f"{self.number} is no quarter")
        if not 2014 <= self.year <= 9999:
            raise ValueError(f"{self.year} is before the line opened or after the calendar ends")

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Return the quarter that ``2026-q3`` names; raise ValueError."""
        found = re.fullmatch(r"([0-9]{4})-q([1-4])", text, re.ASCII)
        if not found:
            raise ValueError(f"{text!r} is no quarter")
        return cls(int(found[1]), int(found[2]))

    @property
    def index(self) -> int:
        """Return the place of the quarter, 0 for the first of 2014."""
        return (self.year - FIRST_DAY.year) * 4 + self.number - 1

    @classmethod
    def at(cls, index: int) -> "Quarter":
        """Return the quarter at a place."""
        return cls(FIRST_DAY.year + index // 4, index % 4 + 1)

    @property
    def pair(self) -> tuple[int, int]:
        """Return year and number, as the facts have them."""
        return (self.year, self.number)

    @property
    def first_day(self) -> date:
        """Return the first day; of the very first quarter, the day on which the line opened."""
        return max(date(self.year, self.number * 3 - 2, 1), FIRST_DAY)

    @property
    def last_day(self) -> date:
        """Return the last day."""
        month = self.number * 3
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def next(self) -> "Quarter":
        """Return the quarter after this one."""
        return Quarter.at(self.index + 1)

    @property
    def previous(self) -> "Quarter":
        """Return the quarter before this one; raise ValueError for the first."""
        return Quarter.at(self.index - 1)

    def __str__(self) -> str:
        return f"{self.year}-q{self.number}"


FIRST_QUARTER = Quarter.of(FIRST_DAY)


class PeriodKind(StrEnum):
    """The three periods of each standard report, and the year of figures that others deliver."""

    QUARTER = "quarter"
    YEAR_TO_DATE = "year_to_date"
    CUMULATIVE = "cumulative"
    YEAR = "year"


STANDARD = (PeriodKind.QUARTER, PeriodKind.YEAR_TO_DATE, PeriodKind.CUMULATIVE)


@dataclass(frozen=True, order=True)
class Span:
    """Whole quarters from one to another, both included."""

    first: Quarter
    last: Quarter

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    @property
    def quarters(self) -> Iterator[Quarter]:
        """Return the quarters in order."""
        return (Quarter.at(index) for index in range(self.first.index, self.last.index + 1))

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the places of the first and the last quarter."""
        return (self.first.index, self.last.index)

    def last_day(self, *, frozen_on: date | None = None) -> date:
        """Return the last day that is counted: of a running quarter, the day on which it was frozen."""
        day = self.last.last_day
        return min(day, max(frozen_on, self.last.first_day)) if frozen_on else day


def span_of(kind: PeriodKind, quarter: Quarter) -> Span:
    """Return the quarters that a period of this kind covers when it ends with the given quarter."""
    if kind is PeriodKind.QUARTER:
        return Span(quarter, quarter)
    if kind in {PeriodKind.YEAR_TO_DATE, PeriodKind.YEAR}:
        return Span(Quarter(quarter.year, 1), quarter)
    return Span(FIRST_QUARTER, quarter)


def from_quarter(span: Span, quarter: Quarter) -> Span | None:
    """Return the part of the span from a quarter on, or None where nothing is left of it."""
    return Span(max(span.first, quarter), span.last) if quarter <= span.last else None


def complete_years(span: Span) -> Span | None:
    """Return the span without the running year, or None where no whole year is in it (2014 counts from 13 March)."""
    last = span.last if span.last.number == 4 else Quarter(span.last.year - 1, 4) if span.last.year > 2014 else None
    return Span(span.first, last) if last and span.first <= last else None


def months(first_day: date, last_day: date) -> Fraction:
    """Return the length in months, both days included: whole months, and of the others the share of their days.

    13 March to 31 December 2014 is 9 whole months and 19 of March's 31 days, about 9.6.
    """
    if last_day < first_day:
        raise ValueError("the last day is before the first")
    total = Fraction(0)
    day = first_day
    while day <= last_day:
        length = calendar.monthrange(day.year, day.month)[1]
        end = min(last_day, day.replace(day=length))
        total += Fraction((end - day).days + 1, length)
        if end == date.max:
            break
        day = end + timedelta(days=1)
    return total
