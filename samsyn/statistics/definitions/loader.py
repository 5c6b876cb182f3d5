"""Reads the data files, strictly: an unknown word, a missing text or a mixed unit is an error that names file and place."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from samsyn.statistics.definitions import model
from samsyn.statistics.definitions.model import (
    POPULATIONS,
    UNITS,
    Break,
    Definition,
    Group,
    Report,
    ReportTable,
    Text,
    Validity,
)
from samsyn.statistics.periods import STANDARD, PeriodKind, Quarter

FOLDER = Path(__file__).parent
REPORT_FILE = "standard_report.toml"
LOWEST_THRESHOLD = 3


class BadDefinition(Exception):
    """A data file says something that cannot be counted; the message names file and key."""


@dataclass
class Reader:
    """A table of a data file whose keys are read once each; what is left over at the end is an error."""

    place: str
    data: dict[str, Any]

    def fail(self, message: str) -> BadDefinition:
        """Return the error with its place."""
        return BadDefinition(f"{self.place}: {message}")

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """Return the value of a key and cross it off."""
        if key not in self.data:
            if default is ...:
                raise self.fail(f"`{key}` is missing")
            return default
        value = self.data.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(f"`{key}` should be {kind.__name__}, not {type(value).__name__}")
        return value

    def choice(self, key: str, allowed: Sequence[str], default: Any = ...) -> Any:
        """Return one of the allowed words."""
        value = self.take(key, str, default)
        if value not in allowed:
            raise self.fail(f"`{key}` is {value!r}, which is none of {', '.join(allowed)}")
        return value

    def words(self, key: str, allowed: Sequence[str] | None = None, default: Any = ...) -> tuple[str, ...]:
        """Return a list of different words."""
        values = tuple(self.take(key, list, default))
        for value in values:
            if not isinstance(value, str) or (allowed is not None and value not in allowed):
                raise self.fail(f"`{key}` has {value!r}" + (f", not one of {', '.join(allowed)}" if allowed else ""))
        if len(set(values)) != len(values):
            raise self.fail(f"`{key}` names something twice")
        return values

    def text(self, key: str, *, optional: bool = False) -> Text | None:
        """Return a text in both languages."""
        found = self.take(key, dict, None if optional else ...)
        return None if found is None else as_text(found, f"{self.place}, {key}")

    def texts(self, key: str) -> tuple[Text, ...]:
        """Return a list of texts."""
        return tuple(
            as_text(found, f"{self.place}, {key} {at}") for at, found in enumerate(self.take(key, list, []), start=1)
        )

    def needed_text(self, key: str) -> Text:
        """Return a text that must be there."""
        found = self.text(key)
        if found is None:
            raise LookupError(key)
        return found

    def quarter(self, key: str, default: Any = ...) -> Quarter | None:
        """Return a quarter such as 2017-q1."""
        value = self.take(key, str, default)
        try:
            return Quarter.parse(value) if value else None
        except ValueError as error:
            raise self.fail(f"`{key}`: {error}") from error

    def readers(self, key: str) -> list["Reader"]:
        """Return the tables of a list."""
        return [Reader(f"{self.place}, {key} {at}", dict(item)) for at, item in enumerate(self.take(key, list, []), 1)]

    def done(self) -> None:
        """Raise if something is left that nobody read."""
        if self.data:
            raise self.fail(f"unknown: {', '.join(sorted(self.data))}")


def as_text(found: object, place: str) -> Text:
    """Return a text in both languages; raise BadDefinition if one is missing."""
    if (
        not isinstance(found, dict)
        or set(found) != {"sv", "en"}
        or not all(isinstance(v, str) and v.strip() for v in found.values())
    ):
        raise BadDefinition(f"{place}: needs a text in `sv` and one in `en`")
    return Text(found["sv"].strip(), found["en"].strip())


def read_definition(place: str, data: Mapping[str, Any], *, columns: Mapping[str, Sequence[str]]) -> Definition:
    """Return the definition in a data file; ``columns`` are the variables that each unit has."""
    reader = Reader(place, dict(data))
    unit = reader.choice("unit", tuple(UNITS))
    population = POPULATIONS.get((unit, reader.take("population", str, "all")))
    if population is None:
        raise reader.fail(f"no such population of {unit}")
    rows = reader.choice("rows", ("total", "time", "codes"))
    facts = reader.choice("facts", tuple(columns), unit)
    within = reader.take("within", str, "")
    variable = reader.take("variable", str, "")
    across = reader.take("across", dict, {})
    if facts != unit and variable not in columns[facts]:
        raise reader.fail(f"{facts} has no variable {variable!r}")
    for name in filter(None, (variable if facts == unit else "", within, population.variable, *across.values())):
        if name not in columns[unit]:
            owners = [UNITS[other].many.en for other in UNITS if name in columns[other]]
            raise reader.fail(
                f"{name!r} is no variable of the unit {unit}"
                + (f" but of {' and '.join(owners)}: units are never mixed in a definition" if owners else "")
            )
    if (rows == "codes") != bool(variable):
        raise reader.fail('`variable` goes with rows = "codes", and only with it')
    validity = {}
    for item in reader.readers("validity"):
        one = Validity(item.take("code", str), _quarter(item, "valid_from"), item.needed_text("note"))
        item.done()
        validity[one.code] = one
    breaks = []
    for item in reader.readers("breaks"):
        breaks.append(Break(_quarter(item, "before"), item.needed_text("note")))
        item.done()
    groups = []
    for item in reader.readers("groups"):
        groups.append(Group(item.take("code", str), item.needed_text("label"), item.words("members")))
        item.done()
    found = Definition(
        code=reader.take("code", str),
        version=reader.take("version", int),
        title=reader.needed_text("title"),
        unit=unit,
        population=population,
        rows=rows,
        variable=variable,
        list_code=reader.take("list", str, ""),
        facts=facts,
        within=within,
        is_multiple=reader.take("multiple", bool, False),
        only=reader.words("only", default=[]),
        across=across,
        across_list=reader.take("across_list", str, ""),
        groups=tuple(groups),
        measures=reader.words("measures", get_args(model.Measure)),  # type: ignore[arg-type]
        periods=tuple(PeriodKind(kind) for kind in reader.words("periods", STANDARD, list(STANDARD))),
        interval=reader.choice("interval", get_args(model.Interval), "period"),
        valid_from=reader.quarter("valid_from", ""),
        validity=validity,
        breaks=tuple(breaks),
        reservations=reader.texts("reservations"),
        notes=reader.texts("notes"),
        threshold=reader.take("threshold", int, 5),
        protects_zeros=reader.take("protect_zeros", bool, False),
        share_decimals=reader.take("share_decimals", int, 0),
        is_least=reader.take("least", bool, False),
    )
    reader.done()
    check(found, reader)
    return found


def _quarter(reader: Reader, key: str) -> Quarter:
    found = reader.quarter(key)
    if found is None:
        raise reader.fail(f"`{key}` is empty")
    return found


def check(found: Definition, reader: Reader) -> None:
    """Raise BadDefinition for what is well formed and still can't be counted honestly."""
    wrong = [
        (found.version < 1, "`version` begins at 1"),
        (not found.measures or found.measures[0] != "count", "`measures` begin with count"),
        (found.threshold < LOWEST_THRESHOLD, f"`threshold` is at least {LOWEST_THRESHOLD}"),
        (not 0 <= found.share_decimals <= 1, "`share_decimals` is 0 or 1"),
        (bool(found.list_code) != (found.rows == "codes"), "`list` names the code list of the rows"),
        (found.is_multiple and bool(found.groups), "groups of a multiple-choice variable can't be added up"),
        (found.is_multiple and not found.is_least, "a multiple-choice share is a least share: `least = true`"),
        (bool(found.across) != bool(found.across_list), "`across` and `across_list` go together"),
        (bool(found.across) and set(found.across) != set(found.only), "`across` has a variable for each row of `only`"),
        (found.across and not found.is_multiple, "`across` is for the codes of a multiple-choice variable"),
        ("mean_per_month" in found.measures and found.rows == "codes", "a mean per month is for totals"),
        (
            bool(found.within) != (found.facts != found.unit),
            "`facts` of their own hold codes `within` another variable",
        ),
        (bool(found.within) and (found.is_multiple or bool(found.groups)), "codes within others have no other groups"),
        (bool(found.within) and found.valid_from is None, "facts of their own begin some day: `valid_from`"),
        (
            found.interval == "complete_years" and found.periods != (PeriodKind.CUMULATIVE,),
            "complete years are cumulative",
        ),
        (len({group.code for group in found.groups}) != len(found.groups), "two groups have one code"),
    ]
    for is_wrong, message in wrong:
        if is_wrong:
            raise reader.fail(message)


