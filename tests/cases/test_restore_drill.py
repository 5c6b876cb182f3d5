"""One command backs up, restores beside, erases again what was erased, and holds the log against its checkpoint."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from samsyn.privacy.custody.client import Client
from tests.cases.test_own_process import PERSON, Running, running  # noqa: F401 (a fixture)
from tests.conftest import CommittedDatabase


def command(running: Running, *arguments: str) -> "subprocess.CompletedProcess[str]":  # noqa: F811
    return subprocess.run([sys.executable, *arguments], env=running.environment, capture_output=True, text=True)


@pytest.fixture
def erased(running: Running) -> Iterator[str]:  # noqa: F811
    """A case whose key was destroyed and whose row an older backup brought back."""
    case = str(uuid4())
    event = running.event("case_erased", subject=case)
    Client(running.place).erase(case=case, person=PERSON, event=event)
    with psycopg.connect(running.database.application_url) as connection:
        connection.execute(
            "INSERT INTO cases_case (id, kind, handle, key_version, is_open, concerns_child, opened_on, last_contact_on,"
            " erase_on) VALUES (%s, 'ordinary', 'ask björk', 1, true, false, now(), now(), now())",
            [case],
        )
    yield case


def test_the_drill_erases_again_in_the_copy_and_finds_the_log_whole(
    running: Running, erased: str, committed_database: CommittedDatabase  # noqa: F811
) -> None:  # fmt: skip
    assert command(running, "-m", "samsyn", "audit", "checkpoint").returncode == 0
    done = command(running, "-m", "samsyn.config.drill", committed_database.admin_url)
    assert done.returncode == 0, done.stderr
    assert "1 erased cases had come back and are gone again" in done.stdout
    with committed_database.owner() as owner:
        # The running database is as it was, and the copy is gone.
        assert owner.execute("SELECT count(*) FROM cases_case WHERE id = %s", [erased]).fetchone() == (1,)
        copies = owner.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%drill'").fetchone()
        assert copies == (0,)
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        owner.execute("UPDATE audit_event SET kind = 'case_read' WHERE kind = 'case_erased'")
    spoiled = command(running, "-m", "samsyn.config.drill", committed_database.admin_url)
    assert spoiled.returncode == 1
    assert Path(running.place).exists()
