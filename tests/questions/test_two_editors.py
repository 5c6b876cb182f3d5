"""Two editors save the same draft at the same moment, each in a process of their own."""

import subprocess
import sys

from tests.conftest import CommittedDatabase

# Tells the draft and each editor's answer. Both wait until the pipe is closed, so that they meet in the database.
EDIT = """
import os
import django
django.setup()
from django.db import connection, connections
from django.utils import timezone
from samsyn.people.refusals import Refused
from samsyn.questions import actions
from tests.questions.conftest import TEAM_LEAD

def edit(draft, wording):
    connection.ensure_connection()
    os.close(gate)
    os.read(waiting, 1)
    try:
        actions.change_reminder(
            version_id=draft, seen_revision=1, reminder_sv=wording, reminder_en=wording, by=TEAM_LEAD, at=timezone.now()
        )
        print("saved", wording, flush=True)
    except Refused as refusal:
        print("refused", refusal.status, flush=True)

draft = actions.start_instrument_draft(instrument="support_call", by=TEAM_LEAD, at=timezone.now())
print(draft, flush=True)
connections.close_all()
waiting, gate = os.pipe()
editors = []
for wording in ("Ett", "Annat"):
    editors.append(os.fork())
    if editors[-1] == 0:
        edit(draft, wording)
        os._exit(0)
os.close(gate)
for editor in editors:
    os.waitpid(editor, 0)
"""


def test_of_two_editors_at_once_one_saves_and_the_other_is_told(committed_database: CommittedDatabase) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EDIT], env=committed_database.environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    version_id, *answers = done.stdout.splitlines()
    (saved,) = [answer for answer in answers if answer.startswith("saved")]
    assert sorted(answers) == ["refused 409", saved], done.stderr
    with committed_database.owner() as owner:
        rows = owner.execute(
            "SELECT reminder_sv, revision FROM questions_instrumentversion WHERE id = %s", [version_id]
        ).fetchall()
        changes = owner.execute("SELECT count(*) FROM audit_event WHERE kind = 'reminder_changed'").fetchall()
    assert rows == [(saved.removeprefix("saved "), 2)]
    assert changes == [(1,)]
