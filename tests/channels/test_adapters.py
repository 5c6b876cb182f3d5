"""What every adapter must stand: duplicates, disorder, a lost end, unknown kinds, too much, and strangers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from samsyn.channels import actions, call_states
from samsyn.channels.adapters import Capabilities
from samsyn.channels.models import Call, CallEvent, CallFact
from samsyn.people.actors import SYSTEM
from tests.channels.providers import (
    ADDRESS,
    REFUSED,
    SECRET,
    STRANGER,
    TAKEN,
    ChatPages,
    MailboxPages,
    PhoneByHand,
    Provider,
    Trunk,
    Webhooks,
    the_call,
)

MINUTE = timedelta(minutes=1)
REFERENCE = "c45072a1eeafebccc3dffbd4d27b5ebcc"


@pytest.fixture(params=[PhoneByHand, Trunk, Webhooks, ChatPages, MailboxPages], ids=lambda kind: kind.__name__)
def provider(request: Any, line: None, settings: Any) -> Iterator[Provider]:
    settings.SAMSYN_PHONE_SECRET = SECRET
    settings.SAMSYN_PHONE_NETWORKS = [ADDRESS]
    # A line that turns nobody away: what becomes of whom it does is in test_webhooks.
    settings.SAMSYN_PHONE_CONNECT, settings.SAMSYN_PHONE_CLOSED_AUDIO = (
        "+46100000000",
        "https://example.invalid/closed.wav",
    )
    yield request.param()


@pytest.fixture
def came() -> datetime:
    # Webhooks are stamped by the server's own clock, so the call came a little while ago.
    return timezone.now().replace(microsecond=0) - timedelta(hours=1)


def story(came: datetime) -> list[tuple[str, datetime]]:
    return [("arrived", came), ("answered", came + 2 * MINUTE), ("ended", came + 20 * MINUTE)]


def test_says_what_it_can(provider: Provider) -> None:
    assert provider.adapter.code
    can = provider.adapter.capabilities
    assert isinstance(can, Capabilities)
    assert provider.adapter.channel in {"phone", "chat", "mailbox"}
    assert (can.voice, can.text) == ((True, False) if provider.adapter.channel == "phone" else (False, True))
    assert can.receipt_code == (provider.adapter.channel == "mailbox")


def test_a_duplicate_changes_nothing(provider: Provider, came: datetime) -> None:
    for kind, at in story(came):
        for _again in range(3):
            assert provider.tell(kind, REFERENCE, at) == TAKEN
    call = the_call()
    assert (call.state, call.outcome) == (call_states.CLOSED, call_states.ANSWERED)
    assert call.answered_at is not None
    assert call.answered_at - call.arrived_at == 2 * MINUTE
    assert CallEvent.objects.count() == 3


def test_any_order_gives_the_same_call(provider: Provider, came: datetime) -> None:
    for number, order in enumerate(permutations(story(came))):
        for kind, at in order:
            assert provider.tell(kind, f"{REFERENCE}{number}", at) == TAKEN
    found = set(Call.objects.values_list("state", "outcome", "arrived_at", "answered_at", "ended_at"))
    assert found == {("closed", "answered", came, came + 2 * MINUTE, came + 20 * MINUTE)}


def test_a_missing_end_is_closed_by_the_clock_and_counted_once(provider: Provider, came: datetime) -> None:
    for kind, at in story(came)[:2]:
        provider.tell(kind, REFERENCE, at)
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=5)) == (0, 0)
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=7)) == (1, 0)
    assert the_call().is_stuck
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=40)) == (0, 1)
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=41)) == (0, 0)
    bands = ("under_1_day", "not_applicable") if provider.adapter.channel == "mailbox" else ("1_3", "unknown")
    assert list(CallFact.objects.values_list("outcome", "wait_band", "length_band", "is_stuck")) == [
        ("answered", *bands, True)
    ]


def test_whom_nobody_answers_is_counted_once(provider: Provider, came: datetime) -> None:
    provider.tell("arrived", REFERENCE, came)
    longest = timedelta(days=7) if provider.adapter.channel == "mailbox" else timedelta(hours=2)
    assert actions.sweep_calls(by=SYSTEM, at=came + longest - MINUTE) == (0, 0)
    assert actions.sweep_calls(by=SYSTEM, at=came + longest) == (1, 0)
    assert actions.sweep_calls(by=SYSTEM, at=came + longest + timedelta(hours=27)) == (0, 1)
    # A telephone's end was lost; on our own pages nothing is lost, and nobody answered.
    expected = ("abandoned", True) if provider.adapter.channel == "phone" else ("missed", False)
    assert list(CallFact.objects.values_list("outcome", "is_stuck")) == [expected]


def test_an_unknown_kind_is_refused(provider: Provider, came: datetime) -> None:
    assert provider.tell("teleported", REFERENCE, came) == REFUSED
    assert not Call.objects.exists()


def test_too_much_is_refused(provider: Provider, came: datetime) -> None:
    assert provider.tell("arrived", REFERENCE, came, padding="x" * 100_000) == REFUSED
    assert not Call.objects.exists()


@pytest.mark.parametrize("reference", ["", " ", "a b", "å", "x" * 300])
def test_a_reference_that_is_none_is_refused(provider: Provider, came: datetime, reference: str) -> None:
    assert provider.tell("arrived", reference, came) == REFUSED
    assert not Call.objects.exists()


def test_a_stranger_is_not_believed(provider: Provider, came: datetime) -> None:
    assert provider.tell("arrived", REFERENCE, came, is_stranger=True) == STRANGER
    assert not Call.objects.exists()


def test_what_is_told_after_the_call_was_counted_changes_nothing(provider: Provider, came: datetime) -> None:
    provider.tell("arrived", REFERENCE, came)
    provider.tell("ended", REFERENCE, came + MINUTE)
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=40)) == (0, 1)
    assert provider.tell("answered", REFERENCE, came + MINUTE) == TAKEN
    assert the_call().outcome == call_states.ABANDONED
    assert list(CallFact.objects.values_list("outcome", flat=True)) == ["abandoned"]


def test_nothing_of_a_call_tells_who_called(provider: Provider, came: datetime) -> None:
    for kind, at in story(came):
        provider.tell(kind, REFERENCE, at)
    stored = repr(list(Call.objects.values())) + repr(list(CallEvent.objects.values()))
    assert REFERENCE not in stored
    assert "46700000001" not in stored
