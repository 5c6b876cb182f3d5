"""Real calls by SIP: a foreign program rings, an adviser answers, and the waits are those that the caller measured."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.channels import sipp
from tests.conftest import CommittedDatabase

CALLS = 6
OPEN_ALL_DAY = """
import django; django.setup()
from django.core.management import call_command
call_command("load_channels", verbosity=0)
from samsyn.channels.models import OpeningException
from datetime import timedelta
from django.utils import timezone
today = timezone.localdate()
for day in (today, today + timedelta(days=1)):
    OpeningException.objects.create(queue_id="professionals", day=day, is_open={is_open})
"""


def prepare(database: CommittedDatabase, *, is_open: bool) -> None:
    program = OPEN_ALL_DAY.format(is_open=is_open)
    subprocess.run([sys.executable, "-c", program], env=database.environment(), check=True)


def test_calls_ring_until_somebody_answers_and_their_waits_are_right(
    committed_database: CommittedDatabase, tmp_path: Path
) -> None:
    assert shutil.which("sipp"), "SIPp is missing: script/test installs it or says how"
    prepare(committed_database, is_open=True)
    with sipp.line(committed_database.environment()) as port:
        somebody = sipp.adviser(committed_database.environment(), CALLS, 0.5)
        try:
            heard = sipp.call(port, CALLS, a_second=4, talk_ms=300, folder=tmp_path)
        finally:
            somebody.terminate()
            somebody.communicate()
    assert (heard.succeeded, heard.failed) == (CALLS, 0)
    with committed_database.owner() as connection:
        rows = connection.execute(
            "SELECT state, outcome, extract(epoch FROM answered_at - arrived_at)::float,"
            " extract(epoch FROM ended_at - answered_at)::float, taken_by IS NOT NULL FROM channels_call"
        ).fetchall()
        contacts = connection.execute("SELECT count(*) FROM contacts_contact WHERE channel = 'phone'").fetchone()
    assert [row[:2] for row in rows] == [("closed", "answered")] * CALLS
    assert all(row[4] for row in rows)
    assert contacts == (CALLS,)
    kept = sorted(row[2] for row in rows)
    assert len(heard.rang) == CALLS
    assert all(abs(ours - theirs) < sipp.ALLOWED for ours, theirs in zip(kept, heard.rang, strict=True))
    assert min(kept) >= 0.5
    assert max(kept) - min(kept) >= 0.2


def test_a_closed_line_takes_nobody_and_counts_who_called(
    committed_database: CommittedDatabase, tmp_path: Path
) -> None:
    prepare(committed_database, is_open=False)
    with sipp.line(committed_database.environment()) as port:
        heard = sipp.call(port, 2, a_second=4, talk_ms=100, folder=tmp_path)
    assert (heard.succeeded, heard.failed) == (0, 2)
    with committed_database.owner() as connection:
        rows = connection.execute("SELECT outcome, is_out_of_hours FROM channels_call").fetchall()
    assert rows == [("missed", True)] * 2
