"""What a file was found to be: clean with its counts, or faulty with every fault at its place. Pure."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.checking.texts import INDIVIDUAL, Named, said

MOST_FAULTS = 1_000


@dataclass(frozen=True)
class Fault:
    """One fault: where (row as the sender's program counts, column by its name or cell), which rule, and its words."""

    rule: str
    row: int = 0
    column: str = ""
    named: Mapping[str, Named] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """Return the fault as plain data."""
        return {"rule": self.rule, "row": self.row, "column": self.column, "named": dict(self.named)}

    def words(self, language: str = "sv") -> tuple[str, str]:
        """Return what is wrong and what to do."""
        return said(self.rule, self.named, language=language)


@dataclass
class Checked:
    """What a file was found to be. ``refusal`` ends everything; otherwise ``faults`` decide; clean means counts."""

    refusal: Fault | None = None
    faults: list[Fault] = field(default_factory=list)
    number_of_faults: int = 0
    format: TableFormat | None = None
    organisation: str = ""
    period: str = ""
    rows: int = 0
    kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    counts: "array[int]" = field(default_factory=lambda: array("i"))
    statuses: bytes = b""

    @property
    def is_clean(self) -> bool:
        """Say whether the figures may be taken in."""
        return self.refusal is None and not self.number_of_faults

    @property
    def is_individual(self) -> bool:
        """Say whether the file was refused for looking like data about persons."""
        return self.refusal is not None and self.refusal.rule in INDIVIDUAL

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it while there is room in a report."""
        self.number_of_faults += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
