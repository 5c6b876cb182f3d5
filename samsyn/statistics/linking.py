"""Everything that was and will be published as one linear system: tables of a release, earlier releases, late facts.

Pure. Time is cut into blocks at every quarter where some published sum of a variable begins or ends; an atom is the
count of one value in one block, as it stood when a release first counted it. Facts that came later are atoms of their
own, because the difference between two releases is a figure too.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics.disclosure import Cell, Guard, Relation, System, is_sensitive

Leaf = NDArray[np.int64]
UNIT_TOTAL, POPULATION_TOTAL, GROUP = 400.0, 200.0, 6.0
WHOLE, YEAR, QUARTER = 4.0, 2.0, 1.0


class Contradiction(Exception):
    """A release counted more units than there are now: an earlier figure can't be true."""


@dataclass(frozen=True)
class Shape:
    """A variable whose values divide a base: keys of codes, keys of answer states, and whether codes may overlap."""

    base: str
    codes: tuple[str, ...]
    states: tuple[str, ...]
    is_multiple: bool
    since: Mapping[str, int] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all keys."""
        return (*self.codes, *self.states)

    def as_json(self) -> dict[str, object]:
        """Return the shape as it is stored with a release."""
        return {
            "base": self.base,
            "codes": list(self.codes),
            "states": list(self.states),
            "is_multiple": self.is_multiple,
            "since": dict(self.since),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Shape":
        """Return a stored shape."""
        return cls(
            base=str(data["base"]),
            codes=tuple(data["codes"]),  # type: ignore[arg-type]
            states=tuple(data["states"]),  # type: ignore[arg-type]
            is_multiple=bool(data["is_multiple"]),
            since=dict(data["since"]),  # type: ignore[call-overload]
        )


@dataclass(frozen=True)
class Asked:
    """A count that a release prints or hides."""

    keys: tuple[str, ...]
    first: int
    last: int
    threshold: int = 5
    protects_zeros: bool = False
    is_hidden: bool = False
    is_primary: bool = False
    """It was hidden for its own sake, in a release that is published."""
    largest: int = 0
    """Units of the largest deliverer, where several deliver; the line's own calls have one deliverer, the centre."""
    dominance: float = 1.0
    gives_away: bool = False
    """It says what a single deliverer has, whatever its value; a nought, too."""
    may_be_none: bool = False
    """Nobody knows that it is no nought when it is hidden."""

    @property
    def name(self) -> tuple[str, int, int]:
        """Return what the count is, the same in every table."""
        return ("+".join(self.keys), self.first, self.last)


@dataclass(frozen=True)
class Edition:
    """A release as the attacker has it: what it counted, and which counts it shows."""

    last: int
    leaves: Mapping[str, Leaf]
    shapes: Sequence[Shape]
    populations: Mapping[str, tuple[str, ...]]
    cells: Sequence[Asked]
    guarded: frozenset[str] = frozenset()
    """Keys that are printed nowhere and would give a deliverer away."""
    sums: Sequence[tuple[Sequence[str], str]] = ()
    """Counts that add up to another one, beside the shapes."""


Name = tuple[int, str, int, int]


def link(earlier: Sequence[Edition], new: Edition) -> System:
    """Return the system of all editions in the order of their publication; the new one's cells are open.

    Cells are named (edition, keys, first, last), the new edition having the highest number.
    """
    return _Linker([*earlier, new]).system()


