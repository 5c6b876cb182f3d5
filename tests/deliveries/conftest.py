"""Three municipalities that deliver each quarter, a vendor that tries, and their people."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from samsyn.deliveries import actions, queries
from samsyn.deliveries.policies import Sender
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from tests.deliveries.figures import as_file
from tests.deliveries.files import core_format

AT = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
FORM = core_format()


@dataclass(frozen=True)
class Deliverer:
    id: UUID
    code: str
    actor: Actor
    sender: Sender

    def file(self, period: str = "2026K2", **wanted: Any) -> bytes:
        return as_file(FORM, self.code, period, **wanted)

    def send(self, content: bytes, *, door: str = "portal", at: datetime = AT, **how: Any) -> queries.Receipt:
        received = actions.Received(file=io.BytesIO(content), door=door, **how)
        return actions.receive(received=received, sender=self.sender, at=at)


def enrol(code: str, name: str, *, kind: str = "municipality", county: str = "01", number: int) -> Deliverer:
    organisation = people.create_organisation(name=name, kind="deliverer", regime=Regime.AUTHORITY, by=SYSTEM, at=AT)
    new = actions.NewDeliverer(code=code, name=name, kind=kind, county=county, organisation_id=organisation.pk)
    pk = actions.add_deliverer(new=new, by=SYSTEM, at=AT)
    if kind != "vendor":
        agreement = actions.NewAgreement("municipal_core", "1.0.0", "case", "quarter", "2024K1")
        actions.make_agreement(deliverer_id=pk, new=agreement, by=SYSTEM, at=AT)
    account = people.create_account(
        name=f"lamnare{code}", pseudonym=f"Uppgiftslämnare {number}", organisation=organisation, by=SYSTEM, at=AT
    )
    people.give_role(account_id=account.pk, role=Role.DELIVERER, by=SYSTEM, at=AT)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    actor = Actor(account.pk, account.pseudonym, name, Regime.AUTHORITY, frozenset({Role.DELIVERER}))
    return Deliverer(pk, code, actor, queries.deliverer_of(actor))


@pytest.fixture
def stockholm(db: None) -> Deliverer:
    return enrol("0180", "Stockholms stad", number=1)


@pytest.fixture
def uppsala(db: None) -> Deliverer:
    return enrol("0380", "Uppsala kommun", county="03", number=2)


@pytest.fixture
def vendor(db: None) -> Deliverer:
    return enrol("556000-0001", "Exempelsystem AB", kind="vendor", county="", number=3)


SignIn = Callable[[Actor], Client]


@pytest.fixture
def signed_in(db: None) -> SignIn:
    """Return a browser in which this person is signed in."""

    def sign_in(actor: Actor) -> Client:
        account = Account.objects.filter(pk=actor.account_id).first()
        if account is None:
            organisation = people.create_organisation(
                name=f"Centret {actor.account_id}", kind="authority", regime=Regime.AUTHORITY, by=SYSTEM, at=AT
            )
            account = people.create_account(
                name=str(actor.account_id), pseudonym=actor.pseudonym, organisation=organisation, by=SYSTEM, at=AT
            )
            for role in actor.roles:
                people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=AT)
            Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
        client.force_login(account)
        session = client.session
        session[FACTOR] = True
        session.save()
        return client

    return sign_in
