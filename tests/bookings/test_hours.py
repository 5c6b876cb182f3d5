"""Weekly hours, exceptions and kinds: whose they are, what overlaps, and what comes of them."""

from datetime import date, datetime, timedelta

import pytest

from samsyn.bookings import actions, queries
from samsyn.bookings.models import DayException, Kind, WeeklyRule
from samsyn.people.refusals import Invalid, NotAllowed
from tests.bookings.conftest import ADVISER, COLLEAGUE, LEAD, MONDAY, SUPERVISOR, host

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 21)


def add(
    number: int,
    first: int,
    last: int,
    *,
    now: datetime,
    by: object = ADVISER,
    weekday: int = 0,
    until: date | None = None,
) -> object:
    return actions.add_hours(
        host=number, weekday=weekday, first_minute=first, last_minute=last, first_day=DAY, last_day=until,
        by=by, at=now,  # type: ignore[arg-type]
    )  # fmt: skip


def test_overlapping_hours_are_refused_and_the_rest_stands(
    adviser_host: int, colleague_host: int, now: datetime
) -> None:
    add(adviser_host, 540, 720, now=now)
    for first, last in ((700, 800), (500, 541), (560, 600), (540, 720)):
        with pytest.raises(Invalid):
            add(adviser_host, first, last, now=now)
    add(adviser_host, 720, 800, now=now)
    add(adviser_host, 540, 720, now=now, weekday=1)
    add(colleague_host, 540, 720, now=now, by=COLLEAGUE)
    assert WeeklyRule.objects.count() == 4


@pytest.mark.parametrize(
    ("first", "last", "weekday"), [(600, 600, 0), (700, 600, 0), (600, 1441, 0), (-5, 60, 0), (0, 60, 7)]
)
def test_hours_that_are_none_are_refused(adviser_host: int, now: datetime, first: int, last: int, weekday: int) -> None:
    with pytest.raises(Invalid):
        add(adviser_host, first, last, now=now, weekday=weekday)
    assert not WeeklyRule.objects.exists()


def test_everybody_keeps_their_own_hours_and_the_team_lead_all(
    adviser_host: int, colleague_host: int, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        add(colleague_host, 540, 720, now=now)
    rule = add(colleague_host, 540, 720, now=now, by=LEAD)
    with pytest.raises(NotAllowed):
        actions.end_hours(rule_id=rule, last_day=DAY, by=ADVISER, at=now)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        actions.add_exception(host=None, day=DAY, is_open=False, by=ADVISER, at=now)
    actions.add_exception(host=None, day=DAY, is_open=False, by=LEAD, at=now)
    own = host(SUPERVISOR, "supervision")
    add(own, 540, 720, now=now, by=SUPERVISOR)
    with pytest.raises(NotAllowed):
        actions.set_host(account_id=SUPERVISOR.account_id, kinds=["advice"], by=SUPERVISOR, at=now)


def test_hours_exceptions_and_bookings_make_the_free_times(adviser_host: int, now: datetime) -> None:
    add(adviser_host, 540, 660, now=now)
    kind = queries.kind("advice")

    def starts() -> list[str]:
        found = queries.free_slots(kind=kind, hosts=[adviser_host], first_day=DAY, last_day=DAY, at=now)
        return [f"{slot.starts_at + timedelta(hours=2):%H.%M}" for slot in found]

    assert starts() == ["09.00", "09.15", "09.30", "09.45", "10.00", "10.15", "10.30"]
    actions.book(kind="advice", hosts=[adviser_host], starts_at=MONDAY, by=ADVISER, at=now)
    assert starts() == ["09.45", "10.00", "10.15", "10.30"]
    exception = actions.add_exception(
        host=adviser_host, day=DAY, is_open=False, first_minute=600, last_minute=1440, by=ADVISER, at=now
    )
    assert starts() == []
    with pytest.raises(Invalid):
        actions.add_exception(
            host=adviser_host, day=DAY, is_open=False, first_minute=600, last_minute=1440, by=ADVISER, at=now
        )
    actions.remove_exception(exception_id=exception, by=ADVISER, at=now)
    actions.add_exception(
        host=adviser_host, day=DAY, is_open=True, first_minute=780, last_minute=810, by=ADVISER, at=now
    )
    assert starts()[-1] == "13.00"
    actions.end_hours(rule_id=WeeklyRule.objects.get().pk, last_day=DAY - timedelta(days=1), by=ADVISER, at=now)
    assert starts() == ["13.00"]
    assert DayException.objects.count() == 1


def test_a_kind_is_changed_by_the_team_lead_within_reason(kinds: None, now: datetime) -> None:
    good = actions.KindStandard(45, 0, 15, 2, 30, 1, 6, False)
    with pytest.raises(NotAllowed):
        actions.change_kind(kind="advice", standard=good, by=ADVISER, at=now)
    actions.change_kind(kind="advice", standard=good, by=LEAD, at=now)
    assert Kind.objects.get(pk="advice").minutes == 45
    for bad in (
        actions.KindStandard(0, 0, 15, 2, 30, 1, 6, False),
        actions.KindStandard(45, 0, 15, 24 * 30, 30, 1, 6, False),
        actions.KindStandard(45, 0, 15, 2, 30, 0, 6, False),
        actions.KindStandard(45, 0, 500, 2, 30, 1, 6, False),
    ):
        with pytest.raises(Invalid):
            actions.change_kind(kind="advice", standard=bad, by=LEAD, at=now)
    assert Kind.objects.get(pk="advice").minutes == 45