class _Linker:
    def __init__(self, editions: list[Edition]) -> None:
        self.editions = editions
        self.newest = len(editions) - 1
        self.shapes: dict[tuple[str, ...], Shape] = {}
        self.populations: dict[str, tuple[str, ...]] = {}
        for edition in editions:
            self.populations.update(edition.populations)
            for shape in edition.shapes:
                self.shapes[shape.keys] = shape
        self.axis_of = {key: keys for keys in self.shapes for key in keys}
        self.bounds: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self.values: list[int] = []
        self.keys: list[str] = []
        # axis -> list of (first, last, edition, {key: atom})
        self.atoms: dict[tuple[str, ...], list[tuple[int, int, int, dict[str, int]]]] = defaultdict(list)

    def expand(self, key: str) -> tuple[str, ...]:
        """Return the keys that have atoms: a population's total is the sum of the codes that make it up."""
        return self.populations.get(key, (key,))

    def axis(self, key: str) -> tuple[str, ...]:
        """Return the variable to which a key belongs; a unit's total is one of its own."""
        return self.axis_of.get(key, (key,))

    def system(self) -> System:
        """Build atoms, relations, cells and guards."""
        self._cut_time()
        for keys in list(self.bounds):
            self._make_atoms(keys)
        threshold = max((cell.threshold for cell in self.editions[-1].cells), default=5)
        return System(
            values=self.values,
            keys=self.keys,
            relations=self._relations(),
            cells=self._cells(),
            guards=self._guards(threshold),
            width=float(threshold - 2),
        )

    def _cut_time(self) -> None:
        for edition in self.editions:
            for cell in edition.cells:
                for key in (part for name in cell.keys for part in self.expand(name)):
                    self.bounds[self.axis(key)] |= {cell.first, cell.last + 1}
        for keys, shape in self.shapes.items():
            if keys in self.bounds:
                self.bounds[keys] |= {since for since in shape.since.values() if since <= max(self.bounds[keys])}
        # What a variable divides must be cut wherever the variable is.
        is_growing = True
        while is_growing:
            is_growing = False
            for keys, shape in self.shapes.items():
                if keys not in self.bounds:
                    continue
                for base in self.expand(shape.base):
                    over = self.bounds[self.axis(base)]
                    if not self.bounds[keys] <= over:
                        over |= self.bounds[keys]
                        is_growing = True

    def _make_atoms(self, keys: tuple[str, ...]) -> None:
        cuts = sorted(self.bounds[keys])
        shape = self.shapes.get(keys)
        for first, after in pairwise(cuts):
            seen: dict[str, int] | None = None
            for number, edition in enumerate(self.editions):
                if edition.last < after - 1 or any(key not in edition.leaves for key in keys):
                    continue
                now = {
                    key: int(edition.leaves[key][first:after].sum())
                    for key in keys
                    if not shape or shape.since.get(key, 0) <= first
                }
                if seen is None or seen != now:
                    before = seen or {}
                    made = {}
                    for key, value in now.items():
                        late = value - before.get(key, 0)
                        if late < 0:
                            raise Contradiction(key)
                        made[key] = len(self.values)
                        self.values.append(late)
                        self.keys.append(key)
                    self.atoms[keys].append((first, after - 1, number, made))
                seen = now

    def _sum(self, names: Iterable[str], first: int, last: int, edition: int) -> tuple[int, ...]:
        """Return the atoms of keys in a stretch of time, as an edition counted them."""
        found = []
        for key in (part for name in names for part in self.expand(name)):
            for start, end, number, made in self.atoms[self.axis(key)]:
                if first <= start and end <= last and number <= edition and key in made:
                    found.append(made[key])
        return tuple(found)

    def _relations(self) -> list[Relation]:
        found = []
        for keys, shape in self.shapes.items():
            for first, last, edition, made in self.atoms.get(keys, ()):
                if not made:  # nothing of it was recorded yet
                    continue
                base = self._sum((shape.base,), first, last, edition)
                states = self._sum(shape.states, first, last, edition)
                codes = [key for key in shape.codes if key in made]
                if not shape.is_multiple:
                    found.append(Relation(self._sum(made, first, last, edition), base))
                    continue
                # Whoever gave no state gave at least one code, and each code once.
                found.append(Relation((*self._sum(codes, first, last, edition), *states), base, is_equality=False))
                for key in codes:
                    found.append(Relation(base, (*self._sum((key,), first, last, edition), *states), is_equality=False))
        for number, one in enumerate(self.editions):
            for parts, whole in one.sums:
                known = all(self.axis(key) in self.atoms for name in (*parts, whole) for key in self.expand(name))
                if known:
                    found.append(
                        Relation(
                            self._sum(parts, 0, one.last, number),
                            self._sum((whole,), 0, one.last, number),
                        )
                    )
        return found

    def _cells(self) -> list[Cell]:
        found: list[Cell] = []
        known: dict[tuple[int, ...], Cell] = {}
        for number, edition in enumerate(self.editions):
            for asked in edition.cells:
                atoms = self._sum(asked.keys, asked.first, asked.last, number)
                if not atoms:
                    continue
                cell = self._cell(number, asked, atoms, known.get(tuple(sorted(atoms))))
                if number < self.newest:
                    known[tuple(sorted(atoms))] = cell
                found.append(cell)
        return found

    def _cell(self, number: int, asked: Asked, atoms: tuple[int, ...], before: Cell | None) -> Cell:
        value = sum(self.values[atom] for atom in atoms)
        base = self._divided(asked, number)
        is_few = partial(is_sensitive, threshold=asked.threshold, protects_zeros=asked.protects_zeros)
        is_fixed = number < self.newest
        is_primary = asked.is_primary
        if not is_fixed:
            is_primary = is_primary or is_sensitive(
                value,
                threshold=asked.threshold,
                protects_zeros=asked.protects_zeros,
                largest=asked.largest,
                dominance=asked.dominance,
            )
            is_primary = is_primary or asked.gives_away or is_few(base - value)
        may_be_none = asked.protects_zeros or asked.may_be_none or is_few(base) or bool(before and not before.least)
        return Cell(
            name=(number, *asked.name),
            atoms=atoms,
            weight=self._weight(asked, value),
            # Where all are few, nobody's answer is hidden too, as that of all the others.
            least=0 if may_be_none else 1,
            is_fixed=is_fixed,
            # The same count as in an earlier release stays hidden if it was, whatever has become of the others.
            is_hidden=asked.is_hidden if is_fixed else bool(before and before.is_hidden),
            is_primary=is_primary,
        )

    def _divided(self, asked: Asked, edition: int) -> float:
        """Return how many could choose a code of a multiple-choice variable; infinite for every other count.

        Those who did not choose it may be too few to be known; elsewhere they are counted themselves.
        """
        shape = self.shapes.get(self.axis(asked.keys[0]))
        if shape is None or not shape.is_multiple or len(asked.keys) > 1 or asked.keys[0] in shape.states:
            return math.inf
        return sum(self.values[atom] for atom in self._sum((shape.base,), asked.first, asked.last, edition))

    def _weight(self, asked: Asked, value: int) -> float:
        """Return how much is lost when a count is hidden: totals most, long periods more than short ones."""
        length = asked.last - asked.first + 1
        span = QUARTER if length == 1 else YEAR if length <= 4 else WHOLE
        key = asked.keys[0]
        if key not in self.axis_of:
            kind = POPULATION_TOTAL if key in self.populations else UNIT_TOTAL
        else:
            kind = GROUP if len(asked.keys) > 1 else 1.0
        return span * kind * (1 + math.log10(1 + value) / 10)

    def _guards(self, threshold: int) -> list[Guard]:
        """Return small counts that lie between two published sums: a quarter, or facts that came late."""
        found = []
        away = self.editions[-1].guarded
        for keys, blocks in self.atoms.items():
            shape = self.shapes.get(keys)
            if shape is None:  # how many there were in all is nobody's secret
                continue
            for first, last, edition, made in blocks:
                base = self._sum((shape.base,), first, last, edition)
                total = sum(self.values[atom] for atom in base)
                for key, atom in made.items():
                    name = (edition, f"between:{key}", first, last)
                    if is_sensitive(self.values[atom], threshold=threshold) or key in away:
                        found.append(Guard(name, (atom,)))
                    own = self._sum((key,), first, last, edition)
                    others = total - sum(self.values[one] for one in own)
                    if shape.is_multiple and key in shape.codes and is_sensitive(others, threshold=threshold):
                        found.append(Guard((edition, f"others:{key}", first, last), base, own))
        return found
