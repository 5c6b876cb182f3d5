"""When reports are published: the planned times by a reviewed rule (``timetable.toml``), and what is still to come.

Pure: no Django, no database. Times of day are those of Sweden; a moment that is returned is in UTC.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from samsyn.statistics.periods import Quarter

FILE = Path(__file__).parent / "timetable.toml"
SWEDEN = ZoneInfo("Europe/Stockholm")
SATURDAY = 5


class NoTime(ValueError):
    """What was written is no date and time."""


class NoSuchHour(ValueError):
    """The hour that is left out when summer time begins."""


@dataclass(frozen=True)
class Rule:
    """A day of a month after the quarter's end, from a quarter on."""

    first: Quarter
    month: int
    day: int
    time: time

    def __post_init__(self) -> None:
        """Refuse a day that some month doesn't have, and a month that isn't soon after the quarter."""
        if not (1 <= self.day <= 28 and 1 <= self.month <= 6):
            raise ValueError("a report is planned for day 1 to 28 of the first to sixth month after its quarter")


def read_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of a data file in order of time; raise KeyError or ValueError for what is no rule."""
    rules = []
    for one in tomllib.loads(text)["rules"]:
        if set(one) != {"from", "month", "day", "time"}:
            raise ValueError(f"a rule has from, month, day and time, not {', '.join(sorted(one))}")
        rules.append(Rule(Quarter.parse(one["from"]), one["month"], one["day"], time.fromisoformat(one["time"])))
    if not rules or rules != sorted(rules, key=lambda rule: rule.first) or rules[0].first.index != 0:
        raise ValueError("the rules begin with 2014-q1 and stand in order of time")
    return tuple(rules)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of this installation, read once a process."""
    return read_rules(FILE.read_text(encoding="utf-8"))


def planned(quarter: Quarter, *, by: Sequence[Rule] | None = None) -> datetime:
    """Return when a quarter's report is planned."""
    rule = [one for one in by or rules() if one.first <= quarter][-1]
    months = quarter.year * 12 + quarter.number * 3 - 1 + rule.month
    day = date(months // 12, months % 12 + 1, rule.day)
    if day.weekday() >= SATURDAY:
        day += timedelta(days=7 - day.weekday())
    return datetime.combine(day, rule.time, SWEDEN).astimezone(UTC)


def at_clock(text: str) -> datetime:
    """Return the moment at which Swedish clocks show ``2026-11-20T08:00``; raise NoTime or NoSuchHour.

    In the hour that comes twice when summer time ends the later one is meant, so that nothing comes out too early.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text, re.ASCII):
        raise NoTime(text)
    try:
        shown = datetime.fromisoformat(text)
        moment = shown.replace(tzinfo=SWEDEN, fold=1).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NoTime(text) from error
    if moment.astimezone(SWEDEN).replace(tzinfo=None) != shown:
        raise NoSuchHour(text)
    return moment


@dataclass(frozen=True)
class Coming:
    """A report that is still to come: decided, or planned by the rule; late where the plan has passed."""

    quarter: Quarter
    at: datetime
    is_decided: bool
    is_correction: bool
    is_late: bool


def coming(
    *, published: Mapping[Quarter, datetime], decided: Mapping[Quarter, datetime], now: datetime
) -> list[Coming]:
    """Return what is to come within a year, the next first.

    ``published`` has the time of the latest edition of each quarter, ``decided`` the times that have been set. A report
    of a quarter that was still running when it came out is preliminary: the whole one is still to come.
    """
    whole = {quarter for quarter, at in published.items() if at.astimezone(SWEDEN).date() > quarter.last_day}
    running = Quarter.of(now.astimezone(SWEDEN).date())
    first = max(whole).next if whole else running.previous
    found = [
        Coming(quarter, at, is_decided=True, is_correction=quarter in whole, is_late=False)
        for quarter, at in decided.items()
    ]
    for index in range(first.index, running.index + 4):
        quarter = Quarter.at(index)
        if quarter not in decided:
            at = planned(quarter)
            found.append(Coming(quarter, at, is_decided=False, is_correction=False, is_late=at <= now))
    return sorted(found, key=lambda one: (one.at, one.quarter))
