"""Which cells a table has, before anything is counted into it: rows, columns and what each figure is computed from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from samsyn.statistics.counting import key
from samsyn.statistics.definitions.model import (
    STATE_LABELS,
    STATES,
    UNITS,
    Break,
    Definition,
    Measure,
    ReportTable,
    RowKind,
    Text,
    words_of,
)
from samsyn.statistics.delivered.years import Year
from samsyn.statistics.periods import (
    PeriodKind,
    Quarter,
    Span,
    complete_years,
    from_quarter,
    months,
    span_of,
)
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary


@dataclass(frozen=True)
class Ref:
    """A count: the sum of keys over whole quarters. The same wherever it stands, so that tables share their margins."""

    keys: tuple[str, ...]
    first: int
    last: int

    @property
    def name(self) -> str:
        """Return the keys as one word."""
        return "+".join(self.keys)


@dataclass(frozen=True)
class Figure:
    """What stands in a cell: a count, its share of a base, or its mean per month."""

    measure: Measure
    count: Ref
    base: Ref | None = None
    months: Fraction | None = None


@dataclass(frozen=True)
class Row:
    """A row with its figures, one a column; ``note`` explains it below the table."""

    code: str
    label: Text
    kind: RowKind
    figures: tuple[Figure | None, ...]
    note: Text | None = None


@dataclass(frozen=True)
class Column:
    """A column and what is in it."""

    code: str
    label: Text
    measure: Measure
    unit: str


@dataclass(frozen=True)
class Layout:
    """A table for a period."""

    table: ReportTable
    kind: PeriodKind
    span: Span
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    """What is said of this table in this period alone."""

    @property
    def figures(self) -> Iterator[Figure]:
        """Return every figure."""
        return (figure for row in self.rows for figure in row.figures if figure is not None)


@dataclass(frozen=True)
class Drawing:
    """What laying out needs to know: the quarter, the day of the freeze, and what is not nought."""

    quarter: Quarter
    frozen_at: datetime
    count: Callable[[Ref], int]
    delivered: Year | None = None

    @property
    def frozen_on(self) -> date:
        """Return the day of the freeze in Sweden."""
        return numbers.local(self.frozen_at).date()


def lay_out(table: ReportTable, kind: PeriodKind, drawing: Drawing) -> Layout | None:
    """Return the table for a period, or None where it has nothing to count then."""
    span: Span | None = span_of(kind, drawing.quarter)
    if kind not in table.periods or span is None:
        return None
    first = table.parts[0]
    if first.interval == "complete_years":
        span = complete_years(span)
    if span is not None and first.valid_from is not None:
        span = from_quarter(span, first.valid_from)
    if span is None:
        return None
    empty = Layout(table, kind, span, (), ())
    if drawing.delivered is not None:
        return _delivered(empty, first, drawing, drawing.delivered)
    if first.rows == "total":
        return _totals(empty, drawing)
    if first.rows == "time":
        return _over_time(empty, drawing)
    return _across(empty, first, drawing) if first.across else _by_code(empty, first, drawing)


def _total(one: Definition, span: Span) -> Ref:
    return Ref((key(one.unit, one.population),), *span.bounds)


def _figure(measure: Measure, count: Ref, *, base: Ref | None, span: Span, drawing: Drawing) -> Figure:
    if measure == "share":
        return Figure(measure, count, base=base)
    if measure == "mean_per_month":
        length = months(span.first.first_day, span.last_day(frozen_on=drawing.frozen_on))
        return Figure(measure, count, months=length)
    return Figure(measure, count)


def _heading(measure: Measure, one: Definition) -> Text:
    words = words_of(one.unit)
    if measure == "count":
        return words.many
    if measure == "mean_per_month":
        return Text(f"{words.many.sv} per månad, medel", f"{words.many.en} per month, mean")
    if one.is_least:
        return Text(f"Minst, procent av {words.of_many.sv}", f"At least, per cent of {words.of_many.en}")
    return Text(f"Procent av {words.of_many.sv}", f"Per cent of {words.of_many.en}")


def _totals(layout: Layout, drawing: Drawing) -> Layout:
    """Lay out one row a unit; units stand below each other and are never added up."""
    measures: list[Measure] = ["count"]
    if any("mean_per_month" in part.measures for part in layout.table.parts):
        measures.append("mean_per_month")
    rows = []
    for part in layout.table.parts:
        count = _total(part, layout.span)
        figures = tuple(
            _figure(measure, count, base=None, span=layout.span, drawing=drawing) if measure in part.measures else None
            for measure in measures
        )
        rows.append(Row(part.code, UNITS[part.unit].many, "unit", figures))
    names = {"count": Text("Antal", "Count"), "mean_per_month": Text("Medel per månad", "Mean per month")}
    columns = tuple(Column(measure, names[measure], measure, "") for measure in measures)
    return replace(layout, columns=columns, rows=tuple(rows))


def _over_time(layout: Layout, drawing: Drawing) -> Layout:
    """Lay out one row a year (a quarter in the year to date), with a sum of each unit's own column."""
    parts = layout.table.parts
    columns = tuple(
        Column(f"{part.code}.{measure}", _heading(measure, part), measure, part.unit)
        for part in parts
        for measure in part.measures
    )

    def row(code: str, label: Text, kind: RowKind, span: Span, note: Text | None) -> Row:
        figures = tuple(
            _figure(measure, _total(part, span), base=None, span=span, drawing=drawing)
            for part in parts
            for measure in part.measures
        )
        return Row(code, label, kind, figures, note)

    rows = []
    if layout.kind is PeriodKind.CUMULATIVE:
        for year in range(layout.span.first.year, layout.span.last.year + 1):
            start = layout.span.first if year == layout.span.first.year else Quarter(year, 1)
            span = Span(start, min(Quarter(year, 4), layout.span.last))
            rows.append(row(str(year), Text(str(year), str(year)), "time", span, _note_of(parts, span, drawing)))
    else:
        for quarter in layout.span.quarters:
            span = Span(quarter, quarter)
            label = Text(f"Kvartal {quarter.number}", f"Quarter {quarter.number}")
            rows.append(row(str(quarter), label, "time", span, _note_of(parts, span, drawing, is_quarter=True)))
    rows.append(row("total", Text("Summa", "Total"), "sum", layout.span, None))
    return replace(layout, columns=columns, rows=tuple(rows))


