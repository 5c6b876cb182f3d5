"""A year of delivered figures, ready for a release: what is counted, who stands behind each count, and what is said. Pure.

Only who delivered the whole year counts, or a quarter that is missing would be added up as nought. In each table those are
left out who lack a number of it; the others make up its population, which is a sum of *classes*: the deliverers that lack
the same tables. So the system knows that two tables' sums differ by somebody.

A count gives its deliverers away when fewer than three stand behind it, noughts too, or one of them outweighs: of all, and
of what is left for a deliverer that subtracts its own (the (1, k) rule from outside and from inside; Hundepool et al.,
"Statistical Disclosure Control", Wiley 2012, 4.2). What is left must not be a small count either.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.checking.of_packages import ALL, UNITS
from samsyn.deliveries.periods import MONTHS, first_day, frequency_of
from samsyn.questions.exchange.package import Package
from samsyn.statistics.definitions.model import STATE_LABELS, Definition, RowKind, Source, Text
from samsyn.statistics.definitions.of_deliveries import COUNTY
from samsyn.statistics.delivered import compiling
from samsyn.statistics.delivered.compiling import BROKEN, HIDDEN, Compilation, Figures
from samsyn.statistics.linking import Shape

NOWHERE = "none"
Contributions = Mapping[str, int]


class Delivered(Figures, Protocol):
    """A delivery that counts, with its name."""

    @property
    def delivery_id(self) -> UUID: ...


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is called and the key of its count; without a key it has no figure."""

    code: str
    label: Text
    kind: RowKind
    key: str


@dataclass(frozen=True)
class TableOfYear:
    """The rows of one definition in a year, and what must be said of them."""

    lines: tuple[Line, ...]
    base: str
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Extent:
    """Who has delivered: codes of those that count, of those that delivered a part, and of those that have the question."""

    whole: frozenset[str]
    part: frozenset[str]
    having: frozenset[str]


@dataclass(frozen=True)
class Year:
    """Everything that a release of a year needs: by key, who has how many; ``guarded`` keys are never printed."""

    year: int
    behind: Mapping[str, Contributions]
    shapes: tuple[Shape, ...]
    populations: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, TableOfYear]
    away: frozenset[str]
    """Keys whose count gives a deliverer away."""
    classes: frozenset[str]
    mark: str = ""
    """What stands in every key for the year and the edition."""
    deliveries: tuple[str, ...] = ()
    """The ids of the deliveries that were read, so that a correction can be held against what it corrects."""
    before: tuple["Year", ...] = ()
    """Earlier published editions of the same year, in order."""

    @property
    def everything_behind(self) -> Mapping[str, Contributions]:
        """Return who stands behind each count, of this edition and of those before."""
        return {key: found for one in (*self.before, self) for key, found in one.behind.items()}

    @property
    def values(self) -> dict[str, int]:
        """Return the count of each key that is no population's."""
        return {key: sum(found.values()) for key, found in self.behind.items() if key not in self.populations}

    @property
    def deliverers(self) -> list[str]:
        """Return everybody who stands behind a count."""
        return sorted({code for found in self.everything_behind.values() for code in found})


def gives_away(behind: Collection[int], *, source: Source, threshold: int) -> bool:
    """Tell whether a count, or what is left of it for one of its deliverers, says what a single one has.

    Behind a nought that nobody stands behind there is nobody: everybody knows it.
    """
    if not behind:
        return False
    if len(behind) < source.least_deliverers:
        return True
    largest, *others = sorted(behind, reverse=True)
    total = largest + sum(others)
    if not total:
        return False
    if largest > source.dominance * total:
        return True
    for own in {one for one in behind if one}:
        rest = total - own
        most = others[0] if own == largest else largest
        if 0 < rest < threshold or most > source.dominance * rest:
            return True
    return False


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
        extent = Extent(whole, part, having[table] | whole | part)
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
        mark=mark,
        deliveries=tuple(sorted(str(one.delivery_id) for found in figures.values() for one in found)),
    )


def _tables(
    one: _Building, wanted: Sequence[Definition], extent: Extent, counties: Sequence[tuple[str, Text]], year: int
) -> dict[str, TableOfYear]:
    units = _cells(one.made.target, UNITS, ALL)
    known = _known(one, [units])
    found = {}
    if known is not None:
        one.behind[one.unit] = one.sums(units, known)
    for definition in wanted:
        rows = definition.variable
        counted = _known(one, [units, _variable_cells(one.made.target, rows)])
        if not counted or not known:
            labels = [*_row_labels(definition, one.made.target, counties), ("total", Text("Summa", "Total"), "sum")]
            lines = tuple(Line(code, label, kind, "") for code, label, kind in labels)
            broken = [] if counted is not None else [_broken(year)]
            said = (*broken, *_told(extent, frozenset(), year))
            found[definition.code] = TableOfYear(lines, "", said)
            continue
        base = one.unit if counted == known else f"{one.unit}@{rows}"
        one.behind.setdefault(base, one.sums(units, counted))
        lines = tuple(_lines(one, definition, base, counted, counties))
        by_county = _told_by_county(extent, counties) if rows == COUNTY else []
        found[definition.code] = TableOfYear(lines, base, (*_told(extent, counted, year), *by_county))
    return found


