"""An organisation's own figures over time beside its county, organisations of like size, and the country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import get_language
from numpy.typing import NDArray

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.privacy import sealing
from samsyn.questions import queries as questions
from samsyn.statistics.delivered import comparing, compiling
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.indicators import Amount, Indicator, amount, indicators
from samsyn.vocabulary import queries as vocabulary

PACKAGE, TABLE = "municipal_core", "case"
MOST_YEARS = 4
NOISE = "noise of comparisons"


@dataclass(frozen=True)
class Line:
    """One indicator: own amounts by year, and the comparisons of the latest year."""

    indicator: Indicator
    own: tuple[Amount | None, ...]
    county: Compared
    like: Compared
    country: Compared
    lacks: tuple[str, ...]
    """Why there is no amount, by year: the question was changed (BROKEN), or a number is hidden or missing (HIDDEN)."""
    lack_beside: str
    """The same of how many were not asked in the latest year."""

    @property
    def title(self) -> str:
        """Return the indicator's name in the active language."""
        return self.indicator.title_en if get_language() == "en" else self.indicator.title_sv

    @property
    def latest(self) -> Amount | None:
        """Return the latest year's own amount."""
        return self.own[-1] if self.own else None


@dataclass(frozen=True)
class Method:
    """A method of assessment and how many cases it was used in, by year."""

    label: str
    counts: tuple[int, ...]
    lacks: tuple[str, ...]
    """As of a line."""


@dataclass(frozen=True)
class Share:
    """An indicator over many, in per cent; ``is_part``: some are left out, because a number of theirs is hidden or missing."""

    share: float | None
    is_part: bool = False


@dataclass(frozen=True)
class OwnFigures:
    """What the page and the report show."""

    code: str
    name: str
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    methods: tuple[Method, ...]
    organisations: int


def latest_compilation() -> compiling.Compilation:
    """Add up everything that counts, read in the version of the core package in which most is comparable."""
    versions = packages.versions(PACKAGE)
    # The first version: later splits add up into it, while what was never told apart can't be divided afterwards.
    target = packages.format_of(PACKAGE, versions[0].version, TABLE)
    figures = deliveries.accepted_figures(package=PACKAGE, table=TABLE)
    return compiling.compiled(figures, target=target, packages=versions)


def own_figures(code: str, name: str) -> OwnFigures:
    """Return an organisation's own figures with their comparisons; no year means that nothing has been accepted yet."""
    made = latest_compilation()
    years = tuple(sorted({year for who, _county, year in made.rows if who == code}))[-MOST_YEARS:]
    at = {year: row for row, (who, _county, year) in enumerate(made.rows) if who == code}
    if not years:
        return OwnFigures(code, name, (), (), (), len({row[0] for row in made.rows}))
    latest = years[-1]
    county = next(county for who, county, _year in made.rows if who == code)
    like = comparing.like(made, own=code, year=latest)
    secret = sealing.mark(NOISE, "")
    lines = []
    for one in indicators():
        if one.table != TABLE or not one.is_valid(latest):
            continue
        groups = {
            "county": made.select(year=latest, county=county),
            "like": made.select(year=latest, codes=like),
            "country": made.select(year=latest),
        }
        found = {
            name: comparing.compared(made, chosen, own=code, indicator=one, secret=secret)
            for name, chosen in groups.items()
        }
        cells = one.cells(made.target)
        lacks = tuple(made.lack(at[y], cells) if one.is_valid(y) else "" for y in years)
        own = tuple(
            amount(one, made.target, made.counts[at[y]]) if one.is_valid(y) and not lack else None
            for y, lack in zip(years, lacks, strict=True)
        )
        beside = made.lack(at[latest], one.cells_beside(made.target))
        lines.append(Line(one, own, **found, lacks=lacks, lack_beside=beside))
    return OwnFigures(code, name, years, tuple(lines), _methods(made, at, years), len({row[0] for row in made.rows}))


def _methods(made: compiling.Compilation, at: dict[int, int], years: tuple[int, ...]) -> tuple[Method, ...]:
    variable = next(one for one in made.target.variables if one.code == "method")
    found = []
    for item in variable.codes:
        cells = _cells(made, item.code)
        counts = tuple(int(made.counts[at[year]][cells].sum()) for year in years)
        lacks = tuple(made.lack(at[year], cells) for year in years)
        found.append(Method(item.label_en if get_language() == "en" else item.label_sv, counts, lacks))
    return tuple(found)


def _cells(made: compiling.Compilation, method: str) -> list[int]:
    first = made.target.places["method"][method]
    return list(range(first, first + made.target.width))


