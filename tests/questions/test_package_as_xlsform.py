"""The XLSForm becomes an XForm through pyxform and behaves in ODK's engine; nothing is lost on the way out and in."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from samsyn.questions.exchange import form, xlsform
from samsyn.questions.exchange.form import NotAForm
from samsyn.questions.exchange.package import Mode, Package
from tests.questions.exported import ALL, SECOND, THIRD, in_node

STEPS = [
    {"honour_context": ["suspected"]},
    {"main_problem": ["child_marriage"], "problem": ["marriage", "unknown"], "sex": ["other"], "client_help": ["some"]},
]


def as_xform(raw: bytes) -> str:
    """Return the XForm that pyxform makes of a workbook."""
    return str(convert(xlsform=raw, validate=False).xform)


def _changed(change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(io.BytesIO(xlsform.as_xlsx(SECOND)))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: str, name: str, column: str, value: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        rows = book[sheet]
        headings = [cell.value for cell in rows[1]]
        at = next(row for row in rows.iter_rows(min_row=2) if row[headings.index("name")].value == name)
        at[headings.index(column)].value = value

    return change


UNBUILT = {
    "unknown list": _cell("survey", "sex", "type", "select_one nowhere"),
    "unknown type": _cell("survey", "sex", "type", "slider"),
    "same name twice": _cell("survey", "age_band", "name", "sex"),
    "condition on nothing": _cell("survey", "main_problem", "relevant", "selected(${nowhere}, 'present')"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Version 2, one spoilt form of it and what an editor made of it, filled in by ODK's engine."""
    folder = tmp_path_factory.mktemp("odk")
    spoilt = _changed(_cell("survey", "main_problem", "relevant", "selected(${honour_context}, 'perhaps')"))
    paths: list[Path] = []
    edited = xlsform.as_xlsx(THIRD)
    for name, raw in (("whole", xlsform.as_xlsx(SECOND)), ("spoilt", spoilt), ("edited", edited)):
        paths.append(folder / f"{name}.xml")
        paths[-1].write_text(as_xform(raw))
    steps = folder / "steps.json"
    steps.write_text(json.dumps(STEPS))
    read: list[dict[str, Any]] = in_node("fill_xform.mjs", steps, *paths)
    return read


def test_odks_engine_asks_as_the_package_says(filled: list[dict[str, Any]]) -> None:
    whole = filled[0]
    asked = form.of_package(SECOND)
    assert whole["wrong"] == []
    assert list(whole["before"]) == [item.code for item in asked.items]
    for item in asked.items:
        before = whole["before"][item.code]
        assert before["relevant"] == (item.condition is None)
        assert before["required"] == item.is_required
        assert before["options"] == [[option.value, option.label.sv] for option in item.options]
        assert whole["inLanguages"]["Svenska (sv)"][item.code] == item.text.sv
        assert whole["inLanguages"]["English (en)"][item.code] == item.text.en
        assert whole["inLanguages"][xlsform.LANGUAGES[2][1]][item.code] == (item.text.easy or item.text.sv)


def test_odks_engine_opens_follow_up_questions_and_reports_a_reason_beside_an_answer(
    filled: list[dict[str, Any]],
) -> None:
    after = filled[0]["after"]
    assert after["main_problem"]["relevant"]
    assert not after["risk"]["relevant"]
    assert after["problem"]["violation"] == "constraint"
    assert "<main_problem>child_marriage</main_problem>" in filled[0]["submission"]
    assert 'version="2.0.0"' in filled[0]["submission"]


def test_odks_engine_asks_what_an_editor_wrote_and_when_it_is_asked(filled: list[dict[str, Any]]) -> None:
    edited = filled[2]
    assert edited["wrong"] == []
    assert not edited["before"]["client_influence"]["relevant"]
    assert edited["after"]["client_influence"]["relevant"]
    assert edited["inLanguages"][xlsform.LANGUAGES[2][1]]["goal"] == "Blev det som du ville?"
    assert ["much_less", "Minskat mycket"] in edited["before"]["change"]["options"]


def test_odks_engine_sees_a_condition_that_can_never_be_met(filled: list[dict[str, Any]]) -> None:
    assert not filled[1]["after"]["main_problem"]["relevant"]


@pytest.mark.parametrize("change", UNBUILT.values(), ids=UNBUILT)
def test_a_spoilt_workbook_is_rejected(change: Callable[[Workbook], None]) -> None:
    with pytest.raises(PyXFormError):
        as_xform(_changed(change))


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_out_and_in_loses_nothing_that_the_format_carries(package: Package) -> None:
    assert xlsform.read(xlsform.as_xlsx(package)) == form.of_package(package)


def test_words_for_other_modes_stand_in_a_sheet_of_their_own_and_come_back() -> None:
    raw = xlsform.as_xlsx(THIRD, mode=Mode.CASE_REVIEW)
    sheet = load_workbook(io.BytesIO(raw))[xlsform.OTHER_MODES]
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=2)]
    words = ["Nådde vi det vi skulle?", "Did we reach what we set out for?", "Blev det som du ville?"]
    assert ["goal", "interview", *words] in rows
    assert "Nådde vi" not in as_xform(raw), "other programs ask in the form's own mode"
    assert xlsform.read(raw) == form.of_package(THIRD, mode=Mode.CASE_REVIEW)
    book = load_workbook(io.BytesIO(raw))
    book[xlsform.OTHER_MODES]["B2"].value = "sung"
    out = io.BytesIO()
    book.save(out)
    assert xlsform.read(out.getvalue()).left_out == (f"{rows[0][0]}: other_modes",)


def test_what_the_format_cannot_carry_stands_in_the_file() -> None:
    book = load_workbook(io.BytesIO(xlsform.as_xlsx(SECOND)))
    said = " ".join(str(cell.value) for row in book["read_me"].iter_rows() for cell in row)
    assert "jämförelser med tidigare versioner" in said
    assert "comparisons with earlier versions" in said


def _workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_foreign_form_is_read_and_what_is_left_out_is_named() -> None:
    raw = _workbook(
        [
            ["type", "name", "label", "relevant", "calculation"],
            ["text", "place", "Where?", "", ""],
            ["begin group", "g", "Group", "", ""],
            ["integer", "age", "Age", "${place} != ''", ""],
            ["calculate", "double", "", "", "${age} * 2"],
            ["end group", "", "", "", ""],
        ]
    )
    read = xlsform.read(raw)
    assert [(item.code, item.kind, item.text.sv) for item in read.items] == [
        ("place", "text", "Where?"),
        ("age", "integer", "Age"),
    ]
    assert read.left_out == ("age: ${place} != ''", "double: calculate")


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", b" " * (xlsform.MOST_BYTES_UNPACKED + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"type,name\n",
        b"PK\x03\x04 no workbook",
        _bomb(),
        _workbook([["type", "name"]]),
        _workbook([["type", "name"], ["text", ""]]),
        _workbook([["type", "name"], ["select_one nowhere", "a"]]),
        _workbook([["type", "name"], ["text", "a"], ["text", "a"]]),
    ],
    ids=["empty", "csv", "cut", "bomb", "no questions", "no name", "no list", "twice"],
)
def test_what_is_no_form_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAForm):
        xlsform.read(raw)
