"""The question set and the templates as they come with the programme, and people who may or may not edit them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from samsyn.audit.models import Event
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.questions import actions, models, queries

TEAM_LEAD = Actor(UUID(int=11), "Teamledare 1", "Centret", Regime.AUTHORITY, frozenset({Role.TEAM_LEAD}))


@pytest.fixture
def team_lead() -> Actor:
    return TEAM_LEAD


@pytest.fixture
def adviser() -> Actor:
    return Actor(UUID(int=12), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))


@pytest.fixture
def loaded(db: None) -> None:
    """Code lists, question set and templates are in place: the test database holds them."""


@pytest.fixture
def instrument(loaded: None, now: datetime) -> queries.Instrument:
    return queries.instrument_in_force(at=now)


@pytest.fixture
def draft(loaded: None, team_lead: Actor, now: datetime) -> models.InstrumentVersion:
    """A draft of version 2 that says what version 1 says."""
    version_id = actions.start_instrument_draft(instrument="support_call", by=team_lead, at=now)
    return models.InstrumentVersion.objects.get(id=version_id)


@pytest.fixture
def template_draft(loaded: None, team_lead: Actor, now: datetime) -> models.TemplateVersion:
    """A draft of version 2 of a template."""
    version_id = actions.start_template_draft(template="control_school", by=team_lead, at=now)
    return models.TemplateVersion.objects.get(id=version_id)


@pytest.fixture
def signed_in(db: None, now: datetime) -> Callable[[Actor], Client]:
    """Return a browser in which this person is signed in."""

    def sign_in(actor: Actor) -> Client:
        account = Account.objects.filter(pk=actor.account_id).first()
        if account is None:
            organisation = people.create_organisation(
                name=f"Centret {actor.account_id}", kind="authority", regime=Regime.AUTHORITY, by=SYSTEM, at=now
            )
            account = people.create_account(
                name=str(actor.account_id), pseudonym=actor.pseudonym, organisation=organisation, by=SYSTEM, at=now
            )
            for role in actor.roles:
                people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=now)
            Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
        client.force_login(account)
        session = client.session
        session[FACTOR] = True
        session.save()
        return client

    return sign_in


def events(kind: str) -> list[Any]:
    """Return the facts of the events of this kind."""
    return [event.facts for event in Event.objects.filter(kind=kind)]


def revision(version_id: UUID) -> int:
    """Return the revision that an editor sees now."""
    return queries.instrument_version_row(version_id=version_id).revision