def nation(*, today: date) -> dict[str, object]:
    """Return the country's indicators by year, those of the counties, and how many organisations use each method."""
    made = latest_compilation()
    years = tuple(sorted({year for _who, _county, year in made.rows}))[-MOST_YEARS:]
    known = [one for one in indicators() if one.table == TABLE]
    titles = [one.title_en if get_language() == "en" else one.title_sv for one in known]
    return {
        "years": years,
        "rows": [
            {"title": title, "amounts": [_added(made, one, year) for year in years]}
            for title, one in zip(titles, known, strict=True)
        ],
        "titles": titles,
        "counties": _indicators_by_county(made, known, years),
        "totals": [_extent(made, year, today) for year in years],
        "methods": _users(made, years),
        "method_counties": _users_by_county(made, years),
        "systems": deliveries.systems(),
    }


def _added(made: compiling.Compilation, one: Indicator, year: int, county: str = "") -> Share:
    """Return an indicator over all whose figures of a year are whole; none where a version can't be read in the others'."""
    lacks = _lacks(made, made.select(year=year, county=county), one.cells(made.target))
    if not one.is_valid(year) or compiling.BROKEN in lacks.values():
        return Share(None)
    whole = [at for at, lack in lacks.items() if not lack]
    found = amount(one, made.target, made.counts[whole].sum(axis=0))
    return Share(found.share, is_part=len(whole) < len(lacks))


def _lacks(made: compiling.Compilation, chosen: NDArray[np.bool_], cells: Sequence[int]) -> dict[int, str]:
    """Return what each chosen row lacks in these cells."""
    return {int(at): made.lack(int(at), cells) for at in chosen.nonzero()[0]}


def _indicators_by_county(
    made: compiling.Compilation, known: Sequence[Indicator], years: Sequence[int]
) -> list[dict[str, object]]:
    """Return for each county of the latest year its indicators, in their order."""
    if not years:
        return []
    names = vocabulary.labels("county")
    found = {county for _who, county, year in made.rows if county and year == years[-1]}
    return [
        {"label": names.get(county, county), "amounts": [_added(made, one, years[-1], county) for one in known]}
        for county in sorted(found)
    ]


def _extent(made: compiling.Compilation, year: int, today: date) -> dict[str, int]:
    """Return how many delivered in a year, of how many that had the package in a system at its end or today."""
    chosen = made.select(year=year)
    who = {made.rows[at][0] for at in chosen.nonzero()[0]}
    in_use = questions.implemented_on(PACKAGE, min(today, date(year, 12, 31)))
    return {
        "year": year,
        "organisations": len(who),
        "deliveries": int(made.deliveries[chosen].sum()),
        "in_use": len(in_use),
        "in_use_delivered": len(in_use & who),
    }


def _users(made: compiling.Compilation, years: tuple[int, ...]) -> list[dict[str, object]]:
    """Return how many organisations used each method in the latest year, in the country and by county."""
    if not years:
        return []
    chosen = made.select(year=years[-1])
    variable = next(one for one in made.target.variables if one.code == "method")
    found = []
    for item in variable.codes:
        cells = _cells(made, item.code)
        users, is_part = _using(made, chosen, cells)
        rows = [made.rows[at] for at in users or ()]
        counties = {county for _who, county, _year in rows if county}
        label = item.label_en if get_language() == "en" else item.label_sv
        numbers = {"organisations": len({row[0] for row in rows}), "counties": len(counties)}
        found.append({"label": label, "is_part": is_part, **(dict.fromkeys(numbers) if users is None else numbers)})
    return found


def _using(
    made: compiling.Compilation, chosen: NDArray[np.bool_], cells: Sequence[int]
) -> tuple[list[int] | None, bool]:
    """Return the rows that used a method (None where the series breaks), and whether it can't be known of some."""
    lacks = _lacks(made, chosen, cells)
    uses = {at: bool(made.counts[at][cells].any()) for at in lacks}
    if compiling.BROKEN in lacks.values():
        return None, False
    return [at for at in lacks if uses[at]], any(lacks[at] and not uses[at] for at in lacks)


def _users_by_county(made: compiling.Compilation, years: tuple[int, ...]) -> list[dict[str, object]]:
    """Return for each county how many organisations delivered in the latest year and how many used each method."""
    if not years:
        return []
    chosen = made.select(year=years[-1])
    names = vocabulary.labels("county")
    variable = next(one for one in made.target.variables if one.code == "method")
    cells = [_cells(made, item.code) for item in variable.codes]
    found = []
    for county in sorted({made.rows[at][1] for at in chosen.nonzero()[0]} - {""}):
        here = made.select(year=years[-1], county=county)
        used = [_using(made, here, places) for places in cells]
        uses = [(None if users is None else len(users), is_part) for users, is_part in used]
        found.append({"label": names.get(county, county), "organisations": int(here.sum()), "uses": uses})
    return found
