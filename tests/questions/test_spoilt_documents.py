"""The workbook and the PDF of a package, spoilt in several ways: foreign readers see each of them, and nothing in ours."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence

import page as pdf_checker
import pikepdf
import pytest
from python_calamine import CalamineWorkbook

from samsyn.questions.exchange import document, tables, workbook
from tests.questions.exported import FIRST, SECOND

Spoil = Callable[[bytes], bytes]
BOOK = workbook.specification(SECOND, FIRST)
REQUIREMENTS = workbook.requirements(SECOND)
# Each workbook with the tables that it holds and the sheet that is spoilt: its first table.
BOOKS = {
    "specification": (BOOK, tables.specification(SECOND, FIRST, "sv"), "xl/worksheets/sheet2.xml"),
    "requirements": (REQUIREMENTS, (tables.requirements(SECOND, "sv"),), "xl/worksheets/sheet1.xml"),
}
PDF = document.specification(SECOND, FIRST)


# The workbook, as calamine reads it: it shares no code with what wrote it


def faults_of_workbook(raw: bytes, held: Sequence[tables.Table]) -> list[str]:
    """Return what a vendor would miss or be misled by: unreadable, another cell than the package says, a formula."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        found = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
        rows = {name: sheet.to_python() for name, sheet in found.items()}
    except Exception as error:  # whatever a foreign reader raises for a file that is none
        return [f"unreadable: {type(error).__name__}"]
    said = []
    for wanted in held:
        if wanted.title not in rows:
            said.append(f"{wanted.title}: missing")
        elif [tuple(str(cell) for cell in row) for row in rows[wanted.title]] != [wanted.headings, *wanted.rows]:
            said.append(f"{wanted.title}: other cells")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        said += [f"{name}: formula" for name in sheets if re.search(rb"<f\b", archive.read(name))]
        said += [name for name in archive.namelist() if re.search(r"vbaProject|externalLink|embeddings", name)]
    return said


def _part(raw: bytes, name: str, change: Callable[[bytes], bytes] | None) -> bytes:
    """Return the archive with one part changed, or without it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        assert name in old.namelist(), "nothing was spoilt"
        for part in old.infolist():
            content = old.read(part)
            if part.filename != name:
                new.writestr(part.filename, content)
            elif change is not None:
                assert change(content) != content, "nothing was spoilt"
                new.writestr(part.filename, change(content))
    return made.getvalue()


def _cut_short(raw: bytes, sheet: str) -> bytes:
    return raw[: len(raw) // 2]


def _sheet_gone(raw: bytes, sheet: str) -> bytes:
    return _part(raw, sheet, None)


def _row_gone(raw: bytes, sheet: str) -> bytes:
    return _part(raw, sheet, lambda xml: re.sub(rb'<row r="3".*?</row>', b"", xml, count=1))


def _cell_as_formula(raw: bytes, sheet: str) -> bytes:
    return _part(raw, sheet, lambda xml: re.sub(rb'<c r="A2"[^>]*>.*?</c>', b'<c r="A2"><f>1+1</f></c>', xml, count=1))


def _another_word(raw: bytes, sheet: str) -> bytes:
    return _part(raw, sheet, lambda xml: xml.replace(b"main_problem", b"main_problems"))


def _words_damaged(raw: bytes, sheet: str) -> bytes:
    return _part(raw, sheet, lambda xml: xml[: len(xml) // 2])


def _a_macro(raw: bytes, sheet: str) -> bytes:
    made = io.BytesIO(raw)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    return made.getvalue()


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize(
    "spoil", [_cut_short, _sheet_gone, _row_gone, _cell_as_formula, _another_word, _words_damaged, _a_macro]
)
def test_a_spoilt_workbook_is_seen(spoil: Callable[[bytes, str], bytes], book: str) -> None:
    raw, held, sheet = BOOKS[book]
    assert faults_of_workbook(spoil(raw, sheet), held)


@pytest.mark.parametrize("book", BOOKS)
def test_our_workbook_has_no_fault(book: str) -> None:
    raw, held, _sheet = BOOKS[book]
    assert faults_of_workbook(raw, held) == []


# The PDF, as a checker of PDF/UA-1 reads it


def _rewritten(change: Callable[[pikepdf.Pdf], None]) -> Spoil:
    def spoil(raw: bytes) -> bytes:
        made = io.BytesIO()
        with pikepdf.open(io.BytesIO(raw)) as read:
            change(read)
            read.save(made)
        return made.getvalue()

    return spoil


def _not_tagged(read: pikepdf.Pdf) -> None:
    del read.Root.MarkInfo


def _no_structure(read: pikepdf.Pdf) -> None:
    del read.Root.StructTreeRoot


def _no_language(read: pikepdf.Pdf) -> None:
    del read.Root.Lang


def _title_not_shown(read: pikepdf.Pdf) -> None:
    del read.Root.ViewerPreferences


def _not_called_accessible(read: pikepdf.Pdf) -> None:
    del read.Root.Metadata


def _fonts_left_out(read: pikepdf.Pdf) -> None:
    for thing in read.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            for name in ("/FontFile", "/FontFile2", "/FontFile3"):
                if name in thing:
                    del thing[name]


@pytest.mark.parametrize(
    "change",
    [_not_tagged, _no_structure, _no_language, _title_not_shown, _not_called_accessible, _fonts_left_out],
)
def test_a_spoilt_pdf_is_seen(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert not pdf_checker.validate_pdf_bytes(_rewritten(change)(PDF), profile="ua1").is_compliant


def test_our_pdf_has_no_fault_even_when_rewritten() -> None:
    assert pdf_checker.validate_pdf_bytes(PDF, profile="ua1").is_compliant
    assert pdf_checker.validate_pdf_bytes(_rewritten(lambda read: None)(PDF), profile="ua1").is_compliant
