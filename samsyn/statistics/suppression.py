"""Complementary suppression of large hierarchical tables: little hidden, nothing recoverable. Pure: no Django.

A *table* is a vector of cells and the equations between them (a county is the sum of its municipalities, a year that of
its quarters, all at once). Shown cells stay as they are; hidden ones may be anything that fits the equations and is at
least 1, which is what the attacker knows. A *move* is another table that fits everything published. A hidden cell is
protected when moves change it by a whole unit; ``attack.recovered`` proves that afterwards by other code.

Three steps, each on what the one before left:

1. *Blocks* (a county in a year, say) by cuts: a master program chooses which cells to hide, and for each cell that is
   still known the dual of the attacker's program gives an inequality that every safe choice fulfils (Fischetti and
   Salazar-Gonzalez, "Solving the cell suppression problem on tabular data with linear constraints", Management Science
   2001). Small blocks are then solved in whole numbers; in large ones the fractions only guide the next step.
2. *Wires*: what remains gets the cheapest move of one unit, one cell after the other, over a wider neighbourhood.
3. *Rip-up*, as routers of circuit boards do: a dear cell is shown again and what leaned on it is laid anew, now that
   others lie there to be shared; kept where that is cheaper.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNIT = 1.0
TINY = 1e-6
INFINITE = highspy.kHighsInf
# What it costs to move a cell that is hidden anyway: moves stay short.
STEP = 1e-3
# Blocks (and tables) with at most so many open cells are solved in whole numbers.
WHOLE = 600
LINEAR_ROUNDS, WHOLE_ROUNDS, WHOLE_SECONDS = 8, 25, 1.0
# How many cuts a round adds.
CUTS = 120
# How much cheaper a cell is for the wires when the master program wants it hidden.
GUIDED = 0.8
# How many cells a wire sees: few, then more where few are not enough.
NEAR = (1500, 6000, 10**9)


class CannotHide(Exception):
    """Whatever is hidden, a cell can be worked out; ``args[0]`` is its number."""


@dataclass(frozen=True)
class Table:
    """Cells (n) and what every reader knows of them.

    ``values`` (n, units counted), ``equations`` (m x n: +1 for a sum, -1 for its parts; equations @ values = 0),
    ``costs`` (n, what is lost when a cell is hidden), ``is_primary`` (n), ``is_fixed`` (n: published as it is, stays),
    ``is_hidden`` (n: hidden earlier, stays), ``blocks`` (n: cells that are laid together; -1 joins none). A hidden cell
    is at least 1; noughts are shown.
    """

    values: Ints
    equations: csr_array
    costs: Floats
    is_primary: Bools
    is_fixed: Bools
    is_hidden: Bools
    blocks: Ints

    def check(self) -> None:
        """Raise ValueError if the values contradict the equations or the attacker's belief."""
        if np.any(self.equations @ self.values):
            raise ValueError("the sums do not agree")
        if np.any(self.values[self.is_primary | self.is_hidden] < 1):
            raise ValueError("a hidden cell is at least 1")
        if np.any(self.is_primary & self.is_fixed & ~self.is_hidden):
            raise ValueError("a cell that was published is to be hidden")


@dataclass(frozen=True)
class Result:
    """Which cells are hidden (n), which of them only for others' sake (n), what that cost, and seconds."""

    is_hidden: Bools
    is_secondary: Bools
    loss: float
    seconds: float


@dataclass(frozen=True)
class Dimension:
    """The codes of a variable and of its sums: ``parents[i]`` is the place of the code that i adds up to, or -1."""

    codes: Sequence[str]
    parents: Sequence[int]

    @classmethod
    def with_total(cls, codes: Sequence[str], groups: Mapping[str, str] | None = None) -> "Dimension":
        """Return a total, the groups (of ``groups``: code -> group) and the codes, in this order."""
        if not groups:
            return cls(("total", *codes), (-1, *repeat(0, len(codes))))
        names = list(dict.fromkeys(groups[code] for code in codes))
        parents = [-1, *repeat(0, len(names)), *(1 + names.index(groups[code]) for code in codes)]
        return cls(("total", *names, *codes), parents)

    @property
    def leaves(self) -> list[int]:
        """Return the places of the codes that aren't sums."""
        return [at for at in range(len(self.codes)) if at not in set(self.parents)]


