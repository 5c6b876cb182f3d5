"""Kinds of meetings, advisers who can be met, and a supervisor from outside."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.management import call_command

from samsyn.bookings.models import Host
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role

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
