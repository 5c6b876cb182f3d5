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

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, vstack

Atom = int
PRIMARY, SECONDARY = "primary", "secondary"
TOLERANCE = 1e-6


class CannotProtect(Exception):
    """Whatever is hidden, a count can be worked out; the message names it."""


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
    """Which cells are hidden, and why: PRIMARY or SECONDARY."""

    reasons: Mapping[Hashable, str] = field(default_factory=dict)

    @property
    def primary(self) -> int:
        """Return how many cells are hidden because they are few."""
        return sum(reason == PRIMARY for reason in self.reasons.values())

    @property
    def secondary(self) -> int:
        """Return how many cells are hidden because others could be worked out."""
        return sum(reason == SECONDARY for reason in self.reasons.values())


def is_sensitive(value: int, *, threshold: int, protects_zeros: bool = False) -> bool:
    """Tell whether a count must be hidden by itself."""
    return 0 < value < threshold or (protects_zeros and value == 0)


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
    for part in components(system):
        _protect_part(part, hidden, reasons)
    return Protection(reasons)


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
        equal: list[tuple[np.ndarray, float]] = []
        least: list[tuple[np.ndarray, float]] = []
        for one in system.relations:
            (equal if one.is_equality else least).append((self.row(one.plus, one.minus), 0.0))
        for cell in system.cells:
            row = self.row(cell.atoms)
            if cell.name in hidden:
                least.append((row, float(cell.least)))
            else:
                equal.append((row, float(system.value(cell.atoms))))
        self.equal = self._matrix(equal)
        self.least = self._matrix(least)

    def row(self, plus: Iterable[Atom], minus: Iterable[Atom] = ()) -> np.ndarray:
        """Return the coefficients of a sum and a difference of atoms."""
        row = np.zeros(len(self.place))
        for atom in plus:
            row[self.place[atom]] += 1
        for atom in minus:
            row[self.place[atom]] -= 1
        return row

    def _matrix(self, rows: list[tuple[np.ndarray, float]]) -> tuple[csr_array | None, np.ndarray | None]:
        if not rows:
            return None, None
        return csr_array(np.array([row for row, _ in rows])), np.array([bound for _, bound in rows])

    def extreme(self, row: np.ndarray, *, sign: int) -> tuple[float, np.ndarray]:
        """Return the least (sign 1) or greatest (-1) value of a quantity, and a point where it is reached."""
        at_least, bounds = self.least
        for presolve in (True, False):
            done = linprog(
                sign * row,
                A_ub=None if at_least is None else -at_least,
                b_ub=None if bounds is None else -bounds,
                A_eq=self.equal[0],
                b_eq=self.equal[1],
                bounds=(0, None),
                method="highs",
                options={"presolve": presolve},
            )
            if done.status != 2:  # HiGHS's presolve calls some unbounded programs infeasible; the truth always fits
                break
        if done.status == 3:  # unbounded
            return sign * -np.inf, self.true
        if done.status != 0:
            raise RuntimeError(f"the linear program failed: {done.message}")
        return float(row @ done.x), done.x


def _protect_part(part: System, hidden: set[Hashable], reasons: dict[Hashable, str]) -> None:
    """Hide cells of one part until every guarded quantity is uncertain enough."""
    if not part.guards and not any(cell.name in hidden for cell in part.cells):
        return
    while True:
        polytope = Polytope(part, hidden)
        narrow = _narrow(part, polytope, hidden)
        if not narrow:
            return
        added: set[Hashable] = set()
        for name, row in narrow:
            if added:  # what was hidden for the first may already protect the others
                polytope = Polytope(part, hidden | added)
            low, high = (polytope.extreme(row, sign=1)[0], polytope.extreme(row, sign=-1)[0])
            if high - low >= part.width - TOLERANCE:
                continue
            found = _cheapest(part, hidden | added, row, low, high)
            if not found:
                raise CannotProtect(str(name))
            added |= found
        for one in added:
            reasons[one] = SECONDARY
        hidden |= added


def _narrow(part: System, polytope: Polytope, hidden: set[Hashable]) -> list[tuple[Hashable, np.ndarray]]:
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


def _cheapest(part: System, hidden: set[Hashable], row: np.ndarray, low: float, high: float) -> set[Hashable]:
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
    part: System, hidden: set[Hashable], row: np.ndarray, sign: int, target: float
) -> tuple[float, set[Hashable]] | None:
    """Return cost and cells of the cheapest way for the quantity to reach a target, or None where there is none."""
    candidates = _candidates(part, hidden)
    if not candidates:
        return None
    names = {cell.name for cell in candidates}
    frame = Polytope(System(part.values, part.relations, part.cells, part.guards, part.width), hidden)
    place, size = frame.place, len(frame.place)
    equal: list[np.ndarray] = []
    equal_to: list[float] = []
    below: list[np.ndarray] = []
    below_to: list[float] = []
    for one in part.relations:
        coefficients = frame.row(one.plus, one.minus)
        (equal if one.is_equality else below).append(coefficients if one.is_equality else -coefficients)
        (equal_to if one.is_equality else below_to).append(0.0)
    for cell in part.cells:
        coefficients = frame.row(cell.atoms)
        if cell.name in hidden or cell.name in names:
            below.append(-coefficients)
            below_to.append(-float(cell.least))
        else:
            equal.append(coefficients)
            equal_to.append(float(part.value(cell.atoms)))
    below.append(-sign * row)
    below_to.append(-sign * target)
    # |cell - its true value| <= t, one t for each candidate: the price of hiding it is paid in proportion.
    moves = np.array([frame.row(cell.atoms) for cell in candidates])
    trues = np.array([float(part.value(cell.atoms)) for cell in candidates])
    count = len(candidates)
    identity = coo_array((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    none = csr_array((len(below), count))
    left = vstack([csr_array(np.array(below)), csr_array(moves), csr_array(-moves)])
    right = vstack([none, -identity, -identity])
    from scipy.sparse import hstack

    a_ub = hstack([left, right]).tocsr()
    b_ub = np.concatenate([np.array(below_to), trues, -trues])
    a_eq = hstack([csr_array(np.array(equal)), csr_array((len(equal), count))]).tocsr() if equal else None
    cost = np.concatenate([np.zeros(size), np.array([cell.weight for cell in candidates])])
    done = linprog(
        cost,
        A_ub=a_ub,
        b_ub=b_ub,
        A_eq=a_eq,
        b_eq=np.array(equal_to) if equal else None,
        bounds=(0, None),
        method="highs-ds",
    )
    if done.status != 0:
        return None
    del place
    chosen = {cell.name for cell, moved in zip(candidates, done.x[size:], strict=True) if moved > TOLERANCE}
    weight = sum(cell.weight for cell in candidates if cell.name in chosen)
    return (weight, chosen) if chosen else None