def _known(one: _Building, sums: Sequence[Sequence[int]]) -> frozenset[str] | None:
    """Return who has every number of these cells; None where somebody's can't be read in the version of the others."""
    lacks = {code: {one.made.lack(at, cells) for cells in sums if cells} for code, at in one.rows.items()}
    if any(BROKEN in found for found in lacks.values()):
        return None
    return frozenset(code for code, found in lacks.items() if HIDDEN not in found)


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
    made = []
    for code, label, kind in _row_labels(definition, form, counties):
        key = f"{base}|{rows}={code}"
        if rows == COUNTY:
            here = [who for who, county, _year in one.made.rows if who in counted and (county or NOWHERE) == code]
            one.behind[key] = {who: one.behind[base][who] for who in here}
            made.append((Line(code, label, kind, key if here else ""), key))
            continue
        if rows in form.places:
            cells = _cells(form, rows, code)
        else:
            place = next(at for at, division in enumerate(form.breakdowns) if division.code == rows)
            number = [item.code for item in form.breakdowns[place].codes].index(code)
            step, size = form.strides[place], len(form.breakdowns[place].codes)
            cells = [at for at in _cells(form, UNITS, ALL) if (at - form.places[UNITS][ALL]) // step % size == number]
        one.behind[key] = one.sums(cells, counted)
        made.append((Line(code, label, kind, key), key))
    one.shapes.append(
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
    whole = Text("Summa", "Total")
    if definition.is_multiple:
        whole = Text("Alla", "All")
    yield Line("total", whole, "sum", base)


def _classes(one: _Building, wanted: Sequence[Definition], tables: Mapping[str, TableOfYear]) -> set[str]:
    """Divide the units by which tables' populations their deliverer stands in, and say which of these make up each."""
    bases = {tables[each.code].base for each in wanted} - {"", one.unit}
    if not bases:
        return set()
    lacking: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for code, number in one.behind[one.unit].items():
        lacking[tuple(sorted(base for base in bases if code not in one.behind[base]))][code] = number
    names = {lacks: f"{one.unit}|class={at}" for at, lacks in enumerate(sorted(lacking))}
    for lacks, key in names.items():
        one.behind[key] = lacking[lacks]
    for base in bases:
        one.populations[base] = tuple(key for lacks, key in names.items() if base not in lacks)
    one.shapes.append(Shape(one.unit, tuple(names.values()), (), is_multiple=False))
    return set(names.values())


def _broken(year: int) -> Text:
    return Text(
        f"Bryts {year}: någon lämnade i en version av frågan som inte kan läsas tillsammans med de andras.",
        f"Broken in {year}: somebody delivered in a version of the question that can't be read together with the others'.",
    )


def _told(extent: Extent, counted: frozenset[str], year: int) -> list[Text]:
    """Say how whole the figures are: who counts, of those that have the question, and who is left out and why."""
    whole, having = extent.whole, extent.having
    said = [
        Text(
            f"Lämnat hela {year}: {len(whole)} av {len(having)} kommuner som har frågorna. {len(counted)} räknas här.",
            f"Delivered the whole of {year}: {len(whole)} of {len(having)} municipalities that have the questions."
            f" {len(counted)} are counted here.",
        )
    ]
    if extent.part:
        said.append(
            Text(
                f"{len(extent.part)} har bara lämnat en del av året och räknas inte med: det som saknas är ingen nolla.",
                f"{len(extent.part)} delivered only a part of the year and are left out: what is missing is no nought.",
            )
        )
    if counted and whole - counted:
        said.append(
            Text(
                f"{len(whole - counted)} räknas inte med, för att ett av deras tal är dolt eller saknas.",
                f"{len(whole - counted)} are left out because one of their numbers is hidden or missing.",
            )
        )
    return said


def _told_by_county(extent: Extent, counties: Sequence[tuple[str, Text]]) -> list[Text]:
    """Say the same of each county in which somebody has the question."""
    told = []
    for code, label in counties:
        having, whole = ([one for one in group if one[:2] == code] for group in (extent.having, extent.whole))
        if having:
            told.append((label, len(whole), len(having)))
    if not told:
        return []
    return [
        Text(
            "Lämnat hela året, efter län: " + ", ".join(f"{label.sv} {n} av {m}" for label, n, m in told) + ".",
            "Delivered the whole year, by county: " + ", ".join(f"{label.en} {n} of {m}" for label, n, m in told) + ".",
        )
    ]
