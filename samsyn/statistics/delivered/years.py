"""A year of delivered figures, ready for a release: what is counted, who stands behind each count, and what is said. Pure.

A count gives its deliverers away when fewer than three stand behind it, noughts too, or one of them outweighs: of all, and
of what is left for a deliverer that subtracts its own (the (1, k) rule from outside and from inside; Hundepool et al.,
"Statistical Disclosure Control", Wiley 2012, 4.2). What is left must not be a small count either.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from samsyn.statistics.definitions.model import RowKind, Source, Text
from samsyn.statistics.linking import Shape

Contributions = Mapping[str, int]
# The condition in the key of a class: deliverers that stand in the same tables.
CLASS = "class"


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is called and the key of its count; without a key it has no figure."""

    code: str
    label: Text
    kind: RowKind
    key: str
    across: tuple[str, ...] = ()
    """The keys of its counts in each of the table's columns."""


@dataclass(frozen=True)
class TableOfYear:
    """The rows of one definition in a year, and what must be said of them."""

    lines: tuple[Line, ...]
    base: str
    notes: tuple[Text, ...]
    columns: tuple[tuple[str, Text], ...] = ()
    """The codes by which the rows are divided, with their names."""


@dataclass(frozen=True)
class Year:
    """Everything that a release of a year needs: by key, who has how many; the keys of ``classes`` are never printed."""

    year: int
    behind: Mapping[str, Contributions]
    shapes: tuple[Shape, ...]
    populations: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, TableOfYear]
    away: frozenset[str]
    """Keys whose count gives a deliverer away."""
    classes: frozenset[str]
    sums: tuple[tuple[tuple[str, ...], str], ...] = ()
    """Counts that add up to another one, beside the shapes: the rows of a column."""
    mark: str = ""
    """What stands in every key for the year and the edition."""
    deliveries: tuple[str, ...] = ()
    """The ids of the deliveries that were read, so that a correction can be held against what it corrects."""
    before: tuple["Year", ...] = ()
    """Earlier published editions of the same year, in order."""

    @property
    def everything_behind(self) -> Mapping[str, Contributions]:
        """Return who stands behind each count, of this edition and of those before."""
        return {key: found for one in (*self.before, self) for key, found in one.behind.items()}

    @property
    def values(self) -> dict[str, int]:
        """Return the count of each key that is no population's."""
        return {key: sum(found.values()) for key, found in self.behind.items() if key not in self.populations}

    @property
    def deliverers(self) -> list[str]:
        """Return everybody who stands behind a count."""
        return sorted({code for found in self.everything_behind.values() for code in found})


def gives_away(behind: Collection[int], *, source: Source, threshold: int) -> bool:
    """Tell whether a count, or what is left of it for one of its deliverers, says what a single one has.

    Behind a nought that nobody stands behind there is nobody: everybody knows it.
    """
    if not behind:
        return False
    if len(behind) < source.least_deliverers:
        return True
    largest, *others = sorted(behind, reverse=True)
    total = largest + sum(others)
    if not total:
        return False
    if largest > source.dominance * total:
        return True
    for own in {one for one in behind if one}:
        rest = total - own
        most = others[0] if own == largest else largest
        if 0 < rest < threshold or most > source.dominance * rest:
            return True
    return False
