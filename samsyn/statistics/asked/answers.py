"""From a question to its table: leaves and record keys from the database, margins by numpy, noise by cell keys.

Margins of codes that exclude each other are sums; of a multiple choice they are passes of their own. What stands in two
tables has the same noise in both, because it has the same people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from samsyn.contacts import queries as contacts
from samsyn.statistics import cell_keys, margins
from samsyn.statistics.asked.questions import Population, Question
from samsyn.statistics.asked.variables import TIME, Variable, variables
from samsyn.statistics.counting import UnknownValue
from samsyn.statistics.definitions.model import STATES
from samsyn.statistics.margins import Dimension
from samsyn.statistics.periods import FIRST_QUARTER, Quarter, Span
from samsyn.vocabulary import queries as vocabulary

Ints = NDArray[np.int64]
# What a person can read and a browser can show; all professions by all counties are about 1,600.
MOST_SHOWN = 2_000


class TooLarge(ValueError):
    """The table has more cells than a page shows; said before anything is counted."""

    def __init__(self, cells: int) -> None:
        super().__init__(f"{cells} cells, at most {MOST_SHOWN}")
        self.cells = cells


class NeverTogether(ValueError):
    """A variable of the question began after the period's end."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@dataclass(frozen=True)
class Axis:
    """Rows or columns: every value in order (codes, then answer states), groups of them, the total."""

    column: str
    facts_columns: tuple[str, ...]
    places: Mapping[tuple[Any, ...], int]
    values: tuple[str, ...]
    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()
    is_multiple: bool = False
    since: Mapping[str, Quarter] = field(default_factory=dict)
    """Codes that were recorded only from a quarter within the period on."""

    @property
    def dimension(self) -> Dimension:
        """Return what numpy needs to know of the axis."""
        return Dimension(len(self.values), tuple(members for _code, members in self.groups))

    @property
    def size(self) -> int:
        """Return the number of places, groups and total included."""
        return len(self.values) + len(self.groups) + 1


@dataclass(frozen=True)
class Figures:
    """Counts and the sums of record keys, of the same shape."""

    counts: Ints
    keys: Ints

    @property
    def shown(self) -> Ints:
        """Return the counts with their noise."""
        return cell_keys.perturbed(self.counts, self.keys)

    @property
    def transposed(self) -> "Figures":
        """Return rows as columns."""
        return Figures(self.counts.T, self.keys.T)


@dataclass(frozen=True)
class Answer:
    """A counted question: rows by columns (one column, the total, where none was asked for), totals last."""

    question: Question
    row: Axis
    column: Axis | None
    figures: Figures
    # The base of a late code's shares, by row: the columns' totals since it began, or None where it hasn't begun.
    bases: Mapping[str, Figures | None]

    @property
    def size(self) -> int:
        """Return how many units the population has; never shown."""
        return int(self.figures.counts[-1, -1])


def effective(question: Question) -> Question:
    """Return the question for the quarters in which all its variables were recorded; raise NeverTogether."""
    population = question.population
    known = variables()[population.unit]
    first = population.span.first
    for column in question.columns:
        since = known[column].valid_from if column != TIME else None
        if since and since > population.span.last:
            raise NeverTogether(column)
        first = max(first, since or first)
    return replace(question, population=replace(population, span=Span(first, population.span.last)))


def axis_of(column: str, population: Population) -> Axis:
    """Return the axis of a variable over the population's quarters."""
    if column == TIME:
        return _time(population.span)
    one = variables()[population.unit][column]
    values = values_of(one)
    place = {value: at for at, value in enumerate(values)}
    since = {
        row.value: began
        for row in vocabulary.all_codes(one.list_code)
        if (began := max(Quarter.of(row.valid_from), FIRST_QUARTER)) > population.span.first
    }
    return Axis(
        column=column,
        facts_columns=(column,),
        places={(value,): at for value, at in place.items()},
        values=values,
        groups=tuple((group.code, tuple(place[member] for member in group.members)) for group in one.groups),
        is_multiple=one.is_multiple,
        since=since,
    )


def values_of(one: Variable) -> tuple[str, ...]:
    """Return every value that may stand in the column: the list's codes, closed ones too, then the answer states."""
    codes = tuple(row.value for row in vocabulary.all_codes(one.list_code))
    return (*codes, *(state for state in STATES if state not in codes))


