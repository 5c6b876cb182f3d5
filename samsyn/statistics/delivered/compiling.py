"""Delivered figures added up over periods and versions: along the mappings, or not at all. Pure: no Django.

What is read in another version has the same total in every variable; where no mapping allows it, the variable has no
figures there and the series breaks. A cell without a number (suppressed, missing) adds nothing and is
counted as such, so that a sum always says over how many it is: one that lacks a number is not shown as the whole. Where a
question is not applicable nobody could stand: the cell is a structural nought, and a sum of nothing else is no figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samsyn.deliveries.checking.across import Readings
from samsyn.deliveries.checking.formats import NOT_APPLICABLE, WHOLE, TableFormat
from samsyn.questions.exchange.package import Package

Ints = NDArray[np.int64]
BROKEN, HIDDEN, OUTSIDE = "broken", "hidden", "outside"
_WHOLE = np.array([chr(code) in WHOLE for code in range(256)])


class Figures(Protocol):
    """A delivery that counts, in the order of its format's cells."""

    @property
    def deliverer(self) -> str: ...
    @property
    def county(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def format(self) -> TableFormat: ...
    @property
    def counts(self) -> Sequence[int]: ...
    @property
    def statuses(self) -> str: ...


@dataclass(frozen=True)
class Compilation:
    """Sums by deliverer and year, a row each, in the order of the target's cells."""

    target: TableFormat
    rows: tuple[tuple[str, str, int], ...]
    """Deliverer, county, year."""
    counts: Ints
    known: Ints
    """How many deliveries lack no number in the cell, nor in any cell that comes together there."""
    outside: Ints
    """How many deliveries say that nobody could stand in the cell, nor in any that comes together there."""
    carried: Ints
    """How many deliveries can be read in the target's version there; fewer than all means that the series breaks."""
    deliveries: Ints
    """How many deliveries the row is made of."""

    def is_read(self, row: int, cells: Sequence[int]) -> bool:
        """Say whether every delivery of a row can be read in these cells: otherwise their sum is of something else."""
        return bool((self.carried[row][list(cells)] == self.deliveries[row]).all())

    def lack(self, row: int, *sums: Sequence[int]) -> str:
        """Return why a row's sums, each over its cells, are no figures; "" where they are.

        BROKEN by a change of the question, HIDDEN where a number is hidden or missing, OUTSIDE where nobody could stand in
        any cell of a sum.
        """
        cells = [at for one in sums for at in one]
        if not self.is_read(row, cells):
            return BROKEN
        if not (self.known[row][cells] == self.deliveries[row]).all():
            return HIDDEN
        outside = self.outside[row] == self.deliveries[row]
        return OUTSIDE if any(outside[list(one)].all() for one in sums) else ""

    def select(self, *, year: int, county: str = "", codes: frozenset[str] | None = None) -> NDArray[np.bool_]:
        """Return which rows belong to a year, a county, or a group of deliverers."""
        return np.array(
            [
                y == year and (not county or c == county) and (codes is None or code in codes)
                for code, c, y in self.rows
            ],
            dtype=bool,
        )


def _nothing(target: TableFormat) -> tuple[Ints, Ints, Ints, Ints, int]:
    return _noughts(target), _noughts(target), _noughts(target), _noughts(target), 0


def _noughts(target: TableFormat) -> Ints:
    return np.zeros(target.size, np.int64)


def compiled(figures: Iterable[Figures], *, target: TableFormat, packages: tuple[Package, ...]) -> Compilation:
    """Add up deliveries by deliverer and year, read in the target's version."""
    sums: dict[tuple[str, str, int], tuple[Ints, Ints, Ints, Ints, int]] = {}
    readings = Readings(packages)
    routes: dict[str, tuple[NDArray[np.intp], NDArray[np.intp]]] = {}
    for one in figures:
        key = (one.deliverer, one.county, int(one.period[:4]))
        counts, known, outside, carried, number = sums.get(key) or _nothing(target)
        if one.format.content_hash not in routes:
            places = readings.places(one.format, target)
            kept = np.flatnonzero(places >= 0)
            routes[one.format.content_hash] = kept, places[kept]
        kept, to = routes[one.format.content_hash]
        np.add.at(counts, to, np.asarray(one.counts, dtype=np.int64)[kept])
        statuses = np.frombuffer(one.statuses.encode("latin-1"), dtype=np.uint8)[kept]
        carried[to] += 1  # once for each place, however many cells come together there
        known += _everywhere(_WHOLE[statuses], to, target)
        if NOT_APPLICABLE in one.statuses:
            outside += _everywhere(statuses == ord(NOT_APPLICABLE), to, target)
        sums[key] = (counts, known, outside, carried, number + 1)
    rows = tuple(sorted(sums))
    size = (len(rows), target.size)
    return Compilation(
        target=target,
        rows=rows,
        counts=np.array([sums[row][0] for row in rows], dtype=np.int64).reshape(size),
        known=np.array([sums[row][1] for row in rows], dtype=np.int64).reshape(size),
        outside=np.array([sums[row][2] for row in rows], dtype=np.int64).reshape(size),
        carried=np.array([sums[row][3] for row in rows], dtype=np.int64).reshape(size),
        deliveries=np.array([sums[row][4] for row in rows], dtype=np.int64),
    )


def _everywhere(holds: NDArray[np.bool_], to: NDArray[np.intp], target: TableFormat) -> Ints:
    """Return 1 where something holds for every cell that comes to a place, 0 elsewhere."""
    (reached := _noughts(target))[to] = 1
    np.minimum.at(reached, to, holds.astype(np.int64))
    return reached
