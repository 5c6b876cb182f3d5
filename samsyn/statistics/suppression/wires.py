"""Wires: the cheapest moves of one unit, cell after cell."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csc_array, hstack

from samsyn.statistics.suppression.programs import DUAL, INFINITE, TINY, UNIT, Engine, Move, rows_of
from samsyn.statistics.suppression.tables import Floats, Ints

if TYPE_CHECKING:
    from samsyn.statistics.suppression.router import Router

# What it costs to move a cell that is hidden anyway: moves stay short.
STEP = 1e-3
# How much cheaper a cell is for the wires when the master program wants it hidden.
GUIDED = 0.8


class Wires:
    """The cheapest move of one unit of any of many cells; one column for each rise and each fall, the basis kept."""

    def __init__(self, router: "Router", cells: Ints, guide: Floats | None = None) -> None:
        """``guide`` (0 to 1 for each cell): how much the master program wants it hidden."""
        self.router, self.cells, self.size = router, cells, len(cells)
        self.inside = frozenset(cells.tolist())
        self.base = router.table.costs[cells] * (1 - GUIDED * guide if guide is not None else 1.0) + STEP
        self.costs = np.where(router.is_hidden[cells], STEP, self.base)
        self.rooms = np.concatenate(router.room(cells))
        part = rows_of(router.columns, cells)
        self.engine = Engine(DUAL)
        both = np.concatenate([self.costs, self.costs])
        self.engine.load(csc_array(hstack([part, -part])), both, np.zeros(2 * self.size), self.rooms)

    def cheapest(self, cell: int, budget: float = np.inf) -> Floats | None:
        """Return how much each cell changes when ``cell`` rises or falls by a unit at the least cost, or None.

        None too where that costs more than ``budget``: the dual simplex knows it early.
        """
        at = int(np.searchsorted(self.cells, cell))
        best: tuple[float, Floats] | None = None
        for own, other in ((at, at + self.size), (at + self.size, at)):
            if self.rooms[own] < UNIT:
                continue
            self.engine.changeColBounds(other, 0.0, 0.0)
            self.engine.changeColBounds(own, UNIT, UNIT)
            self.engine.setOptionValue("objective_bound", min(budget + 1.0, INFINITE if best is None else best[0]))
            self.engine.run()
            if self.engine.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                paid = self.engine.getInfo().objective_function_value
                if best is None or paid < best[0] - TINY:
                    found = np.array(self.engine.getSolution().col_value)
                    best = paid, found[: self.size] - found[self.size :]
            self.engine.changeColBounds(other, 0.0, float(self.rooms[other]))
            self.engine.changeColBounds(own, 0.0, float(self.rooms[own]))
            if best is not None and best[0] < 1.0:  # nothing has to be hidden for it
                break
        return None if best is None else best[1]

    def reprice(self, cells: Iterable[int]) -> None:
        """Let the prices follow what has been hidden or shown."""
        for cell in cells:
            at = int(np.searchsorted(self.cells, cell))
            price = STEP if self.router.is_hidden[cell] else float(self.base[at])
            self.engine.changeColCost(at, price)
            self.engine.changeColCost(at + self.size, price)

    def lay(self, cell: int, *, budget: float = np.inf) -> list[int] | None:
        """Protect a cell and return what had to be hidden for it; None where that is impossible or costs too much."""
        change = self.cheapest(cell, budget)
        if change is None:
            return None
        router = self.router
        moved = np.flatnonzero(np.abs(change) > TINY)
        used = self.cells[moved]
        new: list[int] = used[~router.is_hidden[used]].tolist()
        if router.table.costs[new].sum() >= budget:
            return None
        router.hide(new)
        self.reprice(new)
        proof = (Move(used, change[moved]),)
        for one in self.cells[np.abs(change) >= UNIT - TINY].tolist():
            if router.proofs[one] is None:
                router.learn(one, proof)
        return new
