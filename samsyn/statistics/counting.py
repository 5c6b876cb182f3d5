"""Counts fact rows: leaf cells (one a quarter) by GROUP BY in the database, sums over quarters by numpy.

Never CUBE: margins are sums of leaves, and the leaves of a multiple-choice variable are counted by their own pass.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count, F, Func
from numpy.typing import NDArray

from samsyn.contacts import queries as contacts
from samsyn.statistics.definitions.model import EVERYBODY, STATES, Definition, Facts, Population, Unit
from samsyn.statistics.delivered.years import Year
from samsyn.statistics.periods import FIRST_QUARTER, Quarter, Span
from samsyn.vocabulary import queries as vocabulary

Leaf = NDArray[np.int64]


class UnknownValue(Exception):
    """A fact holds a value that is neither in the code list nor an answer state: nothing is counted."""


@dataclass(frozen=True)
class Axis:
    """A variable of a unit within a population, all of whose values are counted; with ``above``, within one code."""

    unit: Unit
    population: Population
    variable: str = ""
    list_code: str = ""
    is_multiple: bool = False
    above: str = ""
    """``exposure=marriage``: only those for whom this multiple-choice variable has this code."""
    facts: Facts | None = None
    """The table of facts, where it isn't the unit's own: it holds this population and nobody else."""
    within: str = ""
    """The variable whose codes this axis' codes divide; it has no answer states of its own."""

    @property
    def base(self) -> str:
        """Return the key of the units that the axis divides."""
        return key(self.unit, self.population, self.above)

    def key(self, value: str) -> str:
        """Return the key of one value."""
        return f"{self.base}|{self.variable}={value}"


def key(unit: Unit, population: Population, *conditions: str) -> str:
    """Return the name of what is counted, the same wherever it stands: ``person|exposure=fgm|fgm_status=plan``."""
    base: str = unit if population.code == "all" else f"{unit}@{population.code}"
    return "|".join((base, *filter(None, conditions)))


def axes(definitions: Iterable[Definition]) -> tuple[Axis, ...]:
    """Return what has to be counted for these definitions, each axis once, what others rest on first."""
    found: dict[Axis, None] = {}
    for one in definitions:
        found[Axis(one.unit, EVERYBODY)] = None
        if one.population.variable:
            found[population_axis(one)] = None
        if one.rows != "codes":
            continue
        found[code_axis(one)] = None
        if one.within:
            found[Axis(one.unit, one.population, one.within, one.within)] = None
        for code, variable in one.across.items():
            above = f"{one.variable}={code}"
            found[Axis(one.unit, one.population, variable, one.across_list, above=above)] = None
    return tuple(found)


def code_axis(one: Definition) -> Axis:
    """Return the axis of a definition's rows."""
    facts = one.facts if one.facts != one.unit else None
    return Axis(one.unit, one.population, one.variable, one.list_code, one.is_multiple, facts=facts, within=one.within)


def population_axis(one: Definition) -> Axis:
    """Return the axis whose codes make up a definition's population."""
    return Axis(one.unit, EVERYBODY, one.population.variable, one.population.variable)


@dataclass(frozen=True)
class Counts:
    """How many units have each value, by quarter since 2014; everything a release stores is a sum of these."""

    last: Quarter
    leaves: Mapping[str, Leaf]
    axes: tuple[Axis, ...] = field(default=())
    delivered: Year | None = None
    """The year that others delivered, where that is what was counted."""

    def of(self, name: str, span: Span) -> int:
        """Return the count of a key over whole quarters."""
        first, last = span.bounds
        return int(self.leaves[name][first : last + 1].sum())

    def as_lists(self) -> dict[str, list[int]]:
        """Return the leaves as plain lists, to be stored with a release."""
        return {name: leaf.tolist() for name, leaf in self.leaves.items()}


def leaves_from(stored: Mapping[str, list[int]]) -> dict[str, Leaf]:
    """Return stored leaves as arrays."""
    return {name: np.array(values, dtype=np.int64) for name, values in stored.items()}


