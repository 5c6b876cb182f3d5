"""Disclosure control: which cells to hide so that no reader can work out a small count. Pure: no Django.

The tables of a release and of all earlier ones are one linear system. Its unknowns are *atoms* (how many units have a
value in a stretch of time); a *cell* is a sum of atoms, shown or hidden; equations say which atoms add up to which.
The attacker reads every shown cell, knows the equations, and knows that a hidden cell is at least 1 (`least`).

Primary cells are those with 1 to threshold - 1 units. Secondary cells are added until the interval that the attacker
can give for each guarded quantity is at least ``width`` wide: with threshold 5, never narrower than 1 to 4. Each step
asks a linear program for the cheapest set of cells whose hiding would let the quantity vary so far (the L1 heuristic
of Fischetti and Salazar-Gonzalez, "Solving the cell suppression problem on tabular data", Management Science 2001).
``attack.py`` proves the result afterwards, by other code.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from samsyn.statistics.solver import Solver

Atom = int
Floats = NDArray[np.float64]
PRIMAL_SIMPLEX, DUAL_SIMPLEX = 4, 1
PRIMARY, SECONDARY = "primary", "secondary"
TOLERANCE = 1e-6


class CannotProtect(Exception):
    """Whatever is hidden, a count can be worked out; ``args[0]`` is its name."""


@dataclass(frozen=True)
class Cell:
    """A figure that is printed, or hidden. ``is_fixed``: published earlier, and what was published stays."""

    name: Hashable
    atoms: tuple[Atom, ...]
    weight: float = 1.0
    least: int = 1
    is_fixed: bool = False
    is_hidden: bool = False
    is_primary: bool = False


@dataclass(frozen=True)
class Guard:
    """A sum or difference of atoms that nobody prints and that must not be known either, such as the others of a row."""

    name: Hashable
    plus: tuple[Atom, ...]
    minus: tuple[Atom, ...] = ()


@dataclass(frozen=True)
class Relation:
    """What every reader knows: the sum over ``plus`` equals that over ``minus``, or is at least as large."""

    plus: tuple[Atom, ...]
    minus: tuple[Atom, ...]
    is_equality: bool = True


@dataclass
class System:
    """Atoms with their true values, what is known of them, the cells, and what else is guarded."""

    values: Sequence[int]
    relations: Sequence[Relation] = ()
    cells: Sequence[Cell] = ()
    guards: Sequence[Guard] = ()
    width: float = 3.0
    """The narrowest interval that an attacker may find: threshold - 2, as wide as "1 to 4" with threshold 5."""

    def value(self, atoms: Iterable[Atom]) -> int:
        """Return the true sum of atoms."""
        return sum(self.values[atom] for atom in atoms)

    def check(self) -> None:
        """Raise ValueError if the true values contradict what every reader knows."""
        for one in self.relations:
            left, right = self.value(one.plus), self.value(one.minus)
            if (one.is_equality and left != right) or left < right:
                raise ValueError(f"contradiction: {left} and {right}")
        for cell in self.cells:
            if cell.is_hidden and self.value(cell.atoms) < cell.least:
                raise ValueError(f"hidden and less than {cell.least}: {cell.name}")


@dataclass(frozen=True)
class Protection:
    """Which cells are hidden, and why: PRIMARY or SECONDARY; and for the secondary ones, what they protect."""

    reasons: Mapping[Hashable, str] = field(default_factory=dict)
    because: Mapping[Hashable, Hashable] = field(default_factory=dict)

    @property
    def primary(self) -> int:
        """Return how many cells are hidden because they are few."""
        return sum(reason == PRIMARY for reason in self.reasons.values())

    @property
    def secondary(self) -> int:
        """Return how many cells are hidden because others could be worked out."""
        return sum(reason == SECONDARY for reason in self.reasons.values())


def is_sensitive(
    value: int, *, threshold: int, protects_zeros: bool = False, largest: int = 0, dominance: float = 1.0
) -> bool:
    """Tell whether a count must be hidden by itself: it is small, a protected nought, or nearly all one deliverer's.

    ``largest`` units of the count come from its largest deliverer; with a greater share than ``dominance`` (0 to 1) the
    others would read that deliverer's own figure out of it (the (1, k) rule: Hundepool et al., "Statistical Disclosure
    Control", Wiley 2012, 4.2.1).
    """
    return 0 < value < threshold or (protects_zeros and value == 0) or largest > dominance * value


def protect(system: System) -> Protection:
    """Return the cells to hide; raise CannotProtect where hiding every open cell is not enough.

    Cells that are marked primary or hidden are hidden from the start; protecting twice therefore changes nothing.
    """
    system.check()
    reasons: dict[Hashable, str] = {}
    for cell in system.cells:
        if not cell.is_fixed and (cell.is_primary or cell.is_hidden):
            reasons[cell.name] = PRIMARY if cell.is_primary else SECONDARY
    hidden = {cell.name for cell in system.cells if cell.is_hidden and cell.is_fixed} | set(reasons)
    because: dict[Hashable, Hashable] = {}
    for part in components(system):
        _protect_part(part, hidden, because)
    return Protection(reasons | dict.fromkeys(because, SECONDARY), because)


def components(system: System) -> list[System]:  # noqa: C901 - a union of sets, read in one go
    """Return the independent parts of a system: what isn't linked by unknown atoms tells nothing about each other.

    Atoms that the fixed cells and the relations leave no doubt about don't link: only cells published earlier count as
    known here, since any open cell may be hidden later.
    """
    known = _known_for_good(system)
    parent = list(range(len(system.values)))

    def find(atom: int) -> int:
        while parent[atom] != atom:
            parent[atom] = parent[parent[atom]]
            atom = parent[atom]
        return atom

    def join(atoms: Iterable[int]) -> None:
        unknown = [atom for atom in atoms if atom not in known]
        for other in unknown[1:]:
            parent[find(other)] = find(unknown[0])

    for one in system.relations:
        join((*one.plus, *one.minus))
    for cell in system.cells:
        join(cell.atoms)
    for guard in system.guards:
        join((*guard.plus, *guard.minus))
    parts: dict[int, System] = {}

    def part_of(atoms: Iterable[int]) -> System | None:
        for atom in atoms:
            if atom not in known:
                return parts.setdefault(find(atom), System(system.values, [], [], [], system.width))
        return None

    for name in ("relations", "guards"):
        for item in getattr(system, name):
            part = part_of((*item.plus, *item.minus))
            if part is not None:
                getattr(part, name).append(item)
    for cell in system.cells:
        part = part_of(cell.atoms)
        if part is not None:
            part.cells.append(cell)  # type: ignore[attr-defined]
    # An atom that everybody knows links nothing, but its value is known in every part that uses it.
    settled = {cell.atoms[0]: cell for cell in system.cells if len(cell.atoms) == 1 and cell.atoms[0] in known}
    for part in parts.values():
        used = {atom for one in part.relations for atom in (*one.plus, *one.minus)}
        used |= {atom for guard in part.guards for atom in (*guard.plus, *guard.minus)}
        used |= {atom for cell in part.cells for atom in cell.atoms}
        part.cells.extend(settled[atom] for atom in sorted(used & set(settled)))  # type: ignore[attr-defined]
    return list(parts.values())


def _known_for_good(system: System) -> set[Atom]:
    """Return atoms that shown, fixed cells determine one by one."""
    return {cell.atoms[0] for cell in system.cells if cell.is_fixed and not cell.is_hidden and len(cell.atoms) == 1}


class Polytope:
    """Everything that fits what the attacker knows: relations, shown cells, hidden cells that are at least ``least``."""

    def __init__(self, system: System, hidden: set[Hashable]) -> None:
        self.system = system
        used = sorted(
            {a for one in system.relations for a in (*one.plus, *one.minus)}
            | {a for cell in system.cells for a in cell.atoms}
            | {a for guard in system.guards for a in (*guard.plus, *guard.minus)}
        )
        self.place = {atom: at for at, atom in enumerate(used)}
        self.true = np.array([system.values[atom] for atom in used], dtype=float)
        rows = _Rows(self.place)
        for one in system.relations:
            rows.add(one.plus, one.minus, low=0.0, high=0.0 if one.is_equality else np.inf)
        self.row_of = {cell.name: len(rows.low) + at for at, cell in enumerate(system.cells)}
        for cell in system.cells:
            value = float(system.value(cell.atoms))
            is_hidden = cell.name in hidden
            rows.add(cell.atoms, low=float(cell.least) if is_hidden else value, high=np.inf if is_hidden else value)
        self.rows = rows
        self._engine: Solver | None = None

    def row(self, plus: Iterable[Atom], minus: Iterable[Atom] = ()) -> Floats:
        """Return the coefficients of a sum and a difference of atoms."""
        row = np.zeros(len(self.place))
        np.add.at(row, [self.place[atom] for atom in plus], 1.0)
        np.add.at(row, [self.place[atom] for atom in minus], -1.0)
        return row

    def hide(self, names: Iterable[Hashable]) -> None:
        """Let cells be anything from their least value up."""
        for cell in self.system.cells:
            if cell.name in names:
                at = self.row_of[cell.name]
                self.rows.low[at], self.rows.high[at] = float(cell.least), np.inf
                if self._engine is not None:
                    self._engine.changeRowBounds(at, float(cell.least), highspy.kHighsInf)

    def extreme(self, row: Floats, *, sign: int) -> tuple[float, Floats]:
        """Return the least (sign 1) or greatest (-1) value of a quantity, and a point where it is reached."""
        size = len(self.place)
        if self._engine is None:
            # What may be is the same for every question: each begins where the one before ended.
            self._engine = _engine(self.rows.matrix(size), np.zeros(size), self.rows.low, self.rows.high)
        self._engine.changeColsCost(size, np.arange(size, dtype=np.int32), sign * row)
        status = self._engine.settle()
        if status == highspy.HighsModelStatus.kUnbounded:
            return sign * -np.inf, self.true
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear program failed: {status}")
        point = np.array(self._engine.getSolution().col_value)
        return float(row @ point), point


class _Rows:
    """The rows of a linear program, each a sum and a difference of atoms between two bounds."""

    def __init__(self, place: Mapping[Atom, int]) -> None:
        self.place = place
        self.starts, self.columns, self.signs = [0], list[int](), list[float]()
        self.low, self.high = list[float](), list[float]()

    def add(self, plus: Iterable[Atom], minus: Iterable[Atom] = (), *, low: float, high: float) -> None:
        """Add a row."""
        for atoms, sign in ((plus, 1.0), (minus, -1.0)):
            places = [self.place[atom] for atom in atoms]
            self.columns += places
            self.signs += [sign] * len(places)
        self.starts.append(len(self.columns))
        self.low.append(low)
        self.high.append(high)

    def matrix(self, size: int) -> csr_array:
        """Return the coefficients (rows x size); what stands on both sides adds up."""
        made = csr_array((self.signs, self.columns, self.starts), shape=(len(self.low), size))
        made.sum_duplicates()
        return made


def _engine(matrix: csr_array, costs: Floats, low: ArrayLike, high: ArrayLike) -> Solver:
    """Return a program of columns from 0 up, solved by the primal simplex: no presolve, which would lose the way back."""
    engine = Solver()
    for name, value in (("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", PRIMAL_SIMPLEX)):
        engine.setOptionValue(name, value)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = costs
    model.col_lower_, model.col_upper_ = np.zeros(matrix.shape[1]), np.full(matrix.shape[1], highspy.kHighsInf)
    model.row_lower_, model.row_upper_ = np.array(low, dtype=float), np.array(high, dtype=float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    engine.passModel(model)
    return engine


def _protect_part(part: System, hidden: set[Hashable], because: dict[Hashable, Hashable]) -> None:
    """Hide cells of one part until every guarded quantity is uncertain enough, and note for which."""
    if not part.guards and not any(cell.name in hidden for cell in part.cells):
        return
    while True:
        polytope = Polytope(part, hidden)
        narrow = _narrow(part, polytope, hidden)
        if not narrow:
            return
        added: set[Hashable] = set()
        for name, row in narrow:
            low, high = (polytope.extreme(row, sign=1)[0], polytope.extreme(row, sign=-1)[0])
            if high - low >= part.width - TOLERANCE:
                continue
            found = _cheapest(part, hidden | added, row, low, high)
            if not found:
                raise CannotProtect(name)
            polytope.hide(found)  # what was hidden for the first may already protect the others
            added |= found
            because.update(dict.fromkeys(found, name))
        hidden |= added


def _narrow(part: System, polytope: Polytope, hidden: set[Hashable]) -> list[tuple[Hashable, Floats]]:
    """Return the guarded quantities that an attacker can narrow down too far, the smallest first.

    Every solution of a linear program is a point that fits what the attacker knows; two points far enough apart prove
    that a quantity is safe, so most quantities need no program of their own.
    """
    wanted = [(cell.name, cell.atoms, ()) for cell in part.cells if cell.name in hidden]
    wanted += [(guard.name, guard.plus, guard.minus) for guard in part.guards]  # type: ignore[misc]
    rows = [polytope.row(plus, minus) for _name, plus, minus in wanted]
    if not rows:
        return []
    matrix = np.array(rows)
    lows = highs = matrix @ polytope.true
    lows, highs = lows.copy(), highs.copy()
    found = []
    for at in np.argsort(lows, kind="stable"):
        for sign in (-1, 1):
            if highs[at] - lows[at] >= part.width - TOLERANCE:
                break
            value, point = polytope.extreme(matrix[at], sign=sign)
            seen = matrix @ point
            np.minimum(lows, seen, out=lows)
            np.maximum(highs, seen, out=highs)
            if np.isinf(value):
                highs[at] = np.inf
        if highs[at] - lows[at] < part.width - TOLERANCE:
            found.append((wanted[at][0], matrix[at]))
    return found


def _cheapest(part: System, hidden: set[Hashable], row: Floats, low: float, high: float) -> set[Hashable]:
    """Return open cells whose hiding lets the quantity reach further up (or down), by the least sum of weights.

    What was published earlier may bound the quantity on one side; then it takes its room on the other, or some on both.
    """
    widest = Polytope(part, hidden | {cell.name for cell in _candidates(part, hidden)})
    lowest, highest = widest.extreme(row, sign=1)[0], widest.extreme(row, sign=-1)[0]
    if highest - lowest < part.width - TOLERANCE:
        return set()
    choices = []
    for sign, target, ends in (
        (1, min(low + part.width, highest), high),
        (-1, max(high - part.width, lowest), low),
    ):
        if sign * (target - ends) > TOLERANCE:
            found = _pattern(part, hidden, row, sign, target)
            if found is not None:
                choices.append(found)
    return min(choices, key=lambda choice: choice[0])[1] if choices else set()


def _candidates(part: System, hidden: set[Hashable]) -> list[Cell]:
    """Return the cells that could be hidden too: open, shown until now, and not noughts (which a hidden cell isn't)."""
    return [
        cell
        for cell in part.cells
        if not cell.is_fixed and cell.name not in hidden and part.value(cell.atoms) >= cell.least
    ]


def _pattern(
    part: System, hidden: set[Hashable], row: Floats, sign: int, target: float
) -> tuple[float, set[Hashable]] | None:
    """Return cost and cells of the cheapest way for the quantity to reach a target, or None where there is none."""
    candidates = _candidates(part, hidden)
    if not candidates:
        return None
    names = {cell.name for cell in candidates}
    frame = Polytope(part, hidden | names)
    size, count = len(frame.place), len(candidates)
    # |cell - its true value| <= t, one t for each candidate: the price of hiding it is paid in proportion.
    moves = _Rows(frame.place)
    for cell in candidates:
        moves.add(cell.atoms, low=0.0, high=0.0)
    trues = np.array([float(part.value(cell.atoms)) for cell in candidates])
    free, step = np.full(count, np.inf), moves.matrix(size)
    matrix = vstack(
        [
            hstack([frame.rows.matrix(size), csr_array((len(frame.rows.low), count))]),
            hstack([csr_array(sign * row[None, :]), csr_array((1, count))]),
            hstack([step, eye_array(count)]),
            hstack([step, -eye_array(count)]),
        ]
    ).tocsr()
    cost = np.concatenate([np.zeros(size), np.array([cell.weight for cell in candidates])])
    engine = _engine(
        matrix,
        cost,
        np.concatenate([frame.rows.low, [sign * target], trues, -free]),
        np.concatenate([frame.rows.high, [np.inf], free, trues]),
    )
    engine.setOptionValue("simplex_strategy", DUAL_SIMPLEX)  # costs are at least 0: nought is a dual start
    if engine.settle() != highspy.HighsModelStatus.kOptimal:
        return None
    moved_by = engine.getSolution().col_value[size:]
    chosen = {cell.name for cell, moved in zip(candidates, moved_by, strict=True) if moved > TOLERANCE}
    weight = sum(cell.weight for cell in candidates if cell.name in chosen)
    return (weight, chosen) if chosen else None
