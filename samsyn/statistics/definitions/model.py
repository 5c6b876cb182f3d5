"""What a definition says. Pure: no Django, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from samsyn.statistics.periods import PeriodKind, Quarter

Unit = Literal["contact", "matter", "person", "mentioned"]
Facts = Literal["contact", "matter", "person", "mentioned", "caller_place"]
Measure = Literal["count", "share", "mean_per_month"]
Chart = Literal["none", "shares", "bars", "lines"]
RowKind = Literal["code", "state", "group", "sum", "time", "unit"]
Interval = Literal["period", "complete_years"]

# Answer states: rows of their own, never part of a code's row and never left out in silence.
STATES = ("unknown", "declined", "not_asked", "not_applicable")


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    sv: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Return the text as published documents hold it."""
        return {"sv": self.sv, "en": self.en}


@dataclass(frozen=True)
class UnitWords:
    """What a counting unit is called."""

    many: Text
    of_many: Text


UNITS: Mapping[Unit, UnitWords] = {
    "contact": UnitWords(Text("Kontakter", "Contacts"), Text("kontakterna", "contacts")),
    "matter": UnitWords(Text("Ärenden", "Matters"), Text("ärendena", "matters")),
    "person": UnitWords(Text("Utsatta personer", "Exposed persons"), Text("de utsatta", "exposed persons")),
    "mentioned": UnitWords(
        Text("Ytterligare nämnda personer", "Further mentioned persons"),
        Text("de ytterligare nämnda", "further mentioned persons"),
    ),
}

# What others count and deliver: never asked for in the house's own facts.
DELIVERED_UNITS: Mapping[str, UnitWords] = {
    "delivered_case": UnitWords(Text("Ärenden", "Cases"), Text("ärendena", "the cases")),
    "delivered_person": UnitWords(Text("Personer", "Persons"), Text("personerna", "the persons")),
}


def words_of(unit: str) -> UnitWords:
    """Return what a unit is called, the house's own or a delivered one; raise KeyError."""
    return DELIVERED_UNITS[unit] if unit in DELIVERED_UNITS else UNITS[unit]  # type: ignore[index]


STATE_LABELS: Mapping[str, Text] = {
    "unknown": Text("Okänt", "Unknown"),
    "declined": Text("Vill inte svara", "Declined to answer"),
    "not_asked": Text("Ej ställd fråga", "Not asked"),
    "not_applicable": Text("Inte aktuellt", "Not applicable"),
}


@dataclass(frozen=True)
class Population:
    """Which of the units are counted: all, or those whose single-choice variable has one of these codes."""

    code: str
    variable: str = ""
    members: tuple[str, ...] = ()
    label: Text = Text("Alla", "All")


EVERYBODY = Population("all")
# A contact without a matter (wrong number, hang-up ...) has no caller's subject and would swell the statistics.
POPULATIONS: Mapping[tuple[Unit, str], Population] = {
    **{(unit, "all"): EVERYBODY for unit in UNITS},
    ("contact", "with_matter"): Population(
        "with_matter",
        "outcome",
        ("answered", "referred", "booked", "will_return"),
        Text("Kontakter som gällde ett ärende", "Contacts that concerned a matter"),
    ),
}


@dataclass(frozen=True)
class Group:
    """A row that is the sum of other rows of a single-choice variable, such as under 18."""

    code: str
    label: Text
    members: tuple[str, ...]


@dataclass(frozen=True)
class Validity:
    """A code that was recorded from a later quarter on: its share is computed on the units since then."""

    code: str
    valid_from: Quarter
    note: Text


@dataclass(frozen=True)
class Break:
    """From this quarter on the figures mean something else; a series is drawn with a gap here."""

    before: Quarter
    note: Text


@dataclass(frozen=True)
class Source:
    """A table of a delivered package: its sums are counted instead of the house's own facts.

    The definition's variable is ``county``, the table's breakdown, or a variable whose answers are the rows.
    """

    package: str
    read_in: str
    """The version in whose answers every delivery is read; what can't be read in it breaks the series."""
    table: str
    columns: str
    """The table's breakdown by which the rows are divided, or nothing."""
    least_deliverers: int
    """A count that fewer stand behind is hidden, noughts too."""
    dominance: float
    """The greatest share (0 to 1) that one deliverer may have of a count, or of what is left without another's own."""


@dataclass(frozen=True)
class Definition:
    """One table of one counting unit."""

    code: str
    version: int
    title: Text
    unit: Unit
    """With a ``source`` it is a delivered unit, which has no facts of the house."""
    population: Population
    rows: Literal["total", "time", "codes"]
    variable: str
    list_code: str
    facts: Facts
    """The table of facts that is counted: the unit's own, or one that holds this variable for this population alone."""
    within: str
    """The variable whose codes these codes divide (municipality within county); the list names each one's parent."""
    is_multiple: bool
    only: tuple[str, ...]
    across: Mapping[str, str]
    across_list: str
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    periods: tuple[PeriodKind, ...]
    interval: Interval
    valid_from: Quarter | None
    validity: Mapping[str, Validity]
    breaks: tuple[Break, ...]
    reservations: tuple[Text, ...]
    notes: tuple[Text, ...]
    threshold: int
    protects_zeros: bool
    share_decimals: int
    is_least: bool
    source: Source | None = None
    is_coarse: bool = False
    """Only groups are shown, and codes that belong to none: chosen for a release whose finer table hid too much."""

    @property
    def can_be_coarser(self) -> bool:
        """Tell whether the rows have sums that could stand alone."""
        return bool(self.groups or self.within) and not self.is_coarse

    @property
    def name(self) -> str:
        """Return code and version, as every export names the definition."""
        return f"{self.code} {self.version}"


@dataclass(frozen=True)
class ReportTable:
    """One table of a report: one definition, or several beside each other that keep their own units."""

    code: str
    letter: str
    title: Text
    counted: Text
    headline: Text | None
    reading: Text | None
    parts: tuple[Definition, ...]
    chart: Chart
    has_map: bool

    @property
    def periods(self) -> tuple[PeriodKind, ...]:
        """Return the periods in which the table is published."""
        return tuple(kind for kind in PeriodKind if all(kind in part.periods for part in self.parts))

    @property
    def coarser(self) -> "ReportTable":
        """Return the table with the sums of its groups only."""
        return replace(self, parts=tuple(replace(part, is_coarse=True) for part in self.parts))


@dataclass(frozen=True)
class Report:
    """A standard report: its tables in order, and what follows every one of them."""

    code: str
    version: int
    title: Text
    reservations: tuple[Text, ...]
    cannot_be_used_for: Text
    tables: tuple[ReportTable, ...]

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Return every definition once."""
        return tuple({part.code: part for table in self.tables for part in table.parts}.values())

    def table(self, code: str) -> ReportTable:
        """Return a table; raise LookupError."""
        for table in self.tables:
            if table.code == code:
                return table
        raise LookupError(code)
