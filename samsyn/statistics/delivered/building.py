"""Puts a delivered year together: who counts in which table, and what stands behind each of its counts. Pure.

Only who delivered the whole year counts, or a quarter that is missing would be added up as nought. In each table those are
left out who lack a number of it, or whose answers don't add up to their cases; the others make up its population, which is a
sum of *classes*: the deliverers that stand in the same tables. So the system knows that two tables' sums differ by somebody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import numpy as np

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.checking.of_packages import ALL, UNITS
from samsyn.deliveries.periods import MONTHS, first_day, frequency_of
from samsyn.questions.exchange.package import Package
from samsyn.statistics.definitions.model import STATE_LABELS, Definition, RowKind, Text
from samsyn.statistics.definitions.of_deliveries import COUNTY
from samsyn.statistics.delivered import compiling, telling
from samsyn.statistics.delivered.compiling import BROKEN, HIDDEN, Compilation, Figures
from samsyn.statistics.delivered.years import CLASS, Line, TableOfYear, Year, gives_away
from samsyn.statistics.linking import Shape

NOWHERE = "none"


class Delivered(Figures, Protocol):
    """A delivery that counts, with its name."""

    @property
    def delivery_id(self) -> UUID: ...


def months_of(periods: Iterable[str]) -> list[tuple[int, int]]:
    """Return the months that periods cover, each as often as it is covered."""
    found = []
    for period in periods:
        first = first_day(period)
        found += [(first.year, first.month + at) for at in range(MONTHS[frequency_of(period)])]
    return found


def delivered_whole(figures: Sequence[Figures]) -> tuple[frozenset[str], frozenset[str]]:
    """Return who covers every month of the year once, and who delivered anything else."""
    periods: dict[str, list[str]] = defaultdict(list)
    for one in figures:
        periods[one.deliverer].append(one.period)
    months = {code: months_of(found) for code, found in periods.items()}
    whole = frozenset(code for code, found in months.items() if len(found) == len(set(found)) == 12)
    return whole, frozenset(months) - whole


@dataclass
class _Building:
    """A unit's counts while they are put together; ``unit`` is its key, of this year and edition alone."""

    unit: str
    made: Compilation
    behind: dict[str, dict[str, int]] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    populations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    def add(self, shape: Shape) -> None:
        """Add a shape; several tables may have the same."""
        if shape not in self.shapes:
            self.shapes.append(shape)

    @property
    def rows(self) -> dict[str, int]:
        """Return the row of each deliverer."""
        return {code: at for at, (code, _county, _year) in enumerate(self.made.rows)}

    def sums(self, cells: Sequence[int], codes: Collection[str]) -> dict[str, int]:
        """Return how many each of these deliverers has in some cells together."""
        return {code: int(self.made.counts[at][list(cells)].sum()) for code, at in self.rows.items() if code in codes}


def of_year(
    definitions: Sequence[Definition],
    *,
    year: int,
    edition: int,
    figures: Mapping[str, Sequence[Delivered]],
    formats: Mapping[str, TableFormat],
    packages: tuple[Package, ...],
    counties: Sequence[tuple[str, Text]],
    having: Mapping[str, frozenset[str]],
) -> Year:
    """Return the year of these definitions, which all read one package.

    By table of the package: ``figures`` are its accepted deliveries of that year, ``formats`` the format in which they are read,
    ``having`` who has the question. ``counties`` are the codes of the country with their names.
    """
    built: dict[str, _Building] = {}
    mark = f".{year}r{edition}"
    tables: dict[str, TableOfYear] = {}
    away: set[str] = set()
    classes: set[str] = set()
    for table, form in formats.items():
        wanted = [one for one in definitions if one.source and one.source.table == table]
        if not wanted:
            continue
        whole, part = delivered_whole(figures[table])
        made = compiling.compiled(
            [one for one in figures[table] if one.deliverer in whole], target=form, packages=packages
        )
        extent = telling.Extent(whole, part, having[table] | whole | part)
        one = _Building(f"{wanted[0].unit}{mark}", made)
        tables |= _tables(one, wanted, extent, counties, year)
        classes |= _classes(one, wanted, tables)
        built[table] = one
        threshold = max(each.threshold for each in wanted)
        strictest = min((each.source for each in wanted if each.source), key=lambda each: each.dominance)
        multiple = {key: shape.base for shape in one.shapes if shape.is_multiple for key in shape.codes}
        for key, found in one.behind.items():
            is_away = gives_away(found.values(), source=strictest, threshold=threshold)
            if key in multiple:
                base = one.behind[multiple[key]]
                others = [base[code] - number for code, number in found.items()]
                is_away = is_away or gives_away(others, source=strictest, threshold=threshold)
            away |= {key} if is_away else set()
    return Year(
        year=year,
        behind={key: found for one in built.values() for key, found in one.behind.items()},
        shapes=tuple(shape for one in built.values() for shape in one.shapes),
        populations={key: found for one in built.values() for key, found in one.populations.items()},
        tables=tables,
        away=frozenset(away),
        classes=frozenset(classes),
        sums=tuple(found for one in built.values() for found in one.parts),
        mark=mark,
        deliveries=tuple(sorted(str(one.delivery_id) for found in figures.values() for one in found)),
    )


