"""Counts fact rows: leaf cells (one a quarter) by GROUP BY in the database, sums over quarters by numpy.

Never CUBE: margins are sums of leaves, and the leaves of a multiple-choice variable are counted by their own pass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count, F, Func
from numpy.typing import NDArray

from samsyn.contacts import queries as contacts
from samsyn.statistics.definitions.model import EVERYBODY, STATES, Definition, Population, Unit
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
        found[Axis(one.unit, one.population, one.variable, one.list_code, one.is_multiple)] = None
        for code, variable in one.across.items():
            above = f"{one.variable}={code}"
            found[Axis(one.unit, one.population, variable, one.across_list, above=above)] = None
    return tuple(found)


def population_axis(one: Definition) -> Axis:
    """Return the axis whose codes make up a definition's population."""
    return Axis(one.unit, EVERYBODY, one.population.variable, one.population.variable)


@dataclass(frozen=True)
class Counts:
    """How many units have each value, by quarter since 2014; everything a release stores is a sum of these."""

    last: Quarter
    leaves: Mapping[str, Leaf]
    axes: tuple[Axis, ...] = field(default=())

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


def count(definitions: Iterable[Definition], *, last: Quarter) -> Counts:
    """Return the leaf counts of everything that the definitions need, from the first quarter to ``last``."""
    leaves: dict[str, Leaf] = {}
    counted = axes(definitions)
    for axis in counted:
        if not axis.variable:
            leaves[axis.base] = _leaf(_rows(axis, last), last)
            continue
        by_value: dict[str, list[tuple[int, int, int]]] = {value: [] for value in values_of(axis)}
        for year, quarter, code, number in _rows(axis, last):
            if str(code) not in by_value:
                raise UnknownValue(f"{axis.unit}.{axis.variable}")
            by_value[str(code)].append((year, quarter, number))
        for value, rows in by_value.items():
            leaves[axis.key(value)] = _leaf(rows, last)
    for axis in counted:
        population = axis.population
        if population.variable and axis.base not in leaves and not axis.above:
            parts = [leaves[f"{axis.unit}|{population.variable}={member}"] for member in population.members]
            leaves[axis.base] = np.sum(parts, axis=0)
    return Counts(last=last, leaves=leaves, axes=counted)


def values_of(axis: Axis) -> tuple[str, ...]:
    """Return every value that may stand in the column: the list's codes, closed ones too, then the answer states."""
    return (*(row.value for row in vocabulary.all_codes(axis.list_code)), *STATES)


def _leaf(rows: Iterable[tuple[int, ...]], last: Quarter) -> Leaf:
    leaf = np.zeros(last.index + 1, dtype=np.int64)
    for year, quarter, number in rows:
        leaf[Quarter(year, quarter).index] += number
    return leaf


def _rows(axis: Axis, last: Quarter) -> list[tuple[int, ...]]:
    """Return (year, quarter[, value], count), counted by the database."""
    facts = contacts.facts(axis.unit, first=FIRST_QUARTER.pair, last=last.pair)
    if axis.population.variable:
        facts = facts.filter(**{f"{axis.population.variable}__in": axis.population.members})
    if axis.above:
        variable, _, code = axis.above.partition("=")
        facts = facts.filter(**{f"{variable}__contains": [code]})
    if not axis.variable:
        return list(facts.values_list("year", "quarter").annotate(number=Count("*")))
    value = Func(F(axis.variable), function="unnest") if axis.is_multiple else F(axis.variable)
    named = facts.values("year", "quarter").annotate(value=value)
    return list(named.values_list("year", "quarter", "value").annotate(number=Count("*")))
