"""Kinds of meetings, advisers who can be met, and a supervisor from outside."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.utils import timezone

from samsyn.bookings import actions, local_times, proof
from samsyn.bookings.models import Attendee, Host, Kind
from samsyn.people.actors import Actor
from samsyn.people.queries import actor_named
from samsyn.people.roles import Regime, Role
from tests.conftest import CommittedDatabase
from tests.rules import hostile
from tests.rules.hostile import House

# Wednesday 16 September 2026, 10.30 in Stockholm, is `now`; meetings are the week after.
MONDAY = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(number: int, pseudonym: str, *roles: Role) -> Actor:
    return Actor(UUID(int=number), pseudonym, "Centret", Regime.AUTHORITY, frozenset(roles))


ADVISER = person(31, "Rådgivare 3", Role.ADVISER)
COLLEAGUE = person(32, "Rådgivare 4", Role.ADVISER)
LEAD = person(33, "Samordnare 1", Role.TEAM_LEAD)
SUPERVISOR = person(34, "Handledare 1", Role.SUPERVISOR)
ANALYST = person(35, "Analytiker 1", Role.ANALYST)


def host(actor: Actor, *kinds: str) -> int:
    return Host.objects.create(account_id=actor.account_id, kinds=list(kinds or ("advice", "supervision"))).pk


@pytest.fixture
def kinds(db: None) -> None:
    call_command("load_bookings", verbosity=0)


@pytest.fixture
def adviser_host(kinds: None) -> int:
    return host(ADVISER)


@pytest.fixture
def colleague_host(kinds: None) -> int:
    return host(COLLEAGUE)


@pytest.fixture
def house(db: None) -> House:
    call_command("load_bookings", verbosity=0)
    made = hostile.made(timezone.now())
    by = actor_named("lead")
    at = timezone.now()
    for name, kinds in (("adviser", ["advice", "supervision"]), ("supervisor", ["supervision"])):
        number = actions.set_host(account_id=made.accounts[name].pk, kinds=kinds, by=by, at=at)
        for weekday in range(5):
            actions.add_hours(
                host=number, weekday=weekday, first_minute=540, last_minute=960,
                first_day=local_times.day_of(at), by=by, at=at,
            )  # fmt: skip
    return made


@pytest.fixture
def accounts(kinds: None, now: datetime) -> dict[str, Any]:
    return hostile.made(now).accounts


@pytest.fixture
def ask(accounts: dict[str, Any], now: datetime, settings: Any) -> Callable[..., None]:
    """Ask for a time on the clock, as if its page had never been shown."""
    settings.SAMSYN_SENDS_MAIL = True
    host = actions.set_host(account_id=accounts["adviser"].pk, kinds=["advice"], by=LEAD, at=now)
    for weekday in range(5):
        actions.add_hours(
            host=host, weekday=weekday, first_minute=540, last_minute=720, first_day=now.date(), by=LEAD, at=now
        )
    Kind.objects.filter(pk="advice").update(
        minutes=30, before_minutes=15, after_minutes=15, notice_hours=24, lead_days=14, most_a_day=3
    )

    def one(day: date, clock: str, *, kind: str = "advice", at: datetime = now) -> None:
        form = proof.challenge(at=at - timedelta(minutes=1)).form
        starts_at = datetime.combine(day, time.fromisoformat(clock), local_times.STOCKHOLM)
        address = f"p{Attendee.objects.count()}@example.se"
        actions.request_booking(kind=kind, starts_at=starts_at, address=address, form=form, work="", at=at)

    return one


@pytest.fixture
def training(ask: Callable[..., None], accounts: dict[str, Any], now: datetime) -> datetime:
    """A training on Monday at 13 with two places."""
    number = actions.set_host(account_id=accounts["supervisor"].pk, kinds=["training"], by=LEAD, at=now)
    Kind.objects.filter(pk="training").update(capacity=2, notice_hours=72, lead_days=30)
    starts_at = MONDAY + timedelta(hours=4)
    actions.book(kind="training", hosts=[number], starts_at=starts_at, by=ADVISER, at=now)
    return starts_at


def next_monday() -> datetime:
    day = local_times.day_of(timezone.now())
    return actions.moment(datetime.combine(day + timedelta(days=7 - day.weekday()), time(10, 0)))


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def week_of(moment: datetime) -> str:
    return f"day={local_times.day_of(moment):%Y-%m-%d}"


def told_by(database: CommittedDatabase, program: str, *arguments: str) -> list[str]:
    """Run a program in a process of its own, with threads and connections of its own, and return its lines."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=database.environment() | {"SAMSYN_SMTP": "smtp://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    return done.stdout.splitlines()