def _tables(
    one: _Building,
    wanted: Sequence[Definition],
    extent: telling.Extent,
    counties: Sequence[tuple[str, Text]],
    year: int,
) -> dict[str, TableOfYear]:
    units = _cells(one.made.target, UNITS, ALL)
    known = _known(one, [units])
    found = {}
    if known is not None:
        one.behind[one.unit] = one.sums(units, known)
    for definition in wanted:
        rows = definition.variable
        counted = _known(one, [units, _variable_cells(one.made.target, rows)])
        if counted:
            counted = frozenset(who for who in counted if _adds_up(one, definition, who))
        if not counted or not known:
            labels = [*_row_labels(definition, one.made.target, counties), ("total", Text("Summa", "Total"), "sum")]
            lines = tuple(Line(code, label, kind, "") for code, label, kind in labels)
            broken = [] if counted is not None else [telling.broken(year)]
            said = (*broken, *telling.told(extent, frozenset(), year))
            found[definition.code] = TableOfYear(lines, "", said, _columns(definition, one.made.target))
            continue
        base = one.unit if counted == known else f"{one.unit}@{rows}"
        one.behind.setdefault(base, one.sums(units, counted))
        lines = tuple(_lines(one, definition, base, counted, counties))
        by_county = telling.told_by_county(extent, counties) if rows == COUNTY else []
        found[definition.code] = TableOfYear(
            lines, base, (*telling.told(extent, counted, year), *by_county), _columns(definition, one.made.target)
        )
    return found


def _known(one: _Building, sums: Sequence[Sequence[int]]) -> frozenset[str] | None:
    """Return who has every number of these cells; None where somebody's can't be read in the version of the others."""
    lacks = {code: {one.made.lack(at, cells) for cells in sums if cells} for code, at in one.rows.items()}
    if any(BROKEN in found for found in lacks.values()):
        return None
    return frozenset(code for code, found in lacks.items() if HIDDEN not in found)


def _adds_up(one: _Building, definition: Definition, who: str) -> bool:
    """Tell whether a deliverer's answers fit its units, in every division: the sender may have confirmed that they don't."""
    form, rows = one.made.target, definition.variable
    if rows not in form.places:
        return True
    found = one.made.counts[one.rows[who]]
    units = found[_cells(form, UNITS, ALL)]
    answers = {answer: found[_cells(form, rows, answer)] for answer in form.places[rows]}
    states = np.sum([found for answer, found in answers.items() if answer in STATE_LABELS], axis=0, dtype=np.int64)
    codes = [found for answer, found in answers.items() if answer not in STATE_LABELS]
    added = np.sum(codes, axis=0, dtype=np.int64) + states
    if not definition.is_multiple:
        return bool(np.all(added == units))
    return bool(np.all(added >= units)) and all(bool(np.all(each + states <= units)) for each in codes)


def _columns(definition: Definition, form: TableFormat) -> tuple[tuple[str, Text], ...]:
    division = definition.source.columns if definition.source else ""
    return tuple(
        (item.code, Text(item.label_sv, item.label_en))
        for one in form.breakdowns
        if one.code == division
        for item in one.codes
    )


def _cells(form: TableFormat, variable: str, answer: str) -> list[int]:
    first = form.places[variable][answer]
    return list(range(first, first + form.width))


def _variable_cells(form: TableFormat, rows: str) -> list[int]:
    """Return every cell of a variable; none of a division, whose cells are those of the units."""
    return [at for answer in form.places.get(rows, {}) for at in _cells(form, rows, answer)]


