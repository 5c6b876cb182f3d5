"""The specification and the requirement list as Excel workbooks: tender tools and vendors take those in."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from samsyn.questions.exchange import tables
from samsyn.questions.exchange.package import Package
from samsyn.questions.exchange.tables import Table

# A line of text in a column of this many characters is still read at a glance.
WIDEST = 60


def specification(package: Package, before: Package | None = None, *, language: str = "sv") -> bytes:
    """Return the whole specification, one sheet a table, with the facts of the version first."""
    title = "Om paketet" if language == "sv" else "About"
    about = [("", ""), *tables.facts(package, language, "specification"), ("", tables.say(package.purpose, language))]
    first = Table(title, (tables.say(package.title, language), ""), tuple(about[1:]), (2, 6))
    return _book([first, *tables.specification(package, before, language)])


def requirements(package: Package, *, language: str = "sv") -> bytes:
    """Return the requirement list, ready for a tender tool: one row a requirement, and where it comes from beside it."""
    title = "Om kravlistan" if language == "sv" else "About"
    facts = tables.facts(package, language, "requirements")
    about = Table(title, (tables.say(package.title, language), ""), facts, (2, 6))
    return _book([tables.requirements(package, language), about])


def _book(sheets: Sequence[Table]) -> bytes:
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for table in sheets:
        sheet = book.create_sheet(table.title)
        for at, row in enumerate((table.headings, *table.rows), start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(at, column)
                cell.value = value
                # As text, whatever it begins with: a word is never a formula.
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=at == 1)
        sheet.freeze_panes = "A2"
        for column in range(1, len(table.headings) + 1):
            longest = max(len(row[column - 1]) for row in (table.headings, *table.rows))
            sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
