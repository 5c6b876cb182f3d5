"""A writer that is killed at any moment leaves a whole log, and the next one goes on."""

import random
import signal
import subprocess
import sys
import time

from django.db import connection
from django.utils import timezone

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints
from samsyn.audit.models import Event, Leaf
from samsyn.audit.verify import verify
from tests.audit.conftest import Log
from tests.conftest import CommittedDatabase

WRITER = """
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from samsyn.audit import actions as audit
from samsyn.audit.events import declare

class Somebody:
    actor_id, pseudonym, role = "a", "Rådgivare 3", "adviser"

kind = declare("test_killed", "%(actor)s skrev")
print("ready", flush=True)
while True:
    with transaction.atomic():
        for _ in range(20):
            audit.record(kind, by=Somebody(), at=timezone.now())
    audit.sequence(at=timezone.now())
    audit.checkpoint(at=timezone.now())
"""


def others_at_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (count,) = cursor.fetchone()
    return int(count)


def test_killed_writers_leave_a_whole_log(in_database: CommittedDatabase, committed_log: Log) -> None:
    dice = random.Random(2)
    for _round in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER], env=in_database.environment(), stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.02, 0.4))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    # The server may still be finishing for the killed ones.
    while others_at_work():
        time.sleep(0.02)
    audit.sequence(at=timezone.now())
    audit.checkpoint(at=timezone.now())
    report = verify(verifier=checkpoints.signer().verifier())
    assert report.is_whole, report.sentence()
    assert report.size == report.signed_size == Leaf.objects.count() == Event.objects.count() > 0
    # Each transaction wrote twenty events: it is wholly there or wholly not.
    assert Event.objects.count() % 20 == 0
