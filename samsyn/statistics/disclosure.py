"""Disclosure control: which cells to hide so that no reader can work out a small count. Pure: no Django.

The tables of a release and of all earlier ones are one linear system. Its unknowns are *atoms* (how many units have a
value in a stretch of time); a *cell* is a sum of atoms, shown or hidden; equations say which atoms add up to which.
The attacker reads every shown cell, knows the equations, and knows that a hidden cell is at least 1 (`least`).

Primary cells are those with 1 to threshold - 1 units. Secondary cells are added until the interval that the attacker
can give for each guarded quantity is at least ``width`` wide: with threshold 5, never narrower than 1 to 4. What is
searched for is in ``suppression``: a system is a table there, whose atoms nobody prints.
``attack.py`` proves the result afterwards, by other code.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from samsyn.statistics import suppression

Atom = int
PRIMARY, SECONDARY = "primary", "secondary"
# No count is as large as this.
BEYOND = 2**31


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
    keys: Sequence[str] = ()
    """What each atom counts a part of, where that is known."""
    width: float = 3.0
    """The narrowest interval that an attacker may find: threshold - 2, as wide as "1 to 4" with threshold 5."""

    def value(self, atoms: Iterable[Atom]) -> int:
        """Return the true sum of atoms."""
        return sum(self.values[atom] for atom in atoms)


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
    value: float, *, threshold: int, protects_zeros: bool = False, largest: int = 0, dominance: float = 1.0
) -> bool:
    """Tell whether a count must be hidden by itself: it is small, a protected nought, or nearly all one deliverer's.

    ``largest`` units of the count come from its largest deliverer; with a greater share than ``dominance`` (0 to 1) the
    others would read that deliverer's own figure out of it (the (1, k) rule: Hundepool et al., "Statistical Disclosure
    Control", Wiley 2012, 4.2.1).
    """
    return 0 < value < threshold or (protects_zeros and value == 0) or largest > dominance * value


def protect(system: System) -> Protection:
    """Return the cells to hide; raise CannotProtect where hiding every open cell is not enough.

    Cells that are marked primary or hidden are hidden from the start; protecting twice therefore changes nothing. Raise
    suppression.Contradiction where the true values contradict what every reader knows.
    """
    table = table_of(system)
    names: list[Hashable] = [None] * len(system.values)
    names += [cell.name for cell in system.cells]
    names += [guard.name for guard in system.guards]
    try:
        result = suppression.suppress(table, seconds=np.inf, workers=1)
    except suppression.CannotHide as no:
        raise CannotProtect(names[no.args[0]]) from None
    reasons: dict[Hashable, str] = {}
    because: dict[Hashable, Hashable] = {}
    for at, cell in enumerate(system.cells, start=len(system.values)):
        if result.is_hidden[at] and not cell.is_fixed:
            reasons[cell.name] = PRIMARY if table.is_primary[at] else SECONDARY
        if result.is_secondary[at]:
            because[cell.name] = names[result.because[at]]
    return Protection(reasons, because)


def table_of(system: System) -> suppression.Table:
    """Return a system as a table: its atoms, its cells, its guards, and what each inequality leaves over, in this order.

    Atoms and what is left over are printed nowhere and are at least 0. A guard is a cell that was hidden from the start;
    what it can be follows from the others, so its own least value is out of reach.
    """
    values, equations = list(system.values), _Equations()
    same: dict[tuple[Atom, ...], int] = {}
    for cell in system.cells:
        first = same.setdefault(tuple(sorted(cell.atoms)), len(values))
        equations.add((len(values),), cell.atoms if first == len(values) else (first,))
        values.append(system.value(cell.atoms))
    for guard in system.guards:
        equations.add(guard.plus, (len(values), *guard.minus))
        values.append(system.value(guard.plus) - system.value(guard.minus))
    for one in system.relations:
        if one.is_equality:
            equations.add(one.plus, one.minus)
        else:
            equations.add(one.plus, (len(values), *one.minus))
            values.append(system.value(one.plus) - system.value(one.minus))
    counts, size = np.array(values, dtype=np.int64), len(values)
    begin, end = len(system.values), len(system.values) + len(system.cells)
    cells, guards = slice(begin, end), slice(end, end + len(system.guards))
    costs, least, is_free = np.zeros(size), np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
    is_primary, is_fixed, is_hidden = np.zeros((3, size), dtype=bool)
    is_free[begin : guards.stop] = False
    is_hidden[guards] = True
    costs[cells] = [one.weight for one in system.cells]
    least[cells], least[guards] = [one.least for one in system.cells], counts[guards] - BEYOND
    is_fixed[cells] = [one.is_fixed for one in system.cells]
    is_hidden[cells] = [one.is_hidden for one in system.cells]
    is_primary[cells] = [one.is_primary and not one.is_fixed for one in system.cells]
    table = suppression.Table(
        values=counts,
        equations=equations.matrix(size),
        costs=costs,
        is_primary=is_primary,
        is_fixed=is_fixed,
        is_hidden=is_hidden,
        blocks=np.zeros(size, dtype=np.int64),
        least=least,
        is_free=is_free,
        width=system.width,
    )
    return replace(table, blocks=_linked(table))


class _Equations:
    """Sums that equal other sums."""

    def __init__(self) -> None:
        self.starts, self.columns, self.signs = [0], list[int](), list[int]()

    def add(self, plus: Sequence[int], minus: Sequence[int]) -> None:
        """Say that two sums are equal."""
        self.columns += [*plus, *minus]
        self.signs += [1] * len(plus) + [-1] * len(minus)
        self.starts.append(len(self.columns))

    def matrix(self, size: int) -> csr_array:
        """Return the equations (rows x size); what stands on both sides adds up."""
        made = csr_array((self.signs, self.columns, self.starts), shape=(len(self.starts) - 1, size))
        made.sum_duplicates()
        return made


def _linked(table: suppression.Table) -> NDArray[np.int64]:
    """Return a number for each cell, the same for those that equations tie through cells that may change; -1: none."""
    may_change = table.may_change
    tied = abs(table.equations) @ diags_array(may_change.astype(float))
    label = connected_components(block_array([[None, tied], [tied.T, None]]), directed=False)[1]
    found: NDArray[np.int64] = np.where(may_change, label[tied.shape[0] :], -1)
    return found
