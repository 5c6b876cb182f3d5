"""Reads the definitions of tables that are compiled from deliveries, as strictly as the house's own."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from samsyn.statistics.definitions import model
from samsyn.statistics.definitions.loader import LOWEST_THRESHOLD, Reader, read_folder
from samsyn.statistics.definitions.model import DELIVERED_UNITS, EVERYBODY, Definition, Report, Source
from samsyn.statistics.periods import PeriodKind

FOLDER = Path(__file__).parent / "delivered"
REPORT_FILE = "delivered_report.toml"
COUNTY = "county"
# With two behind a count each reads the other's out of it.
LOWEST_DELIVERERS = 3


def read_definition(place: str, data: Mapping[str, Any]) -> Definition:
    """Return the definition in a data file; raise BadDefinition."""
    reader = Reader(place, dict(data))
    unit = reader.choice("unit", tuple(DELIVERED_UNITS))
    source = Source(
        package=reader.take("package", str),
        read_in=reader.take("read_in", str),
        table=reader.take("table", str),
        columns=reader.take("columns", str, ""),
        least_deliverers=reader.take("least_deliverers", int, LOWEST_DELIVERERS),
        dominance=reader.take("dominance", float, 0.8),
    )
    found = Definition(
        code=reader.take("code", str),
        version=reader.take("version", int),
        title=reader.needed_text("title"),
        unit=unit,
        population=EVERYBODY,
        rows="codes",
        variable=reader.take("rows", str),
        list_code="",
        facts=unit,
        within="",
        is_multiple=reader.take("multiple", bool, False),
        only=(),
        across={},
        across_list="",
        groups=(),
        measures=reader.words("measures", get_args(model.Measure)),  # type: ignore[arg-type]
        periods=(PeriodKind.YEAR,),
        interval="period",
        valid_from=None,
        validity={},
        breaks=(),
        reservations=reader.texts("reservations"),
        notes=reader.texts("notes"),
        threshold=reader.take("threshold", int, 5),
        protects_zeros=False,
        share_decimals=0,
        is_least=reader.take("least", bool, False),
        source=source,
    )
    reader.done()
    _check(found, source, reader)
    return found


def _check(found: Definition, source: Source, reader: Reader) -> None:
    """Raise BadDefinition for what would give a deliverer away, or can't be counted."""
    wrong = [
        (found.version < 1, "`version` begins at 1"),
        (not found.measures or found.measures[0] != "count", "`measures` begin with count"),
        ("mean_per_month" in found.measures, "a year that others deliver has no mean per month"),
        (found.threshold < LOWEST_THRESHOLD, f"`threshold` is at least {LOWEST_THRESHOLD}"),
        (source.least_deliverers < LOWEST_DELIVERERS, f"`least_deliverers` is at least {LOWEST_DELIVERERS}"),
        (not 0.5 <= source.dominance <= 0.9, "`dominance` is 0.5 to 0.9"),
        (found.variable == "municipality", "a municipality is one deliverer: its figures are its own and never rows"),
        (bool(source.columns) and found.measures != ("count",), "a table with columns has counts alone"),
        (bool(source.columns) and found.is_multiple, "a unit stands once in a table with columns"),
        (source.columns == found.variable, "rows and columns are two things"),
        (found.unit != f"delivered_{source.table}", "`unit` is what the table counts"),
        (
            found.is_multiple != found.is_least and "share" in found.measures,
            "a share of several answers is a least one",
        ),
    ]
    for is_wrong, message in wrong:
        if is_wrong:
            raise reader.fail(message)


def load(folder: Path = FOLDER) -> Report:
    """Return the report of compiled figures with its definitions; raise BadDefinition with file and place."""
    return read_folder(folder, REPORT_FILE, read_definition)


@cache
def delivered_report() -> Report:
    """Return the report of what municipalities deliver, read once a process."""
    return load()
