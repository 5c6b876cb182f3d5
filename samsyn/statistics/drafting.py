"""From counts to a protected, audited release: lays out every table, hides what must be hidden, attacks the result."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from samsyn.statistics import attack, counting, disclosure, documents, linking
from samsyn.statistics.counting import Axis, Counts
from samsyn.statistics.definitions.model import STATES, Definition, Report
from samsyn.statistics.delivered import correcting, insiders
from samsyn.statistics.layout import Drawing, Layout, Ref, lay_out
from samsyn.statistics.periods import PeriodKind, Quarter, Span

# What was chosen for tables of a release (``quarter/municipality``): their groups only, or to leave them out.
Choices = Mapping[str, str]
GROUPS, LEFT_OUT = "groups", "left_out"


def choice_of(kind: PeriodKind, code: str) -> str:
    """Return the place of a table among the choices."""
    return f"{kind}/{code}"


@dataclass(frozen=True)
class DraftCell:
    """A count of a release with what became of it; ``because`` is the count that a secondary one protects."""

    name: str
    first: int
    last: int
    value: int
    reason: str
    threshold: int
    protects_zeros: bool
    because: str = ""


@dataclass(frozen=True)
class Draft:
    """Everything that is stored with a release."""

    layouts: tuple[Layout, ...]
    counts: Counts
    shapes: tuple[linking.Shape, ...]
    populations: Mapping[str, tuple[str, ...]]
    cells: tuple[DraftCell, ...]
    audit: attack.Audit
    choices: Choices

    def shown(self) -> documents.Shown:
        """Return values and reasons by reference."""
        by_name = {(cell.name, cell.first, cell.last): cell for cell in self.cells}

        def of(ref: Ref) -> DraftCell:
            return by_name[ref.name, ref.first, ref.last]

        return documents.Shown(lambda ref: of(ref).value, lambda ref: of(ref).reason)


def shapes_of(axis: Axis, definitions: Sequence[Definition]) -> list[linking.Shape]:
    """Return what an axis means for the linear system: one shape, or one for each code that its codes divide."""
    values = counting.values_of(axis)
    since: dict[str, int] = {}
    for one in definitions:
        if (one.unit, one.population, one.variable) == (axis.unit, axis.population, axis.variable):
            since |= {axis.key(code): validity.valid_from.index for code, validity in one.validity.items()}
            if one.within and one.valid_from:
                since |= {axis.key(code): one.valid_from.index for code in values}
    if axis.within:
        whole = Axis(axis.unit, axis.population, axis.within)
        return [
            linking.Shape(
                base=whole.key(parent),
                codes=(keys := tuple(axis.key(code) for code in codes)),
                states=(),
                is_multiple=False,
                since={key: since[key] for key in keys},
            )
            for parent, codes in counting.by_parent(axis).items()
            if codes
        ]
    return [
        linking.Shape(
            base=axis.base,
            codes=tuple(axis.key(value) for value in values if value not in STATES),
            states=tuple(axis.key(value) for value in values if value in STATES),
            is_multiple=axis.is_multiple,
            since=since,
        )
    ]


def prepare(
    report: Report,
    *,
    quarter: Quarter,
    frozen_at: datetime,
    counts: Counts,
    earlier: Sequence[linking.Edition],
    choices: Choices,
) -> Draft:
    """Return the draft of a release; raise disclosure.CannotProtect or linking.Contradiction."""
    year = counts.delivered
    shapes = tuple(shape for axis in counts.axes if axis.variable for shape in shapes_of(axis, report.definitions))
    populations: Mapping[str, tuple[str, ...]] = _populations(report)
    if year is not None:
        shapes, populations = year.shapes, year.populations

    def value(ref: Ref) -> int:
        span = Span(Quarter.at(ref.first), Quarter.at(ref.last))
        return sum(counts.of(key, span) for name in ref.keys for key in populations.get(name, (name,)))

    drawing = Drawing(quarter=quarter, frozen_at=frozen_at, count=value, delivered=year)
    layouts = tuple(_laid_out(report, drawing, choices))
    asked = _asked(layouts, shapes)
    _check_nothing_is_left_out(layouts, asked, value)
    if year is not None:
        asked = [
            replace(one, gives_away=key in year.away, may_be_none=bool(year.behind[key]))
            for one in asked
            for key in one.keys
        ]
    guarded = year.classes & year.away if year is not None else frozenset()
    new = linking.Edition(
        quarter.index, counts.leaves, shapes, populations, tuple(asked), guarded, year.sums if year is not None else ()
    )
    system = linking.link(earlier, new)
    if year is not None:
        system = correcting.tied(system, year)
    protection = disclosure.protect(system)
    newest = len(earlier)
    fixed = {cell.name for cell in system.cells if cell.is_fixed and cell.is_hidden}
    if year is not None:
        protection = insiders.protect(system, protection, year)
    audited = attack.audit(system, fixed | set(protection.reasons))
    if year is not None:
        audited = insiders.audit(system, fixed | set(protection.reasons), year, public=audited)
    cells = tuple(
        DraftCell(
            *one.name,
            value=value(Ref(one.keys, one.first, one.last)),
            reason=protection.reasons.get((newest, *one.name), ""),
            threshold=one.threshold,
            protects_zeros=one.protects_zeros,
            because=_written(protection.because.get((newest, *one.name))),
        )
        for one in asked
    )
    return Draft(layouts, counts, shapes, populations, cells, audited, choices)


def _written(name: Hashable) -> str:
    """Write the name of a count or of a guarded quantity without its edition: ``key first last``."""
    return " ".join(str(part) for part in name[1:]) if isinstance(name, tuple) else ""


def _laid_out(report: Report, drawing: Drawing, choices: Choices) -> Iterator[Layout]:
    """Give the tables of a release in order, each as it was chosen."""
    for kind in PeriodKind:
        for table in report.tables:
            choice = choices.get(choice_of(kind, table.code), "")
            layout = lay_out(table.coarser if choice == GROUPS else table, kind, drawing)
            if layout is not None and choice != LEFT_OUT:
                yield layout


def _check_nothing_is_left_out(
    layouts: Sequence[Layout], asked: Sequence[linking.Asked], value: Callable[[Ref], int]
) -> None:
    """Raise counting.UnknownValue where units have a value that no row of their table shows."""
    shown = {ref for layout in layouts for figure in layout.figures for ref in (figure.count, figure.base)}
    for one in asked:
        ref = Ref(one.keys, one.first, one.last)
        if ref not in shown and value(ref):
            raise counting.UnknownValue(ref.name)


def _populations(report: Report) -> dict[str, tuple[str, ...]]:
    """Return the totals of populations as the keys that they are the sum of."""
    return {
        counting.key(one.unit, one.population): tuple(
            f"{one.unit}|{one.population.variable}={member}" for member in one.population.members
        )
        for one in report.definitions
        if one.population.variable
    }


def _asked(layouts: Sequence[Layout], shapes: Sequence[linking.Shape]) -> list[linking.Asked]:
    """Return every count that the tables print, once each, and those whose absence from a table says that they are 0."""
    found: dict[tuple[str, int, int], linking.Asked] = {}
    shape_by_key = {key: shape for shape in shapes for key in shape.keys}
    for layout in layouts:
        threshold = max(part.threshold for part in layout.table.parts)
        zeros = any(part.protects_zeros for part in layout.table.parts)
        refs = {ref for figure in layout.figures for ref in (figure.count, figure.base) if ref is not None}
        divided = {shape_by_key[key].keys for ref in refs for key in ref.keys if key in shape_by_key}
        bounds = layout.span.bounds
        # What a coarse table shows only in sums is not nought for being absent.
        summed = (
            {key for ref in refs if len(ref.keys) > 1 for key in ref.keys} if layout.table.parts[0].is_coarse else set()
        )
        unseen = {
            Ref((key,), *bounds)
            for keys in divided
            for key in (shape_by_key[keys[0]].states if shape_by_key[keys[0]].is_multiple else keys)
            if key not in summed
        }
        for ref in sorted(refs | unseen, key=lambda ref: (ref.first, ref.last, ref.name)):
            before = found.get((ref.name, ref.first, ref.last))
            if before is not None:
                threshold_of, zeros_of = max(before.threshold, threshold), before.protects_zeros or zeros
            else:
                threshold_of, zeros_of = threshold, zeros
            one = linking.Asked(ref.keys, ref.first, ref.last, threshold_of, zeros_of)
            found[one.name] = one
    return list(found.values())
