"""The editions of the reports and what they say of quality: how soon after its quarter each report came. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from samsyn.statistics.periods import Quarter

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Edition:
    """An edition of a quarter's report as the reader got it, 1 for the first; ``note`` says why there is a later one."""

    quarter: Quarter
    number: int
    published_at: datetime
    note: str
    is_preliminary: bool

    @property
    def days(self) -> int:
        """Return how many days after the quarter's last day it came; less than 1 while the quarter was running."""
        return (self.published_at.astimezone(STOCKHOLM).date() - self.quarter.last_day).days


def first_whole(found: Sequence[Edition]) -> list[Edition]:
    """Return each quarter's first edition that counted the whole quarter, the latest quarter first.

    Timeliness is measured on it: a preliminary edition counts what had been closed until then.
    """
    whole: dict[Quarter, Edition] = {}
    for one in found:
        if not one.is_preliminary and (one.quarter not in whole or one.number < whole[one.quarter].number):
            whole[one.quarter] = one
    return [whole[quarter] for quarter in sorted(whole, reverse=True)]


def usual_days(found: Sequence[Edition]) -> int | None:
    """Return the median of the days from a quarter's end to its report, or None before the first one."""
    days = [one.days for one in first_whole(found)]
    return round(median(days)) if days else None
