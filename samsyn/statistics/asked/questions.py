"""A question in its normal form: what reads differently and asks the same is the same. Pure: no Django, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from samsyn.statistics.definitions.model import Unit
from samsyn.statistics.periods import Quarter, Span

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Population:
    """Which units are counted: those of the quarters that have, in each filtered variable, one of the codes."""

    unit: Unit
    filters: Filters
    span: Span

    def as_json(self) -> dict[str, Any]:
        """Return the population as it is stored."""
        return {
            "unit": self.unit,
            "filters": {column: list(codes) for column, codes in self.filters},
            "first": str(self.span.first),
            "last": str(self.span.last),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Population":
        """Return a stored population."""
        span = Span(Quarter.parse(stored["first"]), Quarter.parse(stored["last"]))
        return cls(stored["unit"], normal(stored["filters"]), span)


@dataclass(frozen=True)
class Question:
    """What somebody asks for: rows, columns (or none), and of whom."""

    row: str
    column: str
    population: Population

    def as_json(self) -> dict[str, Any]:
        """Return the question as it is stored."""
        return {"row": self.row, "column": self.column, **self.population.as_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Question":
        """Return a stored question."""
        return cls(stored["row"], stored["column"], Population.from_json(stored))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every variable that the question speaks of, each once."""
        named = (self.row, self.column, *(column for column, _codes in self.population.filters))
        return tuple(dict.fromkeys(filter(None, named)))


def normal(filters: Mapping[str, Iterable[str]], *, values: Mapping[str, Iterable[str]] | None = None) -> Filters:
    """Return filters in their normal form: sorted, each code once, without those that let everything through.

    ``values`` are all values that a variable may have.
    """
    every = {column: set(codes) for column, codes in (values or {}).items()}
    found = {column: sorted(set(codes)) for column, codes in filters.items()}
    return tuple(
        (column, tuple(codes)) for column, codes in sorted(found.items()) if codes and set(codes) != every.get(column)
    )
