"""From coded columns, or from counted leaves, to a cube with every margin. Pure numpy: no Django, no database.

A dimension's places stand in one order everywhere: its codes, the groups of each level, at last the total. Margins of
codes that exclude each other are sums along an axis. A unit may have several codes of a multiple choice: it counts once
in each, once in a group and once in the total, so those places are counted by passes of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Codes = NDArray[np.integer]

# A chunk's places fit in the processor's cache: three times as fast as one pass over everything.
CHUNK = 1 << 18
# 10^8 cells of 8 bytes are 800 MB: the most that is counted densely.
MOST_CELLS = 10**8
# The codes of a multiple choice are the bits of a word of 64.
MOST_CODES_OF_MULTIPLE = 63


class TooManyCells(ValueError):
    """The crossing has more cells than are counted; raised before memory is taken."""

    def __init__(self, cells: int) -> None:
        super().__init__(f"the crossing has {cells} cells, at most {MOST_CELLS} are counted")
        self.cells = cells


class UnknownCode(ValueError):
    """A column holds a code that its dimension doesn't have."""


@dataclass(frozen=True)
class Dimension:
    """``size`` codes from 0 up, and groups of them: municipalities in counties, quarters in years, ages under 18.

    A group lists its codes; a code may stand in several groups or in none. The total is always there and not named.
    """

    size: int
    groups: tuple[tuple[int, ...], ...] = ()
    is_multiple: bool = False
    """The column holds a bit for each code that a unit has; none of them set is allowed."""

    def __post_init__(self) -> None:
        """Refuse a dimension without codes, a group of what isn't there, or more codes than a word has bits."""
        if self.size < 1 or (self.is_multiple and self.size > MOST_CODES_OF_MULTIPLE):
            raise ValueError(f"a dimension of {self.size} codes can't be counted")
        if any(not group or len(set(group)) < len(group) for group in self.groups):
            raise ValueError("a group lists codes, each once")
        if any(not 0 <= code < self.size for group in self.groups for code in group):
            raise ValueError("a group lists a code that the dimension doesn't have")

    @property
    def places(self) -> int:
        """Return how many places an axis of the cube has: codes, groups, total."""
        return self.size + len(self.groups) + 1

    @property
    def masks(self) -> tuple[int, ...]:
        """Return the bits of each code and of each group; the total has none, it is everybody."""
        return (*(1 << code for code in range(self.size)), *(sum(1 << code for code in one) for one in self.groups))


def check_size(dimensions: Sequence[Dimension]) -> int:
    """Return the number of cells with all margins; raise TooManyCells."""
    cells = prod(one.places for one in dimensions)
    if cells > MOST_CELLS:
        raise TooManyCells(cells)
    return cells


def with_margins(leaves: Counts, dimensions: Sequence[Dimension]) -> Counts:
    """Return the cube of leaf cells (one axis a dimension, codes only) with groups and totals; raise TooManyCells.

    The leaves may be any numbers that are added up: counts, or sums of record keys. For a multiple choice use ``cube``.
    """
    check_size(dimensions)
    if leaves.shape != tuple(one.size for one in dimensions):
        raise ValueError(f"leaves of shape {leaves.shape} don't fit the dimensions")
    if any(one.is_multiple for one in dimensions):
        raise ValueError("the margins of a multiple choice are no sums of its codes")
    found = leaves
    for axis, one in enumerate(dimensions):
        found = _with_margins_of(found, one, axis)
    return found


def _with_margins_of(leaves: Counts, one: Dimension, axis: int) -> Counts:
    groups = [leaves.take(group, axis=axis).sum(axis=axis, keepdims=True) for group in one.groups]
    return np.concatenate([leaves, *groups, leaves.sum(axis=axis, keepdims=True)], axis=axis)


def count_leaves(columns: Sequence[Codes] | Codes, sizes: Sequence[int]) -> Counts:
    """Return how many rows have each combination of codes: one bincount a chunk of rows.

    ``columns`` are coded arrays of the same length, one a dimension (the transpose of an n x d array will do). Raise
    UnknownCode for a code outside ``sizes``, TooManyCells.
    """
    cells = prod(sizes)
    if cells > MOST_CELLS:
        raise TooManyCells(cells)
    rows = len(columns[0]) if len(columns) else 0
    if any(len(column) != rows for column in columns):
        raise ValueError("the columns are not of the same length")
    found = np.zeros(cells, dtype=np.int64)
    # Few rows and many cells: an addition into places costs less than a new array of all cells for each chunk.
    is_sparse = cells > 4 * CHUNK
    for start in range(0, rows, CHUNK):
        place = np.zeros(min(CHUNK, rows - start), dtype=np.int64)
        for column, size in zip(columns, sizes, strict=True):
            part = column[start : start + CHUNK]
            if part.min() < 0 or part.max() >= size:
                raise UnknownCode(f"a code outside 0 to {size - 1}")
            place *= size
            place += part
        if is_sparse:
            at, number = np.unique(place, return_counts=True)
            found[at] += number
        else:
            found += np.bincount(place, minlength=cells)
    return found.reshape(tuple(sizes))


def cube(columns: Sequence[Codes], dimensions: Sequence[Dimension]) -> Counts:
    """Return the counts of every combination of codes, groups and totals: an axis a dimension, ``places`` long.

    A column of a single choice holds a code for each unit, of a multiple choice a bit for each code (uint64). Raise
    TooManyCells, UnknownCode.
    """
    check_size(dimensions)
    if len(columns) != len(dimensions):
        raise ValueError("one column for each dimension")
    multiple = [axis for axis, one in enumerate(dimensions) if one.is_multiple]
    single = [axis for axis, one in enumerate(dimensions) if not one.is_multiple]
    for axis in multiple:
        if columns[axis].size and int(columns[axis].max()) >> dimensions[axis].size:
            raise UnknownCode(f"a bit above {dimensions[axis].size - 1}")
    within = [dimensions[axis] for axis in single]
    if not multiple:
        return with_margins(count_leaves(columns, [one.size for one in within]), within)
    found = np.zeros([one.places for one in dimensions], dtype=np.int64)
    # Each combination of places of the multiple choices, the total (no mask) last: a pass over those who are there.
    for places in product(*(range(dimensions[axis].places) for axis in multiple)):
        chosen = _having(columns, dimensions, dict(zip(multiple, places, strict=True)))
        counted = _cube_of([columns[axis][chosen] for axis in single], within, int(chosen.sum()))
        at: list[int | slice] = [slice(None)] * len(dimensions)
        for axis, place in zip(multiple, places, strict=True):
            at[axis] = place
        found[tuple(at)] = counted
    return found


def _having(columns: Sequence[Codes], dimensions: Sequence[Dimension], places: dict[int, int]) -> NDArray[np.bool_]:
    """Return who stands in these places of the multiple choices."""
    found = np.ones(len(columns[0]), dtype=np.bool_)
    for axis, place in places.items():
        masks = dimensions[axis].masks
        if place < len(masks):
            found &= (columns[axis].astype(np.uint64, copy=False) & np.uint64(masks[place])) != 0
    return found


def _cube_of(columns: Sequence[Codes], dimensions: Sequence[Dimension], rows: int) -> Counts:
    if not dimensions:
        return np.array(rows, dtype=np.int64)
    return with_margins(count_leaves(columns, [one.size for one in dimensions]), dimensions)
