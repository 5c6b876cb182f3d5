"""How often somebody comes back by their words (*återkomster*): counted from the log, a quarter at a time, naming no case.

Of the cases by code that were opened in a quarter: to how many somebody came back with the words, later than the hour in
which whoever wrote still has the case, and within ninety days. Forced words are no return. A quarter is counted when all its
cases have had their ninety days, so its figures never change, and erasing a case doesn't change them: the log keeps codes.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from samsyn.cases import events
from samsyn.privacy import few
from samsyn.privacy.custody.codes import WRITER_KEEPS

WITHIN = timedelta(days=90)
_CAME_BACK = """
    SELECT created.at, count(opened.id) > 0 FROM audit_event created
    LEFT JOIN audit_event opened ON opened.kind = %s AND opened.subject = created.subject
        AND opened.at > created.at + %s AND opened.at <= created.at + %s
    WHERE created.kind = %s AND created.facts ->> 'kind' = 'by_code'
    GROUP BY created.id, created.at
"""


@dataclass(frozen=True)
class Quarter:
    """A quarter's cases by code; None is a number of one to four, or one that would give such a number away."""

    year: int
    number: int
    cases: int | None
    returned: int | None
    share: int | None


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def _is_over(quarter: tuple[int, int], *, today: date) -> bool:
    year, number = quarter
    next_one = date(year + number // 4, number % 4 * 3 + 1, 1)
    return next_one + WITHIN < today


def by_quarter(*, today: date) -> tuple[Quarter, ...]:
    """Return the quarters whose cases have all had their time, the latest first."""
    with connection.cursor() as cursor:
        said: list[Any] = [events.CODE_OPENED.code, WRITER_KEEPS, WITHIN, events.CASE_CREATED.code]
        cursor.execute(_CAME_BACK, said)
        told = [(_quarter(timezone.localdate(at)), came_back) for at, came_back in cursor.fetchall()]
    opened, returned = Counter(one for one, _ in told), Counter(one for one, came_back in told if came_back)
    found = []
    for quarter, cases in sorted(opened.items(), reverse=True):
        if not _is_over(quarter, today=today):
            continue
        came, stayed_away = returned[quarter], cases - returned[quarter]
        shown = few.shown({"returned": came, "stayed_away": stayed_away}, total=cases)
        found.append(Quarter(*quarter, shown.total, shown.counts["returned"], shown.share("returned")))
    return tuple(found)
