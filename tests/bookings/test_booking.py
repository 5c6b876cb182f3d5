"""One time is given once: refused, recorded, held, lapsed, moved, cancelled."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from samsyn.audit.models import Event
from samsyn.bookings import actions, local_times, policies, queries
from samsyn.bookings.models import Booking, Kind, Participant, WeeklyRule
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from tests.bookings.conftest import ADVISER, ANALYST, COLLEAGUE, HOUR, MONDAY, SUPERVISOR

pytestmark = pytest.mark.django_db


def book(*hosts: int, at: datetime, starts_at: datetime = MONDAY, **more: object) -> Booking:
    made = actions.book(kind="advice", hosts=hosts, starts_at=starts_at, by=ADVISER, at=at, **more)  # type: ignore[arg-type]
    return Booking.objects.get(pk=made)


def kinds_of_events() -> list[str]:
    return list(Event.objects.values_list("kind", flat=True))


def test_a_booked_time_takes_its_hosts_with_the_room_around_it(adviser_host: int, now: datetime) -> None:
    booking = book(adviser_host, at=now)
    assert (booking.state, booking.ends_at) == (Booking.CONFIRMED, MONDAY + timedelta(minutes=30))
    for starts_at in (MONDAY, MONDAY + timedelta(minutes=44), MONDAY - timedelta(minutes=44)):
        with pytest.raises(actions.Taken):
            book(adviser_host, at=now, starts_at=starts_at)
    book(adviser_host, at=now, starts_at=MONDAY + timedelta(minutes=45))
    assert kinds_of_events().count("booking_made") == 2


# In summer and in winter: the week before and the week after the clock is changed on 25 October.
@pytest.mark.parametrize(
    "starts_at", [datetime(2026, 10, 21, 8, 0, tzinfo=UTC), datetime(2026, 10, 28, 9, 0, tzinfo=UTC)]
)
def test_a_booked_time_is_not_among_the_free_ones(adviser_host: int, starts_at: datetime) -> None:
    at = starts_at - timedelta(days=7)
    day = local_times.day_of(starts_at)
    WeeklyRule.objects.create(host_id=adviser_host, weekday=2, first_minute=540, last_minute=720, first_day=day)
    book(adviser_host, at=at, starts_at=starts_at)
    found = queries.free_slots(kind=queries.kind("advice"), hosts=[adviser_host], first_day=day, last_day=day, at=at)
    # Half an hour from ten o'clock, with a quarter of an hour after each meeting.
    clock = [f"{local_times.on_the_clock(slot.starts_at):%H:%M}" for slot in found]
    assert clock == ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"]


@pytest.mark.parametrize("actor", [ANALYST, SUPERVISOR])
def test_only_advisers_book(adviser_host: int, now: datetime, actor: object) -> None:
    with pytest.raises(NotAllowed):
        actions.book(kind="advice", hosts=[adviser_host], starts_at=MONDAY, by=actor, at=now)  # type: ignore[arg-type]
    assert not Booking.objects.exists()


def test_what_makes_no_sense_is_refused(adviser_host: int, now: datetime) -> None:
    for more in (
        {"starts_at": now - HOUR},
        {"minutes": 600},
        {"starts_at": now + timedelta(days=1000)},
        {"starts_at": MONDAY.replace(tzinfo=None)},
    ):
        with pytest.raises(Invalid):
            book(adviser_host, at=now, **more)  # type: ignore[arg-type]
    for hosts in ((), (adviser_host, 99_999), tuple(range(20))):
        with pytest.raises(Invalid):
            book(*hosts, at=now)
    with pytest.raises(Invalid):
        actions.book(kind="training", hosts=[adviser_host], starts_at=MONDAY, by=ADVISER, at=now)
    with pytest.raises(LookupError):
        actions.cancel(booking_id=uuid4(), by=ADVISER, at=now)
    assert not Booking.objects.exists()


def test_the_database_refuses_a_second_booking_whoever_writes_it(adviser_host: int, now: datetime) -> None:
    first = book(adviser_host, at=now)
    other = Booking.objects.create(
        kind=Kind.objects.get(pk="advice"), state="confirmed", starts_at=MONDAY, ends_at=MONDAY + HOUR,
        capacity=1, origin="staff", made_at=now, changed_at=now,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="host_is_booked_once_at_a_time"), transaction.atomic():
        Participant.objects.create(booking=other, host_id=adviser_host, blocked=(MONDAY, MONDAY + HOUR))
    with pytest.raises(IntegrityError, match="booking_is_held_until_a_time"), transaction.atomic():
        Booking.objects.filter(pk=first.pk).update(state="held")


def test_one_host_that_is_taken_keeps_the_whole_meeting_from_being_booked(
    adviser_host: int, colleague_host: int, now: datetime
) -> None:
    book(colleague_host, at=now)
    with pytest.raises(actions.Taken):
        book(adviser_host, colleague_host, at=now)
    book(adviser_host, at=now)
    assert Participant.objects.count() == 2


def test_a_held_time_that_lapses_can_be_booked_at_once(adviser_host: int, now: datetime) -> None:
    until = now + policies.HOLD
    held = book(adviser_host, at=now, held_until=until)
    with pytest.raises(actions.Taken):
        book(adviser_host, at=until - timedelta(seconds=1))
    book(adviser_host, at=until)
    held.refresh_from_db()
    assert held.state == Booking.LAPSED
    with pytest.raises(Refused):
        actions.confirm_held(booking_id=held.pk, by=ADVISER, at=until)


def test_a_held_time_is_confirmed_while_it_is_held_and_not_later(adviser_host: int, now: datetime) -> None:
    until = now + policies.HOLD
    held = book(adviser_host, at=now, held_until=until)
    with pytest.raises(Refused):
        actions.confirm_held(booking_id=held.pk, by=ADVISER, at=until)
    actions.confirm_held(booking_id=held.pk, by=ADVISER, at=until - timedelta(seconds=1))
    with pytest.raises(Refused):
        actions.confirm_held(booking_id=held.pk, by=ADVISER, at=until - timedelta(seconds=1))
    with pytest.raises(actions.Taken):
        book(adviser_host, at=until + HOUR)
    assert sorted(kinds_of_events()) == ["booking_confirmed", "time_held"]


def test_a_moved_time_is_free_again_and_a_refused_move_changes_nothing(adviser_host: int, now: datetime) -> None:
    first = book(adviser_host, at=now)
    second = book(adviser_host, at=now, starts_at=MONDAY + HOUR)
    with pytest.raises(actions.Taken):
        actions.move(booking_id=second.pk, starts_at=MONDAY, by=COLLEAGUE, at=now)
    second.refresh_from_db()
    assert (second.starts_at, second.sequence) == (MONDAY + HOUR, 0)
    actions.move(booking_id=first.pk, starts_at=MONDAY + 3 * HOUR, by=COLLEAGUE, at=now)
    actions.move(booking_id=second.pk, starts_at=MONDAY, by=COLLEAGUE, at=now)
    # A little later, over its own old time.
    actions.move(booking_id=second.pk, starts_at=MONDAY + timedelta(minutes=10), by=COLLEAGUE, at=now)
    second.refresh_from_db()
    assert second.sequence == 2


def test_a_cancelled_time_is_free_and_stays_cancelled(adviser_host: int, now: datetime) -> None:
    booking = book(adviser_host, at=now)
    actions.cancel(booking_id=booking.pk, by=ADVISER, at=now)
    with pytest.raises(Refused):
        actions.cancel(booking_id=booking.pk, by=ADVISER, at=now)
    with pytest.raises(Refused):
        actions.move(booking_id=booking.pk, starts_at=MONDAY + HOUR, by=ADVISER, at=now)
    book(adviser_host, at=now)


def test_a_booking_whose_event_cannot_be_recorded_is_not_made(
    adviser_host: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("samsyn.audit.actions.record", fail)
    with pytest.raises(RuntimeError):
        book(adviser_host, at=now)
    assert not Booking.objects.exists()
