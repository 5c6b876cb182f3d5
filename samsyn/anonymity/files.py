"""A table of people as a file: read and checked whole, or refused with the line.

UTF-8, five lines that say what it is, then a line for each count, municipality by age by sex:

    # version: 2025-12-31
    # source: SCB, Folkmängd efter kommun, ålder och kön
    # counted_on: 2025-12-31
    # read_on: 2026-02-20
    # made_up: no
    municipality;age;sex;count
    0114;0;girl_woman;251

``municipality`` is a code of the list of that name on the day counted, and every one of them is there. ``age`` is 0 to 99, and
100 for 100 or older. ``sex`` is girl_woman or boy_man. Every count is there, zeros too. ``made_up: yes`` marks invented figures,
and the meter says so wherever it shows anything.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from samsyn.anonymity import packing

HEAD = ("version", "source", "counted_on", "read_on", "made_up")
COLUMNS = ["municipality", "age", "sex", "count"]
# A hundred times the largest municipality's largest age: what is more is a slip.
LARGEST = 10_000_000


class BadTable(ValueError):
    """The file is no such table; the message says where and why."""


@dataclass(frozen=True)
class Table:
    """A table as its file says it: ``packing.CELLS`` counts for each municipality."""

    version: str
    source: str
    counted_on: date
    read_on: date
    is_made_up: bool
    counts: Mapping[str, Sequence[int]]

    @property
    def total(self) -> int:
        """Return how many people there are."""
        return sum(map(sum, self.counts.values()))

    def totals_by_county(self) -> dict[str, int]:
        """Return how many people there are in each county, by its code."""
        found: dict[str, int] = {}
        for code, counts in self.counts.items():
            found[code[:2]] = found.get(code[:2], 0) + sum(counts)
        return dict(sorted(found.items()))


def read(text: str, *, today: date) -> Table:
    """Return the table of a file; raise BadTable for anything that isn't as the format says."""
    lines = text.splitlines()
    head = _head(lines[: len(HEAD)])
    counted_on, read_on = _day(head["counted_on"], "counted_on"), _day(head["read_on"], "read_on")
    if not counted_on <= read_on <= today:
        raise BadTable("the table must be counted before it was read, and read before today")
    if head["made_up"] not in {"yes", "no"}:
        raise BadTable("made_up is neither yes nor no")
    return Table(
        version=head["version"],
        source=head["source"],
        counted_on=counted_on,
        read_on=read_on,
        is_made_up=head["made_up"] == "yes",
        counts=_counts(lines[len(HEAD) :]),
    )


def check_places(table: Table, *, known: Iterable[str]) -> None:
    """Raise BadTable unless the table has exactly the municipalities of the code list."""
    there, wanted = set(table.counts), set(known)
    if there != wanted:
        missing, strange = sorted(wanted - there), sorted(there - wanted)
        raise BadTable(f"municipalities missing: {missing[:5]}, unknown: {strange[:5]}")


def _head(lines: Sequence[str]) -> dict[str, str]:
    found = {}
    for name, line in zip(HEAD, [*lines, *[""] * len(HEAD)], strict=False):
        start = f"# {name}:"
        value = line.removeprefix(start).strip()
        if not line.startswith(start) or not value or not value.isprintable():
            raise BadTable(f"the file must begin with the lines {', '.join(HEAD)}; {name} is missing")
        found[name] = value
    if len(found["version"]) > 40 or len(found["source"]) > 200:
        raise BadTable("version has at most 40 characters, source 200")
    return found


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadTable(f"{name} is no date") from None


def _counts(lines: Sequence[str]) -> dict[str, list[int]]:
    rows = csv.reader(lines, delimiter=";", strict=True)
    if next(rows, None) != COLUMNS:
        raise BadTable(f"the columns must be {';'.join(COLUMNS)}")
    cells: dict[str, list[int | None]] = {}
    for number, row in enumerate(rows, start=len(HEAD) + 2):
        where = f"line {number}"
        if len(row) != len(COLUMNS):
            raise BadTable(f"{where}: wrong number of fields")
        code, age, sex, count = row
        if not _is_number(code) or len(code) != 4:
            raise BadTable(f"{where}: no code of a municipality")
        if not _is_number(age) or int(age) >= packing.AGES:
            raise BadTable(f"{where}: age is 0 to {packing.AGES - 1}")
        if sex not in packing.SEXES:
            raise BadTable(f"{where}: sex is one of {', '.join(packing.SEXES)}")
        if not _is_number(count) or int(count) > LARGEST:
            raise BadTable(f"{where}: a count is a whole number, never negative")
        place = packing.SEXES.index(sex) * packing.AGES + int(age)
        mine = cells.setdefault(code, [None] * packing.CELLS)
        if mine[place] is not None:
            raise BadTable(f"{where}: the count stands twice")
        mine[place] = int(count)
    found: dict[str, list[int]] = {}
    for code, counts in cells.items():
        whole = [count for count in counts if count is not None]
        if len(whole) != packing.CELLS:
            raise BadTable(f"{code}: {packing.CELLS - len(whole)} counts are missing")
        found[code] = whole
    if not any(map(any, found.values())):
        raise BadTable("there is nobody in the table")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 8
