"""What is to be protected: cells, the equations between them, and tables of counts with all their sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Contradiction(ValueError):
    """What was published or hidden earlier doesn't fit the figures or each other."""


class CannotHide(Exception):
    """Whatever is hidden, a cell can be worked out; ``args[0]`` is its number."""


@dataclass(frozen=True)
class Table:
    """Cells (n) and what every reader knows of them.

    ``values`` (n, units counted), ``equations`` (m x n: +1 for a sum, -1 for its parts; equations @ values = 0),
    ``costs`` (n, what is lost when a cell is hidden), ``is_primary`` (n), ``is_fixed`` (n: published as it is, stays),
    ``is_hidden`` (n: hidden earlier, stays), ``blocks`` (n: cells that are laid together; -1 joins none). A hidden cell
    is at least ``least`` (1, or n whole numbers), and whoever is less is shown. It is protected when it may change by
    ``width`` units. Cells that are ``is_free`` (n) are printed nowhere: they may change, and need no protection.
    """

    values: Ints
    equations: csr_array
    costs: Floats
    is_primary: Bools
    is_fixed: Bools
    is_hidden: Bools
    blocks: Ints
    least: Ints | int = 1
    is_free: Bools | bool = False
    width: float = 1.0

    @property
    def above(self) -> Ints:
        """Return by how many units each cell may fall while it is hidden (n); less than 0: it can't be."""
        return self.values - self.least

    @property
    def may_change(self) -> Bools:
        """Return which cells are hidden from the start, or free, or may yet be hidden (n)."""
        return self.is_primary | self.is_hidden | self.is_free | (~self.is_fixed & (self.above >= 0))

    def check(self) -> None:
        """Raise Contradiction if the values contradict the equations or the attacker's belief."""
        if np.any(self.equations @ self.values):
            raise Contradiction("the sums do not agree")
        if np.any(self.above[self.is_primary | self.is_hidden | self.is_free] < 0):
            raise Contradiction("a hidden cell is at least 1, or what else is known of it")
        if np.any(self.is_primary & self.is_fixed & ~self.is_hidden):
            raise Contradiction("a cell that was published is to be hidden")


@dataclass(frozen=True)
class Result:
    """Which cells are hidden (n), which of them only for others' sake (n), what that cost, and seconds.

    ``because`` (n): for whose sake, a cell that was to be protected before; -1 for all others. ``moves`` (k x n): what
    each move adds to each cell. They are for the audit, which believes none of them.
    """

    is_hidden: Bools
    is_secondary: Bools
    loss: float
    because: Ints
    moves: csr_array
    seconds: float


@dataclass(frozen=True)
class Dimension:
    """The codes of a variable, and which of them are sums: the place of each and the places of its parts, these first.

    A code may be part of several sums: a quarter belongs to its year and to everything that was ever counted.
    """

    codes: Sequence[str]
    sums: Sequence[tuple[int, Sequence[int]]] = ()

    @classmethod
    def with_total(cls, codes: Sequence[str], groups: Mapping[str, str] | None = None) -> "Dimension":
        """Return a total, the groups (of ``groups``: code -> group) and the codes, in this order."""
        if not groups:
            return cls(("total", *codes), ((0, range(1, 1 + len(codes))),))
        names = list(dict.fromkeys(groups[code] for code in codes))
        of_group = [[1 + len(names) + at for at, code in enumerate(codes) if groups[code] == name] for name in names]
        sums = [*enumerate(of_group, start=1), (0, range(1, 1 + len(names)))]
        return cls(("total", *names, *codes), sums)

    @property
    def leaves(self) -> list[int]:
        """Return the places of the codes that aren't sums."""
        totals = {total for total, _parts in self.sums}
        return [at for at in range(len(self.codes)) if at not in totals]


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
        for total, parts in one.sums:
            values[total] = values[list(parts)].sum(axis=0)
            size = places[total].size
            for place, sign in ((total, 1), *((part, -1) for part in parts)):
                rows.append(np.arange(count, count + size))
                columns.append(places[place].ravel())
                signs.append(np.full(size, sign))
            count += size
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
