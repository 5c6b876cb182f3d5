"""The checker: what is in order gives its counts, every planted fault is found where it is, and none is invented."""

import io
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.deliveries.checking import checker, texts
from samsyn.deliveries.checking.formats import MISSING, SUPPRESSED, from_data
from tests.deliveries.files import ORGANISATION, PERIOD, as_csv, as_xlsx, checked, made_format, places, rows_of, spoilt

FORM = made_format()


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_in_order_gives_its_counts(sign: str, encoding: str) -> None:
    rows = rows_of(FORM)
    made = checked(FORM, as_csv(FORM, rows, sign=sign, encoding=encoding))
    assert made.is_clean, [fault.words() for fault in made.faults]
    assert list(made.counts) == [int(row[-2]) for row in rows]
    assert made.statuses == b"A" * FORM.size
    assert (made.organisation, made.period, made.rows) == (ORGANISATION, PERIOD, FORM.size)
    assert made.encoding == {"utf-8": "utf-8", "utf-8-sig": "utf-8-bom", "cp1252": "cp1252"}[encoding]
    assert made.delimiter == {";": "semicolon", ",": "comma", "\t": "tab"}[sign]


def test_rows_in_any_order_and_columns_in_english_are_the_same() -> None:
    rows = rows_of(FORM)
    mixed = [list(reversed(row)) for row in reversed(rows)]
    text = "\n".join(";".join(row) for row in [list(reversed(FORM.columns)), *mixed])
    assert checked(FORM, text.encode()).counts == checked(FORM, as_csv(FORM, rows)).counts


def test_the_kinds_of_nothing_are_kept_apart() -> None:
    rows = rows_of(FORM)
    rows[0][-2:] = ["", "undertryckt"]
    rows[1][-2:] = ["", "missing"]
    rows[2][-2:] = ["0", "normal"]
    made = checked(FORM, as_csv(FORM, rows))
    assert made.is_clean
    assert made.statuses[:3].decode() == f"{SUPPRESSED}{MISSING}A"
    assert "not_asked" in FORM.places["variable_a"]
    del rows[3]
    (fault,) = checked(FORM, as_csv(FORM, rows)).faults
    assert (fault.rule, fault.named["cells"]) == ("cells_missing", ["code_b girl_woman"])


def test_every_missing_row_is_named_and_of_a_long_list_how_many_more() -> None:
    rows = rows_of(FORM)
    missing = [" ".join(row[5:7]) for row in rows[3:12]]
    (fault,) = checked(FORM, as_csv(FORM, rows[:3] + rows[12:])).faults
    assert fault.words()[1].endswith(f"Lägg till: {', '.join(missing)}.")
    assert texts.said(fault.rule, fault.named, most=5)[1].endswith(f"{', '.join(missing[:5])} och 4 till.")
    assert texts.said(fault.rule, fault.named, most=5, language="en")[1].endswith("and 4 more.")
    # A misspelt code may mean one of those that are missing: adding all of them would make one of them double.
    rows[12][5] = "kod_x"
    (faulty, fault) = sorted(checked(FORM, as_csv(FORM, rows[:3] + rows[12:])).faults, key=lambda one: -one.row)
    assert (faulty.rule, fault.rule, fault.named["number"]) == ("code_unknown", "cells_missing_among", 9)
    assert fault.named["cells"] == [*missing, " ".join(rows_of(FORM)[12][5:7])]


def test_a_report_names_two_thousand_missing_rows_and_counts_the_others() -> None:
    form = made_format(variables=3, codes=1500)
    rows = rows_of(form)
    first, second, third = checked(form, as_csv(form, [rows[0], rows[-1]])).faults
    named = [fault.named["cells"] for fault in (first, second, third)]
    assert [len(one) for one in named if isinstance(one, list)] == [2000, 1, 1]
    assert [fault.named["absent"] for fault in (first, second, third)] == [4511, 4512, 4511]
    assert first.words()[1].endswith("och 2511 till.")


