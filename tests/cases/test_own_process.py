"""The keeper as it runs: a process of its own behind a socket, that reads the log over its own connection."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from samsyn.privacy.custody.client import Client
from samsyn.privacy.custody.derivation import PLACES
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.server import PLACE_NAME
from tests.conftest import CommittedDatabase

PERSON = str(UUID(int=7))


class Running:
    def __init__(self, database: CommittedDatabase, folder: Path) -> None:
        self.database = database
        self.place = folder / "keeper.socket"
        self.environment = {
            **database.environment(), "SAMSYN_KEEPER_SOCKET": str(self.place), "SAMSYN_KEEPER_DIR": str(folder / "keeper"),
            "SAMSYN_INSTALLATION": "operator",
        }  # fmt: skip
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-m", "samsyn.privacy.custody.server"], env=self.environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                Client(self.place).is_unlocked(token=b"", person="")
                return process
            except KeyRefused:
                time.sleep(0.05)
        raise RuntimeError("the keeper did not start")

    def event(self, kind: str, *, commit: bool = True, subject: str = "") -> str:
        made = uuid4()
        connection = psycopg.connect(self.database.application_url)
        connection.execute(
            "INSERT INTO audit_event (id, kind, at, actor_id, pseudonym, role, subject, facts)"
            " VALUES (%s, %s, %s, %s, 'Stödjare 1', 'supporter', %s, '{}')",
            [made, kind, datetime.now(UTC), PERSON, subject],
        )
        if commit:
            connection.commit()
        connection.close()
        return str(made)


@pytest.fixture
def running(committed_database: CommittedDatabase) -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="samsyn-keeper-") as folder:
        made = Running(committed_database, Path(folder))
        yield made
        made.process.send_signal(signal.SIGTERM)
        made.process.wait(10)


def test_keys_live_in_the_process_and_die_with_it(running: Running) -> None:
    keeper = Client(running.place)
    assert stat.S_IMODE(os.stat(running.place).st_mode) == 0o600
    secret = b"k" * 32
    made = keeper.enrol(person=PERSON, way="passkey", secret=secret, event=running.event("keys_made"))
    assert keeper.is_unlocked(token=made["token"], person=PERSON)
    # An event that is stored but not committed, and one that is used a second time.
    asked = {"person": PERSON, "wrap": made["wrap"], "secret": secret, "ways": 1, "pairs": 0}
    with pytest.raises(KeyRefused, match="no_event"):
        keeper.unlock(event=running.event("keys_asked", commit=False), **asked)
    used = running.event("keys_asked")
    keeper.unlock(event=used, **asked)
    with pytest.raises(KeyRefused, match="no_event"):
        keeper.unlock(event=used, **asked)
    running.process.kill()
    running.process.wait()
    with pytest.raises(KeyRefused, match="unavailable"):
        keeper.is_unlocked(token=made["token"], person=PERSON)
    running.process = running.start()
    assert not keeper.is_unlocked(token=made["token"], person=PERSON)
    assert keeper.unlock(event=running.event("keys_asked"), **asked)["public"] == made["public"]


def test_a_derivation_waits_for_a_place_of_the_installation(running: Running) -> None:
    """While both places are taken elsewhere, the keeper asks for one and derives nothing; freed, it goes on."""
    keeper, made = Client(running.place), []
    others = [psycopg.connect(running.database.application_url, autocommit=True) for _ in PLACES]
    for other, number in zip(others, PLACES, strict=True):
        other.execute("SELECT pg_advisory_lock(%s)", [number])
    event = running.event("keys_made")
    asking = threading.Thread(
        target=lambda: made.append(keeper.enrol(person=PERSON, way="passphrase", secret=b"a b c d e f", event=event))
    )
    asking.start()
    with psycopg.connect(running.database.admin_url, autocommit=True) as watching:
        deadline = time.monotonic() + 30
        while not watching.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [PLACE_NAME]
        ).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert made == []
    for other in others:
        other.close()
    asking.join(60)
    assert made[0]["public"]


def test_nothing_inside_is_reached_by_the_socket(running: Running) -> None:
    with pytest.raises(AttributeError):
        Client(running.place)._pair(token=b"")
    from samsyn.privacy.custody import wire

    with pytest.raises(KeyRefused, match="unavailable"):
        Client(running.place)._ask("_sessions", {})
    assert not any(name.startswith("_") for name in wire.OPERATIONS)
