"""Statistics done slowly and obviously: counting by loops over rows, and an attacker who tries every possible table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

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
    tried = np.indices((most + 1,) * len(system.values), dtype=np.int16).reshape(len(system.values), -1)

    def of(atoms: Sequence[int]) -> "np.ndarray[Any, np.dtype[np.int16]]":
        return tried[list(atoms)].sum(axis=0)

    fits = np.ones(tried.shape[1], dtype=bool)
    for one in system.relations:
        left, right = of(one.plus), of(one.minus)
        fits &= (left == right) if one.is_equality else (left >= right)
    for cell in system.cells:
        fits &= of(cell.atoms) >= cell.least if cell.name in hidden else of(cell.atoms) == system.value(cell.atoms)
    tried = tried[:, fits]
    return {cell.name: set(of(cell.atoms).tolist()) for cell in system.cells if cell.name in hidden}


def known_exactly(values: Any, equations: Any, hidden: Any) -> list[int]:
    """The places of the hidden cells that have one value only in all tables of whole numbers that fit.

    Two integer programs over all cells for each hidden one, and nothing clever; a hidden cell is 1 or more.
    """
    low, high = values.astype(float), values.astype(float)
    low[hidden], high[hidden] = 1.0, float(values.sum())
    found = []
    for cell in np.flatnonzero(hidden).tolist():
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(values))
            cost[cell] = sign
            done = milp(
                cost,
                constraints=LinearConstraint(equations, 0.0, 0.0),
                bounds=Bounds(low, high),
                integrality=np.ones(len(values)),
            )
            assert done.status == 0, done.message
            ends.append(round(sign * done.fun))
        if ends[0] == ends[1]:
            found.append(cell)
    return found
