"""What the public can book: a kind's notice, lead, room, places and most a day hold for whoever asks by hand too."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from samsyn.bookings import actions, queries
from samsyn.bookings.models import Attendee, Booking, Kind
from samsyn.people.refusals import Refused
from tests.bookings.conftest import LEAD
from tests.followups.conftest import sent, token_of

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
# The fixture's now is 10.30 on Wednesday the 16th; the adviser is there on weekdays from nine to twelve.
MONDAY = date(2026, 9, 21)
HALF_PAST_TEN = MONDAY, "10:30"


def refused(ask: Callable[..., None], day: date, clock: str, **more: Any) -> None:
    """Expect a refusal that leaves bookings, places and mails as they were."""
    before = (Booking.objects.count(), Attendee.objects.count(), len(sent()))
    with pytest.raises((Refused, LookupError)):
        ask(day, clock, **more)
    assert (Booking.objects.count(), Attendee.objects.count(), len(sent())) == before


@pytest.mark.parametrize(
    ("day", "clock", "why"),
    [
        (date(2026, 9, 17), "10:15", "nearer than the notice"),
        (date(2026, 10, 1), "09:00", "farther than the lead"),
        (date(2026, 9, 15), "10:00", "it has been"),
        (MONDAY, "08:45", "before the hours"),
        (MONDAY, "11:45", "it ends after the hours"),
        (date(2026, 9, 19), "10:00", "a Saturday"),
        (MONDAY, "10:10", "no quarter of an hour"),
    ],
)
def test_a_time_that_no_page_shows_is_refused(ask: Callable[..., None], day: date, clock: str, why: str) -> None:
    refused(ask, day, clock)


@pytest.mark.parametrize(("day", "clock"), [(date(2026, 9, 17), "10:30"), (date(2026, 9, 30), "10:30"), HALF_PAST_TEN])
def test_the_nearest_and_the_farthest_time_are_taken(ask: Callable[..., None], day: date, clock: str) -> None:
    ask(day, clock)
    assert Booking.objects.get().state == "held"


def test_the_room_before_and_after_is_kept(ask: Callable[..., None]) -> None:
    ask(*HALF_PAST_TEN)
    for clock in ("10:00", "10:15", "10:45", "11:00", "11:15"):
        refused(ask, MONDAY, clock)
    # The rooms of two meetings may not overlap: half an hour lies between them.
    ask(MONDAY, "09:30")
    ask(MONDAY, "11:30")
    assert Booking.objects.count() == 3


def test_a_day_has_no_more_than_its_kind_allows(ask: Callable[..., None]) -> None:
    Kind.objects.filter(pk="advice").update(most_a_day=1)
    ask(*HALF_PAST_TEN)
    refused(ask, MONDAY, "09:00")
    ask(MONDAY + timedelta(days=1), "09:00")


def test_who_is_away_is_not_booked(ask: Callable[..., None], now: datetime) -> None:
    actions.add_exception(host=None, day=MONDAY, is_open=False, by=LEAD, at=now)
    refused(ask, *HALF_PAST_TEN)


def test_a_kind_that_is_not_public_is_not_booked(ask: Callable[..., None]) -> None:
    Kind.objects.filter(pk="advice").update(is_public=False)
    refused(ask, *HALF_PAST_TEN)


def test_the_same_holds_for_who_changes_a_time(ask: Callable[..., None], now: datetime) -> None:
    ask(*HALF_PAST_TEN)
    made = actions.confirm_booking(secret=token_of(sent()[-1]), at=now)
    for day, clock in (
        (date(2026, 9, 17), "10:15"),
        (date(2026, 10, 1), "09:00"),
        (MONDAY, "08:45"),
        (MONDAY, "10:40"),
    ):
        starts_at = datetime.combine(day, time.fromisoformat(clock), STOCKHOLM)
        with pytest.raises(actions.Taken):
            actions.change_own(secret=made.secret, starts_at=starts_at, at=now)
    assert Booking.objects.get().starts_at == datetime.combine(MONDAY, datetime.min.time(), STOCKHOLM).replace(
        hour=10, minute=30
    )
    # A quarter of an hour later its own old time is in nobody's way.
    actions.change_own(secret=made.secret, starts_at=Booking.objects.get().starts_at + timedelta(minutes=15), at=now)


def test_a_meeting_for_several_has_its_notice_and_lead_too(
    ask: Callable[..., None], training: datetime, now: datetime
) -> None:
    refused(ask, MONDAY, "13:00", kind="training", at=training - timedelta(hours=71))
    assert queries.open_sessions(kind=queries.kind("training"), at=training - timedelta(hours=71)) == ()
    Kind.objects.filter(pk="training").update(lead_days=4)
    refused(ask, MONDAY, "13:00", kind="training")
    Kind.objects.filter(pk="training").update(lead_days=30)
    refused(ask, MONDAY, "13:30", kind="training")
    ask(MONDAY, "13:00", kind="training", at=training - timedelta(hours=72))


def test_a_place_that_nobody_confirmed_can_be_booked_at_once(
    ask: Callable[..., None], training: datetime, now: datetime
) -> None:
    for _place in range(2):
        ask(MONDAY, "13:00", kind="training")
    refused(ask, MONDAY, "13:00", kind="training")
    (shown,) = queries.meetings_where(capacity=2)
    assert shown.seats_taken == 2
    half_an_hour_later = now + timedelta(minutes=30)
    assert [one.seats_taken for one in queries.open_sessions(kind=queries.kind("training"), at=half_an_hour_later)] == [
        0
    ]
    ask(MONDAY, "13:00", kind="training", at=half_an_hour_later)
    assert re.search("/confirm/", sent()[-1].body)