def count(definitions: Sequence[Definition], *, last: Quarter) -> Counts:
    """Return the leaf counts of everything that the definitions need, from the first quarter to ``last``."""
    leaves: dict[str, Leaf] = {}
    counted = axes(definitions)
    for axis in counted:
        if not axis.variable:
            leaves[axis.base] = _leaf(_rows(axis, last), last)
            continue
        found = leaves_by_value(axis, last=last)
        values = values_of(axis)
        if not set(found) <= set(values):
            raise UnknownValue(f"{axis.unit}.{axis.variable}")
        empty = np.zeros(last.index + 1, dtype=np.int64)
        leaves |= {axis.key(value): found.get(value, empty) for value in values}
    for one in definitions:
        if one.within and one.valid_from:
            _check_parts(code_axis(one), leaves, since=one.valid_from)
    for axis in counted:
        population = axis.population
        if population.variable and axis.base not in leaves and not axis.above:
            parts = [leaves[f"{axis.unit}|{population.variable}={member}"] for member in population.members]
            leaves[axis.base] = np.sum(parts, axis=0)
    return Counts(last=last, leaves=leaves, axes=counted)


def of_delivered(year: Year) -> Counts:
    """Return the leaf counts of a year that others delivered: all of it stands in the year's last quarter."""
    last = Quarter(year.year, 4)
    leaves = {}
    for name, value in year.values.items():
        leaves[name] = np.zeros(last.index + 1, dtype=np.int64)
        leaves[name][last.index] = value
    return Counts(last=last, leaves=leaves, delivered=year)


def _check_parts(axis: Axis, leaves: Mapping[str, Leaf], *, since: Quarter) -> None:
    """Raise UnknownValue where the parts of a code don't add up to it: facts are missing or too many."""
    whole = Axis(axis.unit, axis.population, axis.within)
    for parent, codes in by_parent(axis).items():
        parts = sum((leaves[axis.key(code)][since.index :] for code in codes), start=np.zeros(1, dtype=np.int64))
        if np.any(leaves[whole.key(parent)][since.index :] != parts):
            raise UnknownValue(f"{axis.variable} within {axis.within}")


def leaves_by_value(axis: Axis, *, last: Quarter) -> dict[str, Leaf]:
    """Return how many units of the axis have each value that occurs, by quarter since 2014."""
    by_value: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for year, quarter, value, number in _rows(axis, last):
        by_value[str(value)].append((year, quarter, number))
    return {value: _leaf(rows, last) for value, rows in by_value.items()}


def leaf_of_all(axis: Axis, *, last: Quarter) -> Leaf:
    """Return how many units the axis divides, by quarter since 2014."""
    return _leaf(_rows(Axis(axis.unit, axis.population), last), last)


def values_of(axis: Axis) -> tuple[str, ...]:
    """Return every value that may stand in the column: the list's codes, closed ones too, then the answer states."""
    codes = tuple(row.value for row in vocabulary.all_codes(axis.list_code))
    return codes if axis.within else (*codes, *STATES)


def by_parent(axis: Axis) -> dict[str, tuple[str, ...]]:
    """Return the codes of an axis by the code that they divide, in the list's order."""
    found: dict[str, tuple[str, ...]] = {row.value: () for row in vocabulary.all_codes(axis.within)}
    for row in vocabulary.all_codes(axis.list_code):
        found[row.parent] += (row.value,)
    return found


def _leaf(rows: Iterable[tuple[int, ...]], last: Quarter) -> Leaf:
    leaf = np.zeros(last.index + 1, dtype=np.int64)
    for year, quarter, number in rows:
        leaf[Quarter(year, quarter).index] += number
    return leaf


def _rows(axis: Axis, last: Quarter) -> list[tuple[int, ...]]:
    """Return (year, quarter[, value], count), counted by the database."""
    facts = contacts.facts(axis.facts or axis.unit, first=FIRST_QUARTER.pair, last=last.pair)
    if axis.population.variable and not axis.facts:
        facts = facts.filter(**{f"{axis.population.variable}__in": axis.population.members})
    if axis.above:
        variable, _, code = axis.above.partition("=")
        facts = facts.filter(**{f"{variable}__contains": [code]})
    if not axis.variable:
        return list(facts.values_list("year", "quarter").annotate(number=Count("*")))
    value = Func(F(axis.variable), function="unnest") if axis.is_multiple else F(axis.variable)
    named = facts.values("year", "quarter").annotate(value=value)
    return list(named.values_list("year", "quarter", "value").annotate(number=Count("*")))
