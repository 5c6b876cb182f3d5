"""Sudden death in the middle of a load of deliveries: nothing is lost, doubled or half, whichever process dies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.conftest import CommittedDatabase
from tests.deliveries.conftest import FORM
from tests.deliveries.figures import as_file
from tests.deliveries.rest_load import Place, load
from tests.desk_at_work import Web

CODES = ("0180", "0380", "0580")
QUARTERS = 10  # 2024K1 to 2026K2
# For each line that it reads, a process of its own sends everything in order, as a system does that has lost its
# memory: the receipts say what is there already. It tells its number, each file, and at last what ended it.
SEND = """
import io, os, sys
import django
django.setup()
from django.db import connections
from samsyn.deliveries import actions, queries
from samsyn.deliveries.policies import Machine
from tests.deliveries.conftest import AT, FORM, enrol
from tests.deliveries.figures import as_file

def send():
    for code in ("0180", "0380", "0580"):
        sender = queries.sender_named(code, by=Machine(actor_id=code, pseudonym="System"))
        for year, quarter in [(y, q) for y in (2024, 2025) for q in (1, 2, 3, 4)] + [(2026, 1), (2026, 2)]:
            period = f"{year}K{quarter}"
            content = io.BytesIO(as_file(FORM, code, period))
            received = actions.Received(content, "rest", f"{code}{period}", accepts_warnings=True)
            actions.receive(received=received, sender=sender, at=AT)
            print("sent", flush=True)

for number, code in enumerate(("0180", "0380", "0580")):
    enrol(code, f"Kommun {code}", number=number)
connections.close_all()
for _line in sys.stdin:
    process = os.fork()
    if process == 0:
        send()
        os._exit(0)
    print(process, flush=True)
    print("ended by", os.waitpid(process, 0)[1], flush=True)
"""
KILLED = f"ended by {int(signal.SIGKILL)}\n"


def test_nothing_is_lost_doubled_or_half(committed_database: CommittedDatabase) -> None:
    dice = random.Random(3)
    sender = subprocess.Popen(
        [sys.executable, "-c", SEND],
        env=committed_database.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with sender as told:
        assert told.stdin is not None
        assert told.stdout is not None
        for files in (1, 7, 13, 20, 30):
            print(file=told.stdin, flush=True)
            process = int(told.stdout.readline())
            assert [told.stdout.readline() for _ in range(files)] == ["sent\n"] * files
            if files < 30:  # somewhere in the next file
                time.sleep(dice.uniform(0, 0.02))
                os.kill(process, signal.SIGKILL)
            last = next(line for line in told.stdout if line != "sent\n")
            assert last == (KILLED if files < 30 else "ended by 0\n")
        told.stdin.close()
    with psycopg.connect(committed_database.application_url) as connection:
        rows = connection.execute(
            "SELECT p.code, d.period, d.state, cardinality(d.counts), length(d.statuses),"
            " (SELECT count(*) FROM audit_event e WHERE e.subject = d.id::text AND e.kind = 'delivery_accepted')"
            " FROM deliveries_delivery d JOIN deliveries_deliverer p ON p.id = d.deliverer_id"
        ).fetchall()
        events = connection.execute("SELECT count(*) FROM audit_event WHERE kind = 'delivery_accepted'").fetchone()
    assert sorted((code, period) for code, period, *_ in rows) == sorted(
        (code, f"{year}K{quarter}")
        for code in CODES
        for year, quarter in [(y, q) for y in (2024, 2025) for q in (1, 2, 3, 4)] + [(2026, 1), (2026, 2)]
    )
    assert {(state, cells, length, told) for _code, _period, state, cells, length, told in rows} == {
        ("accepted", 360, 360, 1)
    }
    assert events == (len(CODES) * QUARTERS,)


CLIENTS = """
import json
import django
django.setup()
from samsyn.deliveries import actions
from tests.deliveries.conftest import AT, enrol
made = {}
for number, code in enumerate(("0180", "0380", "0580")):
    sender = enrol(code, f"Kommun {code}", number=number).sender
    made[code] = [str(part) for part in actions.make_client(sender=sender, at=AT)]
print(json.dumps(made))
"""
AUDIT = """
import django
django.setup()
from django.core.management import call_command
call_command("audit", "checkpoint")
call_command("audit", "verify")
"""


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_through_the_rest_door_when_the_server_is_killed_twice(
    committed_database: CommittedDatabase, tmp_path: Path
) -> None:
    environment = committed_database.environment()
    done = subprocess.run([sys.executable, "-c", CLIENTS], env=environment, check=True, capture_output=True, text=True)
    quarters = [f"2025K{quarter}" for quarter in (1, 2, 3, 4)] + ["2026K1", "2026K2"]
    places = []
    for code, (client_id, secret) in json.loads(done.stdout.splitlines()[-1]).items():
        files = [(quarter, tmp_path / f"{code}{quarter}.csv", 60) for quarter in quarters]
        for quarter, path, _cases in files:
            path.write_bytes(as_file(FORM, code, quarter))
        places.append(Place(code, client_id, secret, tuple(files)))
    web = Web(environment)
    web.start()
    try:
        clients, _seconds = load(places, web, clients=3, kills=2)
    finally:
        web.stop()
    assert sum(client.again for client in clients) > 0, "somebody had no answer and sent again"
    with psycopg.connect(committed_database.application_url) as connection:
        rows = connection.execute(
            "SELECT p.code, d.period, d.state, cardinality(d.counts), d.counts[1] + d.counts[2] + d.counts[3] + d.counts[4],"
            " (SELECT count(*) FROM audit_event e WHERE e.subject = d.id::text AND e.kind = 'delivery_accepted')"
            " FROM deliveries_delivery d JOIN deliveries_deliverer p ON p.id = d.deliverer_id"
        ).fetchall()
    assert sorted(row[:2] for row in rows) == sorted((place.code, quarter) for place in places for quarter in quarters)
    assert {row[2:] for row in rows} == {("accepted", FORM.size, 60, 1)}
    told = subprocess.run([sys.executable, "-c", AUDIT], env=environment, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stdout + told.stderr
