"""Series: the same times as an expander that is not ours, refusals of what nobody oversees, one, following and all."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from samsyn.bookings import actions, local_times, series
from samsyn.bookings.models import Booking, Series
from samsyn.people.refusals import Invalid
from tests.bookings.conftest import ADVISER

WEEKLY = series.Repeats("weekly", 6)
FIRST = datetime(2026, 10, 7, 9, 0)


def random_rule(dice: random.Random) -> tuple[datetime, series.Repeats]:
    first = datetime(2026, 1, 1) + timedelta(days=dice.randrange(700), minutes=15 * dice.randrange(96))
    if dice.random() < 0.5:
        days = tuple(dice.sample(range(7), dice.randrange(0, 4)))
        return first, series.Repeats("weekly", dice.randrange(1, 40), dice.randrange(1, 5), days)
    place = dice.choice([0, 0, (first.day - 1) // 7 + 1])
    if (first + timedelta(days=7)).month != first.month and dice.random() < 0.7:
        place = -1
    return first, series.Repeats(
        "monthly", dice.randrange(1, 25), dice.randrange(1, 5), place=place if place != 5 else 0
    )


def elsewhere(first: datetime, rule: str) -> list[datetime]:
    """What recurring-ical-events makes of the rule, on the clock."""
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{first:%Y%m%dT%H%M%S}\r\nDURATION:PT30M\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found: Any = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    starts = [event["DTSTART"].dt for event in found.between((2025, 1, 1), (2050, 1, 1))]
    return sorted(starts)


def agree(seed: int) -> int:
    """Compare one random rule; return how many times it has."""
    first, repeats = random_rule(random.Random(seed))
    ours = series.times(first, repeats)
    assert ours == elsewhere(first, series.as_rrule(first, repeats)), (seed, first, repeats)
    assert len(ours) == repeats.times
    return len(ours)


def test_a_thousand_random_rules_have_the_times_of_another_expander() -> None:
    assert sum(agree(seed) for seed in range(1_000)) > 10_000


@pytest.mark.parametrize(
    "repeats",
    [
        series.Repeats("weekly", 1_000_000),
        series.Repeats("weekly", 61),
        series.Repeats("weekly", 0),
        series.Repeats("weekly", 5, interval=0),
        series.Repeats("weekly", 5, interval=10**6),
        series.Repeats("weekly", 5, weekdays=(9,)),
        series.Repeats("monthly", 5, place=7),
        series.Repeats("monthly", 5, place=4),
        series.Repeats("daily", 5),  # type: ignore[arg-type]
    ],
)
@pytest.mark.django_db
def test_a_series_that_nobody_oversees_is_refused_and_nothing_is_written(
    adviser_host: int, now: datetime, repeats: series.Repeats
) -> None:
    with pytest.raises(Invalid):
        actions.book_series(kind="advice", hosts=[adviser_host], first=FIRST, repeats=repeats, by=ADVISER, at=now)
    assert (Booking.objects.count(), Series.objects.count()) == (0, 0)


def made(host: int, now: datetime) -> list[Booking]:
    booked = actions.book_series(kind="advice", hosts=[host], first=FIRST, repeats=WEEKLY, by=ADVISER, at=now)
    return [*Booking.objects.filter(pk__in=booked).order_by("starts_at")]


@pytest.mark.django_db
def test_a_series_keeps_its_time_on_the_clock_across_the_change(adviser_host: int, now: datetime) -> None:
    booked = made(adviser_host, now)
    assert {local_times.on_the_clock(one.starts_at).time() for one in booked} == {FIRST.time()}
    assert {one.starts_at.hour for one in booked} == {7, 8}


@pytest.mark.django_db
def test_a_series_with_a_taken_time_is_not_booked_at_all_and_says_which(adviser_host: int, now: datetime) -> None:
    actions.book(
        kind="advice", hosts=[adviser_host], starts_at=datetime(2026, 10, 21, 7, 0, tzinfo=UTC), by=ADVISER, at=now
    )
    with pytest.raises(actions.SomeTaken) as refused:
        made(adviser_host, now)
    assert refused.value.starts == (datetime(2026, 10, 21, 9, 0),)
    assert (Booking.objects.count(), Series.objects.count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "words"), [(datetime(2027, 3, 7, 2, 30), "2027-03-28"), (datetime(2026, 10, 18, 2, 30), "2026-10-25")]
)
def test_a_series_that_meets_a_skipped_or_doubled_hour_is_refused_with_the_day(
    adviser_host: int, now: datetime, first: datetime, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.book_series(kind="advice", hosts=[adviser_host], first=first, repeats=WEEKLY, by=ADVISER, at=now)
    assert words in str(refused.value.message)


@pytest.mark.django_db
def test_one_of_a_series_those_that_follow_or_all_are_changed(adviser_host: int, now: datetime) -> None:
    booked = made(adviser_host, now)
    third = booked[2]
    actions.move_of_series(
        booking_id=third.pk, starts_at=third.starts_at + timedelta(hours=1), scope="one", by=ADVISER, at=now
    )
    changed = actions.move_of_series(
        booking_id=booked[3].pk,
        starts_at=booked[3].starts_at + timedelta(days=7),
        scope="following",
        by=ADVISER,
        at=now,
    )
    assert len(changed) == 3
    clock = [local_times.on_the_clock(one.starts_at) for one in Booking.objects.order_by("starts_at")]
    assert [one.hour for one in clock] == [9, 9, 10, 9, 9, 9]
    assert [(two - one).days for one, two in itertools.pairwise(clock[3:])] == [7, 7]
    gone = actions.cancel_of_series(booking_id=booked[1].pk, scope="following", by=ADVISER, at=now)
    assert len(gone) == 5
    assert Booking.objects.get(state=Booking.CONFIRMED).pk == booked[0].pk
