"""The desk's inbox: who may open it, what the list shows, and the answer's way to the visitor."""

import base64
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote

import html5lib
import pytest
from django.conf import settings
from django.test import Client

from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.keeping import COOKIE
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.visitors import actions, queries
from samsyn.visitors.actions import Left
from samsyn.visitors.models import Box
from tests.visitors.conftest import SUPPORTER, TEXT, Desk, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Pages are read at the time on the wall."""
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def on_the_wall(desk: Desk) -> None:
    desk.now = None


def unlocked(client: Client, desk: Desk, account: Account) -> None:
    """Give the browser the open keys of its supporter."""
    desk.sit_down(account.pk)
    client.cookies[COOKIE] = base64.urlsafe_b64encode(desk.tokens[account.pk]).decode().rstrip("=")


def signed_in(role: Role, now: datetime) -> Client:
    organisation = people.create_organisation(
        name=f"Stödlinjen {role}", kind="operator", regime=Regime.OPERATOR, by=SYSTEM, at=now
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


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return unescape(text)


def test_a_supporter_reads_and_answers(left: Left, desk: Desk, now: datetime) -> None:
    supporter = signed_in(Role.SUPPORTER, now)
    path = f"/inbox/{Box.objects.get().id}/"
    listed = shown(supporter, "/inbox/")
    assert path in listed
    assert "العربية" in listed
    assert TEXT not in listed
    assert "<td>Någon 1</td>" not in listed
    # Signed in is not enough: without open keys the page leads to where they are opened.
    locked = supporter.get(path)
    assert (locked.status_code, locked["Location"]) == (302, f"/cases/keys/?next={quote(path, safe='')}")
    unlocked(supporter, desk, Account.objects.get(name="en.supporter"))
    # Keys that came after the message: a colleague who can read passes the day on by reading.
    refused = supporter.get(path)
    assert refused.status_code == 403
    assert TEXT not in refused.content.decode()
    actions.read_box(
        box_id=Box.objects.get().id, token=desk.tokens[SUPPORTER.account_id], by=SUPPORTER, at=datetime.now(UTC)
    )
    assert TEXT in shown(supporter, path)
    assert supporter.post(path, {"text": ""}).status_code == 422
    assert supporter.post(path, {"text": "Hej, vi finns här."}).status_code == 302
    read = shown(supporter, path)
    assert "Hej, vi finns här." in read
    assert "Någon 1" in read
    # The list says who answered last, so that the same supporter goes on.
    assert "<td>Någon 1</td>" in shown(supporter, "/inbox/")
    box = actions.open_box(code=left.code, shown=work("open", now), at=now)
    thread = queries.thread(box)
    assert thread is not None
    assert [one.text for one in thread] == [TEXT, "Hej, vi finns här."]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPPORTER])
def test_nobody_else_opens_the_inbox(left: Left, now: datetime, role: Role) -> None:
    other = signed_in(role, now)
    for path in ("/inbox/", f"/inbox/{Box.objects.get().id}/"):
        assert other.get(path).status_code == 403


def test_the_visitors_host_has_no_inbox_and_the_desk_has_no_visitors_pages(
    left: Left, visitor: Client, now: datetime
) -> None:
    assert visitor.get("/inbox/").status_code == 404
    staff = signed_in(Role.SUPPORTER, now)
    for path in ("/sv/", "/sv/m/", "/x/"):
        assert staff.get(path).status_code == 404


def test_a_box_that_is_not_there_looks_like_any_other(desk: Desk, now: datetime) -> None:
    supporter = signed_in(Role.SUPPORTER, now)
    unlocked(supporter, desk, Account.objects.get(name="en.supporter"))
    assert supporter.get("/inbox/00000000-0000-4000-8000-000000000000/").status_code == 404
