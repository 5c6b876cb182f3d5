"""What the desk costs: ``python -m bench.desk [--contacts 100000]``.

Starts the demonstration as ``script/server`` does, from nothing and once more, lets an adviser close calls at the real
desk, copies these until the database holds the wanted number of working records and of fact rows, lets advisers work in
that, weighs every page as a first visit, looks at the first paint on a slow line (1.6 Mbit/s, 150 ms, a processor slowed
four times), and computes the standard report from the same database. The baseline in the same run is ``/health``: the
shortest view behind the same server and middleware.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from samsyn.config import database
from samsyn.config.cluster import Cluster
from tests.desk_at_work import HOST, Adviser, at_once, sign_in

STANDARD_REPORT = """
import django
django.setup()
from bench.standard_report import measure
measure(0)
"""
STAFF = {
    "adviser": ("/desk/", "/desk/paper/"),
    "lead": ("/questions/",),
    "analyst": ("/releases/",),
    "reviewer": ("/log/",),
    "administrator": ("/people/accounts/", "/people/roles/"),
}
PUBLIC = (
    "/",
    "/2026-q2/quarter/",
    "/2026-q2/cumulative/",
    "/2026-q2/cumulative/county/",
    "/2026-q2/cumulative/age/",
    "/history/",
)
FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done(paint.startTime);
}).observe({type: "paint", buffered: true}))"""
STAFF_LIMIT, PUBLIC_LIMIT, P95_LIMIT, PAINT_LIMIT = 100_000, 50_000, 0.100, 1.0


@dataclass(frozen=True)
class Running:
    port: int
    environment: dict[str, str]


@contextmanager
def demonstration(folder: Path) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "samsyn.config.demonstration", "--port", str(port), "--state", str(folder)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("no output")
    began = time.perf_counter()
    for line in process.stdout:
        if "Ctrl-C stops it" in line:
            break
    print(f"the demonstration was ready after {time.perf_counter() - began:.1f} s")
    addresses = database.prepare(
        Cluster(folder / "postgresql").url(), name="samsyn_centre", secret_folder=folder / "centre" / "roles"
    )
    environment = {
        **os.environ,
        **addresses.environment(),
        "SAMSYN_INSTALLATION": "centre",
        "SAMSYN_KEY_DIR": str(folder / "centre" / "keys"),
        "SAMSYN_STATIC_DIR": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "samsyn.config.demonstration.settings",
    }
    try:
        yield Running(port, environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def line(name: str, times: Sequence[float], base: float, limit: float | None = P95_LIMIT) -> None:
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    verdict = "" if limit is None else ("   ok" if p95 < limit else "   TOO SLOW")
    print(f"{name:<40}{len(times):>6}{p50 * 1000:>9.1f} ms{p95 * 1000:>9.1f} ms{p95 / base:>8.1f} × /health{verdict}")


def health(port: int, times: int = 300) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    found = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", "/health", headers={"Host": f"{HOST}:{port}"})
        connection.getresponse().read()
        found.append(time.perf_counter() - began)
    return found


def timings(running: Running, advisers: int, calls: int, base: float, *, pause: float = 0.0) -> None:
    """Let advisers register calls at once and print what each kind of request took."""
    team = [Adviser(running.port, cookie, pause=pause) for cookie in sign_in(running.environment, advisers)]
    began = time.perf_counter()
    at_once(team, calls)
    took = time.perf_counter() - began
    faults = [fault for one in team for fault in one.faults]
    pace = f"a change every {pause:.0f} s" if pause else "without a pause"
    asked = sum(len(times) for one in team for times in one.seconds.values())
    print(
        f"{advisers} adviser(s), {pace}: {sum(len(one.closed) for one in team)} calls closed, "
        f"{asked / took:.0f} requests/s, {len(faults)} faults {sorted(set(faults))[:3] or ''}"
    )
    limit = P95_LIMIT if pause or advisers == 1 else None
    for kind in ("desk page", "autosave", "close"):
        line(f"  {kind}", [second for one in team for second in one.seconds.get(kind, [])], base, limit)


def weigh(page: Page, base: str, paths: Sequence[str], limit: int) -> None:
    """A first visit to each page, as the browser receives it (compressed, with styles, scripts and pictures)."""
    for path in paths:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        total = int(sum(sizes))
        print(f"  {path:<48}{total:>9,} bytes   {'ok' if total <= limit else 'TOO HEAVY'}")
        session.detach()


def paint(page: Page, address: str, name: str) -> None:
    """First paint on a slow line with nothing kept, median of five."""
    found = []
    for _ in range(5):
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line_speed = 1.6e6 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 150, "downloadThroughput": line_speed, "uploadThroughput": line_speed},
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(address)
        found.append(page.evaluate(FIRST_PAINT) / 1000)
        session.detach()
    seconds = percentile(found, 0.5)
    print(f"  {name:<48}{seconds:>9.2f} s   {'ok' if seconds <= PAINT_LIMIT else 'TOO SLOW'}")


def become(page: Page, base: str, persona: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/personas/")
    page.locator(f"button[name=name][value={persona}]").click()
    page.wait_for_load_state()


def pages(running: Running) -> None:
    staff, public = f"http://{HOST}:{running.port}", f"http://statistik.localhost:{running.port}"
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE").new_page()
        print(f"First visit, staff (at most {STAFF_LIMIT:,} bytes)")
        desk = ""
        for persona, paths in STAFF.items():
            become(page, staff, persona)
            if persona == "adviser":
                page.goto(f"{staff}/desk/")
                page.keyboard.press("Control+Enter")
                page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/"))
                desk = urlsplit(page.url).path
                weigh(page, staff, (desk,), STAFF_LIMIT)
            weigh(page, staff, paths, STAFF_LIMIT)
        print(f"First visit, public (at most {PUBLIC_LIMIT:,} bytes)")
        weigh(page, public, PUBLIC, PUBLIC_LIMIT)
        print(f"First contentful paint on a slow line (at most {PAINT_LIMIT} s)")
        become(page, staff, "adviser")
        paint(page, staff + desk, "desk")
        paint(page, f"{public}/2026-q2/cumulative/county/", "public table with map")
        browser.close()


def run(running: Running, *arguments: str) -> str:
    """Run Python in the installation's environment and return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], env=running.environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)
        with demonstration(folder):
            pass  # the start from nothing; what follows is a second start
        with demonstration(folder) as running:
            base = percentile(health(running.port), 0.95)
            line("/health", health(running.port), base, None)
            print("Nearly empty")
            timings(running, 1, options.calls, base)
            facts, records = run(running, "-m", "bench.desk_records", str(options.contacts)).split()
            print(f"{int(facts):,} fact rows of contacts and {int(records):,} closed working records in the database")
            timings(running, 1, options.calls, base)
            timings(running, 60, 2, base, pause=2)
            timings(running, 60, 2, base)
            pages(running)
            print(run(running, "-c", STANDARD_REPORT), end="")


if __name__ == "__main__":
    main()
