"""A process that was told to be another installation than its database is does not start."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.conftest import CommittedDatabase


@pytest.fixture
def belongs_to_the_operator(committed_database: CommittedDatabase) -> CommittedDatabase:
    with committed_database.owner() as owner:
        owner.execute(
            "INSERT INTO people_installation (id, name, regime, created_at) VALUES (1, 'operator', 'operator', %s)",
            [datetime(2026, 9, 1, tzinfo=UTC)],
        )
    return committed_database


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "samsyn", "work"],
        ["-m", "samsyn", "load"],
        ["-m", "samsyn", "migrate"],
        ["-c", "import samsyn.config.wsgi"],
        ["-m", "gunicorn", "samsyn.config.wsgi", "--bind", "127.0.0.1:0", "--preload", "--no-control-socket"],
    ],
    ids=lambda command: " ".join(command[1:3]),
)
def test_the_wrong_database_stops_every_start(belongs_to_the_operator: CommittedDatabase, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        env=belongs_to_the_operator.environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "SAMSYN_INSTALLATION is 'centre', but this database belongs to the installation 'operator'" in said
    assert "Traceback" not in said
