"""What the public site costs, and what a day in the news costs the call desk: ``python -m bench.public``.

Starts the sites as an installation runs them (``docs/operations``): one server for the staff's host name, another for the
public's. Readers are ``wrk``, on the same cores. Then the public's server gives way on the processor, as its unit says,
and so does the flood of readers, because real ones sit elsewhere: advisers work at the real desk, in turns without and
with the flood. The baseline in the same run is ``/health``: the shortest view behind the same server and middleware.

Beside the speed that the clock shows stands what a request took of the processors, all in all: server, database and
reader. That figure holds on a busy machine too, and says how many requests a second the cores would carry alone.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.desk import Running, demonstration, percentile
from tests.desk_at_work import Adviser, Web, at_once, sign_in

PUBLIC_HOST = "statistik.localhost"
ADDRESSES = {
    "/health": "/health",
    "table page": "/2026-q2/cumulative/age/",
    "table page with map": "/2026-q2/cumulative/county/",
    "report, 17 tables": "/2026-q2/quarter/",
    "API, one table": "/api/v2/tables/age-quarter/data?lang=sv",
}
P95_LIMIT, SPEED_LIMIT, FLOOD = 30.0, 500.0, 200
# Of the advisers: a change every so many seconds, as in bench.desk.
ADVISERS, PAUSE = 20, 1.0
KINDS = ("desk page", "autosave", "close")
# Prints what wrk found in a form that a program reads; latencies are in microseconds.
REPORT = """
done = function(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
  io.write(string.format("FOUND %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), bad, summary.errors.timeout))
end
"""


def give_way(leader: int) -> None:
    """Put the session that a process leads behind all others on the processor, as the unit's CPUWeight does.

    Where Linux groups processes by session, niceness counts only within one; the group has a niceness of its own.
    """
    os.setpriority(os.PRIO_PGRP, leader, 19)
    group = Path(f"/proc/{leader}/autogroup")
    if group.exists():
        group.write_text("19")


@dataclass(frozen=True)
class Found:
    """What a run of wrk found: requests a second, milliseconds, and requests without a good answer."""

    speed: float
    p50: float
    p95: float
    bad: int


def wrk_command(folder: Path, port: int, path: str, *, readers: int, seconds: int) -> list[str]:
    script = folder / "report.lua"
    script.write_text(REPORT)
    return [
        "wrk", "-t", "1", "-c", str(readers), "-d", f"{seconds}s", "--timeout", "20s", "-s", str(script),
        "-H", f"Host: {PUBLIC_HOST}", f"http://127.0.0.1:{port}{path}",
    ]  # fmt: skip


def read(output: str) -> Found:
    line = re.search(r"FOUND (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if line is None:
        raise RuntimeError(output)
    requests, took, p50, p95, bad, late = (int(one) for one in line.groups())
    return Found(requests / took * 1e6, p50 / 1000, p95 / 1000, bad + late)


def cores() -> int:
    return len(os.sched_getaffinity(0))


def busy() -> str:
    """Say how busy the machine is with other things: figures are only worth something on a quiet one."""
    return f"load of the machine {os.getloadavg()[0]:.1f} on {cores()} cores"


def processor_seconds() -> float:
    """Return what the processes below this one, ended ones too, have taken of the processors."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = place.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(place.parent.name)] = int(said[1])
        ticks[int(place.parent.name)] = sum(int(one) for one in said[11:15])
    ours, before = {os.getpid()}, 0
    while len(ours) > before:
        before = len(ours)
        ours |= {child for child, parent in parents.items() if parent in ours}
    return sum(ticks.get(one, 0) for one in ours) / os.sysconf("SC_CLK_TCK")


def readings(folder: Path, port: int, *, readers: int, seconds: int) -> None:
    print(f"{readers} readers at once, {seconds} s each; {busy()}")
    base = 0.0
    for name, path in ADDRESSES.items():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path, headers={"Host": PUBLIC_HOST})
        first = connection.getresponse()
        if first.status != 200 or not first.read():
            raise RuntimeError(f"{path}: {first.status}")
        connection.close()
        command = wrk_command(folder, port, path, readers=readers, seconds=seconds)
        began = processor_seconds()
        found = read(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        cost = (processor_seconds() - began) / (found.speed * seconds)
        base = base or found.p95
        good = found.p95 < P95_LIMIT and found.speed >= SPEED_LIMIT and not found.bad
        print(
            f"  {name:<24}{found.speed:>7.0f} requests/s   p50 {found.p50:>6.1f} ms   p95 {found.p95:>6.1f} ms"
            f"{found.p95 / base:>7.1f} × /health   {found.bad} bad   {'ok' if good else 'TOO SLOW'};"
            f" {cost * 1000:.1f} ms of processor each: {cores() / cost:.0f} requests/s on {cores()} cores alone"
        )


@contextmanager
def flood(folder: Path, port: int, readers: int) -> Iterator[None]:
    """Let readers ask for a table page without a pause until the block ends."""
    command = wrk_command(folder, port, ADDRESSES["table page"], readers=readers, seconds=600)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    give_way(process.pid)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        found = read(process.communicate(timeout=30)[0])
        print(f"  the flood: {found.speed:.0f} requests/s, p95 {found.p95:.0f} ms, {found.bad} without an answer")


def desk(running: Running, port: int, calls: int) -> dict[str, list[float]]:
    """Return what each kind of request took while the advisers registered their calls."""
    team = [Adviser(port, cookie, pause=PAUSE) for cookie in sign_in(running.environment, ADVISERS)]
    at_once(team, calls)
    faults = [fault for one in team for fault in one.faults]
    if faults:
        print(f"  FAULTS at the desk: {len(faults)} {sorted(set(faults))[:3]}")
    return {kind: [second for one in team for second in one.seconds.get(kind, [])] for kind in KINDS}


def under_flood(running: Running, folder: Path, *, staff: int, public: int, calls: int, name: str) -> None:
    """Print the desk's p95 without and with the flood, in turns, so that what else the machine does hits both."""
    print(f"{ADVISERS} advisers, a change every {PAUSE:.0f} s, {name}; {busy()}")
    quiet: dict[str, list[float]] = {kind: [] for kind in KINDS}
    loud: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _turn in range(2):
        for kind, seconds in desk(running, staff, calls).items():
            quiet[kind] += seconds
        with flood(folder, public, FLOOD):
            for kind, seconds in desk(running, staff, calls).items():
                loud[kind] += seconds
    for kind in KINDS:
        alone, beside = (percentile(found[kind], 0.95) * 1000 for found in (quiet, loud))
        halves = [percentile(found[kind], 0.5) * 1000 for found in (quiet, loud)]
        print(
            f"  {kind:<12}p50 {halves[0]:>6.1f} → {halves[1]:>6.1f} ms   p95 {alone:>6.1f} → {beside:>6.1f} ms"
            f"   × {beside / alone:.2f} under {FLOOD} readers"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--calls", type=int, default=1, help="calls of each adviser in each turn")
    parser.add_argument("--shared", action="store_true", help="also the flood on the staff's own processes, to compare")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("bench.public needs wrk, which makes readers at little cost: apt-get install -y wrk")
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)
        with demonstration(folder) as running:
            # What is measured is the server; a limit of calls would only measure its refusals.
            environment = running.environment | {"SAMSYN_API_CALLS": "0"}
            staff, public = Web(environment), Web(environment)
            try:
                staff.start()
                public.start()
                readings(folder, public.port, readers=options.readers, seconds=options.seconds)
                if public.process is not None:
                    give_way(public.process.pid)
                ways = [("the public on processes of its own", public.port)]
                ways += [("the public on the staff's processes", staff.port)] if options.shared else []
                for name, port in ways:
                    under_flood(running, folder, staff=staff.port, public=port, calls=options.calls, name=name)
            finally:
                staff.stop()
                public.stop()


if __name__ == "__main__":
    main()
