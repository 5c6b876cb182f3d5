"""Indicators as data: numerator, denominator, validity, source, direction; computed for any level. Pure: no Django."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any, ClassVar

from samsyn.deliveries.checking.formats import TableFormat

FILE = Path(__file__).parent / "indicators.toml"
ASKED = "asked"
NOT_ASKED = ("not_asked", "not_applicable")
DIRECTIONS = (UP, DOWN, NONE) = ("up", "down", "none")
Z = 1.959964  # two-sided 95 per cent


@dataclass(frozen=True)
class Part:
    """A variable and which of its answers."""

    variable: str
    codes: tuple[str, ...]

    def cells(self, form: TableFormat) -> list[int]:
        """Return the places of the cells; raise KeyError for what the table doesn't have."""
        answers = form.places[self.variable]
        wanted = [one for one in answers if one not in NOT_ASKED] if self.codes == (ASKED,) else list(self.codes)
        return [answers[one] + division for one in wanted for division in range(form.width)]


@dataclass(frozen=True)
class Indicator:
    """One version of an indicator; ``direction`` says which way is better, and "none" that neither is."""

    code: str
    version: int
    valid_from: int
    valid_to: int
    title_sv: str
    title_en: str
    table: str
    numerator: Part
    denominator: Part
    direction: str
    source_sv: str
    source_en: str

    units: ClassVar[Part] = Part("units", ("all",))

    def sums(self, form: TableFormat) -> tuple[list[int], list[int]]:
        """Return the cells that the indicator is computed from: those of the numerator, those of the denominator."""
        return self.numerator.cells(form), self.denominator.cells(form)

    def not_asked(self, form: TableFormat) -> Part | None:
        """Return who was not asked; None where that is no answer to the question."""
        variable = self.numerator.variable
        return Part(variable, ("not_asked",)) if "not_asked" in form.places[variable] else None

    def cells_beside(self, form: TableFormat) -> list[int]:
        """Return the cells that say how many were not asked out of how many."""
        skipped = self.not_asked(form)
        return [*self.units.cells(form), *(skipped.cells(form) if skipped else ())]

    def is_valid(self, year: int) -> bool:
        """Say whether the indicator is computed for a year."""
        return self.valid_from <= year and (not self.valid_to or year <= self.valid_to)


@dataclass(frozen=True)
class Amount:
    """Numerator and denominator of a level, and how many were not asked out of how many."""

    numerator: int
    denominator: int
    not_asked: int
    units: int

    @property
    def share(self) -> float | None:
        """Return the share in per cent; None without a denominator."""
        return 100 * self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the share's interval of 95 per cent, in per cent; None without a denominator."""
        return wilson(self.numerator, self.denominator) if self.denominator else None


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Return Wilson's 95 per cent interval of a share (Wilson 1927, JASA 22), in per cent; the denominator is no 0."""
    n = denominator
    p = min(1.0, numerator / n)
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n * n)) / (1 + Z**2 / n)
    return max(0.0, 100 * (middle - half)), min(100.0, 100 * (middle + half))


def amount(one: Indicator, form: TableFormat, counts: Sequence[int]) -> Amount:
    """Compute an indicator from counts in the order of the table's cells."""

    def added(part: Part | None) -> int:
        return int(sum(counts[at] for at in part.cells(form))) if part else 0

    return Amount(
        numerator=added(one.numerator),
        denominator=added(one.denominator),
        not_asked=added(one.not_asked(form)),
        units=added(one.units),
    )


def parse(text: str) -> tuple[Indicator, ...]:
    """Read the data file; raise KeyError or ValueError for what is wrong in it."""
    found = tuple(_one(row) for row in tomllib.loads(text)["indicator"])
    if len({(one.code, one.version) for one in found}) != len(found):
        raise ValueError("an indicator's version stands twice")
    return found


def _one(row: dict[str, Any]) -> Indicator:
    if row["direction"] not in DIRECTIONS:
        raise ValueError(f"{row['code']}: the direction is not known")
    parts = {name: Part(row[name]["variable"], tuple(row[name]["codes"])) for name in ("numerator", "denominator")}
    return Indicator(
        code=row["code"],
        version=row["version"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to", 0),
        title_sv=row["title_sv"],
        title_en=row["title_en"],
        table=row["table"],
        direction=row["direction"],
        source_sv=row["source_sv"],
        source_en=row["source_en"],
        **parts,
    )


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return every version of every indicator."""
    return parse(FILE.read_text(encoding="utf-8"))
