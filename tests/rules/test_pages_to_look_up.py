"""The pages that one looks things up on: code lists, other organisations' words, retention."""

from datetime import datetime, timedelta

import html5lib
import pytest
from django.conf import settings
from django.test import Client

from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.privacy.models import ErasureRecord
from samsyn.vocabulary import queries

pytestmark = pytest.mark.django_db


def signed_in(role: Role, now: datetime) -> Client:
    organisation = people.create_organisation(
        name=f"Centret {role}", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now
    )
    account = people.create_account(
        name=f"en.{role}", pseudonym="Någon 1", organisation=organisation, by=SYSTEM, at=now
    )
    people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=now)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(account)
    session = client.session
    session[FACTOR] = True
    session.save()
    return client


@pytest.fixture
def lists(db: None) -> None:
    """The code lists lie in the test database."""


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def test_every_list_opens_and_shows_every_code(lists: None, now: datetime) -> None:
    adviser = signed_in(Role.ADVISER, now)
    start = shown(adviser, "/vocabulary/")
    for one in queries.lists():
        assert f"/vocabulary/{one.code}/" in start
        text = shown(adviser, f"/vocabulary/{one.code}/?all=1")
        assert text.count('<th scope="row"') == len(queries.all_codes(one.code))


def test_words_and_days_choose_codes(lists: None, now: datetime) -> None:
    adviser = signed_in(Role.ADVISER, now)
    text = shown(adviser, "/vocabulary/municipality/?words=upplands+v")
    assert "Upplands Väsby" in text
    assert text.count('<th scope="row"') == 1
    before = shown(adviser, "/vocabulary/exposure/?on=2016-06-01")
    after = shown(adviser, "/vocabulary/exposure/?on=2026-06-01")
    assert "virginity_check" not in before
    assert "virginity_check" in after
    assert adviser.get("/vocabulary/exposure/?on=i går").status_code == 422
    assert adviser.get("/vocabulary/nothing/").status_code == 404


def test_what_others_call_it(lists: None, now: datetime) -> None:
    text = shown(signed_in(Role.ANALYST, now), "/vocabulary/elsewhere/")
    for scheme in queries.schemes():
        assert scheme.title in text


@pytest.mark.parametrize("role", [Role.LOG_REVIEWER, Role.SYSTEM_ADMINISTRATOR])
def test_code_lists_are_for_those_who_use_them(lists: None, now: datetime, role: Role) -> None:
    assert signed_in(role, now).get("/vocabulary/").status_code == 403


def test_retention_shows_rules_and_adds_up_the_protocol(now: datetime) -> None:
    for minutes in (0, 5):
        ErasureRecord(
            rule="working_record", rows={"contacts.Contact": 20, "contacts.Answer": 3}, total=23, decision="working_record",
            erased_at=now + timedelta(minutes=minutes), erased_by="Systemet",
        ).save(force_insert=True)  # fmt: skip
    text = shown(signed_in(Role.TEAM_LEAD, now), "/retention/")
    assert "Arbetsunderlag till avslutade kontakter" in text
    assert '<td class="num">46</td>' in text
    assert "7 dagar" in text
    assert "ska kontrolleras" in text


def test_advisers_have_no_business_with_retention(now: datetime) -> None:
    assert signed_in(Role.ADVISER, now).get("/retention/").status_code == 403