def read_report(place: str, data: Mapping[str, Any], definitions: Mapping[str, Definition]) -> Report:
    """Return the report that a data file describes."""
    reader = Reader(place, dict(data))
    tables = []
    for item in reader.readers("tables"):
        parts = []
        for code in item.words("parts"):
            if code not in definitions:
                raise item.fail(f"there is no definition {code!r}")
            parts.append(definitions[code])
        table = ReportTable(
            code=item.take("code", str),
            letter=item.take("letter", str),
            title=item.needed_text("title"),
            counted=item.needed_text("counted"),
            headline=item.text("headline", optional=True),
            reading=item.text("reading", optional=True),
            parts=tuple(parts),
            chart=item.choice("chart", get_args(model.Chart), "none"),
            has_map=item.take("map", bool, False),
        )
        item.done()
        _check_table(item, table)
        tables.append(table)
    found = Report(
        code=reader.take("code", str),
        version=reader.take("version", int),
        title=reader.needed_text("title"),
        reservations=reader.texts("reservations"),
        cannot_be_used_for=reader.needed_text("cannot_be_used_for"),
        tables=tuple(tables),
    )
    reader.done()
    if not found.reservations:
        raise reader.fail("a report has standing reservations")
    if len({table.code for table in tables}) != len(tables):
        raise reader.fail("two tables have one code")
    return found


