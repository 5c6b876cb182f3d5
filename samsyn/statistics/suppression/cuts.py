"""Blocks by cuts: which cells of a block to hide, chosen by a master program that an attacker's program corrects."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import highspy
import numpy as np

from samsyn.statistics.suppression.programs import DUAL, INFINITE, PRIMAL, TINY, UNIT, Engine, Move, Proof, rows_of
from samsyn.statistics.suppression.tables import Floats, Ints

if TYPE_CHECKING:
    from samsyn.statistics.suppression.router import Router

# Blocks (and tables) with at most so many open cells are solved in whole numbers.
WHOLE = 440
# Rounds in fractions for large blocks and for small ones, rounds in whole numbers, and how many nodes one of these has
# (all blocks of h1 need one): what is hidden must not depend on how busy the machine is.
LARGE_ROUNDS, SMALL_ROUNDS, WHOLE_ROUNDS, NODES = 5, 24, 25, 100
# How many cuts a round adds.
CUTS = 120


class Cuts:
    """A block: the attacker's program over its cells, and the master program that chooses what else to hide."""

    def __init__(self, router: "Router", cells: Ints, free: Ints, targets: Sequence[int]) -> None:
        """``free``: places in ``cells`` that may be hidden; ``targets``: places of hidden cells to be protected."""
        size = len(cells)
        self.cells, self.free, self.targets = cells, free, list(targets)
        self.rise, self.fall = router.room(cells)
        self.costs = router.table.costs[cells[free]]
        self.slot = np.full(size, -1)
        self.slot[free] = np.arange(len(free))
        self.numbers = np.arange(size, dtype=np.int32)
        self.attacker = Engine(PRIMAL)
        self.attacker.load(rows_of(router.columns, cells), np.zeros(size), -self.fall, self.rise)
        self.master = Engine(DUAL)
        self.master.setOptionValue("presolve", "choose")
        self.master.addVars(len(free), np.zeros(len(free)), np.ones(len(free)))
        self.master.changeColsCost(len(free), np.arange(len(free), dtype=np.int32), self.costs)
        self.high = self.low = np.zeros(size)
        self.high_at = self.low_at = np.full(size, -1)
        self.moves: list[Move] = []
        self.turn = 0

    def extreme(self, at: int, sign: int) -> tuple[Floats, Floats]:
        """Return the move that changes a cell most, and what each cell's room was worth for it (reduced costs)."""
        self.attacker.changeColCost(at, -sign)
        self.attacker.run()
        if self.attacker.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the attacker's program failed: {self.attacker.getModelStatus()}")
        solution = self.attacker.getSolution()
        self.attacker.changeColCost(at, 0.0)
        return np.array(solution.col_value), -np.array(solution.col_dual)

    def separate(self, chosen: Floats, *, most: int = 10**9) -> list[int]:
        """Attack a choice (0 to 1 for each free cell); add a cut for each place that is known, and return these.

        At most ``most`` are looked for: neighbours often say the same. A free cell that is chosen by half needs half a
        unit. Every move found counts for all cells that it changes.
        """
        self._allow(chosen)
        needs = dict.fromkeys(self.targets, UNIT)
        needs |= {int(self.free[at]): float(chosen[at]) for at in np.flatnonzero(chosen > 0.01)}
        if most < len(needs):  # another part of them each time
            self.turn += 1
            needs = {at: needs[at] for at in sorted(needs, key=lambda at: (at * 7919 + self.turn * 104729) % 65537)}
        known = []
        for at, need in needs.items():
            worths = self._attack(at, need)
            if worths is not None:
                known.append(at)
                self._cut(at, worths)
                if len(known) >= most:
                    break
        return known

    def hopeless(self, places: Iterable[int]) -> set[int]:
        """Return those places that stay known even with everything hidden: they need a wider view."""
        self._allow(np.ones(len(self.free)))
        return {at for at in places if self._attack(at, UNIT) is not None}

    def _allow(self, chosen: Floats) -> None:
        """Begin to attack a choice."""
        low, high = -self.fall, self.rise.copy()
        low[self.free] *= chosen
        high[self.free] *= chosen
        self.attacker.changeColsBounds(len(low), self.numbers, low, high)
        size = len(self.cells)
        self.high, self.low, self.moves = np.zeros(size), np.zeros(size), []
        self.high_at, self.low_at = np.full(size, -1), np.full(size, -1)

    def _attack(self, at: int, need: float) -> list[Floats] | None:
        """Return what the room of each cell was worth if a place can't be moved so far, else None."""
        worths = []
        for sign in (1, -1):
            if self.high[at] - self.low[at] >= need - TINY:
                return None
            move, worth = self.extreme(at, sign)
            worths.append(worth)
            self._remember(move)
        return worths if self.high[at] - self.low[at] < need - TINY else None

    def _remember(self, move: Floats) -> None:
        number = len(self.moves)
        changed = np.flatnonzero(np.abs(move) > TINY)
        self.moves.append(Move(self.cells[changed], move[changed]))
        rises, falls = move > self.high + TINY, move < self.low - TINY
        self.high[rises], self.high_at[rises] = move[rises], number
        self.low[falls], self.low_at[falls] = move[falls], number

    def _cut(self, at: int, worths: Sequence[Floats]) -> None:
        """Demand what the duals say: the room that the chosen cells give must be worth a unit to this cell."""
        worth = np.zeros(len(self.cells))
        for one in worths:
            worth += np.where(one > 1e-9, one * self.rise, 0.0) + np.where(one < -1e-9, -one * self.fall, 0.0)
        given = float(worth[self.slot < 0].sum())
        weights, own = worth[self.free], self.slot[at]
        if own >= 0:  # only if it is hidden itself
            weights[own] -= UNIT
            bound = -given
        else:
            bound = UNIT - given
            weights = np.minimum(weights, bound)
        which = np.flatnonzero(np.abs(weights) > 1e-7)
        if len(which) and bound > (-INFINITE if own >= 0 else TINY):
            self.master.addRow(bound, INFINITE, len(which), which.astype(np.int32), weights[which])

    def solve(self) -> tuple[Floats, bool]:
        """Return the choice, and whether it is whole and safe; a choice in fractions is a guide only."""
        count = len(self.free)
        lost = self.hopeless([*self.targets, *self.free.tolist()])
        self.targets = [at for at in self.targets if at not in lost]
        for at in lost:
            if self.slot[at] >= 0:
                self.master.changeColBounds(int(self.slot[at]), 0.0, 0.0)
        chosen = np.zeros(count)
        if not self.separate(chosen) or not count:
            return chosen, True
        best, still = 0.0, 0
        for _round in range(LARGE_ROUNDS if len(self.cells) > WHOLE else SMALL_ROUNDS):
            chosen, value = self._ask()
            if not self.separate(chosen, most=CUTS):
                break
            still = still + 1 if value < best * 1.005 + TINY else 0
            best = max(best, value)
            if still >= 3:
                break
        if len(self.cells) > WHOLE:
            return chosen, False
        for at in range(count):
            self.master.changeColIntegrality(at, highspy.HighsVarType.kInteger)
        self.master.setOptionValue("mip_rel_gap", 0.003)
        self.master.setOptionValue("mip_max_nodes", NODES)
        for _round in range(WHOLE_ROUNDS):
            whole = np.round(self._ask()[0])
            if not self.separate(whole, most=CUTS):
                return whole, True
        return chosen, False

    def _ask(self) -> tuple[Floats, float]:
        self.master.run()
        chosen = np.clip(np.array(self.master.getSolution().col_value), 0.0, 1.0)
        return chosen, float(self.costs @ chosen)

    def proofs(self) -> Iterable[tuple[int, Proof]]:
        """Give each cell that the last choice protects, with the moves that do."""
        for at in np.flatnonzero(self.high - self.low >= UNIT - TINY).tolist():
            yield int(self.cells[at]), tuple(self.moves[one] for one in (self.high_at[at], self.low_at[at]) if one >= 0)
