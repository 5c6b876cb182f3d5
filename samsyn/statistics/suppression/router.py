"""The router: who is hidden, what each hidden cell's proof leans on, and the order of the work."""

from collections.abc import Callable, Iterable, Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from math import inf

import numpy as np
from scipy.sparse import csc_array, csr_array

from samsyn.statistics.suppression.cuts import WHOLE, Cuts
from samsyn.statistics.suppression.programs import TINY, UNIT, Move, Proof, entries, rows_of
from samsyn.statistics.suppression.tables import Bools, CannotHide, Floats, Ints, Table
from samsyn.statistics.suppression.wires import Wires

# How many cells the blocks have that are laid together, round after round, and for how many times the middle cost at most one
# cell is protected there: for what is dear in a few blocks there is mostly a cheap way in others.
GROUPS = ((5000, 8), (8000, 16), (8000, 32), (12000, inf), (12000, inf))
# From so many cells on, a block is laid with its sums alone first; and how many blocks at a time.
HUGE, WAVE = 20_000, 2
# How many widths a cell may move that is printed nowhere, and any cell where one is not enough.
FREE, STRETCHED = 100.0, 100.0
# How many cells a wire sees: few, then more where few are not enough; and for how many times the middle cost at most.
NEAR, DEAR = (1500, 6000, 10**9), (8, 16, inf)


