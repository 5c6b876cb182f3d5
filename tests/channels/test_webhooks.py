"""The address that a phone provider calls: who is believed, what is answered, and that nothing can be recorded."""

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from samsyn.channels import actions
from samsyn.channels.adapters import Command, elks
from samsyn.channels.call_states import fold
from samsyn.channels.models import Call
from samsyn.people.actors import Actor
from samsyn.people.roles import Role
from tests.channels.providers import ADDRESS, SECRET, Webhooks, the_call
from tests.rules.test_pages_to_look_up import signed_in

REFERENCE = "sf8425555e5d8db61dda7a7b3f1b91bdb"
START = f"direction=incoming&callid={REFERENCE}&from=%2B46706861004&to=%2B46706861020"


@pytest.fixture
def provider(line: None, settings: Any) -> Webhooks:
    settings.SAMSYN_PHONE_SECRET = SECRET
    settings.SAMSYN_PHONE_NETWORKS = [ADDRESS]
    settings.SAMSYN_PHONE_CONNECT = "+46100000000"
    return Webhooks()


@pytest.fixture
def at_all_hours(provider: Webhooks, team_lead: Actor) -> None:
    open_or_closed(team_lead, is_open=True)


def open_or_closed(team_lead: Actor, *, is_open: bool) -> None:
    from samsyn.channels.opening import Span

    now = timezone.now()
    for day in {timezone.localdate(now + timedelta(minutes=minute)) for minute in (-2, 2)}:
        actions.set_opening_exception(
            queue="professionals", day=day, span=Span(0, 1440) if is_open else None, by=team_lead,
            at=now - timedelta(minutes=2),
        )  # fmt: skip


def test_an_open_line_connects_and_asks_to_be_told_of_the_end(provider: Webhooks, at_all_hours: None) -> None:
    answer = provider.post("start", START)
    assert answer.status_code == 200
    action = answer.json()
    assert action["connect"] == "+46100000000"
    assert action["whenhangup"].endswith(f"/phone/{SECRET}/hangup/")
    assert action["next"].endswith(f"/phone/{SECRET}/connected/")
    assert not the_call().is_out_of_hours
    # The same question, asked again for hours, gets the same answer and stays one call.
    assert provider.post("start", START).json() == action
    assert Call.objects.count() == 1


def test_a_closed_line_says_so_and_the_call_is_marked(provider: Webhooks, team_lead: Actor, settings: Any) -> None:
    open_or_closed(team_lead, is_open=False)
    assert provider.post("start", START).json() == {"hangup": "reject"}
    settings.SAMSYN_PHONE_CLOSED_AUDIO = "https://example.invalid/closed.wav"
    action = provider.post("start", START).json()
    assert action.keys() == {"play", "whenhangup"}
    assert the_call().is_out_of_hours


def the_state() -> Any:
    return fold({event.kind: event.happened_at for event in the_call().events.all()})


@pytest.mark.parametrize("is_open", [False, True])
def test_who_is_turned_away_does_not_wait_on_the_board(
    provider: Webhooks, team_lead: Actor, settings: Any, is_open: bool
) -> None:
    """No step of the provider's tells this end; an open line without a phone behind it is busy."""
    open_or_closed(team_lead, is_open=is_open)
    settings.SAMSYN_PHONE_CONNECT = ""
    assert provider.post("start", START).json() == {"hangup": "busy" if is_open else "reject"}
    assert (the_state().state, the_state().outcome) == ("closed", "missed")


@pytest.mark.parametrize("result", ["busy", "failed"])
def test_a_phone_that_rings_in_vain_is_a_missed_call(provider: Webhooks, at_all_hours: None, result: str) -> None:
    provider.post("start", START)
    assert provider.post("connected", f"{START}&result={result}").status_code == 204
    provider.post("hangup", START)
    assert (the_state().state, the_state().outcome) == ("closed", "missed")