def table_of(
    leaves: Ints, dimensions: Sequence[Dimension], *, threshold: int = 5, blocks: Ints | None = None
) -> tuple[Table, Ints]:
    """Return the table of counts (one axis a dimension, leaf codes in order) with all sums, and its values as a cube.

    What is lost with a cell grows with its value: 1 + value / 10, so that totals and counties are dear. ``blocks`` has
    the cube's shape. Cells of 1 to threshold - 1 are primary.
    """
    cube = np.zeros([len(one.codes) for one in dimensions], dtype=np.int64)
    cube[np.ix_(*(one.leaves for one in dimensions))] = leaves
    number = np.arange(cube.size).reshape(cube.shape)
    rows: list[Ints] = []
    columns: list[Ints] = []
    signs: list[Ints] = []
    count = 0
    for axis, one in enumerate(dimensions):
        values, places = np.moveaxis(cube, axis, 0), np.moveaxis(number, axis, 0)
        for parent in sorted({at for at in one.parents if at >= 0}, reverse=True):
            parts = [at for at, above in enumerate(one.parents) if above == parent]
            values[parent] = values[parts].sum(axis=0)
            sums = places[parent].ravel()
            at = np.arange(count, count + len(sums))
            for place, sign in ((parent, 1), *((part, -1) for part in parts)):
                rows.append(at)
                columns.append(places[place].ravel())
                signs.append(np.full(len(sums), sign))
            count += len(sums)
    joined = (np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns)))
    flat = cube.ravel()
    never = np.zeros(flat.size, dtype=bool)
    table = Table(
        values=flat,
        equations=csr_array(joined, shape=(count, flat.size)),
        costs=1 + flat / 10.0,
        is_primary=(flat > 0) & (flat < threshold),
        is_fixed=never,
        is_hidden=never.copy(),
        blocks=np.full(flat.size, -1) if blocks is None else blocks.ravel(),
    )
    return table, cube


def suppress(table: Table, *, seconds: float = 30.0, workers: int = 2) -> Result:
    """Return which cells to hide; raise CannotHide where hiding every open cell is not enough.

    ``seconds`` bounds the rip-up, which only makes it cheaper. ``workers``: processes for the blocks.
    """
    begun = time.perf_counter()
    table.check()
    router = _Router(table)
    router.lay_blocks(workers)
    router.lay_wires()
    router.rip_up(time.perf_counter() + seconds)
    return Result(router.is_hidden, router.is_secondary, router.loss, time.perf_counter() - begun)


def repair(table: Table, is_hidden: Bools, recovered: Iterable[int]) -> Bools:
    """Return another tool's choice of hidden cells with what must be added to protect the recovered ones."""
    router = _Router(table)
    for cell in set(np.flatnonzero(is_hidden).tolist()) - set(recovered):
        router.leans[cell] = ()
    router.is_secondary = is_hidden & ~table.is_primary
    router.is_hidden = router.is_hidden | is_hidden
    router.may_hide &= ~is_hidden
    router.lay_wires()
    return router.is_hidden


def _engine(strategy: int) -> highspy.Highs:
    engine = highspy.Highs()  # type: ignore[no-untyped-call]
    engine.silent()
    for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", strategy)):
        engine.setOptionValue(name, value)
    return engine


DUAL, PRIMAL = 1, 4


