"""A log with something in it, in the test's own transaction or in a database of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from samsyn.audit import actions as audit
from samsyn.audit import events
from samsyn.audit.actors import Actor
from samsyn.audit.events import EventKind
from tests.conftest import CommittedDatabase


@dataclass(frozen=True)
class Somebody:
    """An actor as the log sees one; the log knows nothing of accounts."""

    actor_id: str = "5b0c2c5e-4f0e-4f0b-9a55-0d7a5d1c9e01"
    pseudonym: str = "Rådgivare 3"
    role: str = "adviser"


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()


@pytest.fixture
def written() -> Iterator[EventKind]:
    """A kind of event with a number and a word, declared for one test."""
    kind = events.declare("test_written", "%(actor)s skrev nummer %(number)s", facts=("number", "word"))
    yield kind
    events._KINDS.pop(kind.code, None)


@dataclass
class Log:
    """A small log that grows by events, and by batches that are placed and signed."""

    kind: EventKind
    by: Actor
    at: datetime = datetime(2026, 9, 16, 8, 30, tzinfo=UTC)

    def write(self, count: int) -> list[UUID]:
        """Record some events, each in a transaction of its own, a minute apart."""
        made = []
        for number in range(count):
            self.at += timedelta(minutes=1)
            with transaction.atomic():
                made.append(
                    audit.record(
                        self.kind, by=self.by, at=self.at, subject="a-1", facts={"number": number, "word": "åäö"}
                    )
                )
        return made

    def sign(self) -> audit.Signed:
        """Place what waits and sign."""
        self.at += timedelta(seconds=1)
        audit.sequence(at=self.at)
        return audit.checkpoint(at=self.at)


@pytest.fixture
def log(db: Any, written: EventKind, somebody: Somebody) -> Log:
    """An empty log in the test's transaction."""
    return Log(kind=written, by=somebody)


@pytest.fixture
def in_database(committed_database: CommittedDatabase, django_db_blocker: Any) -> Iterator[CommittedDatabase]:
    """Work in a database of our own, as the application's role, with real commits."""
    default = connections["default"]
    usual = default.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
        default.settings_dict["NAME"] = committed_database.name
        try:
            yield committed_database
        finally:
            connections.close_all()
            default.settings_dict["NAME"] = usual


@pytest.fixture
def committed_log(in_database: CommittedDatabase, written: EventKind, somebody: Somebody) -> Log:
    """An empty log in a database of its own."""
    return Log(kind=written, by=somebody)
