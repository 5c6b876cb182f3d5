"""Who asks: the register of systems behind the figures, for one organisation and for the others of its county and country.

A group of like size is not among them. Who is in one follows from delivered figures, so a system that a single municipality
has would tell how many cases that one had.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from samsyn.questions import queries as questions


@dataclass(frozen=True)
class Asking:
    """How many of a group have the questions in a system on a day, and of them how many began in that year and delivered.

    ``systems`` says how many have each system; one organisation may have several. ``first_on`` is the first day of any of
    them, None where there is none.
    """

    who: int
    began: int
    delivered: int
    systems: Mapping[str, int]
    first_on: date | None


def asking(
    package: str, *, own: str, county: str, delivered: Collection[str], day: date
) -> tuple[Asking, Asking, Asking]:
    """Return oneself, the others in the county and the others in the country, as the register is on a day.

    ``own`` and ``delivered`` are codes of municipalities, ``county`` is the first two digits of theirs, or nothing for who
    has none.
    """
    rows = [row for row in questions.packages_in_use(package) if row.holds_on(day)]
    groups = (
        [row for row in rows if row.municipality == own],
        [row for row in rows if row.municipality != own and county and row.municipality.startswith(county)],
        [row for row in rows if row.municipality != own],
    )
    itself, near, everywhere = (_asking(group, delivered, day.year) for group in groups)
    return itself, near, everywhere


def _asking(rows: list[questions.InUse], delivered: Collection[str], year: int) -> Asking:
    since: dict[str, date] = {}
    for row in rows:
        since[row.municipality] = min(row.from_on, since.get(row.municipality, row.from_on))
    return Asking(
        who=len(since),
        began=sum(first.year == year for first in since.values()),
        delivered=len(since.keys() & set(delivered)),
        systems=Counter(system for _code, system in {(row.municipality, row.system) for row in rows}),
        first_on=min(since.values(), default=None),
    )
