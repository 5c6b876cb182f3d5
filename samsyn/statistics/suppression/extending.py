"""Extending: what protected a cell in an earlier release protects it again when cells that came since follow."""

import numpy as np
from scipy.sparse import csc_array, csr_array

from samsyn.statistics.suppression.programs import TINY, UNIT, Move
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.tables import Floats, Ints
from samsyn.statistics.suppression.wires import Wires

# How many earlier moves of a cell are tried.
TRIED = 3


def extend(router: Router, moves: csr_array, new: Ints) -> None:
    """Protect what moves (k x cells) protected before ``new`` cells came, by the cheapest changes of these alone.

    The moves keep all equations of the cells that were there before, and no new cell is among theirs.
    """
    if not moves.shape[0] or not len(new):
        return
    wires = Wires(router, new)
    broken = csr_array(csr_array(moves @ router.rows.T))
    by_cell = csc_array(moves)
    for cell in router.waiting():
        if router.proofs[cell] is not None:
            continue
        begin, end = by_cell.indptr[cell : cell + 2]
        able = by_cell.indices[begin:end][np.abs(by_cell.data[begin:end]) >= UNIT - TINY]
        best: tuple[float, Move] | None = None
        for one in sorted(able.tolist(), key=lambda one: (broken.indptr[one + 1] - broken.indptr[one], one))[:TRIED]:
            found = wires.follow(*_row(broken, one))
            if found is not None and (best is None or found[0] < best[0]):
                cells, changes = _row(moves, one)
                changed = np.flatnonzero(np.abs(found[1]) > TINY)
                best = (
                    found[0],
                    Move(np.concatenate([cells, new[changed]]), np.concatenate([changes, found[1][changed]])),
                )
        if best is not None:
            wires.take([best[1]])


def _row(matrix: csr_array, at: int) -> tuple[Ints, Floats]:
    """Return the places and the values of the entries of a row that are not nought."""
    begin, end = matrix.indptr[at : at + 2]
    is_any = np.abs(matrix.data[begin:end]) > TINY
    return matrix.indices[begin:end][is_any].astype(np.int64), matrix.data[begin:end][is_any]
