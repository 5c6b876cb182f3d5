"""Debian's SIPp as the callers, our process as the line, and an adviser who answers after a while.

python -m tests.channels.sipp adviser CALLS SECONDS    answers so many calls, each after so many seconds
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

# What the two clocks may differ by: our look at the queue (0.2 s), the adviser's (0.05 s) and a machine that is busy with other
# tests. How exact it is where nothing else is at work, bench/channels.py says (0.19 s).
ALLOWED = 2.0


@dataclass(frozen=True)
class Heard:
    """What SIPp measured: how many calls went through, and how long each rang, in seconds."""

    succeeded: int
    failed: int
    rang: list[float]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def line(environment: Mapping[str, str]) -> Iterator[int]:
    """Run the product's own process and give its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "samsyn", "sip", "--port", str(port)],
        env={**environment, "SAMSYN_PHONE_ADDRESSES": "127.0.0.1/32"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Listening")
        yield port
    finally:
        process.terminate()
        said, _nothing = process.communicate(timeout=20)
    assert "ERROR" not in said


def adviser(environment: Mapping[str, str], calls: int, seconds: float) -> "subprocess.Popen[str]":
    """Start an adviser in a process of her own, and return when she is at her place."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.channels.sipp", "adviser", str(calls), str(seconds)], env=dict(environment),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def call(port: int, calls: int, *, a_second: int, talk_ms: int, folder: Path) -> Heard:
    """Let SIPp call so many times, and return what it measured."""
    done = subprocess.run(
        [
            "sipp", "-sn", "uac", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(free_port()), "-m", str(calls),
            "-r", str(a_second), "-d", str(talk_ms), "-nostdin", "-trace_rtt", "-rtt_freq", "1", "-trace_stat",
            "-timeout", "120",
        ],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180, check=False,
    )  # fmt: skip
    rows = [row.split(";") for file in folder.glob("*_rtt.csv") for row in file.read_text().splitlines()[1:]]
    (statistics,) = folder.glob("uac_*_.csv")
    head, *_middle, last = [row.split(";") for row in statistics.read_text().splitlines()]
    said = dict(zip(head, last, strict=False))
    assert done.returncode in {0, 1}, done.returncode
    return Heard(
        int(said["SuccessfulCall(C)"]), int(said["FailedCall(C)"]), sorted(float(row[1]) / 1000 for row in rows)
    )


def _answer(calls: int, seconds: float) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from samsyn.channels import queries
    from samsyn.contacts import actions, from_calls
    from samsyn.people.actors import Actor
    from samsyn.people.roles import Regime, Role

    by = Actor(UUID(int=101), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))
    queries.board(by=by, at=timezone.now())
    print("here", flush=True)
    answered = 0
    limit = time.monotonic() + 120
    while answered < calls and time.monotonic() < limit:
        for row in queries.board(by=by, at=timezone.now()):
            # One after another waits a little longer, so that equal waits prove nothing by chance.
            if row.state == "waiting" and row.waited >= timedelta(seconds=seconds * (1 + answered % 5 / 2)):
                contact = from_calls.answer_call(call_id=row.id, by=by, at=timezone.now())
                if answered % 15 == 14:  # a person keeps no twenty drafts
                    for draft in _drafts(by):
                        actions.discard_draft(contact_id=draft, by=by, at=timezone.now())
                assert contact
                answered += 1
        time.sleep(0.05)


def _drafts(by: object) -> list[UUID]:
    from samsyn.contacts import queries

    return [row.id for row in queries.open_drafts(by=by)]  # type: ignore[arg-type]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
    _answer(int(sys.argv[2]), float(sys.argv[3]))
