"""The operator with facts of a quarter, and the two persons that a package takes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from samsyn.aggregates import actions
from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.people import actions as people
from samsyn.people import queries as people_queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.privacy import keys

AT = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
CODE = "556000-0002"
PERSONS, CONTACTS = "support_line/1.1.0/person", "support_line/1.1.0/contact"
PERIOD = "2026K3"


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    yield
    keys.read.cache_clear()


def account(name: str, pseudonym: str, organisation: Any, *roles: Role) -> Account:
    made = people.create_account(name=name, pseudonym=pseudonym, organisation=organisation, by=SYSTEM, at=AT)
    for role in roles:
        people.give_role(account_id=made.pk, role=role, by=SYSTEM, at=AT)
    Account.objects.filter(pk=made.pk).update(password_is_temporary=False)
    return made


@pytest.fixture
def line(db: None) -> dict[str, Account]:
    """The people of the operator by name."""
    organisation = people.create_organisation(
        name="Stödlinjen", kind="operator", regime=Regime.OPERATOR, by=SYSTEM, at=AT
    )
    return {
        "analyst": account("analyst", "Analytiker 1", organisation, Role.ANALYST),
        # Both roles, which is allowed: what one person made is still not approved by the same person.
        "both": account("both", "Analytiker 2", organisation, Role.ANALYST, Role.PUBLISHER),
        "publisher": account("publisher", "Publicist 1", organisation, Role.PUBLISHER),
        "supporter": account("supporter", "Stödjare 1", organisation, Role.SUPPORTER),
    }


@pytest.fixture
def three(line: dict[str, Account]) -> dict[str, Account]:
    """The line with two more who compose and clear."""
    organisation = line["supporter"].organisation
    line["second"] = account("second", "Stödjare 2", organisation, Role.SUPPORTER)
    line["lead"] = account("lead", "Samordnare 1", organisation, Role.TEAM_LEAD)
    return line


def actor(line: dict[str, Account], name: str) -> Actor:
    return people_queries.actor_of(line[name])


@pytest.fixture
def facts(db: None) -> world.World:
    made = world.generate(scale=0.15, seed=2022)
    contacts.add_facts(**vars(made))
    return made


def new(**changed: Any) -> actions.NewAgreement:
    said: dict[str, Any] = {
        "receiver": "Centret", "purpose": "Nationell statistik utan uppgifter om enskilda.", "organisation": CODE,
        "tables": (PERSONS, CONTACTS), "first_period": "2026K1", "last_period": "2026K4",
    }  # fmt: skip
    return actions.NewAgreement(**{**said, **changed})


def agree(line: dict[str, Account], **changed: Any) -> Any:
    made = actions.propose_agreement(new=new(**changed), by=actor(line, "analyst"), at=AT)
    actions.approve_agreement(agreement_id=made, by=actor(line, "publisher"), at=AT)
    return made
