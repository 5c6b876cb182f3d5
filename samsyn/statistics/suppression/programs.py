"""Linear programs over the moves of a table, kept between solves."""

from typing import NamedTuple

import highspy
import numpy as np
from scipy.sparse import csc_array

from samsyn.statistics.solver import Solver
from samsyn.statistics.suppression.tables import Floats, Ints

UNIT = 1.0
TINY = 1e-6
INFINITE = highspy.kHighsInf
DUAL, PRIMAL = 1, 4


class Move(NamedTuple):
    """Another table that fits: the cells that differ, and by how much."""

    cells: Ints
    changes: Floats


# The moves that, together, change a cell by a unit.
Proof = tuple[Move, ...]


class Engine(Solver):
    """A solver that begins where the last answer was, by the simplex of the caller's choice."""

    def __init__(self, strategy: int) -> None:
        super().__init__()
        for name, value in (("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", strategy)):
            self.setOptionValue(name, value)

    def load(self, matrix: csc_array, costs: Floats, low: Floats, high: Floats) -> None:
        """Take a program: the equations ``matrix`` @ move = 0, the price and the bounds of each move."""
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = costs, low, high
        model.row_lower_ = model.row_upper_ = np.zeros(matrix.shape[0])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data.astype(float)
        self.passModel(model)


def rows_of(columns: csc_array, cells: Ints) -> csc_array:
    """Return the equations that touch some cells, with these cells' columns only: all others stay as they are."""
    part = columns[:, cells].tocsr()
    return csc_array(part[np.flatnonzero(np.diff(part.indptr))])


def entries(starts: Ints, which: Ints) -> Ints:
    """Return the places of the stored entries of several rows (or columns) of a sparse matrix."""
    begin = starts[which]
    lengths = starts[which + 1] - begin
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    places: Ints = np.arange(total) + np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return places
