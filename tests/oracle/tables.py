"""Statistics done slowly and obviously: counting by loops over rows, and an attacker who tries every possible table."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from samsyn.statistics.disclosure import System

Row = Mapping[str, Any]


def counted(
    rows: Iterable[Row],
    *,
    first: tuple[int, int],
    last: tuple[int, int],
    where: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """How many rows of the quarters have, in each named column, one of the wanted values."""
    number = 0
    for row in rows:
        if not first <= (row["year"], row["quarter"]) <= last:
            continue
        is_wanted = True
        for column, wanted in (where or {}).items():
            value = row[column]
            values = value if isinstance(value, list) else [value]
            is_wanted = is_wanted and any(one in wanted for one in values)
        number += is_wanted
    return number


def possible(system: System, hidden: set[Any], *, most: int) -> dict[Any, set[int]]:
    """Every value that each hidden cell has in some table with atoms of 0 to ``most`` that fits what is known.

    Tries all of them, so only for a handful of atoms.
    """
    found: dict[Any, set[int]] = {cell.name: set() for cell in system.cells if cell.name in hidden}
    for values in product(range(most + 1), repeat=len(system.values)):
        if not _fits(system, hidden, values):
            continue
        for cell in system.cells:
            if cell.name in hidden:
                found[cell.name].add(sum(values[atom] for atom in cell.atoms))
    return found


def _fits(system: System, hidden: set[Any], values: Sequence[int]) -> bool:
    for one in system.relations:
        left, right = sum(values[a] for a in one.plus), sum(values[a] for a in one.minus)
        if left < right or (one.is_equality and left != right):
            return False
    for cell in system.cells:
        number = sum(values[a] for a in cell.atoms)
        if cell.name in hidden:
            if number < cell.least:
                return False
        elif number != sum(system.values[a] for a in cell.atoms):
            return False
    return True
