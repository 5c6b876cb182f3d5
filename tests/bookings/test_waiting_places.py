"""The waiting list of a meeting for several: each place that comes free is offered to one."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from samsyn.bookings import actions, policies, proof, queries
from samsyn.bookings.models import Attendee, Booking, WaitingEntry
from samsyn.channels.models import OutgoingMail
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from tests.bookings.conftest import ADVISER, LEAD
from tests.followups.conftest import sent, token_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 21)
TRAINING = {"kind": "training"}


@pytest.fixture
def places(ask: Callable[..., None], training: datetime, now: datetime) -> list[str]:
    """Both places of the training are taken; two wait. Return the secrets of those who have the places."""
    secrets = []
    for _place in range(2):
        OutgoingMail.objects.all().delete()
        ask(MONDAY, "13:00", **TRAINING)
        secrets.append(actions.confirm_booking(secret=token_of(sent()[0]), at=now).secret)
    for number in range(2):
        OutgoingMail.objects.all().delete()
        form = proof.challenge(at=now - timedelta(minutes=1)).form
        at = now + timedelta(seconds=number)
        actions.join_waiting_list(**TRAINING, address=f"w{number}@example.se", form=form, work="", at=at)
        actions.confirm_waiting(secret=token_of(sent()[0]), at=at)
    return secrets


def offers(at: datetime) -> dict[str, str]:
    """Let the clock offer what is free, and return the secrets by address."""
    OutgoingMail.objects.all().delete()
    made = actions.make_offers(at=at, by=SYSTEM)
    found = {mail.to: token_of(mail) for mail in sent()}
    assert len(found) == made
    return found


def taken(at: datetime) -> int:
    (shown,) = queries.meetings(
        host=Booking.objects.get().participants.get().host_id, first=at, last=at + timedelta(30), at=at
    )
    return shown.seats_taken


def test_who_waits_for_a_full_meeting_is_offered_no_other(places: list[str], now: datetime) -> None:
    assert offers(now) == {}
    assert Booking.objects.count() == 1


def test_a_free_place_is_offered_to_one_and_taken_once(
    places: list[str],
    ask: Callable[..., None],
    now: datetime,
) -> None:
    actions.cancel_own(secret=places[0], at=now)
    offered = offers(now)
    assert [*offered] == ["w0@example.se"]
    assert offers(now) == {}
    assert taken(now) == 2, "an offered place is nobody else's"
    with pytest.raises(actions.Taken):
        ask(MONDAY, "13:00", **TRAINING)
    assert queries.offered(actions.hashed(offered["w0@example.se"]), at=now).capacity == 2
    made = actions.take_offer(secret=offered["w0@example.se"], at=now)
    assert actions.booking_of(made.secret, at=now).seats_taken == 2
    with pytest.raises(LookupError):
        actions.take_offer(secret=offered["w0@example.se"], at=now)
    # The next place that comes free goes to the next one, although the first is kept for a while.
    actions.cancel_own(secret=places[1], at=now)
    assert [*offers(now)] == ["w1@example.se"]


def test_several_free_places_are_offered_at_once_each_to_one(places: list[str], now: datetime) -> None:
    for secret in places:
        actions.cancel_own(secret=secret, at=now)
    offered = offers(now)
    assert sorted(offered) == ["w0@example.se", "w1@example.se"]
    assert (offers(now), taken(now)) == ({}, 2)
    # Each link is for its own place: what one does with it leaves the other's.
    actions.decline_offer(secret=offered["w0@example.se"], at=now)
    made = actions.take_offer(secret=offered["w1@example.se"], at=now)
    assert Attendee.objects.get().seat == 2
    assert (actions.booking_of(made.secret, at=now).seats_taken, taken(now)) == (1, 1)
    assert [*offers(now)] == ["w0@example.se"]


@pytest.mark.parametrize("how", ["declined", "silent", "left"])
def test_a_place_that_is_not_taken_goes_to_the_next(places: list[str], now: datetime, how: str) -> None:
    actions.cancel_own(secret=places[0], at=now)
    secret = offers(now)["w0@example.se"]
    at = now
    if how == "declined":
        actions.decline_offer(secret=secret, at=now)
    elif how == "left":
        WaitingEntry.objects.filter(state="offered").update(leave_hash=actions.hashed("left"))
        actions.leave_waiting_list(secret="left", at=now)
    else:
        at = now + policies.OFFER
        with pytest.raises(Refused):
            actions.take_offer(secret=secret, at=at)
        with pytest.raises(LookupError):
            queries.offered(actions.hashed(secret), at=at)
    assert (taken(at), Booking.objects.get().state) == (1, "confirmed")
    assert [*offers(at)] == ["w1@example.se"]
    assert (taken(at), Attendee.objects.count()) == (2, 2)


def test_who_was_offered_what_staff_cancel_waits_as_before(
    ask: Callable[..., None],
    places: list[str],
    now: datetime,
) -> None:
    actions.cancel_own(secret=places[0], at=now)
    secret = offers(now)["w0@example.se"]
    actions.cancel(booking_id=Booking.objects.get().pk, by=ADVISER, at=now)
    with pytest.raises(Refused):
        actions.take_offer(secret=secret, at=now)
    form = proof.challenge(at=now - timedelta(minutes=1)).form
    actions.join_waiting_list(kind="advice", address="v@example.se", form=form, work="", at=now)
    (mail,) = [mail for mail in sent() if mail.to == "v@example.se"]
    actions.confirm_waiting(secret=token_of(mail), at=now)
    assert [*offers(now)] == ["v@example.se"]
    held = Booking.objects.get(state="held")
    actions.cancel(booking_id=held.pk, by=LEAD, at=now)
    assert [*offers(now)] == ["v@example.se"], "the time that staff cancelled is offered anew, and nobody is forgotten"
    waiting: Any = WaitingEntry.objects.order_by("made_at").values_list("kind", "state", "lapsed_offers")
    assert sorted(waiting) == [("advice", "offered", 0), ("training", "waiting", 0), ("training", "waiting", 0)]
