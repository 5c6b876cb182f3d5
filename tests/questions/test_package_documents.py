"""Specification and requirement list, read by programs that are not ours; and the empty SPSS file as PSPP sees it."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import page as pdf_checker
import pikepdf
import pyreadstat
import pytest
from openpyxl import load_workbook

from samsyn.questions.exchange import document, spss, tables, workbook
from samsyn.questions.exchange.package import Nothing, Package, Text
from tests.questions.exported import ALL, FIRST, SECOND

LANGUAGES = ("sv", "en")


def _evil() -> Package:
    """Version 1 with words that a spreadsheet or a typesetter could take for something else."""
    words = Text('=HYPERLINK("http://example.se")', "#eval $x$ *b* \N{SLIGHTLY SMILING FACE}")
    return replace(FIRST, title=words, requirements=(replace(FIRST.requirements[0], text=words),))


# Excel


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbooks_hold_every_cell_of_the_specification_as_text(language: str) -> None:
    wanted = [*tables.specification(SECOND, FIRST, language), tables.requirements(SECOND, language)]
    books = [
        load_workbook(io.BytesIO(workbook.specification(SECOND, FIRST, language=language))),
        load_workbook(io.BytesIO(workbook.requirements(SECOND, language=language))),
    ]
    found = {sheet.title: sheet for book in books for sheet in book.worksheets}
    for table in wanted:
        rows = [tuple(value or "" for value in row) for row in found[table.title].iter_rows(values_only=True)]
        assert rows == [table.headings, *table.rows]


def test_the_change_log_and_all_five_kinds_of_nothing_stand_in_the_specification() -> None:
    book = load_workbook(io.BytesIO(workbook.specification(SECOND, FIRST)))
    said = [[cell.value for cell in row] for row in book["Ändringslogg"].iter_rows()]
    new = "«Huvudsakligt problem»: svaret «Barnäktenskap» är nytt."
    assert ["main_problem", "större", new, None, "Barnäktenskap"] in said
    assert [row[0].value for row in book["När svar saknas"].iter_rows(min_row=2)] == [str(one) for one in Nothing]


def test_libreoffice_reads_the_requirement_list_and_takes_no_word_for_a_formula(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: script/test installs it or says how"
    (tmp_path / "list.xlsx").write_bytes(workbook.requirements(_evil()))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [office, home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "list.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    rows = list(csv.reader((tmp_path / "list.csv").read_text().splitlines()))
    assert rows[0] == ["Id", "Ska/bör", "Krav", "Så verifieras det", "Variabler"]
    assert rows[1][:3] == ["SAM-01", "ska", '=HYPERLINK("http://example.se")']


# PDF


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_accessible_to_a_foreign_checker_and_the_same_every_time(language: str) -> None:
    made = document.specification(SECOND, FIRST, language=language)
    assert made == document.specification(SECOND, FIRST, language=language)
    with pikepdf.open(io.BytesIO(made)) as read:
        assert str(read.Root.Lang) == language
        assert read.Root.MarkInfo.Marked
    report = pdf_checker.validate_pdf_bytes(made, profile="ua1")
    assert report.rules.total > 100
    assert report.is_compliant, [(bad.rule_id, bad.message) for bad in report.failures]
    untagged = made.replace(b"/Marked true", b"/Marked null")
    assert not pdf_checker.validate_pdf_bytes(untagged, profile="ua1").is_compliant


def test_words_never_act_as_markup_in_the_pdf() -> None:
    assert document.specification(_evil(), language="en").startswith(b"%PDF")


# SPSS


def _in_pspp(folder: Path, raw: bytes) -> tuple[int, str]:
    (folder / "package.sav").write_bytes(raw)
    (folder / "look.sps").write_text(
        "GET FILE='package.sav'.\nDISPLAY DICTIONARY.\nMRSETS /DISPLAY NAME=ALL.\nDISPLAY DOCUMENTS.\n"
    )
    pspp = shutil.which("pspp")
    assert pspp, "PSPP is missing: script/test installs it or says how"
    done = subprocess.run(
        [pspp, "-O", "format=csv", "look.sps"], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_pspp_reads_the_whole_dictionary(package: Package, tmp_path: Path) -> None:
    code, said = _in_pspp(tmp_path, spss.as_sav(package))
    assert code == 0
    assert "warning" not in said
    read = list(csv.reader(said.splitlines()))
    rows = {row[0]: row for row in read if len(row) == 10}
    for column in spss.columns(package):
        assert rows[column.name][2] == column.label
        assert rows[column.name][9] == "; ".join(f"{number:.0f}" for number in column.missing)
        for _number, label in column.values:
            assert any(label in row for row in read)
    sets = {row[0]: row[-1].split() for row in csv.reader(io.StringIO(said)) if row and row[0].startswith("$")}
    several = [one for one in package.variables if one.is_multiple]
    assert {name: len(members) for name, members in sets.items()} == {
        f"${one.code}": len(package.list_of(one).codes) for one in several
    }
    assert "Den här filen bär inte: syftet" in said


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_readstat_reads_the_same_dictionary(package: Package, tmp_path: Path) -> None:
    """A second reader that shares nothing with PSPP: the one behind R's haven and pandas."""
    (tmp_path / "package.sav").write_bytes(spss.as_sav(package))
    _empty, read = pyreadstat.read_sav(tmp_path / "package.sav", output_format="dict", user_missing=True)
    columns = {column.name: column for column in spss.columns(package)}
    assert read.column_names_to_labels == {name: column.label for name, column in columns.items()}
    for name, column in columns.items():
        assert read.variable_value_labels.get(name, {}) == dict(column.values), name
        assert {one["lo"] for one in read.missing_ranges.get(name, ())} == set(column.missing), name
    assert {name: len(one["variable_list"]) for name, one in read.mr_sets.items()} == {
        one.code: len(package.list_of(one).codes) for one in package.variables if one.is_multiple
    }


def _other_magic(raw: bytes) -> bytes:
    return b"$XX2" + raw[4:]


def _cut_short(raw: bytes) -> bytes:
    return raw[: len(raw) // 3]


def _no_end(raw: bytes) -> bytes:
    return raw[:-8]


def _labels_of_nobody(raw: bytes) -> bytes:
    at = raw.index(b"\x04\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00")
    return raw[: at + 8] + b"\xff\x7f\x00\x00" + raw[at + 12 :]


def _too_many_missing_values(raw: bytes) -> bytes:
    # The count stands in the first variable's record, after its type and whether it has a label.
    return raw[: 176 + 12] + b"\x09\x00\x00\x00" + raw[176 + 16 :]


@pytest.mark.parametrize("spoil", [_other_magic, _cut_short, _no_end, _labels_of_nobody, _too_many_missing_values])
def test_pspp_rejects_a_spoilt_file(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    code, said = _in_pspp(tmp_path, spoil(spss.as_sav(SECOND)))
    assert code != 0 or "error" in said or "warning" in said
