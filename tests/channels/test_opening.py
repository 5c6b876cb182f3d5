"""When the line is open: weeks, holidays by rule, dated exceptions, both changes of the clock."""

from datetime import UTC, date, datetime

import pytest
from dateutil.easter import easter as second_opinion

from samsyn.audit.models import Event as Logged
from samsyn.channels import actions, queries
from samsyn.channels.holidays import easter, holidays
from samsyn.channels.opening import STOCKHOLM, Span
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed

NINE_TO_TWELVE = Span(9 * 60, 12 * 60)


def open_at(day: date, hour: int, minute: int = 0) -> bool:
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)
    return queries.hours(queue="professionals").is_open(moment.astimezone(UTC))


def test_easter_agrees_with_another_program_for_two_centuries() -> None:
    assert [easter(year) for year in range(1900, 2100)] == [second_opinion(year) for year in range(1900, 2100)]


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("good_friday", [(2026, 4, 3), (2027, 3, 26)]),
        ("ascension", [(2026, 5, 14), (2027, 5, 6)]),
        ("pentecost", [(2026, 5, 24), (2027, 5, 16)]),
        ("midsummer_eve", [(2026, 6, 19), (2027, 6, 25)]),
        ("midsummer", [(2026, 6, 20), (2027, 6, 26)]),
        ("all_saints", [(2026, 10, 31), (2027, 11, 6)]),
    ],
)
def test_holidays_that_move_fall_where_the_almanac_has_them(code: str, days: list[tuple[int, int, int]]) -> None:
    for day in days:
        assert holidays(day[0])[date(*day)] == code


def test_the_line_keeps_its_hours_by_the_clock_through_both_changes(line: None) -> None:
    # The clock goes forward on 28 March and back on 31 October 2027; Mondays before and after.
    for day in (date(2027, 3, 22), date(2027, 4, 5), date(2027, 10, 25), date(2027, 11, 1)):
        assert (open_at(day, 8, 59), open_at(day, 9), open_at(day, 11, 59), open_at(day, 12)) == (
            False, day not in holidays(2027), day not in holidays(2027), False,
        )  # fmt: skip


def test_a_date_goes_before_holidays_and_those_before_the_week(line: None, team_lead: Actor, now: datetime) -> None:
    christmas_eve = date(2026, 12, 24)  # a Thursday
    friday = date(2026, 12, 25)
    assert not open_at(friday, 10)
    actions.set_opening_exception(queue="professionals", day=friday, span=NINE_TO_TWELVE, by=team_lead, at=now)
    actions.set_opening_exception(queue="professionals", day=date(2026, 12, 18), span=None, by=team_lead, at=now)
    assert open_at(friday, 10)
    assert not open_at(date(2026, 12, 18), 10)
    assert not open_at(christmas_eve, 10)
    assert Logged.objects.filter(kind="opening_changed").count() == 2
    (first, second) = queries.exceptions(queue="professionals", first_day=date(2026, 12, 1))
    assert (first.is_open, second.is_open, second.first) == (False, True, "09.00")
    actions.remove_opening_exception(exception_id=second.id, by=team_lead, at=now)
    assert not open_at(friday, 10)


def test_a_closed_line_says_when_it_opens(line: None) -> None:
    hours = queries.hours(queue="professionals")
    # Friday afternoon: Monday at nine. On Wednesday before nine: the same day.
    assert hours.opens(datetime(2026, 9, 18, 13, 0, tzinfo=UTC)) == datetime(2026, 9, 21, 9, 0, tzinfo=STOCKHOLM)
    assert hours.opens(datetime(2026, 9, 16, 5, 0, tzinfo=UTC)) == datetime(2026, 9, 16, 9, 0, tzinfo=STOCKHOLM)
    assert queries.hours(queue="nowhere").opens(datetime(2026, 9, 16, 5, 0, tzinfo=UTC)) is None


def test_hours_that_overlap_or_make_no_sense_are_refused(line: None, team_lead: Actor, now: datetime) -> None:
    for span in (Span(11 * 60, 13 * 60), Span(600, 600), Span(700, 600), Span(0, 1441), Span(-1, 10)):
        with pytest.raises(Invalid):
            actions.add_opening_hours(queue="professionals", weekday=0, span=span, by=team_lead, at=now)
    with pytest.raises(Invalid):
        actions.add_opening_hours(queue="professionals", weekday=7, span=NINE_TO_TWELVE, by=team_lead, at=now)
    with pytest.raises(Invalid):
        actions.set_opening_exception(queue="professionals", day=date(2020, 1, 1), span=None, by=team_lead, at=now)
    assert len(queries.weekly_hours(queue="professionals")) == 3


def test_only_a_team_lead_changes_the_hours(line: None, adviser: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.add_opening_hours(queue="professionals", weekday=1, span=NINE_TO_TWELVE, by=adviser, at=now)
    assert not Logged.objects.exists()