def _time(span: Span) -> Axis:
    quarters = list(span.quarters)
    years = sorted({quarter.year for quarter in quarters})
    members = {year: tuple(at for at, quarter in enumerate(quarters) if quarter.year == year) for year in years}
    return Axis(
        column=TIME,
        facts_columns=("year", "quarter"),
        places={quarter.pair: at for at, quarter in enumerate(quarters)},
        values=tuple(map(str, quarters)),
        # One quarter alone is its own year's sum: nothing is said twice.
        groups=tuple((str(year), members[year]) for year in years) if len(quarters) > 1 else (),
    )


def matching(population: Population) -> Q:
    """Return the condition by which the database finds the population's facts, its quarters included."""
    first, last = population.span.first, population.span.last
    found = (Q(year__gt=first.year) | Q(year=first.year, quarter__gte=first.number)) & (
        Q(year__lt=last.year) | Q(year=last.year, quarter__lte=last.number)
    )
    known = variables()[population.unit]
    for column, codes in population.filters:
        found &= Q(**{f"{column}__{'overlap' if known[column].is_multiple else 'in'}": list(codes)})
    return found


def facts_of(population: Population) -> Any:
    """Return the population's facts."""
    span = population.span
    return contacts.facts(population.unit, first=span.first.pair, last=span.last.pair).filter(matching(population))


def answer(question: Question) -> Answer:
    """Count the question (as ``effective`` gives it); raise TooLarge or counting.UnknownValue."""
    population = question.population
    row = axis_of(question.row, population)
    column = axis_of(question.column, population) if question.column else None
    cells = row.size * (column.size if column else 1)
    if cells > MOST_SHOWN:
        raise TooLarge(cells)
    facts = facts_of(population)
    bases: dict[str, Figures | None] = {}
    for code, began in row.since.items():
        if began > population.span.last:
            bases[code] = None
            continue
        later = facts.filter(matching(replace(population, span=Span(began, population.span.last))))
        bases[code] = _along(later, column) if column else _total(later)
    return Answer(question, row, column, _crossed(facts, row, column), bases)


def _total(facts: Any) -> Figures:
    ((number, key),) = contacts.keyed_cells(facts, by=())
    return Figures(np.array([number]), np.array([key]))


def _along(facts: Any, axis: Axis) -> Figures:
    """Return the figures of one axis, total last."""
    leaves = _leaves(facts, (axis,))
    if not axis.is_multiple:
        return _with_margins(leaves, (axis,))
    total = _total(facts)
    return Figures(
        np.concatenate([leaves.counts, total.counts]),
        np.concatenate([leaves.keys, total.keys]),
    )


def _crossed(facts: Any, row: Axis, column: Axis | None) -> Figures:
    """Return the figures of rows by columns, totals last."""
    if column is None:
        one = _along(facts, row)
        return Figures(one.counts[:, None], one.keys[:, None])
    if column.is_multiple:
        passes = [_along(facts.filter(**{f"{column.column}__contains": [value]}), row) for value in column.values]
        passes.append(_along(facts, row))
        return Figures(np.stack([one.counts for one in passes], axis=1), np.stack([one.keys for one in passes], axis=1))
    if row.is_multiple:
        return _crossed(facts, column, row).transposed
    return _with_margins(_leaves(facts, (row, column)), (row, column))


def _leaves(facts: Any, axes: Sequence[Axis]) -> Figures:
    shape = tuple(len(one.values) for one in axes)
    found = Figures(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))
    for *values, number, key in contacts.keyed_cells(facts, by=[name for one in axes for name in one.facts_columns]):
        rest, at = tuple(values), []
        for one in axes:
            mine, rest = rest[: len(one.facts_columns)], rest[len(one.facts_columns) :]
            if mine not in one.places:
                raise UnknownValue(one.column)
            at.append(one.places[mine])
        found.counts[tuple(at)], found.keys[tuple(at)] = number, key
    return found


def _with_margins(leaves: Figures, axes: Sequence[Axis]) -> Figures:
    dimensions = [one.dimension for one in axes]
    return Figures(margins.with_margins(leaves.counts, dimensions), margins.with_margins(leaves.keys, dimensions))
