"""Number and date formats, held against Babel as a second opinion."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samsyn.ui import numbers

WHOLE = st.integers(min_value=-(10**12), max_value=10**12)


@given(WHOLE)
def test_whole_numbers_in_swedish_are_written_as_babel_writes_them_but_with_a_real_minus(value: int) -> None:
    with translation.override("sv"):
        assert numbers.number(value) == format_decimal(value, locale="sv_SE").replace("-", "\u2212")


@given(WHOLE)
def test_whole_numbers_in_english_are_written_as_babel_writes_them_but_with_a_real_minus(value: int) -> None:
    with translation.override("en"):
        assert numbers.number(value) == format_decimal(value, locale="en_GB").replace("-", "\u2212")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_written_decimal_reads_back_as_the_rounded_number(value: Decimal) -> None:
    with translation.override("sv"):
        text = numbers.decimal(value, 2)
    back = Decimal(text.replace("\u00a0", "").replace(",", ".").replace("\u2212", "-"))
    assert abs(back - value) <= Decimal("0.005")


@given(WHOLE)
def test_no_number_can_be_broken_over_two_lines_or_holds_a_hyphen(value: int) -> None:
    with translation.override("sv"):
        for text in (numbers.number(value), numbers.percent(value), numbers.signed(value)):
            assert " " not in text
            assert "-" not in text


@pytest.mark.parametrize(
    ("language", "percent", "least", "signed"),
    [
        ("sv", "34\u00a0%", "minst 34\u00a0%", "+1\u00a0081"),
        ("en", "34%", None, "+1,081"),
    ],
)
def test_signs_follow_the_language(language: str, percent: str, least: str | None, signed: str) -> None:
    with translation.override(language):
        assert numbers.percent(34) == percent
        assert numbers.signed(1081) == signed
        if least:
            assert numbers.at_least(Decimal("34.4")) == least


def test_a_change_of_nought_has_no_sign_and_a_missing_number_is_a_dash() -> None:
    with translation.override("sv"):
        assert numbers.signed(0) == "0"
        assert numbers.signed(-3) == "\u22123"
        assert numbers.signed(Decimal("-0.2")) == "0"
        assert numbers.number(None) == "–"
        assert numbers.number(float("nan")) == "–"


def test_halves_are_rounded_away_from_zero_as_in_printed_tables() -> None:
    with translation.override("sv"):
        assert [numbers.number(value) for value in (0.5, 1.5, 2.5, -0.5)] == ["1", "2", "3", "\u22121"]


def test_a_range_has_an_en_dash_and_keeps_its_order_in_right_to_left_text() -> None:
    assert str(numbers.range_html(13, 15)) == '<bdi dir="ltr">13–15</bdi>'
    assert numbers.plain_range("26") == "26–"
    assert numbers.plain_range(4, 4) == "4"
    assert str(numbers.isolated("<3")) == '<bdi dir="ltr">&lt;3</bdi>'


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29\u00a0mars 2026 kl. 01.59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29\u00a0mars 2026 kl. 03.00"),  # summer time begins
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25\u00a0oktober 2026 kl. 02.30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25\u00a0oktober 2026 kl. 02.30"),  # the hour that comes twice
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "1\u00a0januari 2027 kl. 00.30"),
    ],
)
def test_times_are_those_of_stockholm_also_when_the_clock_changes(moment: datetime, written: str) -> None:
    with translation.override("sv"):
        assert numbers.moment(moment) == written


def test_a_week_has_its_own_year() -> None:
    with translation.override("sv"):
        assert numbers.week(date(2027, 1, 1)) == "vecka 53, 2026"
        assert numbers.week(date(2027, 1, 4)) == "vecka 1, 2027"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_date_names_its_day_month_and_year(day: date) -> None:
    with translation.override("sv"):
        text = numbers.long_date(day)
    number, month, year = text.replace("\u00a0", " ").split(" ")
    assert (int(number), numbers.MONTHS_SV.index(month) + 1, int(year)) == (day.day, day.month, day.year)
