"""A table of people as a file: read whole, or refused with the line."""

import random
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.anonymity import files, packing
from samsyn.anonymity.files import BadTable, Table
from tests.anonymity.conftest import as_file

TODAY = date(2026, 9, 16)


def test_what_the_file_says_is_what_is_read(made_up: Table) -> None:
    read = files.read(as_file(made_up), today=TODAY)
    assert read == made_up
    assert read.total == sum(read.totals_by_county().values())
    assert set(read.totals_by_county()) == {"01", "05"}


@given(
    st.dictionaries(st.integers(0, 9999), st.sampled_from([0, 1, 63, 64, 8191, 10_000_000]), max_size=3), st.randoms()
)
def test_what_is_packed_is_what_comes_out(largest: dict[int, int], chance: random.Random) -> None:
    counts = {f"{code:04}": [chance.randint(0, most) for _ in range(packing.CELLS)] for code, most in largest.items()}
    assert packing.unpack(packing.pack(counts)) == counts


def without_line(number: int) -> Callable[[str], str]:
    return lambda text: "\n".join(line for at, line in enumerate(text.split("\n")) if at != number)


FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda text: "", "version"),
    "no_source": (without_line(1), "source"),
    "no_day": (lambda text: text.replace("# counted_on: 2025-12-31", "# counted_on: 2025"), "no date"),
    "read_tomorrow": (lambda text: text.replace("# read_on: 2026-02-20", "# read_on: 2026-09-17"), "before today"),
    "counted_later": (
        lambda text: text.replace("# read_on: 2026-02-20", "# read_on: 2025-01-01"),
        "before it was read",
    ),
    "made_up_maybe": (lambda text: text.replace("# made_up: yes", "# made_up: ja"), "yes nor no"),
    "other_columns": (lambda text: text.replace("age;sex", "sex;age"), "columns"),
    "negative": (lambda text: text.replace("0114;0;girl_woman;", "0114;0;girl_woman;-"), "line 7"),
    "fraction": (lambda text: text.replace("0114;0;girl_woman;", "0114;0;girl_woman;0."), "line 7"),
    "strange_digits": (lambda text: text.replace("0114;0;girl_woman;", "0114;0;girl_woman;٣"), "line 7"),
    "too_old": (lambda text: text.replace("0114;100;", "0114;101;"), "age is 0 to 100"),
    "other_sex": (lambda text: text.replace("0114;0;girl_woman", "0114;0;women"), "sex"),
    "twice": (lambda text: text.replace("0114;1;girl_woman", "0114;0;girl_woman"), "twice"),
    "missing": (without_line(8), "0114: 1 counts are missing"),
    "field_too_many": (lambda text: text.replace("0114;0;girl_woman;", "0114;0;girl_woman;;"), "fields"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_with_a_fault_is_refused_with_its_place(fault: str, made_up: Table) -> None:
    spoil, said = FAULTS[fault]
    spoilt = spoil(as_file(made_up))
    assert spoilt != as_file(made_up)
    with pytest.raises(BadTable, match=said):
        files.read(spoilt, today=TODAY)


def test_a_table_with_other_municipalities_is_refused(made_up: Table) -> None:
    with pytest.raises(BadTable, match="0586"):
        files.check_places(made_up, known=[*made_up.counts, "0586"])
    with pytest.raises(BadTable, match="0583"):
        files.check_places(made_up, known=[code for code in made_up.counts if code != "0583"])
