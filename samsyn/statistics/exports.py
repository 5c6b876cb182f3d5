"""Files of a published table: CSV and Excel, each with what must be known to read it."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from samsyn.statistics import shown
from samsyn.statistics.cubes import EMPTY, Category, Cube
from samsyn.statistics.cubes import HIDDEN as IS_HIDDEN
from samsyn.statistics.cubes import MISSING as IS_MISSING
from samsyn.statistics.shown import Document

# A spreadsheet runs a text that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HIDDEN = ".."
MISSING = "-"


def plain(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def about(document: Document) -> list[tuple[str, str]]:
    """Return what stands above the figures in every file."""
    lines = [
        (_("Tabell"), shown.caption(document)),
        (_("Räknas"), shown.text(document["counted"])),
        (_("Period"), shown.period_title(document)),
        (_("Status"), shown.status(document)),
        (_("Uppgifterna frystes"), shown.frozen_on(document)),
        (_("Definition"), shown.definition_line(document)),
        (_("Källa"), shown.text(document["report"]["title"])),
    ]
    if document["revision"]:
        lines.append((_("Rättelse"), f"{document['revision']}: {document['revision_note']}"))
    lines += [(_("Förbehåll"), text) for text in shown.reservations(document)]
    lines += [(_("Anmärkning"), text) for text in shown.notes(document)]
    lines += [(_("Anmärkning"), text) for text in shown.marks(document)]
    lines.append((_("Tecken"), _(".. = dold för att skydda enskilda; - = uppgift saknas")))
    return lines


def _raw(cell: dict[str, Any] | None) -> int | float | str:
    if cell is None:
        return MISSING
    if cell.get("hidden"):
        return HIDDEN
    return MISSING if cell["v"] is None else cell["v"]


def figures(document: Document) -> list[Sequence[int | float | str]]:
    """Return head and rows with plain figures: codes first, so that a program finds its way."""
    columns = [shown.text(column["label"]) for column in document["columns"]]
    rows: list[Sequence[int | float | str]] = [[_("Kod"), shown.text(document["row_head"]) or _("Rad"), *columns]]
    for row in document["rows"]:
        rows.append([row["code"], shown.text(row["label"]), *(_raw(cell) for cell in row["cells"])])
    return rows


# How a category is named in a flat table.
HEADS: dict[str, Callable[[Category], str]] = {
    "usetexts": lambda one: shown.text(one.label),
    "usecodes": lambda one: one.code,
    "usecodesandtexts": lambda one: f"{one.code} {shown.text(one.label)}",
}
_SIGNS = {IS_HIDDEN: HIDDEN, IS_MISSING: MISSING, EMPTY: MISSING}


def flat(cube: Cube, stub: Sequence[str], heading: Sequence[str], *, heads: str) -> list[Sequence[int | float | str]]:
    """Return a cube as a flat table with one line of heads: the stub's dimensions, then a column for each heading."""
    name = HEADS[heads]
    columns = [" ".join(name(one) for one in above) for above in cube.heads(heading)]
    rows: list[Sequence[int | float | str]] = []
    for left, cells in cube.grid(stub, heading):
        rows.append([*(name(one) for one in left), *(_figure(cube, at) for at in cells)])
    return [[*(shown.text(cube.dimension(code).label) for code in stub), *columns], *rows]


def _figure(cube: Cube, at: int) -> int | float | str:
    value = cube.values[at]
    return _SIGNS[cube.standings[at]] if value is None else value


def flat_csv(rows: Iterable[Sequence[int | float | str]], *, delimiter: str) -> bytes:
    """Return a flat table as CSV for programs: UTF-8 with a byte-order mark, decimal point."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([plain(cell) if isinstance(cell, str) and cell != MISSING else cell for cell in row])
    return file.getvalue().encode("utf-8-sig")


def as_csv(document: Document) -> bytes:
    """Return the table as CSV: UTF-8 with a byte-order mark (Excel needs it), semicolons, decimal comma in Swedish."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    for name, value in about(document):
        writer.writerow([plain(name), plain(value)])
    writer.writerow([])
    for row in figures(document):
        writer.writerow([plain(cell) if isinstance(cell, str) and cell != MISSING else cell for cell in row])
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(document: Document) -> bytes:
    """Return the table as an Excel workbook: the figures on one sheet, what must be known on another."""
    return workbook(document, figures(document), frozen="C4")


def workbook(document: Document, rows: Iterable[Sequence[int | float | str]], *, frozen: str) -> bytes:
    """Return a workbook of a flat table and what must be known of its document; ``frozen`` is the first cell that scrolls."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = _("Tabell")
    sheet.append([plain(shown.caption(document))])
    sheet["A1"].font = Font(bold=True)
    sheet.append([])
    _rows(sheet, rows)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = frozen
    for letter in "AB":
        widest = max((len(str(cell.value)) for cell in sheet[letter][2:] if cell.value is not None), default=0)
        sheet.column_dimensions[letter].width = min(44, max(13, widest + 2))
    known = book.create_sheet(_("Om tabellen"))
    _rows(known, about(document))
    known.column_dimensions["A"].width = 22
    known.column_dimensions["B"].width = 100
    for (cell,) in known.iter_rows(min_col=2, max_col=2):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    # The same table gives the same file: no time of making.
    made_at = datetime.fromisoformat(document["frozen_at"]).replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_at
    book.properties.creator = "Samsyn"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(sheet: Any, rows: Iterable[Sequence[int | float | str]]) -> None:
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with


def archive(documents: Iterable[tuple[str, Document]]) -> bytes:
    """Return the official documents of a release for an e-archive: each table as JSON and CSV, and a manifest."""
    file = io.BytesIO()
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:

        def add(name: str, content: bytes) -> None:
            manifest[name] = hashlib.sha256(content).hexdigest()
            packed.writestr(zipfile.ZipInfo(name), content)

        for name, document in documents:
            add(f"{name}.json", json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode())
            add(f"{name}.csv", as_csv(document))
        listed = {"algorithm": "SHA-256", "files": dict(sorted(manifest.items()))}
        packed.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(listed, indent=1))
    return file.getvalue()
