"""Sudden death in the middle of a load of deliveries: nothing is lost, doubled or half."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg

from tests.conftest import CommittedDatabase

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
