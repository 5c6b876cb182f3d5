"""The audit: reads a release as an attacker would and says what can be worked out. Pure, and apart from ``disclosure``.

It shares the description of what is published with the protection, and none of its code: every hidden cell of every
release gets its own two linear programs over everything that was ever published, and no shortcut.
"""

import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from samsyn.statistics.disclosure import System
from samsyn.statistics.solver import Solver

# Narrower than this, an interval leaves one whole number: the cell is recovered.
EXACT = 1.0
SLACK = 1e-5
# How many hidden cells a program sees: few, then more where these clear nothing.
REACHES = (1000, 5000, 10**9)
# Several cells are looked at together while there are this many, and no more than this share is left of them each time.
MANY, MOST = 10, 0.8
# A move that no smaller factor makes whole is left to the programs.
FACTORS = 400
# No count is as large as this: what moves further, or is no number at all, is nonsense.
BEYOND = 2.0**31
# How many widths a cell may rise in a program.
FAR = 100.0


@dataclass(frozen=True)
class Interval:
    """What the attacker knows of one hidden figure."""

    name: Hashable
    low: float
    high: float

    @property
    def width(self) -> float:
        """Return how far apart the ends are."""
        return self.high - self.low


@dataclass(frozen=True)
class Audit:
    """The result that is stored with a release."""

    tried: int
    recovered: int
    unsafe: int
    narrowest: Interval | None
    seconds: float
    names: tuple[Hashable, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Tell whether nothing can be worked out, and nothing narrowed down further than is allowed."""
        return self.recovered == 0 and self.unsafe == 0


def intervals(system: System, hidden: Iterable[Hashable]) -> list[Interval]:
    """Return the interval that an attacker finds for every hidden cell and every guarded quantity."""
    unseen = set(hidden)
    count = len(system.values)
    entries: list[tuple[dict[int, float], float, float]] = []
    for one in system.relations:
        entries.append((_sum(one.plus, one.minus), 0.0, 0.0 if one.is_equality else np.inf))
    asked: list[tuple[Hashable, dict[int, float]]] = []
    for cell in system.cells:
        row = _sum(cell.atoms)
        if cell.name in unseen:
            entries.append((row, float(cell.least), np.inf))
            asked.append((cell.name, row))
        else:
            value = float(system.value(cell.atoms))
            entries.append((row, value, value))
    asked += [(guard.name, _sum(guard.plus, guard.minus)) for guard in system.guards]
    known = _settled(entries)
    label = _linked(count, entries, asked, known)
    found = []
    for part in np.unique(label[[next(iter(row)) for _, row in asked]]) if asked else ():
        found += _of_part(entries, [item for item in asked if label[next(iter(item[1]))] == part], known)
    return found


def audit(system: System, hidden: Iterable[Hashable]) -> Audit:
    """Return what an attacker can work out when these cells are hidden and all others are shown."""
    begun = time.perf_counter()
    found = intervals(system, hidden)
    recovered = [one for one in found if one.width < EXACT - SLACK]
    unsafe = [one for one in found if one.width < system.width - SLACK]
    return Audit(
        tried=len(found),
        recovered=len(recovered),
        unsafe=len(unsafe) - len(recovered),
        narrowest=min(found, key=lambda one: one.width, default=None),
        seconds=time.perf_counter() - begun,
        names=tuple(one.name for one in unsafe),
    )


def _sum(plus: Iterable[int], minus: Iterable[int] = ()) -> dict[int, float]:
    row: dict[int, float] = {}
    for atom in plus:
        row[atom] = row.get(atom, 0.0) + 1
    for atom in minus:
        row[atom] = row.get(atom, 0.0) - 1
    return {atom: value for atom, value in row.items() if value} or {next(iter((*plus, *minus))): 0.0}


def _settled(entries: list[tuple[dict[int, float], float, float]]) -> dict[int, float]:
    """Return the atoms that one equation after the other settles by itself."""
    known: dict[int, float] = {}
    equations = [(row, low) for row, low, high in entries if low == high]
    is_new = True
    while is_new:
        is_new = False
        for row, value in equations:
            open_ = [atom for atom in row if atom not in known]
            if len(open_) == 1:
                rest = value - sum(row[atom] * known[atom] for atom in row if atom in known)
                known[open_[0]] = rest / row[open_[0]]
                is_new = True
    return known


def _linked(
    count: int,
    entries: list[tuple[dict[int, float], float, float]],
    asked: list[tuple[Hashable, dict[int, float]]],
    known: dict[int, float],
) -> np.ndarray:
    """Return for each atom the number of the part to which it belongs; parts share no unknown."""
    ends: list[tuple[int, int]] = []
    for row in [*(row for row, _, _ in entries), *(row for _, row in asked)]:
        atoms = [atom for atom in row if atom not in known]
        ends += [(atoms[0], atom) for atom in atoms[1:]]
        ends += [(atoms[0] if atoms else next(iter(row)), next(iter(row)))]
    pairs = np.array(ends or [(0, 0)])
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    label: np.ndarray = connected_components(graph, directed=False)[1]
    # A quantity is asked for where its first unknown lives.
    for _, row in asked:
        unknown = [atom for atom in row if atom not in known]
        if unknown:
            label[next(iter(row))] = label[unknown[0]]
    return label


def _of_part(
    entries: list[tuple[dict[int, float], float, float]],
    asked: list[tuple[Hashable, dict[int, float]]],
    known: dict[int, float],
) -> list[Interval]:
    """Return the intervals of the quantities of one part, by two linear programs each."""
    atoms = {atom for _, row in asked for atom in row if atom not in known}
    rows: list[tuple[dict[int, float], float, float]] = []
    pending = [entry for entry in entries if any(atom not in known for atom in entry[0])]
    is_growing = True
    while is_growing:
        touching = [entry for entry in pending if not atoms.isdisjoint(entry[0])]
        pending = [entry for entry in pending if atoms.isdisjoint(entry[0])]
        rows += touching
        before = len(atoms)
        atoms |= {atom for row, _, _ in touching for atom in row if atom not in known}
        is_growing = len(atoms) > before or bool(touching)
    place = {atom: at for at, atom in enumerate(sorted(atoms))}
    program = _Program(len(place))
    for row, low, high in rows:
        settled = sum(value * known[atom] for atom, value in row.items() if atom in known)
        program.add(
            {place[atom]: value for atom, value in row.items() if atom not in known}, low - settled, high - settled
        )
    found = []
    for name, row in asked:
        constant = sum(value * known[atom] for atom, value in row.items() if atom in known)
        wanted = {place[atom]: value for atom, value in row.items() if atom not in known and value}
        low, high = (program.least(wanted), -program.least({at: -value for at, value in wanted.items()}))
        found.append(Interval(name, constant + low, constant + high))
    return found


class _Program:
    """What fits everything published, asked again and again for the least value of some sum of its unknowns."""

    def __init__(self, columns: int) -> None:
        self.engine = Solver()
        self.engine.setOptionValue("presolve", "off")
        self.columns = np.arange(columns, dtype=np.int32)
        self.engine.addVars(columns, np.zeros(columns), np.full(columns, highspy.kHighsInf))

    def add(self, row: dict[int, float], low: float, high: float) -> None:
        """Add a row that lies between two bounds."""
        at = np.array(list(row), dtype=np.int32)
        self.engine.addRow(low, high, len(at), at, np.array(list(row.values()), dtype=float))

    def least(self, wanted: dict[int, float]) -> float:
        """Return the least value, or minus infinity."""
        if not wanted:
            return 0.0
        costs = np.zeros(len(self.columns))
        costs[list(wanted)] = list(wanted.values())
        self.engine.changeColsCost(len(costs), self.columns, costs)
        status = self.engine.settle()
        if status == highspy.HighsModelStatus.kUnbounded:
            return -np.inf
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear program failed: {status}")
        return float(self.engine.getInfo().objective_function_value)


def recovered(
    values: NDArray[np.int64],
    equations: csr_array,
    hidden: NDArray[np.bool_],
    *,
    moves: csr_array | None = None,
    width: float = EXACT,
) -> list[int]:
    """Return the places of the hidden cells whose interval is narrower than ``width``, among any number of cells.

    ``values`` (n), ``equations`` (m x n, equations @ values = 0), ``hidden`` (n). Every hidden cell may be anything from
    1 up. A cell is cleared by two tables that fit everything published and differ in it by ``width``; they are looked
    for among the nearest hidden cells first (the others kept as they are), for all of these at once and then for each,
    and it is recovered only if the program over all cells finds none. ``moves`` (k x n, what each adds to each cell) may
    come from anybody: one that is wrong clears nothing.
    """
    by_cell, by_row = csc_array(equations), csr_array(equations)
    low, high = values.astype(float), values.astype(float)
    if moves is not None:
        _try_moves(values, by_row, hidden, moves, low, high)
    places = np.flatnonzero(hidden)
    is_settled = np.zeros(len(values), dtype=bool)
    for reach in REACHES:
        for cell in places[high[places] - low[places] < width - SLACK].tolist():
            if high[cell] - low[cell] >= width - SLACK or is_settled[cell]:
                continue
            near = _nearest(by_cell, by_row, hidden, cell, reach)
            is_all = len(near) < reach
            _widen(values, by_cell, near, near if is_all else np.array([cell]), low, high, width)
            # Nothing beyond these is tied to them: there is no more to be asked.
            is_settled[near] |= is_all
    return places[high[places] - low[places] < width - SLACK].tolist()  # type: ignore[no-any-return]


def _try_moves(
    values: NDArray[np.int64],
    equations: csr_array,
    hidden: NDArray[np.bool_],
    moves: csr_array,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """Let each move count that leads to a table that fits everything published; whole numbers leave no doubt of it.

    The corners of the programs that moves come from are fractions: each is made whole by the least factor that does it,
    and all sums are counted in whole numbers.
    """
    equations = equations.astype(np.int64)
    left = csr_array(moves)
    left = left[np.flatnonzero(_no_entry(left, ~(np.abs(left.data) < BEYOND)))]
    for factor in range(1, FACTORS):
        is_whole = _no_entry(left, np.abs(left.data * factor - np.rint(left.data * factor)) > SLACK)
        tried, left = left[np.flatnonzero(is_whole)], left[np.flatnonzero(~is_whole)]
        if not tried.shape[0]:
            continue
        tried = csr_array((np.rint(tried.data * factor).astype(np.int64), tried.indices, tried.indptr), tried.shape)
        is_wrong = (tried.data != 0) & ~hidden[tried.indices]
        is_wrong |= (values[tried.indices] - 1) * factor + tried.data < 0
        broken = csr_array(csr_array(equations @ tried.T).T)
        good = csc_array(tried[np.flatnonzero(_no_entry(tried, is_wrong) & _no_entry(broken, broken.data != 0))])
        cells = np.repeat(np.arange(good.shape[1]), np.diff(good.indptr))
        np.maximum.at(high, cells, values[cells] + good.data / factor)
        np.minimum.at(low, cells, values[cells] + good.data / factor)


def _no_entry(matrix: csr_array, is_bad: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each row whether none of its stored entries is bad."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    found: NDArray[np.bool_] = np.bincount(row, is_bad, matrix.shape[0]) == 0
    return found


def _nearest(
    by_cell: csc_array, by_row: csr_array, hidden: NDArray[np.bool_], cell: int, reach: int
) -> NDArray[np.int64]:
    """Return up to ``reach`` hidden cells, those with the fewest equations between them and ``cell`` first."""
    seen = np.zeros(len(hidden), dtype=bool)
    seen[cell] = True
    found = front = np.array([cell])
    while len(front) and len(found) < reach:
        rows = np.unique(by_cell[:, front].indices)
        others = np.unique(by_row[rows].indices)
        front = others[hidden[others] & ~seen[others]][: reach - len(found)]
        seen[front] = True
        found = np.concatenate([found, front])
    return np.sort(found).astype(np.int64)


def _widen(
    values: NDArray[np.int64],
    by_cell: csc_array,
    near: NDArray[np.int64],
    asked: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    width: float,
) -> None:
    """Look for other tables that fit while all but the near cells stay; every table found counts for all its cells.

    First for several cells at once, each towards the end that chance gives it (seeded), as long as that clears many of
    them; then for the least and greatest value of each cell that is asked for.
    """
    part = by_cell[:, near].tocsr()
    part = csc_array(part[np.flatnonzero(np.diff(part.indptr))])
    engine = Solver()
    engine.setOptionValue("presolve", "off")
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = part.shape
    model.col_cost_ = np.zeros(len(near))
    # No cell need go further up than this; without a bound a program may have no end.
    model.col_lower_, model.col_upper_ = np.ones(len(near)), np.array(values[near] + FAR * width)
    model.row_lower_ = model.row_upper_ = (part @ values[near]).astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = part.indptr, part.indices
    model.a_matrix_.value_ = part.data.astype(float)
    engine.passModel(model)
    everyone = np.arange(len(near), dtype=np.int32)

    def look(prices: NDArray[np.float64]) -> None:
        engine.changeColsCost(len(near), everyone, prices)
        engine.run()
        if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear program failed: {engine.getModelStatus()}")
        table = np.array(engine.getSolution().col_value)
        low[near] = np.minimum(low[near], table)
        high[near] = np.maximum(high[near], table)

    def narrow() -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = high[near] - low[near] < width - SLACK
        return found

    rng = np.random.default_rng(len(near))
    open_ = narrow()
    while open_.sum() > MANY:
        prices = np.where(open_, rng.choice([-1.0, 1.0], len(near)), 0.0)
        look(prices)
        look(-prices)
        before, open_ = open_.sum(), narrow()
        if open_.sum() > MOST * before:
            break
    for cell, at in zip(asked.tolist(), np.searchsorted(near, asked).tolist(), strict=True):
        for sign in (1.0, -1.0):
            if high[cell] - low[cell] < width - SLACK:
                look(sign * (everyone == at))
