"""Advisers at the real desk over HTTP, against the real web server: what load, kill and bench scripts share."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

HOST = "centre.localhost"
START_SECONDS = 60
SIGN_IN = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.utils import timezone
from samsyn.people import actions
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account, Organisation
from samsyn.people.roles import Regime, Role

now = timezone.now()
organisation = Organisation.objects.first() or actions.create_organisation(
    name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now)
cookies = []
for number in range(int(sys.argv[1])):
    name = Account.objects.count() + 100
    account = actions.create_account(name=f"r{name}", pseudonym=f"Rådgivare {name}",
                                     organisation=organisation, by=SYSTEM, at=now)
    actions.give_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=now)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    client = Client()
    client.force_login(account)
    session = client.session
    session[FACTOR] = True
    session.save()
    cookies.append(session.session_key)
print(json.dumps(cookies))
"""
# A call as it is registered, change by change: field group and values.
CHANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sector", ("school",)),
    ("profession", ("teacher",)),
    ("municipality", ("0114",)),
    ("main_concern", ("marriage",)),
    ("case_kind", ("single_person",)),
    ("p1-age_band", ("16_17",)),
    ("p1-sex", ("girl_woman",)),
    ("p1-exposure", ("control", "marriage")),
    ("p1-marriage_status", ("plan",)),
    ("p1-perpetrator_relation", ("parents",)),
    ("advice", ("protection", "concern_report")),
    ("outcome", ("answered",)),
)


class Unanswered(Exception):
    """The server went away before it answered: the adviser does not know what became of it."""


def sign_in(environment: dict[str, str], number: int) -> list[str]:
    """Make accounts with a finished sign-in and return their session cookies."""
    done = subprocess.run([sys.executable, "-c", SIGN_IN, str(number)], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    cookies: list[str] = json.loads(done.stdout.splitlines()[-1])
    return cookies


@dataclass
class Web:
    """The staff site as it is served for real: gunicorn, two workers with eight threads each."""

    environment: dict[str, str]
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    log: Path = field(default_factory=lambda: Path(tempfile.mkstemp(prefix="samsyn-web-", suffix=".log")[1]))
    command_prefix: Sequence[str] = ()

    def start(self) -> None:
        """Start and return when the site answers."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        command = [*self.command_prefix, sys.executable, "-m", "gunicorn", "samsyn.config.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        command += ["--config", "python:samsyn.config.server", "--worker-class", "gthread", "--workers", "2"]
        command += ["--threads", "8", "--preload", "--no-control-socket", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/ready", headers={"Host": HOST})
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the site did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill the server and its workers at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End the server at once: in good order it would wait for each browser's kept-alive connection."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.log.unlink(missing_ok=True)


class Chosen(HTMLParser):
    """What is chosen on a desk page, by field; a select's empty option is no choice."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, set[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a ticked box or a chosen option."""
        said = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = said["name"]
        name = self._select if tag == "option" else said.get("name", "")
        if said.keys() & {"checked", "selected"} and said["value"]:
            self.values.setdefault(name, set()).add(said["value"])


@dataclass
class Adviser:
    """One adviser's browser."""

    port: int
    cookie: str
    token: str = ""
    closed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    pause: float = 0.0
    following: str = ""
    looks_again: bool = False
    """Whether each call is read from the server once more before it is closed: closing sends all answers again, so
    that one that autosave lost would never be missed."""

    def ask(self, kind: str, method: str, path: str, fields: Sequence[tuple[str, str]] = ()) -> tuple[int, str, str]:
        """Return status, place and text; raise Unanswered when the server goes away."""
        headers = {"Host": HOST, "Cookie": f"__Host-samsyn={self.cookie}"}
        body = None
        if method == "POST":
            body = urlencode([*fields, ("csrfmiddlewaretoken", self.token)])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if kind == "autosave":
            headers["Accept"] = "application/json"
        began = time.perf_counter()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            raise Unanswered(type(error).__name__) from error
        # Between two changes the server lets an idle connection go; a browser opens a new one.
        if self.pause or answer.getheader("Connection", "").lower() == "close":
            self.connection.close()
            self.connection = None
        self.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        return answer.status, answer.getheader("Location", ""), text

    def open(self) -> str:
        """Return the address of an open contact: the one that the last closing opened, or a new one."""
        if self.following:
            place, self.following = self.following, ""
            self.ask("desk page", "GET", place)
            return place
        _status, _place, text = self.ask("start", "GET", "/desk/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        if found is None:
            raise Unanswered("no form")
        self.token = found[1]
        status, place, _text = self.ask("open", "POST", "/desk/")
        if status != 302:
            raise Unanswered(str(status))
        self.ask("desk page", "GET", place)
        return place

    def save(self, place: str, sequence: int, group: str, values: Sequence[str]) -> int:
        """Let autosave send one change."""
        fields = [("tab", "t1"), ("sequence", str(sequence)), ("group", group), *((group, value) for value in values)]
        return self.ask("autosave", "POST", f"{place}save/", fields)[0]

    def look(self, place: str) -> int:
        """Read the contact as a browser would after a crash, and note what is not as autosave was told."""
        status, _place, text = self.ask("look", "GET", place)
        if status == 200:
            kept = Chosen(text)
            for group, values in CHANGES:
                if kept.values.get(group, set()) != set(values):
                    self.faults.append(f"{group}: {sorted(kept.values.get(group, ()))} was kept of {sorted(values)}")
        return status

    def close(self, place: str) -> int:
        """Close the contact with everything on the page."""
        fields = [(group, value) for group, values in CHANGES for value in values]
        status, self.following, _ = self.ask(
            "close", "POST", f"{place}submit/", [*fields, ("channel", "phone"), ("do", "close")]
        )
        return status

    def call(self, stop: threading.Event | None = None) -> None:
        """Register one call: open, twelve autosaves, close; what became of it is noted."""
        try:
            place = self.open()
            for sequence, (group, values) in enumerate(CHANGES, start=1):
                if stop is not None and stop.is_set():
                    return
                time.sleep(self.pause)
                status = self.save(place, sequence, group, values)
                if stop is not None and status >= 500:  # the database is gone: the browser would try again
                    return
                if status != 200:
                    self.faults.append(f"autosave {group}: {status}")
            if self.looks_again and (status := self.look(place)) != 200:
                if stop is None or status < 500:
                    self.faults.append(f"look: {status}")
                return
            status = self.close(place)
        except Unanswered as gone:
            if stop is None:
                self.faults.append(f"unanswered: {gone}")
            return
        if status == 302:
            self.closed.append(place.strip("/").split("/")[-1])
        elif not (stop is not None and status >= 500):  # a page of the desk's own, or a database that is gone
            self.faults.append(f"close: {status}")


def at_once(advisers: Sequence[Adviser], calls: int, *, stop: threading.Event | None = None) -> None:
    """Let all advisers work at the same time, each a number of calls (or until they are told to stop)."""

    def work(adviser: Adviser, place: int) -> None:
        time.sleep(adviser.pause * len(CHANGES) * place / len(advisers))  # calls don't begin all at the same instant
        for _ in range(calls):
            if stop is not None and stop.is_set():
                return
            adviser.call(stop)

    threads = [threading.Thread(target=work, args=(adviser, place)) for place, adviser in enumerate(advisers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
