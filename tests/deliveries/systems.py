"""What a municipality's own system does: it has the figures, exports them with faults, and mends what the report names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from samsyn.deliveries.checking.formats import TableFormat
from tests.deliveries.figures import as_rows, counts
from tests.deliveries.files import as_csv

Row = list[str]


@dataclass(frozen=True)
class Fault:
    """A line of a report, whichever door it came through."""

    row: int
    column: str
    said: str


@dataclass
class System:
    """A municipality's figures, and the files made of them; ``form`` says in which format a period is delivered."""

    code: str
    form: Callable[[str], TableFormat]
    faulty: Sequence[str]
    sent: dict[str, list[int]] = field(default_factory=dict)

    def rows(self, quarter: str) -> list[Row]:
        form = self.form(quarter)
        figures = self.sent.setdefault(quarter, counts(form, persons=60, seed=f"{self.code}{quarter}"))
        return as_rows(form, self.code, quarter, figures)

    def exported(self, quarter: str) -> list[Row]:
        """Return the rows as they are sent first: with five kinds of faults in two of the quarters."""
        rows = self.rows(quarter)
        if quarter in self.faulty:
            answer = next(row for row in rows if row[4] == "goal" and row[5] == "whole")
            answer[5] = "hole"
            rows[40][7] = "1,5"
            rows[50][0] = "9999"
            rows[60][8] = "normall"
            del rows[70:77]
            rows.append(list(rows[80]))
        return rows

    def mended(self, quarter: str, rows: list[Row], report: list[Fault]) -> list[Row]:
        """Do to the rows what each line of the report says, and nothing else."""
        form, right = self.form(quarter), {tuple(row[4:7]): row for row in self.rows(quarter)}
        gone, more = set(), []
        for fault in report:
            at = fault.row - 2
            place = form.headings.index(fault.column)
            if meant := re.search(r"Menades (\w+)\?", fault.said):
                rows[at][place] = meant[1]
            elif "inte samma som på första raden" in fault.said:
                rows[at][place] = rows[0][place]
            elif "Skriv bara siffror" in fault.said:
                rows[at][place] = right[tuple(rows[at][4:7])][place]
            elif "Ta bort den ena raden" in fault.said:
                gone.add(at)
            elif missing := re.search(r"variabeln (\w+) saknas ([0-9]+) rader.*Lägg till: ([\w, ]+)\.", fault.said):
                cells = [tuple(cell.split(" ")) for cell in missing[3].split(", ")]
                assert len(cells) == int(missing[2]), "every missing row is named"
                more += [right[missing[1], *cell] for cell in cells]
            else:
                raise AssertionError(f"the report doesn't say what to do: {fault}")
        return [row for at, row in enumerate(rows) if at not in gone] + more


def in_file(lines: Sequence[str]) -> list[Fault]:
    """Return what a receipt's text file says is wrong."""
    told = [line.split("\t") for line in lines if line.startswith("rad ")]
    return [Fault(int(row[4:]) if row[4:].isdigit() else 0, column, f"{wrong} {do}") for row, column, wrong, do in told]


Send = Callable[[str, bytes], list[Fault]]


def deliver(system: System, send: Send, *, quarters: Sequence[str]) -> None:
    """Send every quarter, and the faulty ones again as the report says, until nothing is wrong."""
    for quarter in quarters:
        rows = system.exported(quarter)
        report = send(quarter, as_csv(system.form(quarter), rows))
        assert bool(report) is (quarter in system.faulty), (quarter, report)
        if report:
            assert len(report) == 6, report
            mended = system.mended(quarter, rows, report)
            assert send(f"{quarter}-2", as_csv(system.form(quarter), mended)) == []
