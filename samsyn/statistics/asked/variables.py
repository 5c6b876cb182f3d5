"""What a table may be asked for by: variables of each unit, from the reviewed data file."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samsyn.statistics.definitions.loader import Reader
from samsyn.statistics.definitions.model import UNITS, Group, Text, Unit
from samsyn.statistics.periods import Quarter

FILE = Path(__file__).parent / "variables.toml"
# Quarters as rows or columns, with the years as their sums: of every unit, and no column of its own.
TIME = "time"


@dataclass(frozen=True)
class Variable:
    """A column of a unit's facts, with the code list of its values."""

    unit: Unit
    column: str
    list_code: str
    label: Text | None
    is_multiple: bool
    groups: tuple[Group, ...]
    valid_from: Quarter | None


def load(
    file: Path = FILE, *, columns: Mapping[str, Sequence[str]], line: str
) -> Mapping[Unit, Mapping[str, Variable]]:
    """Return the variables that a line asks for, by unit and column.

    Raise BadDefinition where one isn't among the unit's approved columns.
    """
    reader = Reader(file.name, tomllib.loads(file.read_text(encoding="utf-8")))
    found: dict[Unit, dict[str, Variable]] = {unit: {} for unit in UNITS}
    for item in reader.readers("variables"):
        unit = item.choice("unit", tuple(UNITS))
        one = Variable(
            unit=unit,
            column=item.choice("column", columns[unit]),
            list_code=item.take("list", str),
            label=item.text("label", optional=True),
            is_multiple=item.take("multiple", bool, False),
            groups=tuple(_group(group) for group in item.readers("groups")),
            valid_from=item.quarter("valid_from", ""),
        )
        is_asked = line in item.words("lines", default=(line,))
        item.done()
        if one.column in found[unit]:
            raise item.fail(f"{one.column!r} stands twice")
        if one.is_multiple and one.groups:
            raise item.fail("groups of a multiple-choice variable can't be added up")
        if is_asked:
            found[unit][one.column] = one
    reader.done()
    return found


def _group(reader: Reader) -> Group:
    found = Group(reader.take("code", str), reader.needed_text("label"), reader.words("members"))
    reader.done()
    return found


@cache
def variables() -> Mapping[Unit, Mapping[str, Variable]]:
    """Return the variables of this installation, read once a process."""
    from django.conf import settings

    from samsyn.contacts import queries as contacts

    return load(columns={unit: contacts.columns(unit) for unit in UNITS}, line=settings.SAMSYN_LINE)