class Router:
    """Who is hidden, and on which secondary cells each hidden one's proof leans."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows, self.columns = csr_array(table.equations), csc_array(table.equations)
        self.is_free = np.broadcast_to(table.is_free, len(table.values))
        # What is printed nowhere is hidden from the start, and asks for nothing.
        self.is_hidden = table.is_primary | table.is_hidden | self.is_free
        self.may_hide = table.may_change & ~self.is_hidden
        self.stretch = 1.0
        self.is_secondary = np.zeros(len(table.values), dtype=bool)
        self.proofs: list[Proof | None] = [None] * len(table.values)
        self.leans: list[tuple[int, ...] | None] = [None] * len(table.values)
        self.users: dict[int, set[int]] = {}
        self.size, self.middle = 0, 0.0
        if self.may_hide.any():
            self.size = int((self.is_hidden | self.may_hide).sum())
            self.middle = float(np.median(table.costs[self.may_hide]))

    def budget(self, times: float, size: int) -> float:
        """Return for how much a cell is protected among ``size`` cells; nothing is too dear where these are all.

        Nor in a very large table, where all can't be asked for each.
        """
        return times * self.middle if size < self.size < HUGE else inf

    @property
    def loss(self) -> float:
        """Return what everything costs that is hidden for others' sake."""
        return float(self.table.costs[self.is_secondary].sum())

    def room(self, cells: Ints) -> tuple[Floats, Floats]:
        """Return how many widths moves may raise and lower each cell: one is enough, and never below the least value.

        What is printed nowhere may move further: it follows several others. ``stretch`` is more for all, where one each
        is not enough.
        """
        most = np.where(self.is_free[cells], FREE, self.stretch)
        return most, np.minimum(self.table.above[cells] / self.table.width, most)

    def open(self, cells: Ints) -> Ints:
        """Return those that are or may be hidden, in order."""
        return np.sort(cells[(self.is_hidden | self.may_hide)[cells]])

    def waiting(self, cells: Iterable[int] | None = None) -> list[int]:
        """Return the hidden cells without proof, the largest first."""
        hidden = np.flatnonzero(self.is_hidden).tolist() if cells is None else cells
        found = [c for c in hidden if self.is_hidden[c] and not self.is_free[c] and self.proofs[c] is None]
        return sorted(found, key=lambda cell: (-int(self.table.values[cell]), cell))

    def hide(self, cells: Sequence[int]) -> None:
        """Hide cells for others' sake."""
        self.is_hidden[cells] = self.is_secondary[cells] = True

    def show(self, cell: int) -> None:
        """Show a secondary cell again, and forget every proof that leans on it."""
        for one in [*self.users.get(cell, ()), cell]:
            self.forget(one)
        self.is_hidden[cell] = self.is_secondary[cell] = False

    def learn(self, cell: int, proof: Proof, leans: tuple[int, ...] | None = None) -> None:
        """Remember the moves that protect a cell, and the secondary cells on which they lean (those that they change)."""
        self.forget(cell)
        if self.is_free[cell]:
            return
        if leans is None:
            used = np.unique(np.concatenate([move.cells for move in proof])) if proof else np.zeros(0, dtype=np.int64)
            leans = tuple(used[self.is_secondary[used]].tolist())
        self.proofs[cell], self.leans[cell] = proof, leans
        for one in leans:
            self.users.setdefault(one, set()).add(cell)

    def forget(self, cell: int) -> None:
        """Forget a proof."""
        for one in self.leans[cell] or ():
            self.users[one].discard(cell)
        self.proofs[cell] = self.leans[cell] = None

    def take_over(self, moves: csr_array) -> None:
        """Let moves (k x n) that fit prove what they can."""
        by_cell, all_ = csc_array(moves), [Move(*one) for one in _rows(moves)]
        for cell in self.waiting():
            begin, end = by_cell.indptr[cell : cell + 2]
            changes, which = by_cell.data[begin:end], by_cell.indices[begin:end]
            if end > begin and changes.max(initial=0.0) - changes.min(initial=0.0) >= UNIT - TINY:
                ends = {int(which[changes.argmax()]), int(which[changes.argmin()])}
                self.learn(cell, tuple(all_[one] for one in sorted(ends)))

    def moves(self) -> csr_array:
        """Return all moves that protect hidden cells, one a row."""
        moves = list({id(move): move for proof in self.proofs for move in proof or ()}.values())
        starts = np.cumsum([0, *(len(move.cells) for move in moves)])
        cells = np.concatenate([np.zeros(0, dtype=np.int64), *(move.cells for move in moves)])
        changes = np.concatenate([np.zeros(0), *(move.changes for move in moves)])
        return csr_array((changes, cells, starts), shape=(len(moves), len(self.proofs)))

    def lay_blocks(self, pool: Executor | None) -> None:
        """Lay each block by itself; they share no cell."""
        labels = self.table.blocks
        if (self.is_hidden | self.may_hide).sum() <= WHOLE:
            labels = np.zeros_like(labels)
        blocks = [self.open(np.flatnonzero(labels == label)) for label in np.unique(labels[labels >= 0])]
        blocks = [cells for cells in blocks if self.waiting(cells.tolist())]
        self.lay_apart(_lay_block, blocks, pool)

    def lay_groups(self, pool: Executor | None) -> None:
        """Protect what a block could not by itself together with some of the blocks that share an equation with it.

        Other partners every time: what two counties can do for each other is found before the whole country is asked.
        """
        blocks = {int(label): self.open(np.flatnonzero(self.table.blocks == label)) for label in self.neighbours}
        rng = np.random.default_rng(1)
        for size, times in GROUPS:
            count = {label: len(self.waiting(cells.tolist())) for label, cells in blocks.items()}
            if not any(count.values()):
                return
            work = partial(_lay_group, budget=self.budget(times, size))
            self.lay_apart(work, self.groups(blocks, count, size, rng), pool)

    def lay_under_sums(self, pool: Executor | None) -> None:
        """In a very large table, protect what a block could not by itself together with the blocks of its sums.

        Such a group grows with its block and not with the table. Sums first: what is hidden there serves all their
        parts. Groups have sums in common, so few are laid at a time, and what one hides stays hidden.
        """
        if len(self.table.values) < HUGE:
            return
        blocks = {int(label): self.open(np.flatnonzero(self.table.blocks == label)) for label in self.neighbours}
        left = sorted(blocks, key=lambda label: (len(self.sums[label]), label))
        while left := [label for label in left if self.waiting(blocks[label].tolist())]:
            first, *others = left
            shared = {one: sum(len(blocks[two]) for two in self.sums[first] & self.sums[one]) for one in others}
            wave = [first, *sorted(others, key=lambda one: shared[one])[: WAVE - 1]]
            left = [label for label in left if label not in wave]
            groups = [np.concatenate([blocks[one] for one in (label, *self.sums[label])]) for label in wave]
            self.lay_apart(_lay_group, [np.sort(cells) for cells in groups], pool)

    @cached_property
    def sums(self) -> dict[int, set[int]]:
        """Return for each block those others that hold sums of its cells, and sums of these."""
        names, place = np.unique(self.table.blocks, return_inverse=True)
        which = csr_array((np.ones(len(place)), (np.arange(len(place)), place)))
        sums, parts = (csr_array((self.rows * sign > 0).astype(int) @ which) for sign in (1, -1))
        above = (parts.T @ sums).tocoo()
        found: dict[int, set[int]] = {int(name): set() for name in names if name >= 0}
        for one, other in zip(names[above.row].tolist(), names[above.col].tolist(), strict=True):
            if one >= 0 and other >= 0 and one != other:
                found[one].add(other)
        for label, near in found.items():
            while further := set().union(*(found[one] for one in near)) - near - {label}:
                near |= further
        return found

    def groups(self, blocks: dict[int, Ints], count: dict[int, int], size: int, rng: np.random.Generator) -> list[Ints]:
        """Return groups of about ``size`` cells: the blocks with something to do, each with neighbours by chance."""
        alone, groups = set(blocks), []
        for label in sorted(blocks, key=lambda label: (-count[label], label)):
            if label in alone and count[label]:
                near = rng.permutation(sorted(self.neighbours[label] & alone - {label})).tolist()
                total = np.cumsum([len(blocks[one]) for one in (label, *near)])
                group = [one for one, so_far in zip((label, *near), total.tolist(), strict=True) if so_far <= size]
                alone -= {label, *group}
                groups.append(np.sort(np.concatenate([blocks[one] for one in group or [label]])))
        return groups

    @cached_property
    def neighbours(self) -> dict[int, set[int]]:
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

    def lay_apart(self, work: "Work", groups: Sequence[Ints], pool: Executor | None) -> None:
        """Let each group of cells be laid apart, and take over what was hidden or shown again, and the proofs."""
        before = [self.is_secondary[cells] for cells in groups]
        results = (pool.map if pool else map)(work, [self._part(cells) for cells in groups])
        for cells, was_secondary, (is_secondary, proofs) in zip(groups, before, results, strict=True):
            for cell in cells[was_secondary & ~is_secondary].tolist():
                self.show(cell)
            self.hide(cells[is_secondary].tolist())
            for at, proof in proofs:
                self.learn(int(cells[at]), tuple(Move(cells[move.cells], move.changes) for move in proof))

    def _part(self, cells: Ints) -> "Part":
        table, place = self.table, {cell: at for at, cell in enumerate(cells.tolist())}
        leans = [self.leans[cell] for cell in place]
        secondary = np.flatnonzero(self.is_secondary[cells]).tolist()
        return Part(
            table=Table(
                values=table.values[cells],
                equations=csr_array(rows_of(self.columns, cells)),
                costs=table.costs[cells],
                is_primary=table.is_primary[cells],
                is_fixed=table.is_fixed[cells],
                is_hidden=self.is_hidden[cells],
                blocks=np.zeros(len(cells), dtype=np.int64),
                least=np.broadcast_to(table.least, len(table.values))[cells],
                is_free=self.is_free[cells],
                width=table.width,
            ),
            secondary=secondary,
            leans=[one if one is None else tuple(place[lean] for lean in one if lean in place) for one in leans],
            needed=[at for at in secondary if not place.keys() >= self.users.get(int(cells[at]), set())],
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
            for cell, proof in cuts.proofs():
                if self.is_hidden[cell]:
                    self.learn(cell, proof)
            self.lay_waiting(Wires(self, cells, guide), without=lost)
            return
        self.hide(cells[free[chosen > 0.5]].tolist())
        for cell, proof in cuts.proofs():
            if self.is_hidden[cell]:
                self.learn(cell, proof)

    def lay_waiting(self, wires: Wires, without: Set[int] = frozenset(), budget: float = inf) -> None:
        """Lay what waits, and what was hidden for it, as long as that succeeds; with a ``budget`` for each, try once."""
        is_any = True
        while is_any:
            is_any = False
            for cell in self.waiting():
                if self.proofs[cell] is None and cell not in without:
                    is_any = (wires.lay(cell, budget=budget) is not None and budget == inf) or is_any

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
                if self.proofs[cell] is None and self._lay_near(cell, NEAR[width], DEAR[width]):
                    is_any = True
                    if width:
                        break
            width = 0 if is_any else width + 1
            if width == len(NEAR):
                if not self._lay_last(waiting):
                    raise CannotHide(waiting[0])
                width = 0

    def _lay_near(self, cell: int, size: int, times: float) -> bool:
        """Lay a cell and those about it that wait; tell whether it could be laid for that many times the middle cost."""
        near, budget = self.around(cell, min(size, len(self.leans))), self.budget(times, size)
        wires = Wires(self, np.sort(near))
        if wires.lay(cell, budget=budget) is None:
            return False
        for one in self.waiting(near[: min(size, NEAR[0]) // 3].tolist()):
            if self.proofs[one] is None:
                wires.lay(one, budget=budget)
        return True

    def _lay_last(self, waiting: Iterable[int]) -> bool:
        """Lay one cell that no move of one width protects: by two that add up to one, or where others move further."""
        for self.stretch in (1.0, STRETCHED):
            wires = Wires(self, self.open(np.arange(len(self.leans))))
            for cell in waiting:
                if wires.lay_both_ways(cell):
                    self.stretch = 1.0
                    return True
        return False

    def because(self) -> dict[int, int]:
        """Return for each secondary cell one that leans on it: one that was to be protected before, if there is any."""
        chosen = {}
        for cell in np.flatnonzero(self.is_secondary).tolist():
            users = self.users.get(cell, set()) - {cell}
            if users:
                chosen[cell] = min(users, key=lambda one: (self.is_secondary[one], self.table.values[one], one))
        return chosen


def _rows(matrix: csr_array) -> Iterable[tuple[Ints, Floats]]:
    """Give the places and the values of the entries of each row."""
    for begin, end in pairwise(matrix.indptr.tolist()):
        yield matrix.indices[begin:end].astype(np.int64), matrix.data[begin:end]


@dataclass(frozen=True)
class Part:
    """What is laid apart: its cells, which are secondary, on which of these each proof leans (None: it waits).

    ``needed``: the secondary cells on which something outside leans.
    """

    table: Table
    secondary: list[int]
    leans: list[tuple[int, ...] | None]
    needed: list[int]

    def router(self) -> Router:
        """Return a router that knows all this; a user with the number -1 is outside."""
        router = Router(self.table)
        router.is_secondary[self.secondary] = True
        for at, leans in enumerate(self.leans):
            if leans is not None:
                router.learn(at, (), leans)
        for at in self.needed:
            router.users.setdefault(at, set()).add(-1)
        return router


# Which cells of a part are secondary now, and the new proofs.
Laid = tuple[Bools, list[tuple[int, Proof]]]
Work = Callable[[Part], Laid]


def _lay_block(part: Part) -> Laid:
    """Lay a block by cuts."""
    router = part.router()
    router.lay_whole()
    return laid(router)


def _lay_group(part: Part, budget: float = inf) -> Laid:
    """Lay what waits in a group of blocks by wires, each for less than ``budget``."""
    router = part.router()
    router.lay_waiting(Wires(router, np.arange(len(part.leans))), budget=budget)
    return laid(router)


def laid(router: Router) -> Laid:
    """Return what a router of a part has found."""
    return router.is_secondary, [(at, proof) for at, proof in enumerate(router.proofs) if proof]
