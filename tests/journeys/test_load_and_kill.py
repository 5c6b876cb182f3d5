"""Sixty advisers at once lose nothing; a server or a database killed at any moment leaves each contact whole."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from samsyn.config import database
from samsyn.config.cluster import Cluster
from samsyn.config.keys import create_missing
from tests.conftest import CommittedDatabase
from tests.desk_at_work import CHANGES, Adviser, Web, at_once, sign_in

# What closing leaves of a call (tests/desk_at_work.py) in each table of facts, several codes as a list.
TOLD = {group.removeprefix("p1-"): values for group, values in CHANGES}
FACTS: dict[str, dict[str, str | list[str]]] = {
    "contactfact": {
        **{name: TOLD[name][0] for name in ("sector", "profession", "outcome")},
        "county": TOLD["municipality"][0][:2],
        "advice": sorted(TOLD["advice"]),
    },
    "matterfact": {name: TOLD[name][0] for name in ("sector", "main_concern", "case_kind")},
    "personfact": {
        **{name: TOLD[name][0] for name in ("sector", "age_band", "sex", "marriage_status")},
        "exposure": sorted(TOLD["exposure"]),
        "perpetrator_relation": sorted(TOLD["perpetrator_relation"]),
    },
    "callerplacefact": {"municipality": TOLD["municipality"][0]},
}


def samsyn(environment: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "samsyn", *command], env=environment, capture_output=True, text=True, timeout=120
    )


def check_everything_is_whole(owner_url: str, environment: dict[str, str], answered: set[str]) -> None:
    """Every closed contact is counted once, wholly; every one that was answered as closed is; the log verifies."""
    with psycopg.connect(owner_url) as owner:
        closed = {str(row[0]) for row in owner.execute("SELECT id FROM contacts_contact WHERE closed_at IS NOT NULL")}
        assert answered <= closed
        for table, told in FACTS.items():
            rows = owner.execute(f"SELECT {', '.join(told)} FROM contacts_{table}").fetchall()  # type: ignore[arg-type]
            assert len(rows) == len(closed), table
            wanted = list(told.values())
            assert [
                row for row in rows if [sorted(one) if isinstance(one, list) else one for one in row] != wanted
            ] == [], table
        events = owner.execute("SELECT subject FROM audit_event WHERE kind = 'contact_closed'").fetchall()
        assert sorted(subject for (subject,) in events) == sorted(closed)
    assert samsyn(environment, "audit", "checkpoint").returncode == 0
    verified = samsyn(environment, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.fixture
def loaded(committed_database: CommittedDatabase) -> CommittedDatabase:
    done = samsyn(committed_database.environment(), "load")
    assert done.returncode == 0, done.stderr
    return committed_database


@pytest.mark.timeout(300)
@pytest.mark.parametrize("calls", [1, pytest.param(20, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_sixty_advisers_at_once_lose_nothing(loaded: CommittedDatabase, calls: int) -> None:
    environment = loaded.environment()
    cookies = sign_in(environment, 60)
    web = Web(environment)
    web.start()
    try:
        advisers = [Adviser(web.port, cookie, looks_again=True) for cookie in cookies]
        at_once(advisers, calls)
    finally:
        web.stop()
    assert [fault for adviser in advisers for fault in adviser.faults] == []
    answered = {contact for adviser in advisers for contact in adviser.closed}
    assert len(answered) == 60 * calls
    check_everything_is_whole(loaded.owner_url, environment, answered)


@pytest.fixture
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, str, dict[str, str]]]:
    """A database server of its own that writes to the disk before it answers, as in operation."""
    folder = tmp_path_factory.mktemp("durable")
    for one in (folder, *folder.parents):
        if one.owner() == "root" and one.parent != one and len(one.parts) > 2:
            one.chmod(one.stat().st_mode | 0o011)
    cluster = Cluster(folder / "cluster")
    cluster.start()
    keys = folder / "keys"
    create_missing(keys)
    addresses = database.prepare(cluster.url(), name="samsyn_centre", secret_folder=folder / "roles")
    settings = {"SAMSYN_KEY_DIR": str(keys)}
    database.migrate(addresses, environment=settings)
    import os

    environment = {**os.environ, **settings, **addresses.environment()}
    assert samsyn(environment, "load").returncode == 0
    yield cluster, addresses.owner, environment
    cluster.stop()


@pytest.mark.own_server
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rounds", [4, pytest.param(40, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_killed_at_any_moment_each_contact_is_wholly_there_or_wholly_not(
    durable: tuple[Cluster, str, dict[str, str]], rounds: int
) -> None:
    cluster, owner_url, environment = durable
    dice = random.Random(8)
    cookies = sign_in(environment, 12)
    web = Web(environment)
    answered: set[str] = set()
    for number in range(rounds):
        web.start()
        advisers = [Adviser(web.port, cookie, looks_again=True) for cookie in cookies]
        stop = threading.Event()
        work = threading.Thread(target=at_once, args=(advisers, 200), kwargs={"stop": stop})
        work.start()
        # Whatever the machine is busy with: something has been closed before anything is killed.
        deadline = time.monotonic() + 60
        while not any(adviser.closed for adviser in advisers) and time.monotonic() < deadline:
            work.join(0.1)
        work.join(dice.uniform(0.0, 3.0))
        if number % 2:
            process = cluster.process
            assert process is not None
            process.send_signal(signal.SIGKILL)
            process.wait()
        else:
            web.kill()
        stop.set()
        work.join(60)
        assert not work.is_alive()
        web.kill()
        cluster.stop()
        cluster.start()
        answered |= {contact for adviser in advisers for contact in adviser.closed}
        assert [fault for adviser in advisers for fault in adviser.faults] == []
        check_everything_is_whole(owner_url, environment, answered)
    assert answered, "something was closed between the kills"
    web.start()
    adviser = Adviser(web.port, cookies[0])
    adviser.call()
    web.stop()
    assert len(adviser.closed) == 1, "the next start works"
    assert not adviser.faults
    assert Path(web.log).exists() is False