def _pass(engine: highspy.Highs, matrix: csc_array, costs: Floats, low: Floats, high: Floats) -> None:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = costs, low, high
    model.row_lower_ = model.row_upper_ = np.zeros(matrix.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data.astype(float)
    engine.passModel(model)


def _rows_of(columns: csc_array, cells: Ints) -> csc_array:
    """Return the equations that touch some cells, with these cells' columns only: all others stay as they are."""
    part = columns[:, cells].tocsr()
    return csc_array(part[np.flatnonzero(np.diff(part.indptr))])


class _Cuts:
    """A block: the attacker's program over its cells, and the master program that chooses what else to hide."""

    def __init__(self, router: "_Router", cells: Ints, free: Ints, targets: Sequence[int]) -> None:
        """``free``: places in ``cells`` that may be hidden; ``targets``: places of hidden cells to be protected."""
        size = len(cells)
        self.cells, self.free, self.targets = cells, free, list(targets)
        self.rise, self.fall = router.room(cells)
        self.costs = router.table.costs[cells[free]]
        self.slot = np.full(size, -1)
        self.slot[free] = np.arange(len(free))
        self.numbers = np.arange(size, dtype=np.int32)
        self.attacker = _engine(PRIMAL)
        _pass(self.attacker, _rows_of(router.columns, cells), np.zeros(size), -self.fall, self.rise)
        self.master = _engine(DUAL)
        self.master.setOptionValue("presolve", "choose")
        self.master.addVars(len(free), np.zeros(len(free)), np.ones(len(free)))
        self.master.changeColsCost(len(free), np.arange(len(free), dtype=np.int32), self.costs)
        self.high = self.low = np.zeros(size)
        self.high_at = self.low_at = np.full(size, -1)
        self.moves: list[Ints] = []
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
        low, high = -self.fall, self.rise.copy()
        low[self.free] *= chosen
        high[self.free] *= chosen
        self.attacker.changeColsBounds(len(low), self.numbers, low, high)
        size = len(self.cells)
        self.high, self.low, self.moves = np.zeros(size), np.zeros(size), []
        self.high_at, self.low_at = np.full(size, -1), np.full(size, -1)
        needs = dict.fromkeys(self.targets, UNIT)
        needs |= {int(self.free[at]): float(chosen[at]) for at in np.flatnonzero(chosen > 0.01)}
        if most < len(needs):  # another part of them each time
            self.turn += 1
            needs = {at: needs[at] for at in sorted(needs, key=lambda at: (at * 7919 + self.turn * 104729) % 65537)}
        known = []
        for at, need in needs.items():
            worths = []
            for sign in (1, -1):
                if self.high[at] - self.low[at] >= need - TINY:
                    break
                move, worth = self.extreme(at, sign)
                worths.append(worth)
                self._remember(move)
            if self.high[at] - self.low[at] < need - TINY:
                known.append(at)
                self._cut(at, worths)
                if len(known) >= most:
                    break
        return known

    def _remember(self, move: Floats) -> None:
        number = len(self.moves)
        self.moves.append(np.flatnonzero(np.abs(move) > TINY))
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
        lost = set(self.separate(np.ones(count)))  # what isn't safe with everything hidden needs a wider view
        self.targets = [at for at in self.targets if at not in lost]
        for at in lost:
            if self.slot[at] >= 0:
                self.master.changeColBounds(int(self.slot[at]), 0.0, 0.0)
        chosen = np.zeros(count)
        if not self.separate(chosen) or not count:
            return chosen, True
        best, still = 0.0, 0
        for _round in range(LINEAR_ROUNDS if len(self.cells) > WHOLE else 3 * LINEAR_ROUNDS):
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
        for _round in range(WHOLE_ROUNDS):
            self.master.setOptionValue("time_limit", self.master.getRunTime() + WHOLE_SECONDS)
            whole = np.round(self._ask()[0])
            if not self.separate(whole, most=CUTS):
                return whole, True
        return chosen, False

    def _ask(self) -> tuple[Floats, float]:
        self.master.run()
        chosen = np.clip(np.array(self.master.getSolution().col_value), 0.0, 1.0)
        return chosen, float(self.costs @ chosen)

    def proofs(self) -> Iterable[tuple[int, Ints]]:
        """Give each cell that the last choice protects, with the cells that its moves change."""
        for at in np.flatnonzero(self.high - self.low >= UNIT - TINY).tolist():
            used = [self.moves[one] for one in (self.high_at[at], self.low_at[at]) if one >= 0]
            yield int(self.cells[at]), self.cells[np.unique(np.concatenate(used))]


class _Wires:
    """The cheapest move of one unit of any of many cells; one column for each rise and each fall, the basis kept."""

    def __init__(self, router: "_Router", cells: Ints, guide: Floats | None = None) -> None:
        """``guide`` (0 to 1 for each cell): how much the master program wants it hidden."""
        self.router, self.cells, self.size = router, cells, len(cells)
        self.base = router.table.costs[cells] * (1 - GUIDED * guide if guide is not None else 1.0) + STEP
        self.costs = np.where(router.is_hidden[cells], STEP, self.base)
        self.rooms = np.concatenate(router.room(cells))
        part = _rows_of(router.columns, cells)
        self.engine = _engine(DUAL)
        both = np.concatenate([self.costs, self.costs])
        _pass(self.engine, csc_array(hstack([part, -part])), both, np.zeros(2 * self.size), self.rooms)

    def cheapest(self, cell: int) -> Floats | None:
        """Return how much each cell changes when ``cell`` rises or falls by a unit at the least cost, or None."""
        at = int(np.searchsorted(self.cells, cell))
        best: tuple[float, Floats] | None = None
        for own, other in ((at, at + self.size), (at + self.size, at)):
            if self.rooms[own] < UNIT:
                continue
            self.engine.changeColBounds(other, 0.0, 0.0)
            self.engine.changeColBounds(own, UNIT, UNIT)
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
        change = self.cheapest(cell)
        if change is None:
            return None
        router = self.router
        used = self.cells[np.abs(change) > TINY]
        new: list[int] = used[~router.is_hidden[used]].tolist()
        if router.table.costs[new].sum() >= budget:
            return None
        router.hide(new)
        self.reprice(new)
        for one in self.cells[np.abs(change) >= UNIT - TINY].tolist():
            if router.leans[one] is None:
                router.learn(one, used)
        return new


class _Router:
    """Who is hidden, and on which secondary cells each hidden one's proof leans."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows, self.columns = csr_array(table.equations), csc_array(table.equations)
        self.is_hidden = table.is_primary | table.is_hidden
        self.may_hide = ~table.is_fixed & ~self.is_hidden & (table.values >= 1)
        self.is_secondary = np.zeros(len(table.values), dtype=bool)
        self.leans: list[tuple[int, ...] | None] = [None] * len(table.values)
        self.users: dict[int, set[int]] = {}

    @property
    def loss(self) -> float:
        """Return what everything costs that is hidden for others' sake."""
        return float(self.table.costs[self.is_secondary].sum())

    def room(self, cells: Ints) -> tuple[Floats, Floats]:
        """Return how far moves may raise and lower each cell: a unit is enough, and never below 1."""
        return np.full(len(cells), UNIT), np.minimum(self.table.values[cells] - 1, UNIT).astype(float)

    def open(self, cells: Ints) -> Ints:
        """Return those that are or may be hidden, in order."""
        return np.sort(cells[(self.is_hidden | self.may_hide)[cells]])

    def waiting(self, cells: Iterable[int] | None = None) -> list[int]:
        """Return the hidden cells without proof, the largest first."""
        hidden = np.flatnonzero(self.is_hidden).tolist() if cells is None else cells
        found = [cell for cell in hidden if self.is_hidden[cell] and self.leans[cell] is None]
        return sorted(found, key=lambda cell: (-int(self.table.values[cell]), cell))

    def hide(self, cells: Sequence[int]) -> None:
        """Hide cells for others' sake."""
        self.is_hidden[cells] = self.is_secondary[cells] = True

    def show(self, cell: int) -> None:
        """Show a secondary cell again, and forget every proof that leans on it."""
        for one in [*self.users.get(cell, ()), cell]:
            self.forget(one)
        self.is_hidden[cell] = self.is_secondary[cell] = False

    def learn(self, cell: int, used: Ints) -> None:
        """Remember on which secondary cells the proof of a cell leans."""
        self.forget(cell)
        self.leans[cell] = tuple(used[self.is_secondary[used]].tolist())
        for one in self.leans[cell] or ():
            self.users.setdefault(one, set()).add(cell)

    def forget(self, cell: int) -> None:
        """Forget a proof."""
        for one in self.leans[cell] or ():
            self.users[one].discard(cell)
        self.leans[cell] = None

    def lay_blocks(self, workers: int) -> None:
        """Lay each block by itself; they share no cell."""
        labels = self.table.blocks
        if (self.is_hidden | self.may_hide).sum() <= WHOLE:
            labels = np.zeros_like(labels)
        blocks = [self.open(np.flatnonzero(labels == label)) for label in np.unique(labels[labels >= 0])]
        blocks = [cells for cells in blocks if self.is_hidden[cells].any()]
        parts = [self._part(cells) for cells in blocks]
        if workers > 1 and len(parts) > 1 and sum(len(cells) for cells in blocks) > 2000:
            with ProcessPoolExecutor(workers) as pool:
                laid = list(pool.map(_lay_block, parts))
        else:
            laid = [_lay_block(part) for part in parts]
        for cells, (secondary, leans) in zip(blocks, laid, strict=True):
            self.hide(cells[secondary].tolist())
            for at, used in leans:
                self.learn(int(cells[at]), cells[used])

    def _part(self, cells: Ints) -> Table:
        table = self.table
        labels = np.zeros(len(cells), dtype=np.int64)
        return Table(
            values=table.values[cells],
            equations=csr_array(_rows_of(self.columns, cells)),
            costs=table.costs[cells],
            is_primary=table.is_primary[cells],
            is_fixed=table.is_fixed[cells],
            is_hidden=table.is_hidden[cells],
            blocks=labels,
        )

    def lay_whole(self) -> None:
        """Lay all cells as one block, as far as that is possible."""
        cells = np.arange(len(self.table.values))
        free = np.flatnonzero(self.may_hide)
        cuts = _Cuts(self, cells, free, np.flatnonzero(self.is_hidden).tolist())
        chosen, is_safe = cuts.solve()
        if not is_safe:
            guide = np.zeros(len(cells))
            guide[free] = chosen
            targets = [int(cells[at]) for at in cuts.targets]
            cuts.separate(np.zeros(len(free)))
            for cell, used in cuts.proofs():
                if self.is_hidden[cell]:
                    self.learn(cell, used)
            wires = _Wires(self, cells, guide)
            for _round in range(4):
                for cell in self.waiting([*targets, *np.flatnonzero(self.is_secondary).tolist()]):
                    if self.leans[cell] is None:
                        wires.lay(cell)
            return
        self.hide(cells[free[chosen > 0.5]].tolist())
        for cell, used in cuts.proofs():
            if self.is_hidden[cell]:
                self.learn(cell, used)

    def around(self, cell: int, size: int) -> Ints:
        """Return about ``size`` cells that can move or be hidden, nearest by equations first, then the cheapest."""
        able = self.is_hidden | self.may_hide
        seen, known = np.zeros(len(able), dtype=bool), np.zeros(self.rows.shape[0], dtype=bool)
        front = np.array([cell])
        seen[cell] = True
        found, total = [front], 1
        while total < size and len(front):
            rows = np.unique(self.columns.indices[_entries(self.columns.indptr, front)])
            rows = rows[~known[rows]]
            known[rows] = True
            near = np.unique(self.rows.indices[_entries(self.rows.indptr, rows)])
            near = near[able[near] & ~seen[near]]
            price = np.where(self.is_hidden[near], 0.0, self.table.costs[near])
            near = near[np.argsort(price, kind="stable")][: size - total]
            seen[near] = True
            found.append(near)
            total += len(near)
            front = near
        return np.concatenate(found)

    def lay_wires(self) -> None:
        """Protect what the blocks could not, neighbourhood by neighbourhood; where one is too narrow, in a wider one."""
        for _round in range(60):
            waiting = self.waiting()
            if not waiting:
                return
            for cell in waiting:
                if self.leans[cell] is None and not any(self._lay_near(cell, size) for size in NEAR):
                    raise CannotHide(cell)
        raise CannotHide(self.waiting()[0])

    def _lay_near(self, cell: int, size: int) -> bool:
        """Lay a cell and those about it that wait; tell whether it could be laid."""
        near = self.around(cell, min(size, len(self.leans)))
        wires = _Wires(self, np.sort(near))
        if wires.lay(cell) is None:
            return False
        for one in self.waiting(near[: len(near) // 3].tolist()):
            if self.leans[one] is None:
                wires.lay(one)
        return True

    def rip_up(self, until: float) -> None:
        """Show dear cells again where what leaned on them can be laid anew for less; stop at a time or without gain."""
        self.clean()
        for _sweep in range(5):
            gain = 0.0
            whole = np.flatnonzero(self.is_hidden | self.may_hide)
            wires = _Wires(self, whole) if len(whole) <= NEAR[1] else None
            dear = np.flatnonzero(self.is_secondary)
            for cell in dear[np.argsort(-self.table.costs[dear], kind="stable")].tolist():
                if time.perf_counter() > until:
                    return
                if self.is_secondary[cell]:
                    gain += self._lay_anew(cell, wires or _Wires(self, np.sort(self.around(cell, NEAR[0] // 2))))
            self.clean()
            if gain < TINY:
                return

    def _lay_anew(self, cell: int, wires: _Wires) -> float:
        """Return what was gained by doing without a secondary cell; 0 and everything as before if nothing was."""
        users = [one for one in self.users.get(cell, ()) if one != cell]
        inside = set(wires.cells.tolist())
        if not inside.issuperset(users):
            return 0.0
        before = {one: self.leans[one] for one in (*users, cell)}
        price = left = float(self.table.costs[cell])
        self.show(cell)
        wires.reprice([cell])
        added: list[int] = []
        is_laid = True
        for one in sorted(users, key=lambda user: -int(self.table.values[user])):
            if self.leans[one] is not None:
                continue
            new = wires.lay(one, budget=left - TINY)
            if new is None:
                is_laid = False
                break
            added += new
            left -= float(self.table.costs[new].sum())
        if is_laid and all(self.leans[one] is not None for one in added):
            return left if added else price
        for one in added:
            self.show(one)
        self.hide([cell])
        wires.reprice([*added, cell])
        for one, leans in before.items():
            self.forget(one)
            self.leans[one] = leans
            for lean in leans or ():
                self.users.setdefault(lean, set()).add(one)
        return 0.0

    def clean(self) -> None:
        """Show again what no other cell's proof leans on."""
        for cell in np.flatnonzero(self.is_secondary).tolist():
            if not self.users.get(cell, set()) - {cell}:
                self.show(cell)


def _lay_block(table: Table) -> tuple[Bools, list[tuple[int, Ints]]]:
    """Lay a block: return its secondary cells, and for each protected one the secondary cells that its proof uses."""
    router = _Router(table)
    router.lay_whole()
    leans = [(at, np.array(one, dtype=np.int64)) for at, one in enumerate(router.leans) if one is not None]
    return router.is_secondary, leans


def _entries(starts: Ints, which: Ints) -> Ints:
    """Return the places of the stored entries of several rows (or columns) of a sparse matrix."""
    begin = starts[which]
    lengths = starts[which + 1] - begin
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    places: Ints = np.arange(total) + np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return places
