"""From answers to fact rows: coarse time, no merged states, units kept apart."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.contacts import facts
from samsyn.contacts.facts import Closed, Reply

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def closed(**changes: object) -> Closed:
    at = datetime(2026, 9, 16, 10, 30, tzinfo=STOCKHOLM)
    values: dict[str, object] = {
        "opened_at": at,
        "closed_at": at + timedelta(minutes=18),
        "channel": "phone",
        "outcome": "answered",
        "is_matter": True,
        "is_repeat": False,
        "municipality": Reply("answered", ("0580",)),
        "template": "general",
        "standard_minutes": 20,
        "instrument_version": 1,
        "replies": {"sector": Reply("answered", ("school",))},
        "persons": [{"sex": Reply("answered", ("girl_woman",))}, {"sex": Reply("unknown")}],
        "mentioned": {"under_18": 2, "unknown": 1},
    }
    return Closed(**(values | changes))  # type: ignore[arg-type]


def test_each_unit_gets_its_own_rows() -> None:
    rows = facts.fact_rows(closed())
    assert [len(part) for part in (rows.contact, rows.matter, rows.person, rows.mentioned)] == [1, 1, 2, 3]
    assert rows.matter[0]["person_count"] == 2
    assert [row["sex"] for row in rows.person] == ["girl_woman", "unknown"]


def test_a_contact_about_no_matter_leaves_only_a_contact() -> None:
    rows = facts.fact_rows(closed(is_matter=False, outcome="silent"))
    assert [len(part) for part in vars(rows).values()] == [1, 0, 0, 0, 0]


def test_where_the_caller_works_stands_alone_and_gives_the_county() -> None:
    rows = facts.fact_rows(closed())
    assert rows.caller_place == [{"year": 2026, "quarter": 3, "municipality": "0580"}]
    assert rows.contact[0]["county"] == rows.matter[0]["county"] == "05"
    unsaid = facts.fact_rows(closed(municipality=Reply("declined")))
    assert unsaid.caller_place == []
    assert unsaid.contact[0]["county"] == "declined"
    assert rows.contact[0]["advice"] == ["not_asked"]


def test_a_returning_matter_is_not_counted_again_but_a_new_person_in_it_is() -> None:
    rows = facts.fact_rows(closed(is_repeat=True, persons=[{"sex": Reply("unknown")}]))
    assert rows.contact[0]["contact_order"] == "repeat"
    assert rows.matter == []
    assert len(rows.person) == 1


def test_answer_states_stay_apart() -> None:
    replies = {"sector": Reply("unknown"), "advice": Reply("declined")}
    row = facts.fact_rows(closed(replies=replies)).contact[0]
    assert (row["sector"], row["advice"], row["referral"]) == ("unknown", ["declined"], ["not_asked"])


def test_a_status_applies_only_to_an_exposure_that_was_told_of() -> None:
    told = {"exposure": Reply("answered", ("abduction",)), "abduction_status": Reply("answered", ("plan",))}
    row = facts.fact_rows(closed(persons=[told])).person[0]
    assert (row["abduction_status"], row["marriage_status"]) == ("plan", "not_applicable")


def test_a_clock_that_goes_back_gives_no_negative_length() -> None:
    at = datetime(2026, 9, 16, 10, 30, tzinfo=STOCKHOLM)
    row = facts.fact_rows(closed(closed_at=at - timedelta(hours=1))).contact[0]
    assert row["length_band"] == "under_10"


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 9, 16), date(2026, 9, 14)),
        (date(2026, 9, 30), None),  # Wednesday of a week that ends in October
        (date(2026, 12, 31), None),
        (date(2024, 4, 1), date(2024, 4, 1)),  # a quarter that begins on a Monday cuts no week
    ],
)
def test_a_week_that_a_quarter_cuts_is_left_out(day: date, week: date | None) -> None:
    assert facts.whole_week(day) == week


@given(st.dates(min_value=date(2014, 3, 13), max_value=date(2060, 1, 1)))
def test_a_kept_week_lies_wholly_in_the_quarter_and_holds_the_day(day: date) -> None:
    week = facts.whole_week(day)
    if week is not None:
        days = [week + timedelta(days=n) for n in range(7)]
        assert day in days
        assert {(d.year, facts.quarter_of(d)) for d in days} == {(day.year, facts.quarter_of(day))}


@pytest.mark.parametrize(
    ("opened", "hour", "quarter"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026.
        ("2026-03-29T01:30:00+00:00", "before_09", 1),
        ("2026-10-25T00:30:00+00:00", "before_09", 4),
        ("2026-03-30T07:30:00+00:00", "09_10", 1),  # 9.30 summer time
        ("2026-10-26T08:30:00+00:00", "09_10", 4),  # 9.30 winter time
        ("2025-12-31T23:30:00+00:00", "before_09", 1),  # 0.30 on New Year's Day in Stockholm
    ],
)
def test_time_is_the_time_in_stockholm(opened: str, hour: str, quarter: int) -> None:
    at = datetime.fromisoformat(opened).astimezone(STOCKHOLM)
    row = facts.fact_rows(closed(opened_at=at, closed_at=at)).contact[0]
    assert (row["hour_band"], row["quarter"]) == (hour, quarter)


def test_length_across_the_hour_that_is_doubled_is_the_real_one() -> None:
    begin = datetime.fromisoformat("2026-10-25T00:50:00+00:00")
    end = begin + timedelta(minutes=25)
    assert facts.length_minutes(begin.astimezone(STOCKHOLM), end.astimezone(STOCKHOLM)) == 25
