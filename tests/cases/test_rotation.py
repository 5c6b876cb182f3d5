"""The key of a case is replaced while a colleague writes: no note is lost, and none lies under a key that is no more."""

import json
import subprocess
import sys

from tests.conftest import CommittedDatabase

NOTES, KEYS = 12, 6
PROGRAM = """
import json, pathlib, sys, tempfile, threading
import django
django.setup()
from django.db import connections
from samsyn.cases.actions import sharing
from samsyn.cases.models import Case
from tests.cases.conftest import made

notes, keys = int(sys.argv[1]), int(sys.argv[2])
house = made(pathlib.Path(tempfile.mkdtemp(prefix="samsyn-rotation-")))
case_id = house.case()
sharing.share_case(
    case_id=case_id, to=house.id("bo"), purpose="support", rights=("read", "write"), days=14, **house.who("anna")
)
begin, trouble = threading.Barrier(2), []

def task(do):
    try:
        begin.wait()
        do()
    except Exception as error:
        trouble.append(repr(error))
    finally:
        connections.close_all()

def write():
    for number in range(notes):
        house.note(case_id, "bo", f"note {number}")

def rotate():
    for _ in range(keys):
        sharing.replace_key(case_id=case_id, **house.who("anna"))

threads = [threading.Thread(target=task, args=(do,)) for do in (write, rotate)]
for one in threads:
    one.start()
for one in threads:
    one.join()
from samsyn.cases.actions import cases
opened = cases.open_case(case_id=case_id, **house.who("anna"))
print(json.dumps({
    "trouble": trouble, "read": sorted(note.said["text"] for note in opened.notes), "unreadable": opened.unreadable,
    "version": Case.objects.get().key_version,
}))
"""


def test_a_key_is_replaced_while_a_colleague_writes(committed_database: CommittedDatabase) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(NOTES), str(KEYS)], env=committed_database.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["trouble"] == []
    assert told["read"] == sorted(f"note {number}" for number in range(NOTES))
    assert told["unreadable"] == 0
    assert told["version"] == 1 + KEYS