@pytest.mark.parametrize("seed", range(8))
def test_every_planted_fault_is_found_where_it_is_and_none_is_invented(seed: int) -> None:
    form = made_format(variables=12, codes=16)
    rows = rows_of(form)
    planted = spoilt(rows, form, number=200, seed=seed)
    made = checked(form, as_csv(form, rows))
    assert not made.is_individual
    assert places(made) == planted
    assert made.number_of_faults == len(planted)
    for fault in made.faults:
        for language in ("sv", "en"):
            assert all("%(" not in words and words for words in fault.words(language))


def test_a_workbook_has_its_faults_in_the_same_rows() -> None:
    rows = rows_of(FORM)
    made = checked(FORM, as_xlsx(FORM, rows))
    assert made.is_clean, [fault.words() for fault in made.faults]
    assert list(made.counts) == [int(row[-2]) for row in rows]
    rows[4][5] = "kod_x"
    rows[7][-2] = ""
    assert places(checked(FORM, as_xlsx(FORM, rows))) == {("code_unknown", 6, "kod"), ("count_missing", 9, "antal")}


def test_a_report_proposes_what_was_meant_and_repeats_nothing() -> None:
    rows = rows_of(FORM)
    rows[3][5] = "code_bb"
    rows[5][-1] = "undertrykt"
    words = " ".join(part for fault in checked(FORM, as_csv(FORM, rows)).faults for part in fault.words())
    assert "Menades code_b?" in words
    assert "Menades undertryckt?" in words
    assert "code_bb" not in words
    assert "undertrykt" not in words


def test_the_same_cell_twice_names_the_first() -> None:
    rows = rows_of(FORM)
    rows.append(list(rows[2]))
    (fault,) = checked(FORM, as_csv(FORM, rows)).faults
    assert (fault.rule, fault.row, fault.named["first"]) == ("cell_twice", len(rows) + 1, 4)


def test_heads_that_are_wrong_are_told_column_by_column() -> None:
    content = as_csv(FORM, rows_of(FORM)).decode()
    for change, wanted in (
        (("variabel;", "variabeln;"), {"column_missing", "column_unknown"}),
        (("kod;", "kod;kod;"), {"column_twice"}),
        (("status", "status;extra"), {"column_unknown"}),
        (("paket;", "pack;"), {"column_missing", "column_unknown"}),
    ):
        made = checked(FORM, content.replace(*change, 1).encode())
        assert {fault.rule for fault in made.faults} == wanted, change
        assert made.refusal is None


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 x", "not_text"),
        (b"\xff\xfeo\x00r\x00g\x00", "encoding"),
        (b"organisation;period\x81;\xe5", "encoding"),
        (b"PK\x03\x04 and nothing more", "workbook"),
        (b"a b c\n1 2 3\n", "delimiter"),
        (b"organisation;" * 3000, "line_too_long"),
        (b"organisation;period;count\n", "no_rows"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, rule: str) -> None:
    made = checked(FORM, content)
    assert made.refusal is not None
    assert made.refusal.rule == rule
    assert all(made.refusal.words(language) for language in ("sv", "en"))
    assert not made.counts


def test_a_delivery_of_another_organisation_is_a_fault() -> None:
    made = checked(FORM, as_csv(FORM, rows_of(FORM)), organisation="0380")
    assert places(made) == {("organisation_other", 2, "organisation")}
    assert "0380" in made.faults[0].words()[1]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_bytes_at_all_raise_anything(noise: bytes, at: int) -> None:
    content = as_csv(FORM, rows_of(FORM))
    for spoilt_content in (noise, content[:at] + noise + content[at:], content[: at * 3]):
        made = checked(FORM, spoilt_content)
        assert made.is_clean is (made.statuses != b"")


def test_a_format_is_plain_data_and_back() -> None:
    again = from_data(json.loads(json.dumps(FORM.as_data())))
    assert again == FORM
    assert again.content_hash == FORM.content_hash


def test_the_checker_needs_no_django() -> None:
    program = (
        "import sys; import samsyn.deliveries.checking.checker, samsyn.deliveries.checking.sheet;"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_rule_is_said_in_both_languages() -> None:
    for rule, one in texts.RULES.items():
        assert all((one.wrong_sv, one.do_sv, one.wrong_en, one.do_en)), rule
    assert set(texts.RULES) >= texts.INDIVIDUAL
    assert checker.check(io.BytesIO(b"x"), formats={}, organisation="0").refusal is not None
