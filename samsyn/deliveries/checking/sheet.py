"""``python -m samsyn.deliveries.checking.sheet``: a workbook on standard input, its rows as JSON lines on standard output.

Runs as a child with limits of its own. The archive is unpacked once with a counter before any library reads it, so that
neither a bomb nor a cell in the last column of the last row is believed.
"""

import io
import json
import re
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1 << 30
SECONDS = 20
LARGEST_FILE = 16 << 20
LARGEST_UNPACKED = 128 << 20
MOST_PARTS = 200
MOST_ROWS, MOST_COLUMNS = 100_000, 26
MOST_NAMED = 200
SHEET = "leverans"
# References beyond what a delivery has: two letters of column, or six digits of row.
_BEYOND = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="(?:[A-Z]{2,}[0-9]|[A-Z]+[0-9]{6,})')
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b')
_CELLS = re.compile(rb"<(?:\w+:)?c[ >/]")
_PLACED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="')


class Problem(Exception):
    """The workbook isn't taken; the arguments are the rule, the row and the cell."""

    def __init__(self, rule: str, row: int = 0, cell: str = "") -> None:
        super().__init__(rule)
        self.rule, self.row, self.cell = rule, row, cell


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the sheets' XML by name; raise Problem for what is larger than it says, or than a delivery can be."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Problem("workbook") from error
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise Problem("workbook")
    left = LARGEST_UNPACKED
    found = {}
    for part in parts:
        # Where the local header ends; the library's own reader would stop at the size that the archive claims.
        at = part.header_offset
        if data[at : at + 4] != b"PK\x03\x04" or part.flag_bits & 1 or part.compress_type not in {0, 8}:
            raise Problem("workbook")
        at += 30 + int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(data[at + 28 : at + 30], "little")
        packed = data[at : at + part.compress_size]
        if part.compress_type == 8:
            engine = zlib.decompressobj(-15)
            try:
                content = engine.decompress(packed, left + 1)
            except zlib.error as error:
                raise Problem("workbook") from error
        else:
            content = packed
        left -= len(content)
        if left < 0 or len(content) != part.file_size:
            raise Problem("workbook")
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            found[part.filename] = content
    if not found:
        raise Problem("not_text")
    return found


def check_references(xml: bytes) -> None:
    """Raise Problem for cells far out, or without a place: a reader would make room for all between them."""
    if _BEYOND.search(xml):
        raise Problem("workbook")
    if len(_CELLS.findall(xml)) != len(_PLACED.findall(xml)):
        raise Problem("workbook")


def as_text(value: Any, number: int, column: int) -> str:
    """Return a cell as it would stand in a CSV file; raise Problem for a date, which was a code or a period once."""
    if isinstance(value, datetime | date | time | timedelta):
        raise Problem("date", number, f"{chr(65 + column)}{number}")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read(data: bytes) -> tuple[dict[str, Any], list[tuple[int, list[str]]]]:
    """Return what is to be said of the workbook, and its rows with their numbers; raise Problem."""
    import python_calamine

    sheets = unpacked(data)
    for xml in sheets.values():
        check_references(xml)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [name for name in book.sheet_names if name.strip().casefold() == SHEET]
    if not names and len(book.sheet_names) == 1:
        names = list(book.sheet_names)
    if len(names) != 1:
        raise Problem("which_sheet")
    sheet = book.get_sheet_by_name(names[0])
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise Problem("too_large")
    rows = []
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        values = [as_text(value, number, column) for column, value in enumerate(row)]
        while values and values[-1] == "":
            values.pop()
        if values:
            rows.append((number, values))
    # Templates carry lists in a second sheet: only the sheet of the figures may not have formulas.
    at = book.sheet_names.index(names[0])
    xml = sheets.get(f"xl/worksheets/sheet{at + 1}.xml", b"".join(sheets.values()))
    formulas = [found.decode() for found in _FORMULA.findall(xml)[:MOST_NAMED]]
    merged = [f"{chr(65 + left)}{top + 1}" for (top, left), _end in (sheet.merged_cell_ranges or [])[:MOST_NAMED]]
    return {"formulas": formulas, "merged": merged}, rows


def main() -> int:
    """Return the exit status; whatever the library does with a broken file, the parent reads one line or nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    said: dict[str, Any] = {"problem": "", "row": 0, "cell": "", "formulas": [], "merged": []}
    rows: list[tuple[int, list[str]]] = []
    try:
        data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise Problem("too_large")
        found, rows = read(data)
        said |= found
    except Problem as problem:
        said |= {"problem": problem.rule, "row": problem.row, "cell": problem.cell}
    except Exception:
        said |= {"problem": "workbook"}
    out = sys.stdout
    out.write(json.dumps(said) + "\n")
    for row in rows:
        out.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
