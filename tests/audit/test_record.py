"""Recording: in the change's own transaction, one INSERT, loud when it fails."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from samsyn.audit import actions as audit
from samsyn.audit import events, queries
from samsyn.audit.events import EventKind
from tests.audit.conftest import Log, Somebody
from tests.conftest import CommittedDatabase

FACTS: dict[str, str | int] = {"number": 1, "word": "x"}


def test_an_event_is_stored_as_it_was_told(log: Log, written: EventKind, somebody: Somebody, now: datetime) -> None:
    event_id = audit.record(written, by=somebody, at=now, subject="a-1", facts=FACTS)
    event = queries.event(event_id=event_id)
    assert event is not None
    assert (event.kind, event.at, event.subject, event.facts) == ("test_written", now, "a-1", FACTS)
    assert (event.actor_id, event.pseudonym, event.role) == (somebody.actor_id, "Rådgivare 3", "adviser")
    assert event.index is None
    assert event.is_unaltered
    assert event.sentence() == "Rådgivare 3 skrev nummer 1"


def test_recording_is_one_insert(log: Log, written: EventKind, somebody: Somebody, now: datetime) -> None:
    with CaptureQueriesContext(connection) as captured:
        audit.record(written, by=somebody, at=now, facts=FACTS)
    assert [query["sql"].split()[0] for query in captured] == ["INSERT"]


def test_ids_are_random(log: Log, written: EventKind, somebody: Somebody, now: datetime) -> None:
    ids = {audit.record(written, by=somebody, at=now, facts=FACTS) for _ in range(5)}
    assert len(ids) == 5
    assert {one.version for one in ids} == {4}


def test_an_event_outside_a_transaction_is_refused(
    in_database: CommittedDatabase, written: EventKind, somebody: Somebody, now: datetime
) -> None:
    with pytest.raises(audit.NotInTransaction):
        audit.record(written, by=somebody, at=now, facts=FACTS)


def test_rollback_takes_the_event_with_it(
    in_database: CommittedDatabase, written: EventKind, somebody: Somebody, now: datetime
) -> None:
    event_id = UUID(int=0)

    def change_and_fail() -> None:
        nonlocal event_id
        with transaction.atomic():
            event_id = audit.record(written, by=somebody, at=now, facts=FACTS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert queries.event(event_id=event_id) is None
    assert audit.sequence(at=now) == 0


def test_an_event_that_can_not_be_stored_takes_the_change_with_it(
    in_database: CommittedDatabase, written: EventKind, somebody: Somebody, now: datetime
) -> None:
    with in_database.owner() as owner:
        owner.execute("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (kind <> 'test_written')")

    def change() -> None:
        with transaction.atomic():
            Session.objects.create(session_key="changed", session_data="", expire_date=now)
            audit.record(written, by=somebody, at=now, facts=FACTS)

    with pytest.raises(Error):
        change()
    assert not Session.objects.filter(session_key="changed").exists()


def test_swallowing_the_failure_does_not_save_the_change(
    in_database: CommittedDatabase, written: EventKind, somebody: Somebody, now: datetime
) -> None:
    with in_database.owner() as owner:
        owner.execute("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (kind <> 'test_written')")

    def change_and_look_away() -> None:
        with transaction.atomic():
            Session.objects.create(session_key="changed", session_data="", expire_date=now)
            with suppress(Error):
                audit.record(written, by=somebody, at=now, facts=FACTS)

    change_and_look_away()
    assert not Session.objects.filter(session_key="changed").exists()


def test_a_kind_that_nobody_declared_is_refused(log: Log, somebody: Somebody, now: datetime) -> None:
    with pytest.raises(audit.UnknownKind):
        audit.record(EventKind(code="test_stray", sentence="%(actor)s"), by=somebody, at=now)


def test_an_undeclared_fact_is_refused(log: Log, written: EventKind, somebody: Somebody, now: datetime) -> None:
    with pytest.raises(events.BadFacts):
        audit.record(written, by=somebody, at=now, facts={**FACTS, "name": "Anna"})


@pytest.mark.parametrize("subject", ["Anna Andersson", "å", "x" * 101, "a\n", "<b>"])
def test_a_subject_is_an_id_and_never_words(
    log: Log, written: EventKind, somebody: Somebody, now: datetime, subject: str
) -> None:
    with pytest.raises(ValueError):
        audit.record(written, by=somebody, at=now, subject=subject, facts=FACTS)


def test_a_time_without_a_zone_is_refused(log: Log, written: EventKind, somebody: Somebody, now: datetime) -> None:
    with pytest.raises(ValueError):
        audit.record(written, by=somebody, at=now.replace(tzinfo=None), facts=FACTS)


def test_the_database_cuts_nothing_off_in_silence(log: Log, written: EventKind, now: datetime) -> None:
    loud: Any = Somebody(pseudonym="x" * 101)
    with pytest.raises(Error), transaction.atomic():
        audit.record(written, by=loud, at=now, facts=FACTS)
