"""The meter's page: whom it is for, what it says of its figures, and that no form of it could send anything."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import html5lib
import pytest
from django.test import Client

from samsyn.anonymity import actions, packing, queries
from samsyn.anonymity.files import Table
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def shown(client: Client) -> str:
    answer = client.get("/anonymity/")
    assert answer.status_code == 200
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def test_without_a_table_the_page_says_that_nothing_can_be_known(signed_in: SignIn) -> None:
    text = shown(signed_in(Role.ADVISER))
    assert "Ingen befolkningstabell är inläst" in text
    assert 'data-table=""' in text
    # Only what is unknown is in sight before the script has counted, and where there is none.
    assert re.findall(r'data-shows="(\w+)"(?! hidden)', text) == ["unknown"]


def test_made_up_figures_are_called_so_and_real_ones_are_not(
    signed_in: SignIn, whole_country: Table, now: datetime
) -> None:
    client = signed_in(Role.SUPPORTER)
    actions.load_table(table=whole_country, by=SYSTEM, at=now)
    assert "Påhittade siffror." in shown(client)
    actions.load_table(table=replace(whole_country, version="2025", is_made_up=False), by=SYSTEM, at=now)
    assert "Påhittade siffror." not in shown(client)
    assert "Ska kontrolleras." in shown(client)


def test_no_control_of_the_meter_has_a_name_that_a_form_could_send(
    signed_in: SignIn, whole_country: Table, now: datetime
) -> None:
    actions.load_table(table=whole_country, by=SYSTEM, at=now)
    client = signed_in(Role.ADVISER)
    text = shown(client)
    meter = text[text.index("data-meter") : text.index("</main>")]
    assert meter.count("<select") == 4
    assert "<form" not in meter
    assert " name=" not in meter
    assert client.post("/anonymity/", {"place": "0580"}).status_code == 405


def test_the_table_is_the_whole_country_in_one_small_file(
    signed_in: SignIn, whole_country: Table, now: datetime
) -> None:
    actions.load_table(table=whole_country, by=SYSTEM, at=now)
    row = queries.table_in_force()
    assert row is not None
    client = signed_in(Role.ADVISER)
    answer = client.get(f"/anonymity/tables/{row.id}")
    assert answer["Content-Encoding"] == "gzip"
    assert packing.unpack(gzip.decompress(answer.content)) == whole_country.counts
    assert len(answer.content) < 60_000
    assert client.get(f"/anonymity/tables/{UUID(int=1)}").status_code == 404
    assert client.get("/anonymity/tables/0580").status_code == 404


@pytest.mark.parametrize("role", [Role.LOG_REVIEWER, Role.SYSTEM_ADMINISTRATOR, Role.KEY_OFFICER])
def test_the_meter_is_for_those_who_ask_questions(signed_in: SignIn, role: Role) -> None:
    assert signed_in(role).get("/anonymity/").status_code == 403
