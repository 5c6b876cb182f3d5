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
ENROL = """
import django
django.setup()
from tests.deliveries.conftest import enrol
for number, code in enumerate(("0180", "0380", "0580")):
    enrol(code, f"Kommun {code}", number=number)
"""
# Sends everything in order, as a system does that has lost its memory: the receipts say what is there already.
SEND = """
import io
import django
django.setup()
from samsyn.deliveries import actions, queries
from samsyn.deliveries.policies import Machine
from tests.deliveries.conftest import AT, FORM
from tests.deliveries.figures import as_file
print("begun", flush=True)
for code in ("0180", "0380", "0580"):
    sender = queries.sender_named(code, by=Machine(actor_id=code, pseudonym="System"))
    for year, quarter in [(y, q) for y in (2024, 2025) for q in (1, 2, 3, 4)] + [(2026, 1), (2026, 2)]:
        period = f"{year}K{quarter}"
        received = actions.Received(io.BytesIO(as_file(FORM, code, period)), "rest", f"{code}{period}", accepts_warnings=True)
        actions.receive(received=received, sender=sender, at=AT)
print("done", flush=True)
"""


def test_nothing_is_lost_doubled_or_half(committed_database: CommittedDatabase) -> None:
    environment = committed_database.environment()
    subprocess.run([sys.executable, "-c", ENROL], env=environment, check=True, capture_output=True)
    dice = random.Random(3)
    killed = 0
    for attempt in range(12):
        process = subprocess.Popen([sys.executable, "-c", SEND], env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        if attempt < 4:
            time.sleep(dice.uniform(0.02, 0.3))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
            continue
        out, _errors = process.communicate(timeout=120)
        assert out == "done\n"
        break
    assert killed == 4
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
    for what in ("checkpoint", "verify"):
        asked = [sys.executable, "-m", "samsyn", "audit", what]
        told = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=120)
        assert told.returncode == 0, told.stdout + told.stderr
