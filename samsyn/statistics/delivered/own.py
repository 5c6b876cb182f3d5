"""An organisation's own figures over time beside its county, organisations of like size, and the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import get_language
from numpy.typing import NDArray

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.privacy import sealing
from samsyn.questions import queries as questions
from samsyn.statistics.delivered import asking, comparing, compiling
from samsyn.statistics.delivered.asking import Asking
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.indicators import Amount, Indicator, amount, indicators
from samsyn.vocabulary import queries as vocabulary

PACKAGE = "municipal_core"
METHOD = "method"
TABLES = (CASES, PERSONS) = ("case", "person")
# Of the cases only the methods are shown answer by answer: who asked, and how. What persons say of themselves is shown whole.
ANSWERS = {CASES: (METHOD,), PERSONS: ("client_help", "client_safety", "client_influence")}
MOST_YEARS = 4
NOISE = "noise of comparisons"


Beside = tuple[Compared | None, ...]


@dataclass(frozen=True)
class Line:
    """One indicator by year: own amounts, and the others'; None where it was not computed. ``at`` is the chosen year's place."""

    indicator: Indicator
    at: int
    own: tuple[Amount | None, ...]
    county: Beside
    like: Beside
    country: Beside
    lacks: tuple[str, ...]
    """Why there is no amount: the question was changed (BROKEN), a number is hidden or missing (HIDDEN), or nobody could
    stand there (OUTSIDE).
    """
    lacks_beside: tuple[str, ...]
    """The same of how many were not asked."""

    @property
    def title(self) -> str:
        """Return the indicator's name in the active language."""
        return self.indicator.title_en if get_language() == "en" else self.indicator.title_sv


@dataclass(frozen=True)
class Answer:
    """An answer and how many gave it, by year; None where nothing was delivered."""

    label: str
    counts: tuple[int | None, ...]
    lacks: tuple[str, ...]
    """As of a line."""


@dataclass(frozen=True)
class OwnTable:
    """A table's indicators, and the answers to some of its questions under their names."""

    code: str
    title: str
    lines: tuple[Line, ...]
    answers: tuple[tuple[str, tuple[Answer, ...]], ...]


@dataclass(frozen=True)
class Share:
    """An indicator over many, in per cent; ``is_part``: some are left out, because a number of theirs is hidden or missing."""

    share: float | None
    is_part: bool = False


@dataclass(frozen=True)
class OwnFigures:
    """What the page and the report show; ``year`` is the one that is compared, 0 where nothing has been accepted yet."""

    name: str
    years: tuple[int, ...]
    year: int
    tables: tuple[OwnTable, ...]
    asking: tuple[Asking, ...] = ()
    """Oneself, the others in the county and in the country, as the register of systems was at the end of the chosen year."""


def latest_compilation(table: str = CASES) -> compiling.Compilation:
    """Add up everything of a table that counts, read in the version of the core package in which most is comparable."""
    versions = packages.versions(PACKAGE)
    # The first version: later splits add up into it, while what was never told apart can't be divided afterwards.
    target = packages.format_of(PACKAGE, versions[0].version, table)
    figures = deliveries.accepted_figures(package=PACKAGE, table=table)
    return compiling.compiled(figures, target=target, packages=versions)


def own_figures(code: str, name: str, *, today: date, year: int = 0) -> OwnFigures:
    """Return an organisation's own figures over its latest years, and one of them (0: the latest) beside the others'.

    Raise LookupError for a year that isn't among them.
    """
    made = [latest_compilation(table) for table in TABLES]
    years = tuple(sorted({each for one in made for who, _county, each in one.rows if who == code}))[-MOST_YEARS:]
    if year and year not in years:
        raise LookupError("no figures of that year")
    if not years:
        return OwnFigures(name, (), 0, ())
    year = year or years[-1]
    # Who is like whom follows from the cases, also where persons are compared.
    like = {each: comparing.like(made[0], own=code, year=each) for each in years}
    found = (_own_table(one, code, years, year, like) for one in made)
    return OwnFigures(
        name, years, year, tuple(one for one in found if one is not None), _asking(made, code, year, today)
    )


def _asking(made: Sequence[compiling.Compilation], code: str, year: int, today: date) -> tuple[Asking, ...]:
    county = next(county for one in made for who, county, _year in one.rows if who == code)
    delivered = {who for one in made for who, _county, each in one.rows if each == year}
    day = min(today, date(year, 12, 31))
    return asking.asking(PACKAGE, own=code, county=county, delivered=delivered, day=day)


def _own_table(
    made: compiling.Compilation, code: str, years: tuple[int, ...], year: int, like: Mapping[int, frozenset[str]]
) -> OwnTable | None:
    """Return one table; None where the organisation has delivered nothing of it in these years."""
    at = {each: row for row, (who, _county, each) in enumerate(made.rows) if who == code and each in years}
    if not at:
        return None
    county = next(county for who, county, _year in made.rows if who == code)
    groups = {
        "county": [made.select(year=each, county=county) for each in years],
        "like": [made.select(year=each, codes=like[each]) for each in years],
        "country": [made.select(year=each) for each in years],
    }
    secret = sealing.mark(NOISE, "")
    lines = []
    for one in indicators():
        if one.table != made.target.table or not one.is_valid(year):
            continue
        own = [_own_amount(made, at.get(each), one if one.is_valid(each) else None) for each in years]
        cells = one.cells_beside(made.target)
        beside = {
            name: tuple(
                comparing.compared(made, rows, own=code, indicator=one, secret=secret) if one.is_valid(each) else None
                for each, rows in zip(years, chosen, strict=True)
            )
            for name, chosen in groups.items()
        }
        lines.append(
            Line(
                indicator=one,
                at=years.index(year),
                own=tuple(amount for amount, _lack in own),
                lacks=tuple(lack for _amount, lack in own),
                lacks_beside=tuple(made.lack(at[each], cells) if each in at else "" for each in years),
                **beside,
            )
        )
    title = made.target.title_en if get_language() == "en" else made.target.title_sv
    return OwnTable(made.target.table, title, tuple(lines), _answers(made, [at.get(each) for each in years]))