def breaks_in(parts: Sequence[Definition], span: Span) -> tuple[Break, ...]:
    """Return the breaks of the series that fall into a stretch of time: from there on the figures mean something else."""
    found = (one for part in parts for one in part.breaks if span.first <= one.before <= span.last)
    return tuple(dict.fromkeys(found))  # what breaks several units of a table is said once


def _note_of(parts: Sequence[Definition], span: Span, drawing: Drawing, *, is_quarter: bool = False) -> Text | None:
    """Return what must be said beside a row: a break of its series, and that its stretch of time is not whole."""
    said = [one.note for one in breaks_in(parts, span)]
    part = _part_of_year(span, drawing, is_quarter=is_quarter)
    said += [part] if part else []
    return Text(" ".join(one.sv for one in said), " ".join(one.en for one in said)) if said else None


def _part_of_year(span: Span, drawing: Drawing, *, is_quarter: bool = False) -> Text | None:
    """Return what to say of a row whose stretch of time is not whole."""
    last = span.last_day(frozen_on=drawing.frozen_on)
    is_running = last < span.last.last_day
    if span.first == Quarter(2014, 1):
        length = round(float(months(span.first.first_day, last)), 1)
        return Text(
            f"Från 13 mars 2014. Medelvärdet är räknat på {str(length).replace('.', ',')} månader.",
            f"From 13 March 2014. The mean is computed on {length} months.",
        )
    if is_running:
        return Text(f"Till och med {last.isoformat()}.", f"Up to and including {last.isoformat()}.")
    if not is_quarter and span.last.number < 4:
        return Text(f"Till och med kvartal {span.last.number}.", f"Up to and including quarter {span.last.number}.")
    return None


def _by_code(layout: Layout, one: Definition, drawing: Drawing) -> Layout:
    """Lay out one row a code, then the answer states that occur, then the whole."""
    columns = tuple(Column(measure, _heading(measure, one), measure, one.unit) for measure in one.measures)
    words = UNITS[one.unit].many
    whole = Text("Summa", "Total")
    if one.is_multiple:
        whole = Text(f"Alla {words.sv[0].lower()}{words.sv[1:]}", f"All {words.en[0].lower()}{words.en[1:]}")
    lines = [
        *(_within_lines(layout, one, drawing) if one.within else _code_lines(layout, one)),
        *_state_lines(layout, one, drawing),
        _Line("total", whole, "sum", (key(one.unit, one.population),), layout.span),
    ]
    rows = []
    for line in lines:
        count, base = Ref(line.keys, *line.span.bounds), _total(one, line.span)
        figures = tuple(_figure(m, count, base=base, span=line.span, drawing=drawing) for m in one.measures)
        rows.append(Row(line.code, line.label, line.kind, figures, line.note))
    return replace(layout, columns=columns, rows=tuple(rows))


@dataclass(frozen=True)
class _Line:
    """A row before its figures: the keys whose sum it shows, and over which quarters."""

    code: str
    label: Text
    kind: RowKind
    keys: tuple[str, ...]
    span: Span
    note: Text | None = None


def _key_of(one: Definition, variable: str, value: str) -> str:
    return key(one.unit, one.population, f"{variable}={value}")


