"""Checking the whole log: the outcome is recorded and shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.test import Client

from samsyn.audit import checkpoints, queries
from samsyn.audit.findings import Problem
from samsyn.audit.models import Checkpoint, Leaf
from samsyn.oversight import actions
from samsyn.oversight import queries as oversight
from samsyn.oversight.queries import Health
from samsyn.people.actors import Actor
from tests.audit.conftest import Log


def break_log(log: Log) -> None:
    """Place a leaf over no event: what the application's role itself could do at worst."""
    size = queries.state().size
    Leaf.objects.create(index=size, event_id="00000000-0000-4000-8000-000000000001", hash=b"", sequenced_at=log.at)


def test_state_of_a_log_goes_from_unsigned_to_unchecked_to_whole(log: Log, reviewer: Actor) -> None:
    log.write(2)
    assert oversight.log_state().health is Health.UNSIGNED
    log.sign()
    assert oversight.log_state().health is Health.UNCHECKED
    report = actions.check_log(by=reviewer, at=log.at)
    assert report.is_whole
    state = oversight.log_state()
    assert (state.health, state.checked_at, state.broken_at) == (Health.WHOLE, log.at, None)
    trace = queries.latest_event_of_kind(kind="log_found_whole")
    assert trace is not None
    assert (trace.pseudonym, trace.facts) == ("Granskare 9", {"size": report.size})


def test_check_places_and_signs_what_waits_first(log: Log, reviewer: Actor) -> None:
    log.write(5)
    report = actions.check_log(by=reviewer, at=log.at)
    assert report.waiting == 0
    assert report.signed_size == report.size


def test_a_fault_is_recorded_named_and_shown_until_a_check_finds_none(log: Log, reviewer: Actor) -> None:
    log.write(3)
    log.sign()
    actions.check_log(by=reviewer, at=log.at)
    break_log(log)
    later = log.at + timedelta(minutes=1)
    report = actions.check_log(by=reviewer, at=later)
    assert report.first is not None
    assert report.first.problem is Problem.MISSING_EVENT
    state = oversight.log_state()
    assert (state.health, state.broken_at) == (Health.BROKEN, report.first.index)
    trace = queries.latest_event_of_kind(kind="log_found_broken")
    assert trace is not None
    assert trace.facts["problem"] == "missing_event"


def test_a_forged_checkpoint_is_seen_at_a_glance(log: Log, reviewer: Actor) -> None:
    log.write(3)
    signed = log.sign()
    actions.check_log(by=reviewer, at=log.at)
    Checkpoint.objects.create(size=10**6, root=b"", frontier=b"", signed_at=log.at, note=signed.note)
    assert oversight.log_state().health is Health.BROKEN


def test_button_checks_and_page_says_whole(log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]) -> None:
    log.write(3)
    client = page_of(reviewer)
    answer = client.post("/log/check/")
    assert answer.status_code == 302
    assert answer["Location"] == "/log/"
    assert "Loggen är hel:" in client.get("/log/").content.decode()


def test_button_on_a_broken_log_tells_every_fault(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    log.write(3)
    break_log(log)
    client = page_of(reviewer)
    text = client.post("/log/check/").content.decode()
    assert "Loggen är bruten" in text
    assert "saknas: raden med id 00000000-0000-4000-8000-000000000001" in text
    page = client.get("/log/").content.decode()
    assert "Bruten" in page
    assert "Händelsen är borta ur loggen" in page


def test_without_a_key_the_answer_is_clear(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client], settings: Any, tmp_path: Any
) -> None:
    log.write(1)
    client = page_of(reviewer)
    settings.SAMSYN_KEY_DIR = tmp_path
    answer = client.post("/log/check/")
    assert answer.status_code == 409
    assert "ingen nyckel" in answer.content.decode()
    assert client.get("/log/").status_code == 200


def test_without_a_checkpoint_there_is_none_to_take(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    assert page_of(reviewer).post("/log/checkpoint/").status_code == 404


def test_the_nightly_check_is_made_by_the_system(log: Log) -> None:
    call_command("check_log", verbosity=0)
    trace = queries.latest_event_of_kind(kind="log_found_whole")
    assert trace is not None
    assert trace.pseudonym == "Systemet"


def test_taking_a_checkpoint_is_recorded(log: Log, reviewer: Actor) -> None:
    log.write(2)
    signed = log.sign()
    assert actions.take_checkpoint(by=reviewer, at=log.at) == signed.note
    trace = queries.latest_event_of_kind(kind="log_checkpoint_taken")
    assert trace is not None
    assert trace.facts == {"size": signed.size}
    assert checkpoints.opened(signed.note, verifier=checkpoints.signer().verifier()).size == signed.size
