"""Wires: the cheapest moves of one unit, cell after cell."""

from collections.abc import Iterable, Sequence
from functools import cached_property
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
            self.costs[at] = STEP if self.router.is_hidden[cell] else self.base[at]
            self.engine.changeColCost(at, float(self.costs[at]))
            self.engine.changeColCost(at + self.size, float(self.costs[at]))

    def lay(self, cell: int, *, budget: float = np.inf) -> list[int] | None:
        """Protect a cell and return what had to be hidden for it; None where that is impossible or costs too much."""
        change = self.cheapest(cell, budget)
        if change is None or self.router.table.costs[self._new([change])].sum() >= budget:
            return None
        return self._take([change])

    def lay_both_ways(self, cell: int) -> bool:
        """Protect a cell by a rise and a fall that make a unit together; tell whether it can go so far."""
        at = int(np.searchsorted(self.cells, cell))
        both = ((at, at + self.size), (at + self.size, at))
        rise, fall = (self._most(*one) for one in both)
        if rise + fall < UNIT - TINY:
            return False
        choices = []
        for up in (min(rise, UNIT), UNIT - min(fall, UNIT)):
            moves = [self._exactly(*one, how_far) for one, how_far in zip(both, (up, UNIT - up), strict=True)]
            choices.append((float(self.router.table.costs[self._new(moves)].sum()), up, moves))
        self._take(min(choices, key=lambda choice: choice[:2])[2])
        return True

    def _most(self, own: int, other: int) -> float:
        """Return how far a cell can go up or down, whatever has to be hidden for it."""
        everyone = np.arange(2 * self.size, dtype=np.int32)
        prices = np.zeros(2 * self.size)
        prices[own] = -1.0
        self.engine.changeColsCost(2 * self.size, everyone, prices)
        found = self._solved(own, other, 0.0, float(self.rooms[own]))[own]
        self.engine.changeColsCost(2 * self.size, everyone, np.concatenate([self.costs, self.costs]))
        return float(found)

    def _exactly(self, own: int, other: int, how_far: float) -> Floats:
        """Return the cheapest move in which a cell goes up or down by so much."""
        found = self._solved(own, other, how_far, how_far)
        return found[: self.size] - found[self.size :]

    def _solved(self, own: int, other: int, low: float, high: float) -> Floats:
        self.engine.setOptionValue("objective_bound", INFINITE)
        self.engine.changeColBounds(other, 0.0, 0.0)
        self.engine.changeColBounds(own, low, high)
        if self.engine.settle() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear program failed: {self.engine.getModelStatus()}")
        found = np.array(self.engine.getSolution().col_value)
        self.engine.changeColBounds(other, 0.0, float(self.rooms[other]))
        self.engine.changeColBounds(own, 0.0, float(self.rooms[own]))
        return found

    def _new(self, changes: Sequence[Floats]) -> list[int]:
        """Return the shown cells that moves change."""
        used = self.cells[(np.abs(changes) > TINY).any(axis=0)]
        new: list[int] = used[~self.router.is_hidden[used]].tolist()
        return new

    def follow(self, rows: Ints, broken: Floats) -> tuple[float, Floats] | None:
        """Return at what cost and by which changes these cells make good what others do to some equations, or None."""
        at = np.searchsorted(self.rows, rows)
        if not np.array_equal(self.rows[np.minimum(at, len(self.rows) - 1)], rows):
            return None
        for one, much in zip(at.tolist(), broken.tolist(), strict=True):
            self.engine.changeRowBounds(one, -much, -much)
        self.engine.setOptionValue("objective_bound", INFINITE)
        self.engine.run()
        found = None
        if self.engine.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            both = np.array(self.engine.getSolution().col_value)
            found = self.engine.getInfo().objective_function_value, both[: self.size] - both[self.size :]
        for one in at.tolist():
            self.engine.changeRowBounds(one, 0.0, 0.0)
        return found

    @cached_property
    def rows(self) -> Ints:
        """Return which equations these cells are in, in the order of the program's."""
        found: Ints = np.unique(self.router.columns[:, self.cells].indices)
        return found

    def _take(self, changes: Sequence[Floats]) -> list[int]:
        moved = [np.flatnonzero(np.abs(change) > TINY) for change in changes]
        return self.take(
            [Move(self.cells[at], change[at]) for at, change in zip(moved, changes, strict=True) if len(at)]
        )

    def take(self, moves: Sequence[Move]) -> list[int]:
        """Hide what moves change, and remember whom they protect; return what was hidden."""
        used = np.unique(np.concatenate([move.cells for move in moves]))
        new: list[int] = used[~self.router.is_hidden[used]].tolist()
        self.router.hide(new)
        self.reprice(new)
        high = low = np.zeros(len(used))
        for move in moves:
            change = np.zeros(len(used))
            change[np.searchsorted(used, move.cells)] = move.changes
            high, low = np.maximum(high, change), np.minimum(low, change)
        for one in used[high - low >= UNIT - TINY].tolist():
            if self.router.proofs[one] is None:
                self.router.learn(one, tuple(moves))
        return new
