"""The demonstration as a newcomer starts it: a second start, a taken port, Ctrl-C, and a parent that is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, free_ports, start_demonstration, stop_demonstration

pytestmark = pytest.mark.own_server


def processes_of(state: Path) -> list[str]:
    """Command lines of all living processes that work for this state folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(state).encode() in told and (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def gone(state: Path, seconds: float = 20) -> list[str]:
    """What is left of the processes after a while."""
    deadline = time.monotonic() + seconds
    while processes_of(state) and time.monotonic() < deadline:
        time.sleep(0.2)
    return processes_of(state)


def answers(port: int) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/ready", headers={"Host": f"centre.localhost:{port}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        status: int = answer.status
        return status


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("started")
    for one in (folder, *folder.parents):
        if one.owner() == "root" and one.parent != one and len(one.parts) > 2:
            one.chmod(one.stat().st_mode | 0o011)
    return folder


@pytest.mark.timeout(300)
def test_it_starts_stops_and_starts_again_with_what_it_had(state: Path) -> None:
    port = free_ports()
    first = start_demonstration(state, port, embedded=True)
    assert answers(port) == 200
    contacts = first.value("SELECT count(*) FROM contacts_contactfact")
    tables = first.value("SELECT count(*) FROM statistics_publishedtable")

    taken = subprocess.run(
        [sys.executable, "-m", "samsyn.config.demonstration", "--port", str(port), "--state", str(state)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert taken.returncode == 2
    assert f"Port {port} is taken" in taken.stdout + taken.stderr
    assert "Traceback" not in taken.stderr
    assert answers(port) == 200, "the one that runs goes on"

    stop_demonstration(first)
    assert first.process.returncode == 0
    assert gone(state) == []

    second = start_demonstration(state, port, embedded=True)
    assert second.value("SELECT count(*) FROM contacts_contactfact") == contacts
    assert second.value("SELECT count(*) FROM statistics_publishedtable") == tables
    second.process.kill()
    second.process.wait(20)
    assert gone(state) == [], "nobody outlives a parent that was killed"

    third = start_demonstration(state, port, embedded=True)
    assert third.value("SELECT count(*) FROM contacts_contactfact") == contacts
    third.process.send_signal(signal.SIGTERM)
    third.process.communicate(timeout=40)
    assert gone(state) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seconds", [0.5, 5])
def test_ctrl_c_before_it_is_ready_ends_it_without_a_complaint(state: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "samsyn.config.demonstration", "--port", str(free_ports()), "--state", str(state)],
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "Starting" in process.stdout.readline()
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everything that was started
    said, _nothing = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "failed" not in said
    assert "Traceback" not in said
    assert gone(state) == []


def test_a_taken_port_is_said_before_anything_is_made(state: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            ["script/server", "--port", str(port), "--state", str(state)],
            cwd=ROOT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stdout + done.stderr
    assert not list(state.iterdir())
