"""A running demonstration, exactly as ``script/server`` starts it, and a real Chromium."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.channels import sipp
from tests.journeys.watching import Watch, watched

ROOT = Path(__file__).resolve().parent.parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Demonstration:
    """The addresses of a running demonstration and a way to look into its database as the owner."""

    port: int
    state: Path
    process: "subprocess.Popen[str]"
    owner_url: str
    sip_port: int = 0
    server: str = ""
    """The address of the database server, as its superuser."""

    @property
    def staff(self) -> str:
        return f"http://centre.localhost:{self.port}"

    @property
    def public(self) -> str:
        return f"http://statistik.localhost:{self.port}"

    @property
    def operator(self) -> str:
        return f"http://operator.localhost:{self.port + 1}"

    @property
    def visitors(self) -> str:
        return f"http://visitor.localhost:{self.port + 1}"

    def environment(self, installation: str) -> dict[str, str]:
        """Return the environment of an installation's commands, as ``script/samsyn`` reads it."""
        lines = (self.state / installation / "environment").read_text().splitlines()
        said = dict(line.split("=", 1) for line in lines)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAMSYN_", "DATABASE_"))}
        return kept | {name: shlex.split(value)[0] if value else "" for name, value in said.items()}

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return what the database answers, as its owner."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def value(self, query: str, *values: object) -> object:
        return self.rows(query, *values)[0][0]


def free_ports() -> int:
    """Return a port whose successor is free too."""
    for _ in range(50):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with socket.socket() as two:
                try:
                    two.bind(("127.0.0.1", port + 1))
                except OSError:
                    continue
        return port
    raise RuntimeError("no two free ports in a row")


def start_demonstration(
    state: Path, port: int, *, seconds: float = 240, embedded: bool | None = None, sip_port: int = 0
) -> Demonstration:
    """Start ``script/server`` and return when it says that it is running; ``embedded`` with its own PostgreSQL."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAMSYN_", "DATABASE_", "PUBLIC_DATABASE"))}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "samsyn.config.demonstration", "--port", str(port), "--state", str(state)]
    if sip_port:
        command += ["--sip", str(sip_port)]
    server = os.environ.get("TEST_ADMIN_URL")
    if embedded is None:
        embedded = os.environ.get("SAMSYN_TEST_CLUSTER") == "embedded"
    if not embedded and server:
        command += ["--database-url", server]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    deadline = time.monotonic() + seconds
    seen = ""
    if process.stdout is None:
        raise RuntimeError("no output")
    for line in process.stdout:
        seen += line
        if "Ctrl-C stops it" in line:
            break
        if time.monotonic() > deadline:
            break
    if "Ctrl-C stops it" not in seen:
        process.kill()
        logs = "".join(log.read_text()[-3000:] for log in state.glob("*.log"))
        raise RuntimeError(f"the demonstration did not start:\n{seen}\n{logs}")
    password = (state / "centre" / "roles" / "samsyn_centre_owner.password").read_text()
    if embedded:
        from samsyn.config.cluster import Cluster

        base = Cluster(state / "postgresql").url()
    else:
        base = str(server)
    from samsyn.config.database import address

    owner = address(base, database="samsyn_centre", user="samsyn_centre_owner", password=password)
    return Demonstration(port=port, state=state, process=process, owner_url=owner, sip_port=sip_port, server=base)


def stop_demonstration(running: Demonstration) -> None:
    running.process.send_signal(signal.SIGINT)
    try:
        running.process.communicate(timeout=40)
    except subprocess.TimeoutExpired:
        running.process.kill()
        raise


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One demonstration for all journeys; each journey makes its own contacts and counts differences."""
    state = tmp_path_factory.mktemp("demonstration")
    for folder in (state, *state.parents):
        if folder.owner() == "root" and folder.parent != folder and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o011)
    running = start_demonstration(state, free_ports(), sip_port=sipp.free_port())
    yield running
    stop_demonstration(running)


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    """What every browser of the journey may not do; the journey fails on it."""
    with watched() as watch:
        yield watch


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor at 1366 x 768 with a Swedish browser."""
    made = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    made.set_default_timeout(15_000)
    yield made
    made.close()


def become(page: Page, demonstration: Demonstration, persona: str) -> None:
    """Sign in as a persona with its one button."""
    page.context.clear_cookies()
    page.goto(f"{demonstration.staff}/personas/")
    page.locator(f"button[name=name][value={persona}]").click()
    page.wait_for_url(re.compile(r"^(?!.*personas).*$"))


@contextmanager
def in_english(page: Page) -> Iterator[None]:
    """Read the page in English, and go back: the language stays with the account, which other journeys use too."""
    page.locator("button[name=language][value=en]").click()
    page.locator("html[lang=en]").wait_for()
    try:
        yield
    finally:
        page.locator("button[name=language][value=sv]").click()
        page.locator("html[lang=sv]").wait_for()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
