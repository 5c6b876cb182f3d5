"""A cube with margins, done slowly and obviously: for every cell, look at every unit and ask whether it belongs there."""

from collections.abc import Sequence
from itertools import product

# A unit has a set of codes in each dimension; a single choice is a set of one.
Unit = Sequence[frozenset[int]]


def places(size: int, groups: Sequence[Sequence[int]]) -> list[frozenset[int] | None]:
    """The codes that make up each place of an axis; None is the total, where everybody stands."""
    return [*(frozenset({code}) for code in range(size)), *(frozenset(group) for group in groups), None]


def cube(units: Sequence[Unit], axes: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> dict[tuple[int, ...], int]:
    """How many units stand in each cell, by the places of all axes."""
    made = [places(size, groups) for size, groups in axes]
    found = {}
    for at in product(*(range(len(one)) for one in made)):
        wanted = [axis[place] for axis, place in zip(made, at, strict=True)]
        found[at] = sum(
            all(codes is None or bool(has & codes) for has, codes in zip(unit, wanted, strict=True)) for unit in units
        )
    return found
