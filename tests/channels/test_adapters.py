"""What every adapter must stand: duplicates, disorder, a lost end, unknown kinds, too much, and strangers."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from samsyn.channels import actions, call_states, queries
from samsyn.channels.adapters import Capabilities, known
from samsyn.channels.call_facts import STOCKHOLM
from samsyn.channels.models import Call, CallEvent, CallFact, OpeningException
from samsyn.channels.views.queue import _shown
from samsyn.contacts import actions as contacts
from samsyn.contacts import from_calls
from samsyn.contacts import queries as contact_queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.roles import Role
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
from tests.rules.test_pages_to_look_up import signed_in

MINUTE = timedelta(minutes=1)
REFERENCE = "c45072a1eeafebccc3dffbd4d27b5ebcc"


PROVIDERS = (PhoneByHand, Trunk, Webhooks, ChatPages, MailboxPages)


@pytest.fixture(params=PROVIDERS, ids=lambda kind: kind.__name__)
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


def test_no_adapter_stands_outside_these_tests() -> None:
    assert {kind().adapter.code for kind in PROVIDERS} == set(known.CAPABILITIES)


def test_says_what_it_can(provider: Provider) -> None:
    assert provider.adapter.code
    can = provider.adapter.capabilities
    assert isinstance(can, Capabilities)
    assert provider.adapter.channel in {"phone", "chat", "mailbox"}
    assert (can.voice, can.text) == ((True, False) if provider.adapter.channel == "phone" else (False, True))
    assert can.receipt_code == (provider.adapter.channel == "mailbox")
    assert known.can(provider.adapter.code) == can
    assert can.commands <= {"answer", "end", "connect", "closed"}
    # Who has no page to press on is asked by its provider what to do with a call.
    assert can.commands & {"answer", "connect"}


def test_the_board_has_a_button_to_answer_where_the_adapter_can(
    provider: Provider, came: datetime, adviser: Actor
) -> None:
    provider.tell("arrived", REFERENCE, came)
    waiting = queries.Waiting(
        the_call().pk, provider.adapter.channel, "professionals", "waiting", came, MINUTE, is_out_of_hours=False,
        can=known.can(provider.adapter.code),
    )  # fmt: skip
    if provider.adapter.channel == "phone":
        (waiting,) = queries.board(by=adviser, at=came + MINUTE)
    page = signed_in(Role.ADVISER, timezone.now()).get("/queue/").content.decode()
    shows = _shown(waiting, {}, at=came)
    assert shows["answers"] == ("answer" in provider.adapter.capabilities.commands)
    assert shows["is_written"] == provider.adapter.capabilities.text
    if provider.adapter.channel == "phone":
        assert ("Svara<" in page, "Registrera<" in page) == (shows["answers"], not shows["answers"])


def test_an_adapter_that_is_gone_can_do_nothing() -> None:
    assert known.can("of_last_year") == Capabilities()


@pytest.mark.parametrize("is_open", [True, False])
def test_the_basic_data_of_a_contact_and_availability_come_from_the_events_alone(
    provider: Provider, came: datetime, adviser: Actor, is_open: bool
) -> None:
    """Channel, queue, wait, length, out of hours and missed; docs/DECISIONS.md says where each of them is kept."""
    for day in {came.astimezone(STOCKHOLM).date(), timezone.localdate()}:
        OpeningException.objects.create(queue_id="professionals", day=day, is_open=is_open)
    channel = provider.adapter.channel
    is_out = not is_open and channel != "mailbox"
    for number in range(5):
        for kind, at in story(came):
            provider.tell(kind, f"answered{number}", at)
        provider.tell("arrived", f"missed{number}", came)
        provider.tell("missed", f"missed{number}", came + 4 * MINUTE)
    call = Call.objects.filter(outcome="answered").first()
    assert call is not None
    if channel == "phone":
        contact_id = from_calls.answer_call(call_id=call.pk, by=adviser, at=came + 20 * MINUTE)
    else:  # the same two steps, which a chat's own page takes (test_chat, test_mailbox)
        contact_id = contacts.open_contact(by=adviser, at=came + 20 * MINUTE, channel="chat")
        actions.take_call(call_id=call.pk, reference=contact_id, by=adviser, at=came + 20 * MINUTE)
    kept = queries.taken_call(reference=contact_id)
    assert kept is not None
    assert (kept.channel, kept.queue, kept.wait, kept.is_out_of_hours) == (channel, "professionals", 2 * MINUTE, is_out)
    assert kept.length == 18 * MINUTE
    line = from_calls.call_line(contact_queries.draft(contact_id=contact_id, by=adviser))
    assert line is not None
    assert line.parts == (
        "Yrkesverksamma", "väntade 02:00", *(["varade 18:00"] if channel != "mailbox" else []),
        *(["utanför öppettid"] if is_out else []),
    )  # fmt: skip

    # A contact that no channel told of is none for the figures.
    contacts.open_contact(by=adviser, at=came)
    assert actions.sweep_calls(by=SYSTEM, at=came + timedelta(hours=40)) == (0, 10)
    waits = ("under_1_day", "under_1_day") if channel == "mailbox" else ("1_3", "3_5")
    length = "not_applicable" if channel == "mailbox" else "10_20"
    columns = ("channel", "queue", "outcome", "wait_band", "length_band", "is_out_of_hours")
    assert Counter(CallFact.objects.values_list(*columns)) == {
        (channel, "professionals", "answered", waits[0], length, is_out): 5,
        (channel, "professionals", "missed", waits[1], "not_applicable", is_out): 5,
    }
    clock = came.astimezone(STOCKHOLM)
    found = queries.availability(year=clock.year, quarter=(clock.month + 2) // 3)
    counted = {outcome: figure.number for outcome, figure in found.channels[channel].items()}
    assert counted == {"answered": 0 if is_out else 5, "abandoned": 0, "missed": 0 if is_out else 5, "failed": 0}
    assert found.out_of_hours.number == (10 if is_out else 0)


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