def _code_lines(layout: Layout, one: Definition) -> Iterator[_Line]:
    """Give a line for each code and, after its last member, for each group; a coarse table has groups for members."""
    grouped = {member for group in one.groups for member in group.members} if one.is_coarse else set()
    for code, label in _codes(one.list_code, layout.span):
        if one.only and code not in one.only:
            continue
        validity = one.validity.get(code)
        span = from_quarter(layout.span, validity.valid_from) if validity else layout.span
        if span is None:
            continue
        note = validity.note if validity and span != layout.span else None
        if code not in grouped:
            yield _Line(code, label, "code", (_key_of(one, one.variable, code),), span, note)
        for group in one.groups:
            if group.members[-1] == code:
                keys = tuple(_key_of(one, one.variable, member) for member in group.members)
                yield _Line(group.code, group.label, "group", keys, layout.span)


def _within_lines(layout: Layout, one: Definition, drawing: Drawing) -> Iterator[_Line]:
    """Give a line for each code that is divided, followed by its parts that aren't nought; a coarse table has no parts."""
    parts: dict[str, list[_Line]] = {}
    for row in vocabulary.all_codes(one.list_code):
        line = _Line(
            row.value,
            Text(row.label_sv, row.label_en),
            "code",
            (_key_of(one, one.variable, row.value),),
            layout.span,
        )
        if not one.is_coarse and (one.protects_zeros or drawing.count(Ref(line.keys, *layout.span.bounds))):
            parts.setdefault(row.parent, []).append(line)
    # A county is called by its whole name: Stockholm is one of its municipalities too.
    whole = {row.value: Text(row.hint_sv, row.hint_en) for row in vocabulary.all_codes(one.within) if row.hint_sv}
    for code, short in _codes(one.within, layout.span):
        label = whole.get(code, short)
        kind: RowKind = "code" if one.is_coarse else "group"
        yield _Line(code, label, kind, (_key_of(one, one.within, code),), layout.span)
        yield from parts.get(code, ())


def _state_lines(layout: Layout, one: Definition, drawing: Drawing) -> Iterator[_Line]:
    """Give a line for each answer state that occurs; codes within others have none of their own."""
    for state in STATES:
        keys = (_key_of(one, one.within or one.variable, state),)
        if drawing.count(Ref(keys, *layout.span.bounds)) or one.protects_zeros:
            yield _Line(state, STATE_LABELS[state], "state", keys, layout.span)


def _delivered(layout: Layout, one: Definition, drawing: Drawing, year: Year) -> Layout:
    """Lay out a year that others delivered, row by row as it was compiled; a row without a key has no figure."""
    table = year.tables[one.code]
    measured = tuple(Column(measure, _heading(measure, one), measure, one.unit) for measure in one.measures)
    columns = (*(Column(code, label, "count", one.unit) for code, label in table.columns), *measured)
    base = Ref((table.base,), *layout.span.bounds)
    rows = []
    for line in table.lines:
        count = Ref((line.key,), *layout.span.bounds)
        figures = (
            *(Figure("count", Ref((key,), *layout.span.bounds)) for key in line.across),
            *(_figure(m, count, base=base, span=layout.span, drawing=drawing) for m in one.measures),
        )
        rows.append(Row(line.code, line.label, line.kind, figures if line.key else (None,) * len(columns)))
    return replace(layout, columns=columns, rows=tuple(rows), notes=table.notes)


def _across(layout: Layout, one: Definition, drawing: Drawing) -> Layout:
    """Lay out one row a code of a multiple-choice variable and one column a value of its own follow-up question."""
    labels = dict(_codes(one.list_code, layout.span))
    statuses = _codes(one.across_list, layout.span)

    def ref(code: str, status: str) -> Ref:
        return Ref(
            (key(one.unit, one.population, f"{one.variable}={code}", f"{one.across[code]}={status}"),),
            *layout.span.bounds,
        )

    statuses += [
        (state, STATE_LABELS[state])
        for state in STATES
        if one.protects_zeros or any(drawing.count(ref(code, state)) for code in one.only)
    ]
    columns = [Column(status, label, "count", one.unit) for status, label in statuses]
    columns.append(Column("total", Text("Summa", "Total"), "count", one.unit))
    rows = []
    for code in (code for code in labels if code in one.only):
        figures = [Figure("count", ref(code, status)) for status, _label in statuses]
        figures.append(
            Figure("count", Ref((key(one.unit, one.population, f"{one.variable}={code}"),), *layout.span.bounds))
        )
        rows.append(Row(code, labels[code], "code", tuple(figures)))
    return replace(layout, columns=tuple(columns), rows=tuple(rows))


def _codes(list_code: str, span: Span) -> list[tuple[str, Text]]:
    """Return the codes that could be used in the span with their labels, in the list's order."""
    return [
        (row.value, Text(row.label_sv, row.label_en))
        for row in vocabulary.all_codes(list_code)
        if row.valid_from <= span.last.last_day and (row.valid_to is None or row.valid_to >= span.first.first_day)
    ]
