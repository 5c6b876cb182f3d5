"""Cells that always change alike, joined into one: a smaller table with the same safe choices."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from samsyn.statistics.suppression.programs import TINY, UNIT
from samsyn.statistics.suppression.tables import Bools, CannotHide, Ints, Table


@dataclass(frozen=True)
class Joined:
    """The smaller table, and which of its cells each cell became (n; -1: never changes)."""

    table: Table
    place: Ints

    def spread(self, is_chosen: Bools) -> Bools:
        """Return which of the first table's cells belong to the chosen ones."""
        return (self.place >= 0) & is_chosen[self.place]

    def spread_moves(self, moves: csr_array) -> csr_array:
        """Return moves of the smaller table (k x its cells, in widths) as moves of the first one (k x n, in units)."""
        return csr_array(moves @ _members(self.place, moves.shape[1]).T) * self.table.width

    def speakers(self, first: Table) -> Ints:
        """Return for each joined cell the member that tells what it is: a primary one before a hidden one before others."""
        rank = 3 - 2 * first.is_primary - first.is_hidden + 4 * np.broadcast_to(first.is_free, len(self.place))
        order = np.argsort(rank, kind="stable")
        order = order[self.place[order] >= 0]
        found = np.full(len(self.table.values), -1)
        found[self.place[order[::-1]]] = order[::-1]
        return found

    def gather_moves(self, first: Table, moves: csr_array) -> tuple[csr_array, csr_array]:
        """Return moves of the first table (k x n) as moves here: those that fit, and those that new cells may make fit.

        Both change hidden cells only, by a width at most. Those that don't fit change cells that were hidden before alone,
        and what is joined alike.
        """
        is_hidden = first.is_primary | first.is_hidden | first.is_free
        moves = moves[np.flatnonzero(_no_entry(moves, ~(np.abs(moves.data) <= first.width * UNIT + TINY)))]
        is_wrong = ~is_hidden[moves.indices] | (first.above[moves.indices] + moves.data < -TINY)
        moves = moves[np.flatnonzero(_no_entry(moves, is_wrong))]
        fits = np.ones(moves.shape[0], dtype=bool)
        broken = csr_array(first.equations @ moves.T)
        fits[broken.indices[np.abs(broken.data) > TINY]] = False
        # Members of a joined cell change alike: the one that was hidden before tells.
        order = np.argsort(~first.is_hidden, kind="stable")
        order = order[self.place[order] >= 0]
        member = order[np.unique(self.place[order], return_index=True)[1]]
        made = csr_array(csc_array(moves)[:, member]) / first.width
        differs = csr_array((self.spread_moves(made) - moves)[:, np.flatnonzero(first.is_hidden)])
        can_fit = ~fits & _no_entry(moves, ~first.is_hidden[moves.indices])
        can_fit &= _no_entry(differs, np.abs(differs.data) > TINY)
        return made[np.flatnonzero(fits)], made[np.flatnonzero(can_fit)]

    def came_since(self, first: Table) -> Ints:
        """Return the joined cells of which no part was published or hidden before."""
        was_there = np.isin(np.arange(len(self.table.values)), self.place[first.is_fixed | first.is_hidden])
        return np.flatnonzero(~was_there & ~np.broadcast_to(self.table.is_free, len(was_there)))


def _no_entry(matrix: csr_array, is_bad: Bools) -> Bools:
    """Return for each row whether none of its stored entries is bad."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    found: Bools = np.bincount(row, is_bad, matrix.shape[0]) == 0
    return found


def _members(place: Ints, count: int) -> csr_array:
    """Return 1 where a cell (n) belongs to a joined one (``count``)."""
    cells = np.flatnonzero(place >= 0)
    return csr_array((np.ones(len(cells), dtype=np.int64), (cells, place[cells])), shape=(len(place), count))


def joined(table: Table) -> Joined:
    """Return the table without noughts, without what is known for good, and with what is tied joined.

    Two cells are tied where an equation has no other that may change: a municipality with one age has the count of that
    age. A joined cell costs what its members cost, may fall as far as the least of them (to 1, as it is counted there),
    is hidden if one of them is, and free if all are. Raise CannotHide where an equation leaves a hidden cell alone.
    """
    is_hidden = table.is_primary | table.is_hidden
    can_change = table.may_change
    place = np.full(len(table.values), -1)
    place[can_change] = np.arange(can_change.sum())
    while True:
        equations = _joined_equations(table.equations, place)
        lengths = np.diff(equations.indptr)
        known = equations.indices[equations.indptr[:-1][lengths == 1]]
        if len(known):
            is_known = np.isin(place, known)
            if np.any(is_known & is_hidden):
                raise CannotHide(int(np.flatnonzero(is_known & is_hidden)[0]))
            place[is_known] = -1
        begin = equations.indptr[:-1][lengths == 2]
        is_tie = equations.data[begin] + equations.data[begin + 1] == 0
        begin = begin[is_tie]
        if not len(known) and not len(begin):
            return Joined(_joined_table(table, equations, place), place)
        count = equations.shape[1]
        ends = (equations.indices[begin], equations.indices[begin + 1])
        ties = csr_array((np.ones(len(begin)), ends), shape=(count, count))
        label = connected_components(ties, directed=False)[1]
        _left, place[place >= 0] = np.unique(label[place[place >= 0]], return_inverse=True)


def _joined_equations(equations: csr_array, place: Ints) -> csr_array:
    """Return the equations over the joined cells, each different one once."""
    count = max(1, int(place.max(initial=-1)) + 1)
    made = csr_array(equations.astype(np.int64) @ _members(place, count))
    made.eliminate_zeros()
    made.sort_indices()
    made = made[np.flatnonzero(np.diff(made.indptr))]
    # Equal equations have equal sums of random numbers; unequal ones don't (a chance of one in 2^60).
    marks = made @ np.random.default_rng(1).integers(-(2**62), 2**62, count)
    marks = np.where(marks < 0, -marks, marks)
    return csr_array(made[np.sort(np.unique(marks, return_index=True)[1])])


def _joined_table(table: Table, equations: csr_array, place: Ints) -> Table:
    cells = np.flatnonzero(place >= 0)
    at, count = place[cells], equations.shape[1]
    is_hidden = (table.is_primary | table.is_hidden)[cells]
    is_free = np.broadcast_to(table.is_free, len(place))[cells]

    values = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(values, at, table.above[cells] + 1)
    blocks = np.full(count, -1)
    np.maximum.at(blocks, at, table.blocks[cells])
    hidden = np.bincount(at, is_hidden, count) > 0
    return Table(
        values=values,
        equations=equations,
        costs=np.bincount(at, np.where(is_hidden | is_free, 0.0, table.costs[cells]), count).astype(np.float64),
        is_primary=hidden,
        is_fixed=np.zeros(count, dtype=bool),
        is_hidden=np.zeros(count, dtype=bool),
        blocks=blocks,
        is_free=np.bincount(at, ~is_free, count) == 0,
        width=table.width,
    )