@pytest.mark.parametrize("address", ["192.0.2.7", "", "not an address", "::1"])
def test_another_address_is_a_stranger(provider: Webhooks, address: str) -> None:
    assert provider.post("start", START, address=address).status_code == 404
    assert not Call.objects.exists()


def test_a_file_from_a_stranger_gets_the_page_of_every_wrong_address(line: None) -> None:
    client = signed_in(Role.ADVISER, timezone.now())
    client.handler.enforce_csrf_checks = True
    answer = client.post("/phone/x/start/", {"file": SimpleUploadedFile("a.txt", b"Hej")})
    assert answer.status_code == 404
    assert "Sidan finns inte" in answer.content.decode()


def test_without_a_secret_of_some_length_there_is_no_line(provider: Webhooks, settings: Any) -> None:
    for secret in ("", "short"):
        settings.SAMSYN_PHONE_SECRET = secret
        assert provider.post("start", START, secret=secret or "x").status_code == 404


def test_behind_a_proxy_only_the_address_that_the_proxy_adds_counts(provider: Webhooks, settings: Any) -> None:
    from django.conf import settings as all_settings

    settings.SAMSYN_BEHIND_TLS = True
    client = Client(headers={"host": all_settings.SAMSYN_STAFF_HOST})
    for said, status in ((f"{ADDRESS}, 192.0.2.1", 404), (f"192.0.2.1, {ADDRESS}", 200), ("", 404)):
        answer = client.post(
            f"/phone/{SECRET}/start/", START, content_type="application/x-www-form-urlencoded",
            headers={"X-Forwarded-For": said},
        )  # fmt: skip
        assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "{}",
        f"callid={REFERENCE}&callid=another",
        f"callid={REFERENCE}&created=yesterday",
        f"callid={REFERENCE}&created=1999-01-01T00:00:00",
        f"callid={REFERENCE}&created=2999-01-01T00:00:00",
        f"callid={REFERENCE}&direction=outgoing",
        f"callid={REFERENCE}%00",
        "callid=%FF%FE",
        "&".join(f"f{number}=1" for number in range(200)),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(provider: Webhooks, body: str) -> None:
    assert provider.post("start", body).status_code == 400
    assert not Call.objects.exists()


def test_the_end_alone_still_makes_a_whole_call(provider: Webhooks) -> None:
    came = timezone.now().replace(microsecond=0, tzinfo=None) - timedelta(minutes=30)
    at = [(came + timedelta(minutes=minute)).isoformat() for minute in (0, 3)]
    body = f"callid={REFERENCE}&created={at[0]}&start={at[1]}"
    assert provider.post("hangup", body).status_code == 204
    call = the_call()
    assert call.outcome == "answered"
    assert call.answered_at is not None
    assert call.answered_at - call.arrived_at == timedelta(minutes=3)


def test_no_action_records() -> None:
    """Whatever is asked of the adapter and however it is set up: connect, play or hang up, and nothing else."""
    kinds = ("connect", "end", "closed", "record", "recordcall", "", "answered")
    numbers = ("", "+46100000000", "record")
    audio = ("", "https://example.invalid/a.wav")
    for kind, number, sound in itertools.product(kinds, numbers, audio):
        action = elks.Elks(SECRET, [], number, sound).answer(
            Command(kind, REFERENCE), next_address="https://a/next", end_address="https://a/end"
        )
        assert action.keys() <= {"connect", "play", "hangup", "next", "whenhangup"}
        assert "recordcall" not in json.dumps(action)


def test_a_retry_hours_later_does_not_move_the_call(provider: Webhooks, now: datetime) -> None:
    came = timezone.now().replace(microsecond=0) - timedelta(hours=6)
    said = came.replace(tzinfo=None).isoformat()
    provider.post("start", START + f"&created={said}")
    for _hour in range(5):
        provider.post("start", START + f"&created={said}")
        provider.post("start", START)
    assert the_call().arrived_at == came
