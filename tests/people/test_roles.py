"""Roles and accounts: forbidden pairs, nobody on their own, the first account, and what the database holds by itself."""

import io
from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from samsyn.audit.models import Event
from samsyn.people import actions, events, queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account, RoleAssignment
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import FORBIDDEN_PAIRS, Regime, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(now: datetime) -> Account:
    organisation = actions.create_organisation(
        name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now
    )
    return actions.create_account(name="Någon", pseudonym="Rådgivare 9", organisation=organisation, by=SYSTEM, at=now)


def test_only_the_administrator_gives_roles(
    account: Account, adviser: Actor, administrator: Actor, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        actions.give_role(account_id=account.pk, role=Role.ADVISER, by=adviser, at=now)
    actions.give_role(account_id=account.pk, role=Role.ADVISER, by=administrator, at=now)
    assert queries.actor_of(account).roles == {Role.ADVISER}
    assert Event.objects.filter(kind="role_given").count() == 1


@pytest.mark.parametrize("pair", sorted(FORBIDDEN_PAIRS, key=sorted), ids="-".join)
def test_forbidden_pairs_are_refused_by_rule_and_by_the_database(
    account: Account, administrator: Actor, now: datetime, pair: frozenset[Role]
) -> None:
    one, other = sorted(pair)
    actions.give_role(account_id=account.pk, role=one, by=administrator, at=now)
    with pytest.raises(Refused):
        actions.give_role(account_id=account.pk, role=other, by=administrator, at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        RoleAssignment.objects.create(account=account, role=other, given_by=administrator.account_id, given_at=now)


def test_nobody_changes_their_own_roles(account: Account, administrator: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.give_role(account_id=administrator.account_id, role=Role.ADVISER, by=administrator, at=now)


def test_an_installation_is_set_up_once_and_never_changes(now: datetime) -> None:
    out = io.StringIO()
    call_command("create_first_account", "forsta", "Administratör 1", "Centret", stdout=out)
    assert "Start password" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("create_first_account", "andra", "Administratör 2", "Centret")
    account = Account.objects.get(name="forsta")
    assert account.password_is_temporary
    assert queries.actor_of(account).roles == {Role.SYSTEM_ADMINISTRATOR}
    for statement in ("UPDATE people_installation SET name = 'operator'", "DELETE FROM people_installation"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_one_account_is_changed_at_a_time(account: Account, administrator: Actor, now: datetime) -> None:
    own = actions.create_account(
        name="adm", pseudonym="Administratör 1", organisation=account.organisation, by=SYSTEM, at=now
    )
    actions.give_role(account_id=own.pk, role=Role.SYSTEM_ADMINISTRATOR, by=SYSTEM, at=now)
    Account.objects.filter(pk=own.pk).update(password_is_temporary=False)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(own)
    session = client.session
    session[FACTOR] = True
    session.save()
    assert f"/people/accounts/{account.pk}/" not in client.get("/people/accounts/").content.decode()
    page = client.get(f"/people/accounts/?change={account.pk}").content.decode()
    assert page.count(f"/people/accounts/{account.pk}/") == 1
    assert client.get("/people/accounts/?change=x").status_code == 200


def test_the_log_names_a_role_as_people_do() -> None:
    told = {"actor": "Administratör 1", "facts": {"role": "log_reviewer"}}
    assert events.ROLE_GIVEN.as_sentence(**told) == "Administratör 1 gav ett konto rollen loggranskare"  # type: ignore[arg-type]
    told["facts"] = {"role": "a_role_that_is_gone"}
    assert "a_role_that_is_gone" in events.ROLE_ENDED.as_sentence(**told)  # type: ignore[arg-type]
