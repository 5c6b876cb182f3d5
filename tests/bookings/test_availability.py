"""Free times against a slow, obvious second opinion; the days on which the clock is changed; what the clock doesn't show."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from samsyn.bookings import local_times
from samsyn.bookings.availability import Exceptional, Rule, Slot, Standard, Taken, free_slots

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AT = datetime(2026, 3, 23, 7, 0, tzinfo=UTC)


def obvious(
    *, hosts: list[int], rules: list[Rule], exceptions: list[Exceptional], taken: list[Taken],
    standard: Standard, at: datetime, first_day: date, last_day: date,
) -> list[Slot]:  # fmt: skip
    """Try every quarter of an hour and ask of each minute of the meeting whether the host can be met then."""

    def open_at(host: int, moment: datetime) -> bool:
        local = moment.astimezone(STOCKHOLM)
        day, minute = local.date(), local.hour * 60 + local.minute

        def said(is_open: bool) -> bool:
            return any(
                one.day == day and one.host in {None, host} and one.first_minute <= minute < one.last_minute
                for one in exceptions
                if one.is_open == is_open
            )

        in_rule = any(
            rule.host == host and rule.weekday == day.weekday() and rule.first_minute <= minute < rule.last_minute
            and rule.first_day <= day and (rule.last_day is None or day <= rule.last_day)
            for rule in rules
        )  # fmt: skip
        return said(True) or (in_rule and not said(False))

    found = []
    moment = datetime.combine(first_day, datetime.min.time(), STOCKHOLM).astimezone(UTC)
    while moment.astimezone(STOCKHOLM).date() <= last_day:
        for host in hosts:
            length = timedelta(minutes=standard.minutes)
            begins = moment - timedelta(minutes=standard.before_minutes)
            ends = moment + length + timedelta(minutes=standard.after_minutes)
            day = moment.astimezone(STOCKHOLM).date()
            own = [(one.begins, one.ends) for one in taken if one.host == host]
            booked = sum(datetime.fromtimestamp(first, STOCKHOLM).date() == day for first, _last in own)
            # A meeting lies within one day: the clock's midnight is nobody's working hour.
            if (
                all(open_at(host, moment + timedelta(minutes=m)) for m in range(standard.minutes))
                and (moment + length - timedelta(minutes=1)).astimezone(STOCKHOLM).date() == day
                and not any(first < ends.timestamp() and begins.timestamp() < last for first, last in own)
                and at + standard.notice <= moment <= at + standard.lead
                and booked < standard.most_a_day
            ):
                found.append(Slot(moment, host))
        moment += timedelta(minutes=15)
    return sorted(found)


@pytest.mark.parametrize("seed", range(12))
def test_free_times_are_those_of_a_second_opinion(seed: int) -> None:
    dice = random.Random(seed)
    hosts = [1, 2, 3]
    rules = []
    for host in hosts:
        for weekday in range(7):
            first = dice.randrange(0, 70) * 15
            until = dice.choice([None, None, date(2026, 3, 30)])
            rules.append(
                Rule(host, weekday, first, min(1440, first + dice.randrange(30, 600, 5)), date(2026, 3, 25), until)
            )
    exceptions = []
    for _number in range(8):
        first = dice.randrange(0, 1380, 5)
        exceptions.append(
            Exceptional(
                dice.choice([None, *hosts]), date(2026, 3, 24) + timedelta(days=dice.randrange(9)),
                first, min(1440, first + dice.randrange(30, 400, 5)), dice.random() < 0.4,
            )
        )  # fmt: skip
    taken = []
    for host in hosts:
        moment = datetime(2026, 3, 24, tzinfo=UTC)
        for _number in range(15):
            moment += timedelta(minutes=dice.randrange(5, 900, 5))
            end = moment + timedelta(minutes=dice.randrange(10, 180, 5))
            taken.append(Taken(host, int(moment.timestamp()), int(end.timestamp())))
            moment = end
    standard = Standard(
        minutes=dice.choice([15, 30, 45, 50]), before_minutes=dice.choice([0, 10]), after_minutes=dice.choice([0, 15]),
        notice=timedelta(hours=dice.choice([0, 30])), lead=timedelta(days=dice.choice([6, 30])),
        most_a_day=dice.choice([2, 100]),
    )  # fmt: skip
    # Sunday 29 March is the day on which the clock skips an hour.
    where = {"first_day": date(2026, 3, 24), "last_day": date(2026, 4, 1)}
    everything = {
        "hosts": hosts, "rules": rules, "exceptions": exceptions, "taken": taken, "standard": standard, "at": AT, **where,
    }  # fmt: skip
    found = free_slots(**everything)  # type: ignore[arg-type]
    assert found == obvious(**everything)  # type: ignore[arg-type]
    assert found, "an empty answer proves nothing"


def test_hours_by_the_clock_are_an_hour_apart_in_summer_and_winter() -> None:
    rule = Rule(1, 4, 9 * 60, 10 * 60, date(2026, 1, 1))
    found = free_slots(
        hosts=[1], rules=[rule], exceptions=[], taken=[], standard=Standard(minutes=60, lead=timedelta(days=300)),
        at=AT, first_day=date(2026, 10, 23), last_day=date(2026, 10, 30),
    )  # fmt: skip
    assert [slot.starts_at.hour for slot in found] == [7, 8]


def test_times_that_the_clock_skips_or_shows_twice() -> None:
    for year, skipped, doubled in ((2026, (3, 29), (10, 25)), (2027, (3, 28), (10, 31))):
        with pytest.raises(local_times.NoSuchTime):
            local_times.exact(datetime(year, *skipped, 2, 30))
        with pytest.raises(local_times.TwoSuchTimes):
            local_times.exact(datetime(year, *doubled, 2, 30))
        first, second = (local_times.exact(datetime(year, *doubled, 2, 30), fold=fold) for fold in (0, 1))
        assert second - first == timedelta(hours=1)
        assert local_times.minute_of(date(year, *skipped), 150) == datetime(year, *skipped, 1, 0, tzinfo=UTC)
        day = local_times.minute_of(date(year, *doubled), 1440) - local_times.minute_of(date(year, *doubled), 0)
        assert day == timedelta(hours=25)
