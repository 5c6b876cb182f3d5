"""Two questions whose populations differ by a few give those few away: the one's table minus the other's.

Found exactly for each pair: how many units only the one has, and how many only the other. Both below
the threshold, and not both none: then the two are so near that their difference is about somebody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from samsyn.contacts import queries as contacts
from samsyn.statistics.asked.questions import Population
from samsyn.statistics.periods import Quarter

THRESHOLD = 5
Members = NDArray[np.bool_]


@dataclass(frozen=True)
class Earlier:
    """A population that somebody has asked about: how large it was then, and how many facts the unit had in all."""

    id: UUID
    population: Population
    size: int
    facts_then: int


@dataclass(frozen=True)
class Near:
    """An earlier question that is too near: how many units only the new one has, and only the earlier one."""

    earlier: UUID
    only_new: int
    only_earlier: int


def near(population: Population, *, size: int, facts_now: int, earlier: Sequence[Earlier]) -> list[Near]:
    """Return the earlier questions of the same unit that are too near to this one, of ``size`` units.

    What has been registered since the earlier question was asked is a difference too: its answer was without it.
    """
    found = []
    candidates = [one for one in earlier if _may_be_near(one, size, facts_now)]
    for one, (only_new, only_earlier) in zip(candidates, _differences(population, candidates), strict=True):
        grown = max(0, size - only_new + only_earlier - one.size)
        # Now, and as it was when the earlier answer was given: newcomers are then only in the new one.
        for more in dict.fromkeys((only_new, only_new + grown)):
            if max(more, only_earlier) < THRESHOLD and more + only_earlier > 0:
                found.append(Near(one.id, more, only_earlier))
                break
    return found


def _may_be_near(one: Earlier, size: int, facts_now: int) -> bool:
    """Tell by the sizes alone whether a pair can be near: facts only come, and the earlier one has grown by at most those."""
    most = one.size + max(0, facts_now - one.facts_then)
    return one.size - size < THRESHOLD and size - most < THRESHOLD


def _differences(population: Population, others: Sequence[Earlier]) -> list[tuple[int, int]]:
    """Return, for each of the others, how many facts only the population has and how many only the other has.

    One statement groups the facts by what any of the populations asks about; each group lies wholly in a population or
    wholly outside it, so that the counts are exact.
    """
    populations = [population, *(one.population for one in others)]
    if not others:
        return []
    facts = contacts.facts(
        population.unit,
        first=min(one.span.first for one in populations).pair,
        last=max(one.span.last for one in populations).pair,
    )
    columns = sorted({column for one in populations for column, _codes in one.filters})
    groups = list(facts.values_list("year", "quarter", *columns).annotate(number=Count("*")))
    numbers = np.array([group[-1] for group in groups], dtype=np.int64)
    quarters = np.array([Quarter(group[0], group[1]).index for group in groups], dtype=np.int64)
    having = {column: _having([group[at] for group in groups]) for at, column in enumerate(columns, start=2)}
    nobody = np.zeros(len(groups), dtype=np.bool_)

    def members(one: Population) -> Members:
        first, last = one.span.bounds
        found: Members = (quarters >= first) & (quarters <= last)
        for column, codes in one.filters:
            found &= np.logical_or.reduce([having[column].get(code, nobody) for code in codes])
        return found

    mine = members(population)
    found = []
    for one in others:
        theirs = members(one.population)
        found.append((int(numbers[mine & ~theirs].sum()), int(numbers[theirs & ~mine].sum())))
    return found


def _having(values: Sequence[object]) -> Mapping[str, Members]:
    """Return, for each code, which of the groups have it; a value is a code or a list of codes."""
    places: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        for code in value if isinstance(value, list) else [value]:
            places.setdefault(str(code), []).append(at)
    found = {}
    for code, at_ in places.items():
        found[code] = np.zeros(len(values), dtype=np.bool_)
        found[code][at_] = True
    return found
