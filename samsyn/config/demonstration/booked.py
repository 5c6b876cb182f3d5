"""Who can be met in the made-up world, when, and some weeks of booked times around today. Invented."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from samsyn.bookings import actions, local_times
from samsyn.bookings.actions import Taken
from samsyn.people import queries as people

# Sign-in name, for which kinds, and the weekly hours: weekday, from, to.
HOSTS: tuple[tuple[str, tuple[str, ...], tuple[tuple[int, int, int], ...]], ...] = (
    ("adviser", ("advice", "supervision", "training"), ((0, 13, 16), (1, 9, 12), (2, 13, 16), (3, 9, 12))),
    ("adviser4", ("advice",), ((0, 9, 12), (2, 9, 12), (4, 9, 15))),
    ("supervisor", ("supervision",), ((1, 13, 17), (3, 13, 17))),
)
# Days from this week's Monday, hour, minute, who, which kind.
BOOKED = (
    (0, 13, 0, "adviser", "advice"),
    (1, 9, 30, "adviser", "advice"),
    (1, 14, 0, "supervisor", "supervision"),
    (2, 9, 0, "adviser4", "advice"),
    (3, 10, 0, "adviser", "advice"),
    (4, 9, 0, "adviser4", "advice"),
    (4, 11, 0, "adviser4", "advice"),
    (7, 14, 0, "adviser", "advice"),
    (8, 14, 0, "supervisor", "supervision"),
    (9, 13, 0, "adviser", "training"),
    (10, 9, 0, "adviser", "advice"),
    (11, 10, 30, "adviser4", "advice"),
)


def load_bookings() -> None:
    """Make hosts, their hours and bookings; they were all made three weeks ago."""
    now = timezone.now()
    monday = local_times.day_of(now) - timedelta(days=local_times.day_of(now).weekday())
    lead, adviser = people.actor_named("lead"), people.actor_named("adviser")
    made: dict[str, Any] = {"by": lead, "at": now - timedelta(weeks=3)}
    hosts = {}
    for name, kinds, hours in HOSTS:
        hosts[name] = actions.set_host(account_id=people.actor_named(name).account_id, kinds=kinds, **made)
        for weekday, first, last in hours:
            actions.add_hours(
                host=hosts[name],
                weekday=weekday,
                first_minute=first * 60,
                last_minute=last * 60,
                first_day=monday - timedelta(weeks=12),
                **made,
            )
    year = monday.year
    for day in (date(year, 12, 24), date(year, 12, 25), date(year, 12, 31), date(year + 1, 1, 1)):
        actions.add_exception(host=None, day=day, is_open=False, **made)
    for days, hour, minute, name, kind in BOOKED:
        local = datetime.combine(monday + timedelta(days=days), time(hour, minute))
        try:
            actions.book(
                kind=kind,
                hosts=[hosts[name]],
                starts_at=actions.moment(local),
                by=adviser,
                at=now - timedelta(weeks=3),
            )
        except Taken:  # a holiday's week is as any other here
            continue
