"""Reads what is watched, strictly: an unknown word, a missing text or a code of another list is an error that names its place."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from samsyn.statistics.definitions.loader import BadDefinition, Reader, standard_report
from samsyn.statistics.definitions.model import EVERYBODY, POPULATIONS, UNITS, Break, Definition, Population, Text, Unit
from samsyn.statistics.periods import FIRST_QUARTER, Quarter

FOLDER = Path(__file__).parent
Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Variable:
    """A variable whose codes are watched for needs."""

    code: str
    title: Text
    whole: Text
    unit: Unit
    population: Population
    variable: str
    list_code: str
    is_multiple: bool
    only: tuple[str, ...]
    least_window: int
    valid_from: Quarter
    valid_codes: Mapping[str, Quarter]
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class Indicator:
    """An indicator of the service and the control chart that it is drawn as."""

    code: str
    title: Text
    meaning: Text
    chart: Literal["p", "u", "x"]
    unit: Unit
    population: Population
    variable: str
    counted: tuple[str, ...]
    per: Unit | None
    valid_from: Quarter
    valid_to: Quarter | None
    breaks: tuple[Break, ...]


def read_variables(
    place: str, data: Mapping[str, Any], definitions: Mapping[str, Definition], columns: Columns
) -> tuple[Variable, ...]:
    """Return the watched variables of a data file; raise BadDefinition."""
    found = []
    reader = Reader(place, dict(data))
    for item in reader.readers("variables"):
        code, named = item.take("code", str), item.take("definition", str, "")
        if named and named not in definitions:
            raise item.fail(f"there is no definition {named!r}")
        source = definitions.get(named)
        if source and (source.rows != "codes" or not source.variable):
            raise item.fail(f"the definition {named!r} has no codes to compare")
        unit: Unit = source.unit if source else item.choice("unit", tuple(UNITS))
        one = Variable(
            code=code,
            title=item.needed_text("title"),
            whole=item.needed_text("whole"),
            unit=unit,
            population=source.population if source else _population(item, unit),
            variable=source.variable if source else _column(item, "variable", unit, columns),
            list_code=source.list_code if source else item.take("list", str),
            is_multiple=source.is_multiple if source else item.take("multiple", bool, False),
            only=item.words("only", default=[]),
            least_window=item.take("least_window", int, 1),
            valid_from=(source and source.valid_from) or item.quarter("valid_from", "") or FIRST_QUARTER,
            valid_codes={one.code: one.valid_from for one in source.validity.values()} if source else {},
            breaks=source.breaks if source else _breaks(item),
        )
        item.done()
        if one.least_window not in {1, 4}:
            raise item.fail("`least_window` is 1 or 4 quarters")
        if one.list_code == "county" and (one.unit != "contact" or one.least_window != 4):
            raise item.fail("counties are those of callers, over whole years, never of exposed persons")
        found.append(one)
    reader.done()
    return tuple(found)


def read_indicators(place: str, data: Mapping[str, Any], columns: Columns) -> tuple[Indicator, ...]:
    """Return the indicators of a data file; raise BadDefinition."""
    found = []
    reader = Reader(place, dict(data))
    for item in reader.readers("indicators"):
        chart = item.choice("chart", ("p", "u", "x"))
        unit: Unit = item.choice("unit", tuple(UNITS))
        one = Indicator(
            code=item.take("code", str),
            title=item.needed_text("title"),
            meaning=item.needed_text("meaning"),
            chart=chart,
            unit=unit,
            population=_population(item, unit),
            variable=_column(item, "variable", unit, columns) if chart != "x" else "",
            counted=item.words("counted") if chart != "x" else (),
            per=item.choice("per", tuple(UNITS)) if chart == "u" else None,
            valid_from=item.quarter("valid_from", "") or FIRST_QUARTER,
            valid_to=item.quarter("valid_to", ""),
            breaks=_breaks(item),
        )
        item.done()
        if one.per == one.unit:
            raise item.fail("`per` is another unit: a share of the same one is a p chart")
        if chart != "x" and not one.counted:
            raise item.fail("`counted` is empty")
        found.append(one)
    reader.done()
    if len({one.code for one in found}) != len(found):
        raise reader.fail("two indicators have one code")
    return tuple(found)


def _population(item: Reader, unit: Unit) -> Population:
    found = POPULATIONS.get((unit, item.take("population", str, EVERYBODY.code)))
    if found is None:
        raise item.fail(f"no such population of {unit}")
    return found


def _column(item: Reader, key: str, unit: Unit, columns: Columns) -> str:
    name: str = item.take(key, str)
    if name not in columns[unit]:
        raise item.fail(f"{name!r} is no variable of the unit {unit}")
    return name


def _breaks(item: Reader) -> tuple[Break, ...]:
    found = []
    for one in item.readers("breaks"):
        before = one.quarter("before")
        if before is None:
            raise one.fail("`before` is empty")
        found.append(Break(before, one.needed_text("note")))
        one.done()
    return tuple(found)


def _parsed(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(f"{name}: {error}") from error


def _columns() -> Columns:
    from samsyn.contacts import queries as contacts

    return {unit: contacts.columns(unit) for unit in UNITS}


@cache
def variables() -> tuple[Variable, ...]:
    """Return the watched variables of this installation, read once a process."""
    definitions = {one.code: one for one in standard_report().definitions}
    return read_variables("needs.toml", _parsed("needs.toml"), definitions, _columns())


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return the indicators of this installation, read once a process."""
    return read_indicators("indicators.toml", _parsed("indicators.toml"), _columns())
