"""Reading the log: only those who review it, never without a trace, and in one's own language."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from samsyn.audit import actions as audit
from samsyn.audit import events, queries
from samsyn.audit.events import EventKind
from samsyn.audit.models import Event
from samsyn.oversight import actions
from samsyn.oversight import queries as oversight
from samsyn.oversight.forms import Reading, ReadingForm
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed
from tests.audit.conftest import Log


def sentences(page: oversight.LogPage) -> list[str]:
    return [event.sentence() for day in page.days for event in day.events]


def read(reviewer: Actor, at: datetime, **asked: Any) -> oversight.LogPage:
    return actions.read_log(reading=Reading(**asked), by=reviewer, at=at)


def test_reader_sees_events_as_sentences_latest_first(log: Log, reviewer: Actor) -> None:
    log.write(3)
    log.sign()
    page = read(reviewer, log.at, kind="test_written")
    assert sentences(page) == [f"Rådgivare 9 skrev nummer {number}" for number in (2, 1, 0)]
    assert page.older_before is None
    assert page.newer_after is None


def test_team_lead_may_not_read_the_log(log: Log, stranger: Actor) -> None:
    log.write(1)
    before = Event.objects.count()
    with pytest.raises(NotAllowed):
        actions.read_log(reading=Reading(), by=stranger, at=log.at)
    with pytest.raises(NotAllowed):
        actions.read_event(event_id=uuid4(), by=stranger, at=log.at)
    with pytest.raises(NotAllowed):
        actions.take_checkpoint(by=stranger, at=log.at)
    with pytest.raises(NotAllowed):
        actions.check_log(by=stranger, at=log.at)
    assert Event.objects.count() == before


def test_reading_is_recorded_before_it_is_shown(log: Log, reviewer: Actor) -> None:
    log.write(1)
    page = read(reviewer, log.at, period="today", kind="")
    (trace,) = [event for event in page.waiting if event.kind == "log_read"]
    assert trace.pseudonym == "Granskare 9"
    assert trace.facts == {"period": "today", "kind": "", "person": "", "before": "", "after": ""}


def test_a_reading_that_can_not_be_recorded_shows_nothing(
    log: Log, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(1)
    # Not a stand-in for the log: the declaration is gone, as after a faulty deployment.
    monkeypatch.delitem(events._KINDS, "log_read")
    with pytest.raises(audit.UnknownKind):
        read(reviewer, log.at)


def test_reading_one_event_is_recorded_with_its_id(log: Log, reviewer: Actor) -> None:
    (event_id,) = log.write(1)
    log.sign()
    found = actions.read_event(event_id=event_id, by=reviewer, at=log.at)
    assert found is not None
    assert found.is_proven
    trace = queries.latest_event_of_kind(kind="log_event_read")
    assert trace is not None
    assert trace.subject == str(event_id)


def test_asking_for_an_event_that_is_not_there_leaves_a_trace_too(log: Log, reviewer: Actor) -> None:
    missing = uuid4()
    assert actions.read_event(event_id=missing, by=reviewer, at=log.at) is None
    trace = queries.latest_event_of_kind(kind="log_event_read")
    assert trace is not None
    assert trace.subject == str(missing)


def test_pages_follow_each_other_without_gap_or_overlap(log: Log, reviewer: Actor) -> None:
    log.write(130)
    log.sign()
    wanted = [f"Rådgivare 9 skrev nummer {number}" for number in reversed(range(130))]
    page = read(reviewer, log.at, kind="test_written")
    down = sentences(page)
    steps = [page]
    while page.older_before is not None:
        page = read(reviewer, log.at, kind="test_written", before=page.older_before)
        if not sentences(page):
            break
        steps.append(page)
        down += sentences(page)
    assert down == wanted
    last = steps[-1]
    assert last.newer_after is not None
    back = read(reviewer, log.at, kind="test_written", after=last.newer_after)
    assert sentences(back) == sentences(steps[-2])


@pytest.mark.parametrize(
    ("period", "numbers"),
    [("", [0, 1, 2, 3, 4, 5]), ("today", [0, 1]), ("yesterday", [2, 3]), ("week", [0, 1, 2, 3, 4])],
)
def test_days_are_those_of_stockholm(
    log: Log, reviewer: Actor, written: EventKind, period: str, numbers: list[int]
) -> None:
    # 25 October 2026 is the day when clocks go back: it has 25 hours, from 22 UTC to 23 UTC.
    at = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)
    times = (
        at,
        datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 23, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 18, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 18, 21, 59, 59, tzinfo=UTC),
    )
    for number, moment in enumerate(times):
        audit.record(written, by=log.by, at=moment, facts={"number": number, "word": ""})
    audit.sequence(at=at)
    page = read(reviewer, at, period=period, kind="test_written")
    assert sorted(event.facts["number"] for day in page.days for event in day.events) == numbers


def test_an_event_is_shown_under_its_day_in_stockholm(log: Log, reviewer: Actor, written: EventKind) -> None:
    late = datetime(2026, 9, 20, 22, 30, tzinfo=UTC)
    audit.record(written, by=log.by, at=late, facts={"number": 1, "word": ""})
    audit.sequence(at=late)
    page = read(reviewer, late, kind="test_written")
    assert [day.on.isoformat() for day in page.days] == ["2026-09-21"]


def test_one_person_is_picked_by_a_key_that_says_nothing(log: Log, reviewer: Actor) -> None:
    log.write(2)
    log.sign()
    read(reviewer, log.at)
    audit.sequence(at=log.at)
    keys = {person.pseudonym: person.key for person in oversight.people()}
    assert len(set(keys.values())) == len(keys)
    form = ReadingForm({"person": keys["Granskare 9"]}, people=oversight.people())
    assert form.is_valid()
    page = actions.read_log(reading=form.reading(), by=reviewer, at=log.at)
    assert set(sentences(page)) == {"Granskare 9 läste loggen"}
    assert "Granskare" not in keys["Granskare 9"]
    assert len(keys["Granskare 9"]) == 8


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "decade"},
        {"kind": "nope"},
        {"person": "00000000"},
        {"before": "-1"},
        {"before": "x"},
        {"before": "9" * 30},
        {"after": "1.5"},
        {"kind": "log_read\x00"},
    ],
)
def test_an_address_that_makes_no_sense_is_refused(db: Any, asked: dict[str, str]) -> None:
    assert not ReadingForm(asked, people=oversight.people()).is_valid()


def test_sentences_are_told_in_the_readers_language(log: Log, reviewer: Actor, now: datetime) -> None:
    read(reviewer, now)
    trace = queries.latest_event_of_kind(kind="log_read")
    assert trace is not None
    with translation.override("sv"):
        assert trace.sentence() == "Granskare 9 läste loggen"


def test_an_event_of_a_kind_that_is_no_longer_declared_is_still_told(log: Log, reviewer: Actor) -> None:
    log.write(1)
    log.sign()
    del events._KINDS["test_written"]
    assert "Rådgivare 9: test_written" in sentences(read(reviewer, log.at))


def test_waiting_events_stand_apart_on_the_first_page_only(log: Log, reviewer: Actor) -> None:
    log.write(1)
    log.sign()
    log.write(2)
    first = read(reviewer, log.at, kind="test_written")
    assert len(first.waiting) == 2
    assert read(reviewer, log.at, kind="test_written", before=10**6).waiting == ()


def test_page_shows_sentences_state_and_times_of_stockholm(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    log.write(2)
    log.sign()
    answer = page_of(reviewer).get("/log/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "Rådgivare 9 skrev nummer 1" in text
    assert "10.32" in text  # 08.32 UTC in summer
    assert "16\u00a0september 2026" in text
    assert "Inte kontrollerad" in text
    assert "<title>Logg – Samsyn</title>" in text


def test_page_is_refused_to_a_team_lead_and_to_nobody(
    log: Log, stranger: Actor, page_of: Callable[[Actor], Client]
) -> None:
    (event_id,) = log.write(1)
    signed_in = page_of(stranger)
    for address in ("/log/", f"/log/{event_id}/"):
        assert signed_in.get(address).status_code == 403
        assert Client(headers={"host": settings.SAMSYN_STAFF_HOST}).get(address).status_code in {302, 403}
    for address in ("/log/check/", "/log/checkpoint/", f"/log/{event_id}/proof/"):
        assert signed_in.post(address).status_code == 403


def test_nonsense_in_the_address_gets_a_clear_answer(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    client = page_of(reviewer)
    answer = client.get("/log/", {"kind": "nope"})
    assert answer.status_code == 422
    assert "Det urvalet finns inte" in answer.content.decode()
    assert client.get(f"/log/{uuid4()}/").status_code == 404
    assert client.get("/log/not-an-id/").status_code == 404
    assert client.post("/log/").status_code == 405
    assert client.get("/log/check/").status_code == 405


def test_event_page_shows_its_proof_and_hands_it_out(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    from samsyn.audit import checkpoints, merkle

    ids = log.write(3)
    signed = log.sign()
    client = page_of(reviewer)
    text = client.get(f"/log/{ids[1]}/").content.decode()
    assert "Beviset håller." in text
    assert "<h1>Rådgivare 9 skrev nummer 1</h1>" in text
    answer = client.post(f"/log/{ids[1]}/proof/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    event = queries.event(event_id=ids[1])
    assert event is not None
    leaf = merkle.leaf_hash(event.canonical().encode())
    proof = checkpoints.read_proof(answer.content.decode(), leaf=leaf)
    assert proof.holds(verifier=checkpoints.signer().verifier())
    assert client.post("/log/checkpoint/").content.decode() == signed.note


def test_an_unsigned_event_has_no_proof_yet(log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]) -> None:
    (event_id,) = log.write(1)
    client = page_of(reviewer)
    assert "inte undertecknad än" in client.get(f"/log/{event_id}/").content.decode()
    assert client.post(f"/log/{event_id}/proof/").status_code == 404


def test_no_value_in_an_event_becomes_markup(
    log: Log, reviewer: Actor, written: EventKind, page_of: Callable[[Actor], Client]
) -> None:
    word = "<script>alert(1)</script>"
    event_id = audit.record(written, by=log.by, at=log.at, facts={"number": 1, "word": word})
    client = page_of(reviewer)
    for address in ("/log/", f"/log/{event_id}/"):
        assert word not in client.get(address).content.decode()


def test_reading_by_yesterdays_filter_keeps_its_place_in_the_links(
    log: Log, reviewer: Actor, page_of: Callable[[Actor], Client]
) -> None:
    log.write(60)
    log.sign()
    text = page_of(reviewer).get("/log/", {"kind": "test_written"}).content.decode()
    assert "?kind=test_written&amp;before=" in text
    assert "Rådgivare" not in text.partition('rel="next"')[0].rpartition("href=")[2]


def test_times_that_wait_for_long_are_not_searched_for(log: Log, reviewer: Actor) -> None:
    """A forgotten sequencer: what waits since more than a day is found by the check, not by the page."""
    log.write(1)
    page = read(reviewer, log.at + timedelta(days=2), kind="test_written")
    assert page.waiting == ()