def _check_table(reader: Reader, table: ReportTable) -> None:
    """Raise BadDefinition where parts don't fit side by side, or a map would show who is exposed where."""
    if not table.parts:
        raise reader.fail("`parts` is empty")
    if len(table.parts) > 1 and (len({part.rows for part in table.parts}) > 1 or table.parts[0].rows == "codes"):
        raise reader.fail("only totals, or series over time, stand beside each other")
    if table.has_map and (table.parts[0].list_code != "county" or table.parts[0].unit != "contact"):
        raise reader.fail("a map shows contacts by the caller's county and nothing else, never exposed persons")
    if any(part.list_code in {"county", "municipality"} and part.unit != "contact" for part in table.parts):
        raise reader.fail("the line's figures can't be used for numbers of exposed persons or matters by county")


def load(folder: Path = FOLDER, *, columns: Mapping[str, Sequence[str]]) -> Report:
    """Return the standard report with all its definitions; raise BadDefinition with file and place."""
    return read_folder(folder, REPORT_FILE, lambda name, data: read_definition(name, data, columns=columns))


def read_folder(folder: Path, report_file: str, read: Callable[[str, dict[str, Any]], Definition]) -> Report:
    """Return a folder's report with its definitions, each read by ``read``; raise BadDefinition with file and place."""
    definitions: dict[str, Definition] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == report_file:
            continue
        found = read(file.name, parse(file))
        if found.code != file.stem:
            raise BadDefinition(f"{file.name}: `code` is {found.code!r}; file and code have one name")
        definitions[found.code] = found
    report = read_report(report_file, parse(folder / report_file), definitions)
    unused = set(definitions) - {found.code for found in report.definitions}
    if unused:
        raise BadDefinition(f"{report_file}: no table uses {', '.join(sorted(unused))}")
    return report


def parse(file: Path) -> dict[str, Any]:
    """Return the contents of a data file; raise BadDefinition."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadDefinition(f"{file.name}: {error}") from error


@cache
def standard_report() -> Report:
    """Return the standard report of this installation, read once a process."""
    from samsyn.contacts import queries as contacts

    return load(columns={name: contacts.columns(name) for name in contacts.FACTS})
