"""Somebody who reviews the log, somebody who doesn't, and a log with something in it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from samsyn.audit import events
from samsyn.audit.events import EventKind
from samsyn.people import actions as people
from samsyn.people import queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.roles import Regime, Role
from tests.audit.conftest import Log


@pytest.fixture
def written() -> Iterator[EventKind]:
    """A kind of event with a number and a word, declared for one test."""
    kind = events.declare("test_written", "%(actor)s skrev nummer %(number)s", facts=("number", "word"))
    yield kind
    events._KINDS.pop(kind.code, None)


@pytest.fixture
def person(db: Any, now: datetime) -> Callable[[str, Role], Actor]:
    """Make a person with a role."""
    early = now - timedelta(days=60)
    centre: list[Any] = []

    def make(pseudonym: str, role: Role) -> Actor:
        if not centre:
            centre.append(
                people.create_organisation(
                    name="Prövocentret", kind="county_board", regime=Regime.AUTHORITY, by=SYSTEM, at=early
                )
            )
        name = "test-" + pseudonym.lower().replace(" ", "-").replace("å", "a")
        account = people.create_account(name=name, pseudonym=pseudonym, organisation=centre[0], by=SYSTEM, at=early)
        people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=early)
        return queries.actor_of(account)

    return make


@pytest.fixture
def reviewer(person: Callable[[str, Role], Actor]) -> Actor:
    return person("Granskare 9", Role.LOG_REVIEWER)


@pytest.fixture
def stranger(person: Callable[[str, Role], Actor]) -> Actor:
    """A team lead: high up, and without any business in the log."""
    return person("Samordnare 9", Role.TEAM_LEAD)


@pytest.fixture
def page_of() -> Callable[[Actor], Client]:
    """A browser in which somebody is signed in at the staff site."""

    def signed_in(actor: Actor) -> Client:
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
        client.force_login(get_user_model().objects.get(pk=actor.account_id))
        # Signing in has its own tests; here the second factor has been given.
        session = client.session
        session[FACTOR] = True
        session.save()
        return client

    return signed_in


@pytest.fixture
def log(db: Any, written: EventKind, person: Callable[[str, Role], Actor], now: datetime) -> Log:
    """A log in the test's transaction, written by an adviser from now on; what made the persons is placed already."""
    from samsyn.audit import actions as audit

    adviser = person("Rådgivare 9", Role.ADVISER)
    audit.sequence(at=now)
    return Log(kind=written, by=adviser, at=now)