def _row_labels(
    one: Definition, form: TableFormat, counties: Sequence[tuple[str, Text]]
) -> list[tuple[str, Text, RowKind]]:
    """Return code, name and kind of a table's rows without its sum; raise LookupError for rows that aren't there."""
    rows = one.variable
    if rows == COUNTY:
        named: list[tuple[str, Text, RowKind]] = [(code, label, "code") for code, label in counties]
        return [*named, (NOWHERE, Text("Utan län", "No county"), "state")]
    for division in form.breakdowns:
        if division.code == rows:
            return [(item.code, Text(item.label_sv, item.label_en), _kind(item.code)) for item in division.codes]
    variable = next((each for each in form.variables if each.code == rows), None)
    if variable is None:
        raise LookupError(rows)
    codes = [(item.code, Text(item.label_sv, item.label_en), _kind("")) for item in variable.codes]
    return codes + [(state, STATE_LABELS[state], _kind(state)) for state in variable.states]


def _kind(code: str) -> RowKind:
    return "state" if code in STATE_LABELS else "code"


def _lines(
    one: _Building, definition: Definition, base: str, counted: frozenset[str], counties: Sequence[tuple[str, Text]]
) -> Iterable[Line]:
    """Yield the rows of a table and write down what stands behind each."""
    form, rows = one.made.target, definition.variable
    division = definition.source.columns if definition.source else ""
    items = _items(form, division)
    made = []
    for code, label, kind in _row_labels(definition, form, counties):
        key, here = f"{base}|{rows}={code}", counted
        if rows == COUNTY:
            here = frozenset(
                who for who, county, _year in one.made.rows if who in counted and (county or NOWHERE) == code
            )
        cells = _cells(form, rows, code) if rows in form.places else _divided(form, rows, code)
        one.behind[key] = one.sums(cells, here)
        across = tuple(f"{key}|{division}={item}" for item in items)
        for item, place in zip(items, across, strict=True):
            one.behind[place] = one.sums([at for at in cells if at in _divided_anywhere(form, division, item)], here)
        if across and here:
            one.add(Shape(key, across, (), is_multiple=False))
        made.append((Line(code, label, kind, key if here else "", across if here else ()), key))
    one.add(
        Shape(
            base=base,
            codes=tuple(key for line, key in made if line.kind == "code"),
            states=tuple(key for line, key in made if line.kind == "state"),
            is_multiple=definition.is_multiple,
        )
    )
    for line, _key in made:
        if line.kind == "code" or line.code != NOWHERE or line.key:
            yield line
    margins = tuple(f"{base}|{division}={item}" for item in items)
    for at, (item, margin) in enumerate(zip(items, margins, strict=True)):
        one.behind[margin] = one.sums(_divided(form, division, item), counted)
        one.parts.append((tuple(line.across[at] for line, _key in made if line.across), margin))
    if margins:
        one.add(Shape(base, margins, (), is_multiple=False))
    whole = Text("Alla", "All") if definition.is_multiple else Text("Summa", "Total")
    yield Line("total", whole, "sum", base, margins)


def _items(form: TableFormat, division: str) -> tuple[str, ...]:
    """Return the codes of a division of the table; raise LookupError where there is none of that name."""
    if not division:
        return ()
    found = next((one for one in form.breakdowns if one.code == division), None)
    if found is None:
        raise LookupError(division)
    return tuple(item.code for item in found.codes)


def _divided_anywhere(form: TableFormat, division: str, item: str) -> frozenset[int]:
    """Return the cells of every answer that stand under one code of a division."""
    place = next(at for at, one in enumerate(form.breakdowns) if one.code == division)
    step, size = form.strides[place], len(form.breakdowns[place].codes)
    number = _items(form, division).index(item)
    return frozenset(at for at in range(form.size) if at // step % size == number)


def _divided(form: TableFormat, division: str, item: str) -> list[int]:
    """Return the cells of all units that stand under one code of a division; of a county, all of them."""
    units = _cells(form, UNITS, ALL)
    if division == COUNTY:
        return units
    there = _divided_anywhere(form, division, item)
    return [at for at in units if at in there]


def _classes(one: _Building, wanted: Sequence[Definition], tables: Mapping[str, TableOfYear]) -> set[str]:
    """Divide the units by which tables' populations their deliverer stands in, and say which of these make up each."""
    bases = {tables[each.code].base for each in wanted} - {"", one.unit}
    if not bases:
        return set()
    lacking: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for code, number in one.behind[one.unit].items():
        lacking[tuple(sorted(base for base in bases if code not in one.behind[base]))][code] = number
    names = {lacks: f"{one.unit}|{CLASS}={at}" for at, lacks in enumerate(sorted(lacking))}
    for lacks, key in names.items():
        one.behind[key] = lacking[lacks]
    for base in bases:
        one.populations[base] = tuple(key for lacks, key in names.items() if base not in lacks)
    one.add(Shape(one.unit, tuple(names.values()), (), is_multiple=False))
    return set(names.values())
