"""A published table over all its quarters as a cube: what files and programs read. Nothing is computed, only placed.

Three dimensions, in order: ``row`` (the table's rows), ``content`` (its columns), ``time`` (the quarter of publication, written
``2026K2`` as Statistics Sweden does). A value that isn't there is None and has a standing: ``hidden`` (protected),
``missing`` (there is no figure) or ``empty`` (the table of that quarter has no such cell).
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.shown import Document

Words = Mapping[str, str]
Value = int | float | None
HIDDEN, MISSING, EMPTY = "hidden", "missing", "empty"
ROW, CONTENT, TIME = "row", "content", "time"
# Decimals of the figures by measure.
DECIMALS = {"share": 2}


@dataclass(frozen=True)
class Category:
    """A value of a dimension; ``measure`` for what is counted: count, share or mean_per_month."""

    code: str
    label: Words
    measure: str = ""


@dataclass(frozen=True)
class Dimension:
    """A dimension; ``whole`` is the category that stands for all the others, where there is one."""

    code: str
    label: Words
    categories: tuple[Category, ...]
    whole: str = ""

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return the place of each category."""
        return {one.code: at for at, one in enumerate(self.categories)}


@dataclass(frozen=True)
class Cube:
    """The figures, row-major, with what must be known to read them; ``latest`` is the table as last published."""

    name: str
    latest: Document
    updated: str
    dimensions: tuple[Dimension, ...]
    values: tuple[Value, ...]
    standings: tuple[str, ...]

    @property
    def size(self) -> tuple[int, ...]:
        """Return how many categories each dimension has."""
        return tuple(len(one.categories) for one in self.dimensions)

    def dimension(self, code: str) -> Dimension:
        """Return a dimension; raise LookupError."""
        for one in self.dimensions:
            if one.code == code:
                return one
        raise LookupError(code)

    def at(self, places: Sequence[int]) -> int:
        """Return where a cell stands among the values."""
        found = 0
        for place, size in zip(places, self.size, strict=True):
            found = found * size + place
        return found

    def select(self, chosen: Mapping[str, Sequence[str]]) -> "Cube":
        """Return the chosen categories of each dimension, in the cube's order; raise LookupError for an unknown code."""
        kept = []
        for one in self.dimensions:
            wanted = (
                {one.places[code] for code in chosen[one.code]} if one.code in chosen else set(range(len(one.places)))
            )
            kept.append(sorted(wanted))
        cells = [self.at(places) for places in itertools.product(*kept)]
        return replace(
            self,
            dimensions=tuple(
                replace(one, categories=tuple(one.categories[at] for at in places))
                for one, places in zip(self.dimensions, kept, strict=True)
            ),
            values=tuple(self.values[at] for at in cells),
            standings=tuple(self.standings[at] for at in cells),
        )

    def without(self, code: str) -> "Cube":
        """Return the cube without a dimension of one category: the same cells."""
        if len(self.dimension(code).categories) != 1:
            raise ValueError(code)
        return replace(self, dimensions=tuple(one for one in self.dimensions if one.code != code))

    def grid(self, stub: Sequence[str], heading: Sequence[str]) -> Iterator[tuple[tuple[Category, ...], list[int]]]:
        """Yield the rows of a flat table: the categories of the stub, and where the cells of the heading stand."""
        order = [one.code for one in self.dimensions]
        of_stub = [range(len(self.dimension(code).categories)) for code in stub]
        of_heading = [range(len(self.dimension(code).categories)) for code in heading]
        for left in itertools.product(*of_stub):
            cells = []
            for top in itertools.product(*of_heading):
                place = dict(zip((*stub, *heading), (*left, *top), strict=True))
                cells.append(self.at([place[code] for code in order]))
            heads = tuple(self.dimension(code).categories[at] for code, at in zip(stub, left, strict=True))
            yield heads, cells

    def heads(self, heading: Sequence[str]) -> list[tuple[Category, ...]]:
        """Return the categories above each column of a flat table."""
        return list(itertools.product(*(self.dimension(code).categories for code in heading)))


def time_code(quarter: str, kind: str) -> str:
    """Write a quarter as Statistics Sweden does: 2026-q2 is 2026K2; a year that others delivered is 2026."""
    return quarter[:4] if kind == PeriodKind.YEAR else quarter.replace("-q", "K")


def name_of(code: str, kind: str) -> str:
    """Return the name under which programs find a table: its code and its kind of period."""
    return f"{code}-{kind}"


def cube_of(documents: Sequence[Document], *, updated: str = "") -> Cube:
    """Return one table's published documents, one a quarter in order of time and at least one, as a cube."""
    latest = documents[-1]
    by_quarter = [(document, _cells(document)) for document in documents]
    rows = _merged([[Category(row["code"], row["label"]) for row in document["rows"]] for document in documents])
    contents = _merged(
        [[Category(one["code"], one["label"], one["measure"]) for one in document["columns"]] for document in documents]
    )
    sums = {row["code"] for row in latest["rows"] if row["kind"] == "sum"}
    values: list[Value] = []
    standings: list[str] = []
    for row, content, (_document, cells) in itertools.product(rows, contents, by_quarter):
        cell = cells.get((row.code, content.code))
        standing = _standing(cell)
        standings.append(standing)
        values.append(None if standing or cell is None else cell["v"])
    return Cube(
        name=name_of(latest["code"], latest["period"]["kind"]),
        latest=latest,
        updated=updated or latest["frozen_at"],
        dimensions=(
            Dimension(ROW, _or(latest["row_head"], "Rad", "Row"), rows, whole=sums.pop() if len(sums) == 1 else ""),
            Dimension(CONTENT, {"sv": "Innehåll", "en": "Content"}, contents),
            Dimension(TIME, time_words(latest["period"]["kind"]), tuple(_time(document) for document in documents)),
        ),
        values=tuple(values),
        standings=tuple(standings),
    )


def _cells(document: Document) -> dict[tuple[str, str], Mapping[str, Any] | None]:
    return {
        (row["code"], column["code"]): cell
        for row in document["rows"]
        for column, cell in zip(document["columns"], row["cells"], strict=True)
    }


def _standing(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return EMPTY
    if cell.get("hidden"):
        return HIDDEN
    return MISSING if cell["v"] is None else ""


def _or(words: Words, swedish: str, english: str) -> Words:
    return words if words["sv"] else {"sv": swedish, "en": english}


def time_words(kind: str) -> Words:
    """Name the dimension of time."""
    return {"sv": "År", "en": "Year"} if kind == PeriodKind.YEAR else {"sv": "Kvartal", "en": "Quarter"}


def _time(document: Document) -> Category:
    quarter, kind = document["period"]["quarter"], document["period"]["kind"]
    year, _dash, number = quarter.partition("-q")
    label = {"sv": f"Kvartal {number}, {year}", "en": f"Quarter {number}, {year}"}
    return Category(time_code(quarter, kind), {"sv": year, "en": year} if kind == PeriodKind.YEAR else label)


def _merged(lists: Sequence[Sequence[Category]]) -> tuple[Category, ...]:
    """Return all categories once: in the latest table's order, those that it no longer has after their old neighbours."""
    found = list(lists[-1])
    known = {one.code for one in found}
    for earlier in reversed(lists[:-1]):
        before = ""
        for one in earlier:
            if one.code not in known:
                at = next((place + 1 for place, other in enumerate(found) if other.code == before), 0)
                found.insert(at, one)
                known.add(one.code)
            before = one.code
    return tuple(found)
