"""Extending: what protected a cell in an earlier release protects it again when cells that came since follow."""

import numpy as np
from scipy.sparse import csc_array, csr_array

from samsyn.statistics.suppression.programs import TINY, UNIT, Move
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.tables import Floats, Ints
from samsyn.statistics.suppression.wires import Wires

# What costs less with the new cells near by is not sought among all of them.
CHEAP = 100.0


def extend(router: Router, moves: csr_array, new: Ints) -> None:
    """Protect what moves (k x cells) protected before ``new`` cells came, by the cheapest changes of these alone.

    A cell follows the earlier move with the fewest equations that the new cells have broken. The new cells of its block
    and of the block's sums are tried first, for their program is small; all of them where these are dear. The moves keep all
    equations of the cells that were there before, and no new cell is among theirs.
    """
    if not moves.shape[0] or not len(new):
        return
    whole = Wires(router, new)
    near = _near(router, new)
    broken = csr_array(csr_array(moves @ router.rows.T))
    by_cell = csc_array(moves)
    for cell in router.waiting():
        if router.proofs[cell] is not None:
            continue
        begin, end = by_cell.indptr[cell : cell + 2]
        able = by_cell.indices[begin:end][np.abs(by_cell.data[begin:end]) >= UNIT - TINY]
        if not len(able):
            continue
        one = min(able.tolist(), key=lambda one: (broken.indptr[one + 1] - broken.indptr[one], one))
        best: tuple[float, Move] | None = None
        close = near.get(int(router.table.blocks[cell]))
        for wires in (close, whole) if close else (whole,):
            if best is not None and best[0] < CHEAP:
                break
            found = wires.follow(*_row(broken, one))
            if found is not None and (best is None or found[0] < best[0]):
                best = found[0], _joint(_row(moves, one), (wires.cells, found[1]))
        if best is not None and (hidden := whole.take([best[1]])):
            for wires in set(near.values()):
                wires.reprice(wires.inside.intersection(hidden))


def _near(router: Router, new: Ints) -> dict[int, Wires]:
    """Return for each block the wires over the new cells of it and of its sums; blocks of the same cells share them."""
    labels = router.table.blocks[new]
    made: dict[bytes, Wires] = {}
    found: dict[int, Wires] = {}
    for label, sums in router.sums.items():
        cells = new[np.isin(labels, [label, *sums])]
        if 0 < len(cells) < len(new):
            if cells.tobytes() not in made:
                made[cells.tobytes()] = Wires(router, cells)
            found[label] = made[cells.tobytes()]
    return found


def _joint(old: tuple[Ints, Floats], new: tuple[Ints, Floats]) -> Move:
    """Return a move with what makes it good."""
    changed = np.flatnonzero(np.abs(new[1]) > TINY)
    return Move(np.concatenate([old[0], new[0][changed]]), np.concatenate([old[1], new[1][changed]]))


def _row(matrix: csr_array, at: int) -> tuple[Ints, Floats]:
    """Return the places and the values of the entries of a row that are not nought."""
    begin, end = matrix.indptr[at : at + 2]
    is_any = np.abs(matrix.data[begin:end]) > TINY
    return matrix.indices[begin:end][is_any].astype(np.int64), matrix.data[begin:end][is_any]
