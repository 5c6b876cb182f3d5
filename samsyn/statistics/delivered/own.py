"""An organisation's own figures over time beside its county, organisations of like size, and the country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.questions import queries as questions
from samsyn.statistics.delivered import comparing, compiling
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.indicators import Amount, Indicator, amount, indicators
from samsyn.vocabulary import queries as vocabulary

PACKAGE, TABLE = "municipal_core", "case"
MOST_YEARS = 4


@dataclass(frozen=True)
class Line:
    """One indicator: own amounts by year, and the comparisons of the latest year."""

    indicator: Indicator
    own: tuple[Amount | None, ...]
    county: Compared
    like: Compared
    country: Compared
    breaks: frozenset[int] = frozenset()
    """Years that can't be read in the version of the others: the question was changed."""

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
    counts: tuple[int | None, ...]
    """None where the series breaks."""


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
    lines = []
    for one in indicators():
        if one.table != TABLE or not one.is_valid(latest):
            continue
        groups = (
            made.select(year=latest, county=county),
            made.select(year=latest, codes=like),
            made.select(year=latest),
        )
        found = [comparing.compared(made, chosen, own=code, indicator=one) for chosen in groups]
        cells = one.cells(made.target)
        breaks = frozenset(y for y in years if one.is_valid(y) and not made.is_read(at[y], cells))
        own = tuple(
            amount(one, made.target, made.counts[at[y]]) if one.is_valid(y) and y not in breaks else None for y in years
        )
        lines.append(Line(one, own, county=found[0], like=found[1], country=found[2], breaks=breaks))
    return OwnFigures(code, name, years, tuple(lines), _methods(made, at, years), len({row[0] for row in made.rows}))


def _methods(made: compiling.Compilation, at: dict[int, int], years: tuple[int, ...]) -> tuple[Method, ...]:
    variable = next(one for one in made.target.variables if one.code == "method")
    found = []
    for item in variable.codes:
        cells = _cells(made, item.code)
        counts = tuple(
            int(made.counts[at[year]][cells].sum()) if made.is_read(at[year], cells) else None for year in years
        )
        found.append(Method(item.label_en if get_language() == "en" else item.label_sv, counts))
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


def _added(made: compiling.Compilation, one: Indicator, year: int, county: str = "") -> Amount | None:
    """Return an indicator over all who delivered in a year; None where something can't be read in the others' version."""
    chosen = made.select(year=year, county=county)
    is_read = all(made.is_read(int(at), one.cells(made.target)) for at in chosen.nonzero()[0])
    if not one.is_valid(year) or not is_read:
        return None
    return amount(one, made.target, made.counts[chosen].sum(axis=0))


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
        is_read = all(made.is_read(int(at), cells) for at in chosen.nonzero()[0])
        uses = made.counts[:, cells].sum(axis=1) > 0
        rows = [made.rows[at] for at in (chosen & uses).nonzero()[0]]
        counties = {county for _who, county, _year in rows if county}
        label = item.label_en if get_language() == "en" else item.label_sv
        numbers = {"organisations": len({row[0] for row in rows}), "counties": len(counties)}
        found.append({"label": label, **(numbers if is_read else dict.fromkeys(numbers))})
    return found


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
        rows = [int(at) for at in (chosen & made.select(year=years[-1], county=county)).nonzero()[0]]
        uses = [
            sum(bool(made.counts[at][places].any()) for at in rows)
            if all(made.is_read(at, places) for at in rows)
            else None
            for places in cells
        ]
        found.append({"label": names.get(county, county), "organisations": len(rows), "uses": uses})
    return found
