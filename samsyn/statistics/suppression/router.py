"""The router: who is hidden, what each hidden cell's proof leans on, and the order of the work."""

import time
from collections.abc import Callable, Iterable, Sequence, Set
from concurrent.futures import Executor
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array

from samsyn.statistics.suppression.cuts import WHOLE, Cuts
from samsyn.statistics.suppression.programs import TINY, UNIT, entries, rows_of
from samsyn.statistics.suppression.tables import Bools, CannotHide, Floats, Ints, Table
from samsyn.statistics.suppression.wires import Wires

# How many cells the blocks have that are laid together, round after round.
GROUPS = (5000, 5000, 5000, 5000, 8000, 8000, 12000, 12000)
# How many cells a wire sees: few, then more where few are not enough.
NEAR = (1500, 6000, 10**9)


class Router:
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

    def lay_blocks(self, pool: Executor | None) -> None:
        """Lay each block by itself; they share no cell."""
        labels = self.table.blocks
        if (self.is_hidden | self.may_hide).sum() <= WHOLE:
            labels = np.zeros_like(labels)
        blocks = [self.open(np.flatnonzero(labels == label)) for label in np.unique(labels[labels >= 0])]
        blocks = [cells for cells in blocks if self.waiting(cells.tolist())]
        self._lay(_lay_block, blocks, pool)

    def lay_groups(self, pool: Executor | None) -> None:
        """Protect what a block could not by itself together with some of the blocks that share an equation with it.

        Other partners every time: what two counties can do for each other is found before the whole country is asked.
        """
        blocks = {int(label): self.open(np.flatnonzero(self.table.blocks == label)) for label in self._neighbours}
        rng = np.random.default_rng(1)
        for size in GROUPS:
            count = {label: len(self.waiting(cells.tolist())) for label, cells in blocks.items()}
            if not any(count.values()):
                return
            alone, groups = set(blocks), []
            for label in sorted(blocks, key=lambda label: (-count[label], label)):
                if label in alone and count[label]:
                    near = rng.permutation(sorted(self._neighbours[label] & alone - {label})).tolist()
                    total = np.cumsum([len(blocks[one]) for one in (label, *near)])
                    group = [one for one, so_far in zip((label, *near), total.tolist(), strict=True) if so_far <= size]
                    alone -= {label, *group}
                    groups.append(np.sort(np.concatenate([blocks[one] for one in group or [label]])))
            self._lay(_lay_group, groups, pool)

    @cached_property
    def _neighbours(self) -> dict[int, set[int]]:
        """Return for each block those that share an equation with it."""
        names, place = np.unique(self.table.blocks, return_inverse=True)
        which = csr_array((np.ones(len(place)), (np.arange(len(place)), place)))
        touched = (abs(self.rows) @ which).astype(bool).astype(int)
        pairs = (touched.T @ touched).tocoo()
        found: dict[int, set[int]] = {int(name): set() for name in names if name >= 0}
        for one, other in zip(names[pairs.row].tolist(), names[pairs.col].tolist(), strict=True):
            if one >= 0 and other >= 0:
                found[one].add(other)
        return found

    def _lay(self, work: "Work", groups: Sequence[Ints], pool: Executor | None) -> None:
        """Let each group of cells be laid apart, and take over what was hidden and what the proofs lean on."""
        parts = [self._part(cells) for cells in groups]
        secondary = [self.is_secondary[cells] for cells in groups]
        proven = [np.array([self.leans[cell] is not None for cell in cells.tolist()], dtype=bool) for cells in groups]
        results = (pool.map if pool else map)(work, parts, secondary, proven)
        for cells, (hidden, leans) in zip(groups, results, strict=True):
            self.hide(cells[hidden].tolist())
            for at, used in leans:
                self.learn(int(cells[at]), cells[used])

    def _part(self, cells: Ints) -> Table:
        table = self.table
        labels = np.zeros(len(cells), dtype=np.int64)
        return Table(
            values=table.values[cells],
            equations=csr_array(rows_of(self.columns, cells)),
            costs=table.costs[cells],
            is_primary=table.is_primary[cells],
            is_fixed=table.is_fixed[cells],
            is_hidden=self.is_hidden[cells],
            blocks=labels,
        )

    def lay_whole(self) -> None:
        """Lay all cells as one block, as far as that is possible."""
        cells = np.arange(len(self.table.values))
        free = np.flatnonzero(self.may_hide)
        cuts = Cuts(self, cells, free, self.waiting())
        chosen, is_safe = cuts.solve()
        if not is_safe:
            guide = np.zeros(len(cells))
            guide[free] = chosen
            lost = set(self.waiting()) - set(cuts.targets)
            cuts.separate(np.zeros(len(free)))
            for cell, used in cuts.proofs():
                if self.is_hidden[cell]:
                    self.learn(cell, used)
            self.lay_waiting(Wires(self, cells, guide), without=lost)
            return
        self.hide(cells[free[chosen > 0.5]].tolist())
        for cell, used in cuts.proofs():
            if self.is_hidden[cell]:
                self.learn(cell, used)

    def lay_waiting(self, wires: Wires, without: Set[int] = frozenset()) -> None:
        """Lay what waits, and what was hidden for it, as long as that succeeds."""
        is_any = True
        while is_any:
            is_any = False
            for cell in self.waiting():
                if self.leans[cell] is None and cell not in without:
                    is_any = wires.lay(cell) is not None or is_any

    def around(self, cell: int, size: int) -> Ints:
        """Return about ``size`` cells that can move or be hidden, nearest by equations first, then the cheapest."""
        able = self.is_hidden | self.may_hide
        seen, known = np.zeros(len(able), dtype=bool), np.zeros(self.rows.shape[0], dtype=bool)
        front = np.array([cell])
        seen[cell] = True
        found, total = [front], 1
        while total < size and len(front):
            rows = np.unique(self.columns.indices[entries(self.columns.indptr, front)])
            rows = rows[~known[rows]]
            known[rows] = True
            near = np.unique(self.rows.indices[entries(self.rows.indptr, rows)])
            near = near[able[near] & ~seen[near]]
            price = np.where(self.is_hidden[near], 0.0, self.table.costs[near])
            near = near[np.argsort(price, kind="stable")][: size - total]
            seen[near] = True
            found.append(near)
            total += len(near)
            front = near
        return np.concatenate(found)

    def lay_wires(self) -> None:
        """Protect what the blocks could not, all in narrow neighbourhoods first; what is left then, in wider ones."""
        width = 0
        while waiting := self.waiting():
            is_any = False
            for cell in waiting:
                if self.leans[cell] is None and self._lay_near(cell, NEAR[width]):
                    is_any = True
                    if width:
                        break
            width = 0 if is_any else width + 1
            if width == len(NEAR):
                raise CannotHide(waiting[0])

    def _lay_near(self, cell: int, size: int) -> bool:
        """Lay a cell and those about it that wait; tell whether it could be laid."""
        near = self.around(cell, min(size, len(self.leans)))
        wires = Wires(self, np.sort(near))
        if wires.lay(cell) is None:
            return False
        for one in self.waiting(near[: min(size, NEAR[0]) // 3].tolist()):
            if self.leans[one] is None:
                wires.lay(one)
        return True

    def rip_up(self, until: float) -> None:
        """Show dear cells again where what leaned on them can be laid anew for less; stop at a time or without gain."""
        self.clean()
        for _sweep in range(5):
            gain = 0.0
            whole = np.flatnonzero(self.is_hidden | self.may_hide)
            wires = Wires(self, whole) if len(whole) <= NEAR[1] else None
            dear = np.flatnonzero(self.is_secondary)
            for cell in dear[np.argsort(-self.table.costs[dear], kind="stable")].tolist():
                if time.perf_counter() > until:
                    return
                if self.is_secondary[cell]:
                    gain += self._lay_anew(cell, wires or Wires(self, np.sort(self.around(cell, NEAR[0] // 2))))
            self.clean()
            if gain < TINY:
                return

    def _lay_anew(self, cell: int, wires: Wires) -> float:
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


# What is laid apart: a table, its secondary cells, its proven ones; newly hidden cells, and what each new proof uses.
Laid = tuple[Bools, list[tuple[int, Ints]]]
Work = Callable[[Table, Bools, Bools], Laid]


def _lay_block(table: Table, secondary: Bools, proven: Bools) -> Laid:
    """Lay a block by cuts."""
    return _laid(table, secondary, proven, Router.lay_whole)


def _lay_group(table: Table, secondary: Bools, proven: Bools) -> Laid:
    """Lay what waits in a group of blocks by wires."""
    return _laid(table, secondary, proven, lambda router: router.lay_waiting(Wires(router, np.arange(len(proven)))))


def _laid(table: Table, secondary: Bools, proven: Bools, work: "Callable[[Router], None]") -> Laid:
    router = Router(table)
    router.is_secondary = secondary.copy()
    for at in np.flatnonzero(proven).tolist():
        router.leans[at] = ()
    work(router)
    new = [(at, one) for at, one in enumerate(router.leans) if one is not None and not proven[at]]
    return router.is_secondary & ~secondary, [(at, np.array(one, dtype=np.int64)) for at, one in new]
