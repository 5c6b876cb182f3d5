"""What a file of one table must hold: columns, variables, codes, breakdowns, and the order of its cells. Pure.

A table's cells have a fixed order (variable, code, breakdowns), so that a whole delivery is one row of numbers. The five
kinds of nothing are kept apart: *not asked*, *unknown* and *not applicable* are answers and stand in the column of codes
with their counts; *suppressed* and *missing* are statuses of a figure; a delivery that never came is in the register.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# Statuses as they are stored, one character a cell: SDMX CL_OBS_STATUS.
NORMAL, ESTIMATED, SUPPRESSED, MISSING, NOT_APPLICABLE = "A", "E", "Q", "L", "M"
STATUSES: Mapping[str, str] = {
    "normal": NORMAL,
    "uppskattad": ESTIMATED,
    "undertryckt": SUPPRESSED,
    "saknas": MISSING,
    "ej_tillämpligt": NOT_APPLICABLE,
    "estimated": ESTIMATED,
    "suppressed": SUPPRESSED,
    "missing": MISSING,
    "not_applicable": NOT_APPLICABLE,
}
STATUS_WORDS = {STATUSES[word]: word for word in tuple(STATUSES)[:5]}
WITH_COUNT = frozenset({NORMAL, ESTIMATED})
# What leaves a sum whole. *Not applicable* is a structural nought (SDMX M, "data cannot exist"): nobody could stand there.
WHOLE = WITH_COUNT | {NOT_APPLICABLE}
# Answers that are no codes: they stand where a code stands (questions and vocabulary use the same words).
STATES = ("unknown", "declined", "not_asked", "not_applicable")
# Column names: Swedish as in our templates, English as in our documents. Both are names, none is guessed.
COLUMNS: Mapping[str, str] = {
    "organisation": "organisation",
    "period": "period",
    "paket": "package",
    "package": "package",
    "tabell": "table",
    "table": "table",
    "variabel": "variable",
    "variable": "variable",
    "kod": "code",
    "code": "code",
    "antal": "count",
    "count": "count",
    "status": "status",
}
SWEDISH = {"package": "paket", "table": "tabell", "variable": "variabel", "code": "kod", "count": "antal"}
LARGEST_COUNT = 9_999_999
MOST_CELLS = 2_000_000
# As Statistics Sweden writes them, and as no spreadsheet takes for a date.
PERIOD = re.compile(r"(?P<year>20[0-9]{2})(?:M(?P<month>0[1-9]|1[0-2])|K(?P<quarter>[1-4]))?\Z")


@dataclass(frozen=True)
class Item:
    """A code with its names."""

    code: str
    label_sv: str
    label_en: str


@dataclass(frozen=True)
class Variable:
    """What is counted: its codes, then the answer states it may have. ``is_multiple``: a unit may stand in several."""

    code: str
    label_sv: str
    label_en: str
    codes: tuple[Item, ...]
    states: tuple[str, ...] = STATES
    is_multiple: bool = False

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """Return codes and states in the order of the cells."""
        return (*(one.code for one in self.codes), *self.states)


@dataclass(frozen=True)
class Breakdown:
    """What every variable is divided by, such as sex; its codes divide all units and so hold "unknown" themselves."""

    code: str
    label_sv: str
    label_en: str
    codes: tuple[Item, ...]


@dataclass(frozen=True)
class TableFormat:
    """One table of one version of a package: what a file of it must hold, no more and no less."""

    package: str
    version: str
    table: str
    title_sv: str
    title_en: str
    variables: tuple[Variable, ...]
    breakdowns: tuple[Breakdown, ...] = ()

    @property
    def name(self) -> str:
        """Return what stands in the column of the package."""
        return f"{self.package}/{self.version}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns by their English names, in the order of our templates."""
        divided = (one.code for one in self.breakdowns)
        return ("organisation", "period", "package", "table", "variable", "code", *divided, "count", "status")

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the columns as our templates head them."""
        divided = {one.code: one.label_sv.lower() for one in self.breakdowns}
        return tuple(SWEDISH.get(name, divided.get(name, name)) for name in self.columns)

    @cached_property
    def names(self) -> dict[str, str]:
        """Return every name that a column may have, and which column it means."""
        divided = {name: one.code for one in self.breakdowns for name in (one.code, one.label_sv.lower())}
        return {**COLUMNS, **divided}

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """Return how far apart two neighbouring codes of each breakdown lie."""
        found: list[int] = []
        step = 1
        for one in reversed(self.breakdowns):
            found.append(step)
            step *= len(one.codes)
        return tuple(reversed(found))

    @property
    def divisions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return by which codes the answers are divided: where two formats agree in it, their cells lie in one order."""
        return tuple((one.code, tuple(item.code for item in one.codes)) for one in self.breakdowns)

    @cached_property
    def width(self) -> int:
        """Return the number of cells of one answer."""
        size = 1
        for one in self.breakdowns:
            size *= len(one.codes)
        return size

    @cached_property
    def places(self) -> dict[str, dict[str, int]]:
        """Return the place of the first cell of every answer, by variable and answer."""
        found: dict[str, dict[str, int]] = {}
        at = 0
        for variable in self.variables:
            found[variable.code] = {answer: at + number * self.width for number, answer in enumerate(variable.answers)}
            at += len(variable.answers) * self.width
        return found

    @cached_property
    def size(self) -> int:
        """Return the number of cells."""
        return sum(len(one.answers) for one in self.variables) * self.width

    def each_cell(self) -> Iterator[tuple[str, ...]]:
        """Yield variable, answer and breakdown codes of every cell, in order."""
        divided = list(itertools.product(*([item.code for item in one.codes] for one in self.breakdowns)))
        for variable in self.variables:
            for answer in variable.answers:
                for codes in divided:
                    yield (variable.code, answer, *codes)

    def as_data(self) -> dict[str, Any]:
        """Return the format as plain data, the same for the same content."""

        def items(codes: tuple[Item, ...]) -> list[dict[str, str]]:
            return [{"code": one.code, "label_sv": one.label_sv, "label_en": one.label_en} for one in codes]

        return {
            "package": self.package,
            "version": self.version,
            "table": self.table,
            "title_sv": self.title_sv,
            "title_en": self.title_en,
            "columns": list(self.columns),
            "headings": list(self.headings),
            "statuses": dict(STATUSES),
            "breakdowns": [
                {"code": b.code, "label_sv": b.label_sv, "label_en": b.label_en, "codes": items(b.codes)}
                for b in self.breakdowns
            ],
            "variables": [
                {
                    "code": v.code,
                    "label_sv": v.label_sv,
                    "label_en": v.label_en,
                    "is_multiple": v.is_multiple,
                    "codes": items(v.codes),
                    "states": list(v.states),
                }
                for v in self.variables
            ],
        }

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of the format: figures are read by the format they were checked against."""
        return hashlib.sha256(json.dumps(self.as_data(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def from_data(data: Mapping[str, Any]) -> TableFormat:
    """Build a format from plain data; raise KeyError or ValueError for what is none."""

    def items(rows: Any) -> tuple[Item, ...]:
        return tuple(Item(row["code"], row["label_sv"], row["label_en"]) for row in rows)

    made = TableFormat(
        package=data["package"],
        version=data["version"],
        table=data["table"],
        title_sv=data["title_sv"],
        title_en=data["title_en"],
        variables=tuple(
            Variable(
                code=row["code"],
                label_sv=row["label_sv"],
                label_en=row["label_en"],
                codes=items(row["codes"]),
                states=tuple(row["states"]),
                is_multiple=row["is_multiple"],
            )
            for row in data["variables"]
        ),
        breakdowns=tuple(
            Breakdown(row["code"], row["label_sv"], row["label_en"], items(row["codes"]))
            for row in data.get("breakdowns", ())
        ),
    )
    if not 0 < made.size <= MOST_CELLS:
        raise ValueError(f"a table has 1 to {MOST_CELLS} cells, not {made.size}")
    return made
