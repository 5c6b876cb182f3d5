"""Workbooks made to harm: bombs, cells at the end of the world, formulas, merged cells, lies about sizes."""

import io
import random
import resource
import zipfile
import zlib

import openpyxl
import pytest

from tests.deliveries.files import as_csv, as_xlsx, checked, made_format, rows_of

FORM = made_format()
SHEET = "xl/worksheets/sheet1.xml"


def good() -> bytes:
    return as_xlsx(FORM, rows_of(FORM))


def changed(change: dict[str, bytes], *, content: bytes | None = None) -> bytes:
    """Rewrite parts of a workbook."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or good())) as before,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change.get(name, before.read(name)))
        for name in change.keys() - set(before.namelist()):
            after.writestr(name, change[name])
    return made.getvalue()


def sheet_xml() -> bytes:
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return archive.read(SHEET)


def refusal(content: bytes) -> str:
    made = checked(FORM, content)
    assert not made.is_clean
    assert not made.counts
    return made.refusal.rule if made.refusal else ""


def test_formulas_are_named_by_their_cells() -> None:
    rows = rows_of(FORM)
    rows[5][-2] = "=1+1"
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(FORM, rows)))
    assert book.active is not None
    made = io.BytesIO()
    book.save(made)
    found = checked(FORM, made.getvalue())
    assert ("formula", 7, "H7") in {(fault.rule, fault.row, fault.column) for fault in found.faults}


def test_merged_cells_are_named_by_their_first() -> None:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    assert book.active is not None
    book.active.merge_cells("A3:B3")
    made = io.BytesIO()
    book.save(made)
    found = checked(FORM, made.getvalue())
    assert ("merged", 3, "A3") in {(fault.rule, fault.row, fault.column) for fault in found.faults}


def test_a_date_is_named_by_its_cell() -> None:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    assert book.active is not None
    import datetime

    book.active["B4"] = datetime.date(2026, 1, 1)
    made = io.BytesIO()
    book.save(made)
    (fault,) = checked(FORM, made.getvalue()).faults
    assert (fault.rule, fault.row, fault.column) == ("date", 4, "B4")


def test_numbers_that_lost_their_noughts_say_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    assert book.active is not None
    for row in book.active.iter_rows(min_row=2, max_col=1):
        row[0].value = 180
    made = io.BytesIO()
    book.save(made)
    (fault,) = checked(FORM, made.getvalue()).faults
    assert fault.rule == "organisation_other"
    assert "ska kolumnen vara text" in fault.words()[1]


def test_two_sheets_need_a_name() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(FORM, rows_of(FORM), title="Blad1")))
    book.create_sheet("Blad2")
    made = io.BytesIO()
    book.save(made)
    assert refusal(made.getvalue()) == "which_sheet"
    assert checked(FORM, as_xlsx(FORM, rows_of(FORM), title="Blad1")).is_clean


@pytest.mark.parametrize("place", ["XFD1048576", "AA2", "A100001", "A1000000"])
def test_a_cell_far_out_takes_no_room(place: str) -> None:
    xml = sheet_xml().replace(b"</sheetData>", b'<row><c r="%s"><v>1</v></c></row></sheetData>' % place.encode())
    assert refusal(changed({SHEET: xml})) in {"workbook", "too_large"}


def test_cells_without_a_place_are_not_counted_out() -> None:
    xml = sheet_xml().replace(b"</sheetData>", b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>")
    assert refusal(changed({SHEET: xml})) == "workbook"


def test_bombs_stay_small() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nought = b"\x00" * (300 << 20)
    assert refusal(changed({"xl/media/a.bin": nought})) == "workbook"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(1000):
            archive.writestr(f"xl/worksheets/sheet{at}.xml", b"")
    assert refusal(many.getvalue()) == "workbook"
    del nought
    # Ours grows by what the test itself made, never by what a bomb unpacks to.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 << 10


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    content = bytearray(changed({"xl/media/a.bin": b"\x00" * (1 << 20)}))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/media/a.bin"))
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(content)) == "workbook"


def test_no_workbook_cut_or_changed_raises_anything() -> None:
    dice = random.Random(5)
    content = good()
    for _attempt in range(12):
        spoilt = bytearray(content)
        for _byte in range(dice.randrange(1, 30)):
            spoilt[dice.randrange(4, len(spoilt))] = dice.randrange(256)
        checked(FORM, bytes(spoilt[: dice.randrange(100, len(spoilt))] if dice.random() < 0.3 else spoilt))


def test_a_million_columns_end_at_the_first_line() -> None:
    assert refusal(b";".join(b"kolumn" for _ in range(1_000_000))) == "line_too_long"
    row = as_csv(FORM, rows_of(FORM)) + b";" * 1_000_000
    assert refusal(row) == "line_too_long"
    xml = sheet_xml().replace(b"</sheetData>", b"<row>" + b'<c r="ZZZ9"/>' * 1_000_000 + b"</row></sheetData>")
    assert refusal(changed({SHEET: xml})) == "workbook"


def test_an_archive_that_is_no_workbook_says_so() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", zlib.compress(b"x"))
    assert refusal(made.getvalue()) == "not_text"
