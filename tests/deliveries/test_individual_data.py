"""Files that look like data about persons are refused as a whole, whatever else is wrong with them."""

import pytest

from samsyn.deliveries.checking import individuals
from tests.deliveries.files import as_csv, as_xlsx, checked, made_format, rows_of

FORM = made_format()
# Numbers from Skatteverket's published test series.
NUMBERS = ("19811218-9876", "198112189876", "811218-9876", "8112189876", "811278-9873")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("column", range(9))
def test_a_personal_number_anywhere_refuses_the_file(number: str, column: int) -> None:
    rows = rows_of(FORM)
    rows[17][column] = number
    for content in (as_csv(FORM, rows), as_csv(FORM, [*rows, [number]]), as_xlsx(FORM, rows)):
        made = checked(FORM, content)
        assert made.is_individual, made.faults
        assert made.refusal is not None
        assert made.refusal.rule == "personal_number"
        assert not made.counts
        assert number not in repr(made)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("Flickan berättade att hon var rädd", "free_text"),
        ("anna.andersson@kommun.example", "contact_detail"),
        ("070-123 45 67", "contact_detail"),
        ("x" * 61, "free_text"),
    ],
)
def test_words_and_addresses_refuse_the_file(value: str, rule: str) -> None:
    rows = rows_of(FORM)
    rows[3][5] = value
    made = checked(FORM, as_csv(FORM, rows))
    assert made.refusal is not None
    assert made.refusal.rule == rule


@pytest.mark.parametrize(
    "content",
    [
        "personnummer;kön;ålder\n811218-9876;kvinna;17\n",
        "Ärende-ID,Handläggare,Datum\n17,Anna,2026-01-01\n",
        "nr;kön;ålder;våld\n1;kvinna;17;ja\n2;man;19;nej\n",
        "organisation;period;paket;tabell;variabel;kod;kön;status\n0180;2026K1;core/1.0.0;persons;variable_a;code_a;x;x\n",
        "organisation;period;namn\n0180;2026K1;Anna\n",
    ],
)
def test_a_register_of_persons_is_told_by_its_columns(content: str) -> None:
    assert checked(FORM, content.encode("cp1252")).is_individual


def test_one_row_a_person_is_told_by_its_repeated_ones() -> None:
    row = [*rows_of(FORM)[0][:-2], "1", "normal"]
    made = checked(FORM, as_csv(FORM, [row] * 40))
    assert made.refusal is not None
    assert made.refusal.rule == "row_per_person"


def test_a_register_with_a_wrong_head_is_still_looked_through() -> None:
    content = as_csv(FORM, rows_of(FORM)).decode().replace("variabel;", "variabeln;", 1)
    assert not checked(FORM, content.encode()).is_individual
    assert checked(FORM, content.encode() + b"8112189876;x\n").is_individual


def test_codes_of_organisations_and_of_ours_are_nobodys() -> None:
    for value in (
        "212000-0142",
        "2120000142",
        "0180",
        "core/1.0.0",
        "ej_tillämpligt",
        "2026K1",
        "20260101",
        "12345678",
    ):
        assert individuals.suspicion(value) == "", value
