"""Retention killed at any moment leaves whole batches and a protocol that agrees with what is gone."""

import json
import random
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from tests.conftest import CommittedDatabase

TABLES = {
    "contacts.Contact": "contacts_contact",
    "contacts.Answer": "contacts_answer",
    "contacts.ExposedPerson": "contacts_exposedperson",
}
FACTS = ("contactfact", "matterfact", "personfact")
FILL = """
import django
django.setup()
from datetime import timedelta
from uuid import UUID
from django.utils import timezone
from samsyn.contacts import actions
from samsyn.contacts.actions import Saved
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role
by = Actor(UUID(int=31), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))
for number in range(200):
    at = timezone.now() - timedelta(days=10 if number < 180 else 1)
    contact = actions.open_contact(by=by, at=at)
    answers = {"sector": ("school",), "main_concern": ("control",), "outcome": ("answered",), "p1-sex": ("girl_woman",)}
    actions.close_contact(contact_id=contact, saved=Saved(answers=answers), by=by, at=at + timedelta(minutes=9))
"""
ERASE = """
import django
django.setup()
from django.utils import timezone
from samsyn.people.actors import SYSTEM
from samsyn.contacts.retention import RULES
from samsyn.privacy import retention
print("ready", flush=True)
for row in retention.run(RULES, at=timezone.now(), dry_run=False, by=SYSTEM, batch_size=7):
    print(row.rule.code, row.total, flush=True)
"""


def numbers(owner: "psycopg.Connection[Any]") -> dict[str, int]:
    found = {}
    for label, table in TABLES.items():
        row = owner.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
        assert row is not None
        found[label] = row[0]
    return found


def protocol(owner: "psycopg.Connection[Any]") -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(TABLES, 0)
    for (rows,) in owner.execute("SELECT rows FROM privacy_erasurerecord WHERE rule = 'working_record'"):
        for label, count in (rows if isinstance(rows, dict) else json.loads(rows)).items():
            if label in found:
                found[label] += count
    return found


def facts(owner: "psycopg.Connection[Any]") -> list[Any]:
    return [owner.execute(f"SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM contacts_{name} t").fetchone()
            for name in FACTS]  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.timeout(240)
def test_killed_retention_leaves_whole_batches_and_the_next_run_goes_on(committed_database: CommittedDatabase) -> None:
    environment = committed_database.environment()
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, timeout=120)
    dice = random.Random(5)
    with committed_database.owner() as owner:
        before, kept = numbers(owner), facts(owner)
        assert before["contacts.Contact"] == 200
        halfway = 0
        for _round in range(5):
            child = subprocess.Popen([sys.executable, "-c", ERASE], env=environment, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(dice.uniform(0.005, 0.12))
            child.kill()
            child.wait()
            child.stdout.close()
            _settle(owner)
            now, said = numbers(owner), protocol(owner)
            assert {label: before[label] - now[label] for label in TABLES} == said
            assert said["contacts.Contact"] % 7 in {0, 180 % 7}
            halfway += 0 < said["contacts.Contact"] < 180
            assert facts(owner) == kept
        for _run in range(2):
            done = subprocess.run(
                [sys.executable, "-m", "samsyn", "retention"],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode == 0, done.stderr
        assert "working_record           due 0, erased 0 rows in 0 batches" in done.stdout
        assert numbers(owner)["contacts.Contact"] == 20, "what is younger than a week stays"
        assert protocol(owner)["contacts.Contact"] == 180
        assert facts(owner) == kept
        row = owner.execute("SELECT count(*) FROM audit_event WHERE kind = 'rows_erased'").fetchone()
        records = owner.execute("SELECT count(*) FROM privacy_erasurerecord").fetchone()
        assert row == records
    assert halfway, "at least one kill came between two batches"


def _settle(owner: "psycopg.Connection[Any]") -> None:
    """Wait until the server has ended what the killed process had begun."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        row = owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
        if row == (0,):
            return
        time.sleep(0.02)
