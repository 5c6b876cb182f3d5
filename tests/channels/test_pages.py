"""The pages of the queue, as their readers open and post them, in both languages."""

from datetime import datetime, time, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from samsyn.channels import actions
from samsyn.channels.adapters import Event
from samsyn.channels.models import Call, CallBack, OpeningException, OpeningHours, Presence
from samsyn.channels.opening import Span
from samsyn.contacts.models import Contact
from samsyn.people.actors import Actor
from samsyn.people.roles import Role
from samsyn.ui import numbers
from tests.rules.test_pages_to_look_up import signed_in

BOARD = "/queue/"


@pytest.fixture
def adviser_client(line: None) -> Client:
    return signed_in(Role.ADVISER, timezone.now())


@pytest.fixture
def lead_client(line: None) -> Client:
    return signed_in(Role.TEAM_LEAD, timezone.now())


def arrive(seconds: int = 90) -> Call:
    at = timezone.now() - timedelta(seconds=seconds)
    call_id = actions.take_events(told=(Event("sip", "phone", f"call-{seconds}", "arrived", at),), at=at)
    return Call.objects.get(pk=call_id)


def test_the_board_shows_the_wait_and_answers_into_the_desk(adviser_client: Client) -> None:
    call = arrive()
    page = adviser_client.get(BOARD).content.decode()
    assert "01:3" in page
    assert f"/desk/answer/{call.pk}/" in page
    answer = adviser_client.post(f"/desk/answer/{call.pk}/")
    contact = Contact.objects.get()
    assert answer["Location"] == f"/desk/{contact.pk}/"
    desk = adviser_client.get(answer["Location"]).content.decode()
    assert "Yrkesverksamma · väntade 01:3" in desk
    assert f"/desk/answer/{call.pk}/" not in adviser_client.get(BOARD).content.decode()
    assert adviser_client.post(f"/desk/answer/{call.pk}/").status_code == 409


def test_a_script_sees_that_somebody_came(adviser_client: Client) -> None:
    before = adviser_client.get(f"{BOARD}changes/").json()
    assert adviser_client.get(f"{BOARD}changes/").json() == before
    arrive()
    assert adviser_client.get(f"{BOARD}changes/").json() != before


def test_presence_and_notes_by_hand(adviser_client: Client) -> None:
    adviser_client.post(f"{BOARD}presence/", {"here": "yes"})
    assert Presence.objects.get().is_here
    for what in ("arrived", "missed"):
        assert adviser_client.post(f"{BOARD}note/", {"do": what}).status_code == 302
    assert adviser_client.post(f"{BOARD}note/", {"do": "abducted"}).status_code == 422
    assert set(Call.objects.values_list("state", "outcome")) == {("waiting", ""), ("closed", "missed")}


def test_the_board_says_who_takes_calls(adviser_client: Client, team_lead: Actor) -> None:
    now = timezone.now()
    assert "Ingen just nu." in adviser_client.get(BOARD).content.decode()
    actions.set_presence(is_here=True, by=team_lead, at=now)
    page = adviser_client.get(BOARD).content.decode()
    assert f"<p>{team_lead.pseudonym}</p>" in page
    assert 'value="yes">Jag tar samtal' in page
    adviser_client.post(f"{BOARD}presence/", {"here": "yes"})
    assert 'value="no">Jag tar inte samtal' in adviser_client.get(BOARD).content.decode()
    actions.set_presence(is_here=False, by=team_lead, at=now)
    assert team_lead.pseudonym not in adviser_client.get(BOARD).content.decode()
    # Who forgot to say that they went home is not here tomorrow.
    Presence.objects.update(since=now - timedelta(hours=10, minutes=1))
    assert "Ingen just nu." in adviser_client.get(BOARD).content.decode()


def test_call_backs_are_promised_shown_and_tried(adviser_client: Client) -> None:
    address = f"{BOARD}call-backs/"
    assert adviser_client.post(address, {"number": "08-465 004 00", "wished_part": "any"}).status_code == 302
    row = CallBack.objects.get()
    assert "46500400" not in adviser_client.get(address).content.decode()
    assert "+46846500400" in adviser_client.post(f"{address}{row.pk}/").content.decode()
    adviser_client.post(f"{address}{row.pk}/", {"result": "reached"})
    assert CallBack.objects.get().sealed_number is None
    assert adviser_client.post(address, {"number": "", "wished_part": "any"}).status_code == 422


def test_a_team_lead_changes_hours_and_dates(lead_client: Client) -> None:
    address = f"{BOARD}hours/"
    assert lead_client.get(address).status_code == 200
    added = {"do": "add_hours", "weekday": "1", "first": "13:00", "last": "15:00"}
    assert lead_client.post(address, added).status_code == 302
    assert lead_client.post(address, added).status_code == 422
    row = OpeningHours.objects.get(weekday=1)
    lead_client.post(address, {"do": "remove_hours", "row": str(row.pk)})
    assert not OpeningHours.objects.filter(weekday=1).exists()
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert lead_client.post(address, {"do": "add_exception", "day": tomorrow}).status_code == 302
    assert not OpeningException.objects.get().is_open
    assert lead_client.post(address, {"do": "add_exception", "day": tomorrow, "first": "09:00"}).status_code == 422
    for row_id in ("", "no-id", "00000000-0000-0000-0000-000000000000"):
        assert lead_client.post(address, {"do": "remove_hours", "row": row_id}).status_code == 404


def test_a_closed_line_says_when_it_opens_and_not_what_it_is(adviser_client: Client, team_lead: Actor) -> None:
    now = timezone.now()
    # Midnight may pass meanwhile: closed today and tomorrow.
    days = [timezone.localdate(now) + timedelta(days=number) for number in range(3)]
    for day, span in zip(days, (None, None, Span(0, 1440)), strict=True):
        actions.set_opening_exception(queue="professionals", day=day, span=span, by=team_lead, at=now)
    visitor = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    for page in (adviser_client.get(BOARD), visitor.get("/chat/")):
        body = page.content.decode()
        assert "Vi har stängt nu. Vi öppnar" in body
        assert numbers.moment(datetime.combine(days[2], time(), tzinfo=timezone.get_current_timezone())) in body


def test_availability_shows_no_small_number(lead_client: Client) -> None:
    address = f"{BOARD}availability/"
    assert "Inga samtal har räknats än" in lead_client.get(address).content.decode()
    for number in range(3):
        call = arrive(300 + number)
        actions.take_events(
            told=(Event("sip", "phone", f"call-{300 + number}", "ended", call.arrived_at + timedelta(seconds=9)),),
            at=timezone.now(),
        )
    from samsyn.people.actors import SYSTEM

    actions.sweep_calls(by=SYSTEM, at=timezone.now() + timedelta(hours=30))
    page = lead_client.get(address).content.decode()
    assert "färre än 5" in page
    assert ">3<" not in page


def test_an_adviser_has_no_way_to_the_hours(adviser_client: Client) -> None:
    assert adviser_client.get(f"{BOARD}hours/").status_code == 403


def test_an_analyst_has_no_way_to_the_queue(line: None) -> None:
    client = signed_in(Role.ANALYST, timezone.now())
    for address in (BOARD, f"{BOARD}changes/", f"{BOARD}call-backs/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{BOARD}note/", {"do": "arrived"}).status_code == 403
    assert not Call.objects.exists()
