"""Two editors save the same draft at the same moment, each in a process of their own."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from tests.conftest import CommittedDatabase

PREPARE = """
import django; django.setup()
from django.utils import timezone
from tests.questions.conftest import TEAM_LEAD
from samsyn.questions import actions
print(actions.start_instrument_draft(instrument="support_call", by=TEAM_LEAD, at=timezone.now()))
"""

EDIT = """
import sys, time
import django; django.setup()
from django.utils import timezone
from tests.questions.conftest import TEAM_LEAD
from samsyn.people.refusals import Refused
from samsyn.questions import actions
from uuid import UUID
_, version_id, wording, start = sys.argv
time.sleep(max(0, float(start) - time.time()))
try:
    actions.change_reminder(version_id=UUID(version_id), seen_revision=1, reminder_sv=wording, reminder_en=wording,
        by=TEAM_LEAD, at=timezone.now())
    print("saved", wording)
except Refused as refusal:
    print("refused", refusal.status)
"""


def run(database: CommittedDatabase, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=database.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_of_two_editors_at_once_one_saves_and_the_other_is_told(committed_database: CommittedDatabase) -> None:
    version_id = UUID(run(committed_database, PREPARE))
    # Both have started Python by then, so that they meet in the database.
    start = str(time.time() + 4)
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda word: run(committed_database, EDIT, str(version_id), word, start), ("Ett", "Annat"))
        )
    (saved,) = [answer for answer in answers if answer.startswith("saved")]
    assert "refused 409" in answers
    with committed_database.owner() as owner:
        rows = owner.execute(
            "SELECT reminder_sv, revision FROM questions_instrumentversion WHERE id = %s", [version_id]
        ).fetchall()
        changes = owner.execute("SELECT count(*) FROM audit_event WHERE kind = 'reminder_changed'").fetchall()
    assert rows == [(saved.removeprefix("saved "), 2)]
    assert changes == [(1,)]
