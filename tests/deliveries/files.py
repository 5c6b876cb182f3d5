"""Formats and files for the tests: a small table, a file of it that is in order, and ways to spoil one."""

import io
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl

from samsyn.deliveries.checking import checker
from samsyn.deliveries.checking.findings import Checked
from samsyn.deliveries.checking.formats import Breakdown, Item, TableFormat, Variable
from samsyn.deliveries.checking.of_packages import tables
from samsyn.questions.exchange import core


def core_format(version: str = "1.0.0", table: str = "case") -> TableFormat:
    """Return a table of the core package as it comes with the programme, without a database."""
    return next(one for one in tables(core.version(version)) if one.table == table)


ORGANISATION, PERIOD = "0180", "2026K1"


def items(*codes: str) -> tuple[Item, ...]:
    return tuple(Item(code, code.capitalize(), code.capitalize()) for code in codes)


def made_format(
    *, variables: int = 3, codes: int = 4, sexes: Sequence[str] = ("girl_woman", "boy_man", "unknown")
) -> TableFormat:
    return TableFormat(
        "core", "1.0.0", "persons", "Personer", "Persons",
        tuple(
            Variable(f"variable_{chr(97 + n)}", "V", "V", items(*(f"code_{chr(97 + m)}" for m in range(codes))))
            for n in range(variables)
        ),
        (Breakdown("sex", "Kön", "Sex", items(*sexes)),),
    )  # fmt: skip


def rows_of(form: TableFormat, *, count: Callable[[int], int] = lambda at: at % 9 + 1) -> list[list[str]]:
    return [
        [ORGANISATION, PERIOD, form.name, form.table, *key, str(count(at)), "normal"]
        for at, key in enumerate(form.each_cell())
    ]


def as_csv(form: TableFormat, rows: Iterable[Sequence[str]], *, sign: str = ";", encoding: str = "utf-8") -> bytes:
    lines = [sign.join(form.headings), *(sign.join(row) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def as_xlsx(form: TableFormat, rows: Iterable[Sequence[Any]], *, title: str = "Leverans") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(form.headings)
    for row in rows:
        sheet.append(
            [int(value) if at == len(row) - 2 and str(value).isdigit() else value for at, value in enumerate(row)]
        )
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def checked(form: TableFormat, content: bytes, *, organisation: str = ORGANISATION) -> Checked:
    return checker.check(io.BytesIO(content), formats={(form.name, form.table): form}, organisation=organisation)


Place = tuple[str, int, str]
"""Rule, row as the sender counts (the head is row 1), heading of the column ("" where the fault is of the whole row)."""


def places(made: Checked) -> set[Place]:
    return {(fault.rule, fault.row, fault.column) for fault in made.faults}


Spoiler = tuple[str, int, str, int]
"""The rule that is broken, the column that is written, what is written there, and the column in which the fault is."""
# Columns: organisation, period, package, table, variable, code, sex, count, status; after them there is one too many.
SPOILERS: tuple[Spoiler, ...] = (
    ("variable_unknown", 4, "variabel_x", 4),
    ("code_unknown", 5, "kod_x", 5),
    ("breakdown_unknown", 6, "flicka", 6),
    ("count_form", 7, "1,5", 7),
    ("count_missing", 7, "", 7),
    ("count_form", 7, "-3", 7),
    ("count_large", 7, "123456789", 7),
    ("status_unknown", 8, "hemligt", 8),
    ("count_not_wanted", 8, "undertryckt", 7),
    ("not_constant", 0, "0181", 0),
    ("not_constant", 1, "2026K2", 1),
    ("row_width", 9, "", 9),
)


def spoil(row: list[str], spoiler: Spoiler, form: TableFormat, *, number: int) -> Place:
    """Spoil the row with that number, and return what has to be found."""
    rule, column, value, found = spoiler
    row[column : column + 1] = [value]
    return rule, number, form.headings[found] if found < len(form.headings) else ""


def spoilt(rows: list[list[str]], form: TableFormat, *, number: int, seed: int) -> set[Place]:
    """Spoil that many rows, and return what has to be found."""
    dice = random.Random(seed)
    return {
        spoil(rows[at], SPOILERS[dice.randrange(len(SPOILERS))], form, number=at + 2)
        for at in dice.sample(range(1, len(rows)), number)
    }