def _own_amount(made: compiling.Compilation, row: int | None, one: Indicator | None) -> tuple[Amount | None, str]:
    """Return an indicator of a row, or why there is none; neither where nothing was delivered or it wasn't computed yet."""
    if row is None or one is None:
        return None, ""
    lack = made.lack(row, *one.sums(made.target))
    return (None, lack) if lack else (amount(one, made.target, made.counts[row]), "")


def _answers(made: compiling.Compilation, rows: Sequence[int | None]) -> tuple[tuple[str, tuple[Answer, ...]], ...]:
    is_english = get_language() == "en"
    found = []
    for variable in made.target.variables:
        if variable.code not in ANSWERS[made.target.table]:
            continue
        labels = {one.code: one.label_en if is_english else one.label_sv for one in variable.codes}
        labels |= {state: str(vocabulary.STATES[state]) for state in variable.states}
        answers = []
        for code, label in labels.items():
            cells = _cells(made, variable.code, code)
            counts = tuple(None if row is None else int(made.counts[row][cells].sum()) for row in rows)
            lacks = tuple("" if row is None else made.lack(row, cells) for row in rows)
            answers.append(Answer(label, counts, lacks))
        found.append((variable.label_en if is_english else variable.label_sv, tuple(answers)))
    return tuple(found)


def _cells(made: compiling.Compilation, variable: str, answer: str) -> list[int]:
    first = made.target.places[variable][answer]
    return list(range(first, first + made.target.width))


def nation(*, today: date) -> dict[str, object]:
    """Return the country's indicators by year, those of the counties, and how many organisations use each method."""
    tables = {table: latest_compilation(table) for table in TABLES}
    made = tables[CASES]
    years = tuple(sorted({year for _who, _county, year in made.rows}))[-MOST_YEARS:]
    known = [one for one in indicators() if tables[one.table].rows]
    titles = [one.title_en if get_language() == "en" else one.title_sv for one in known]
    return {
        "years": years,
        "rows": [
            {"title": title, "amounts": [_added(tables[one.table], one, year) for year in years]}
            for title, one in zip(titles, known, strict=True)
        ],
        "titles": titles,
        "counties": _indicators_by_county(tables, known, years),
        "totals": [_extent(made, year, today) for year in years],
        "methods": _users(made, years),
        "method_counties": _users_by_county(made, years),
        "systems": deliveries.systems(),
    }


def _added(made: compiling.Compilation, one: Indicator, year: int, county: str = "") -> Share:
    """Return an indicator over all whose figures of a year are whole; none where a version can't be read in the others'."""
    lacks = _lacks(made, made.select(year=year, county=county), *one.sums(made.target))
    if not one.is_valid(year) or compiling.BROKEN in lacks.values():
        return Share(None)
    whole = [at for at, lack in lacks.items() if not lack]
    found = amount(one, made.target, made.counts[whole].sum(axis=0))
    return Share(found.share, is_part=compiling.HIDDEN in lacks.values())


def _lacks(made: compiling.Compilation, chosen: NDArray[np.bool_], *sums: Sequence[int]) -> dict[int, str]:
    """Return what each chosen row lacks in these sums."""
    return {int(at): made.lack(int(at), *sums) for at in chosen.nonzero()[0]}


def _indicators_by_county(
    tables: Mapping[str, compiling.Compilation], known: Sequence[Indicator], years: Sequence[int]
) -> list[dict[str, object]]:
    """Return for each county of the latest year its indicators, in their order."""
    if not years:
        return []
    names = vocabulary.labels("county")
    found = {county for _who, county, year in tables[CASES].rows if county and year == years[-1]}
    return [
        {
            "label": names.get(county, county),
            "amounts": [_added(tables[one.table], one, years[-1], county) for one in known],
        }
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
    variable = next(one for one in made.target.variables if one.code == METHOD)
    found = []
    for item in variable.codes:
        cells = _cells(made, METHOD, item.code)
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
    return [at for at in lacks if uses[at]], any(lacks[at] == compiling.HIDDEN and not uses[at] for at in lacks)


def _users_by_county(made: compiling.Compilation, years: tuple[int, ...]) -> list[dict[str, object]]:
    """Return for each county how many organisations delivered in the latest year and how many used each method."""
    if not years:
        return []
    chosen = made.select(year=years[-1])
    names = vocabulary.labels("county")
    variable = next(one for one in made.target.variables if one.code == METHOD)
    cells = [_cells(made, METHOD, item.code) for item in variable.codes]
    found = []
    for county in sorted({made.rows[at][1] for at in chosen.nonzero()[0]} - {""}):
        here = made.select(year=years[-1], county=county)
        used = [_using(made, here, places) for places in cells]
        uses = [(None if users is None else len(users), is_part) for users, is_part in used]
        found.append({"label": names.get(county, county), "organisations": int(here.sum()), "uses": uses})
    return found
