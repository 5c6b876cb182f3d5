"""The chat as it runs for real: gunicorn for the pages, uvicorn for the streams, and readers that come back by themselves."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from samsyn.config.process import stream_command
from tests.desk_at_work import Web, sign_in

STAFF, PUBLIC = "centre.localhost", "statistik.localhost"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Streams:
    """The process that keeps streams open."""

    environment: dict[str, str]
    port: int
    application: str = "samsyn.config.asgi:application"
    process: "subprocess.Popen[bytes] | None" = None
    log: Path = field(default_factory=lambda: Path(tempfile.mkstemp(prefix="samsyn-streams-", suffix=".log")[1]))

    def start(self) -> None:
        """Start and return when it takes connections."""
        with self.log.open("ab") as log:
            command = stream_command(self.port, self.application)
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError(f"the streams did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill it at once, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def ask(self, method: str, host: str, path: str, cookie: str, more: Mapping[str, str] | None = None) -> int:
        """Return the status that the process answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={"Host": host, "Cookie": cookie, **(more or {})})
            return connection.getresponse().status
        finally:
            connection.close()

    def status(self, name: str) -> int:
        """Return a number of /proc/PID/status: threads, or memory in kB (VmRSS, VmHWM)."""
        if self.process is None:
            raise RuntimeError("not started")
        said = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(said.partition(f"{name}:")[2].split()[0])

    def threads(self) -> int:
        return self.status("Threads")

    def processor_seconds(self) -> float:
        """Return what the process has taken of the processors."""
        if self.process is None:
            raise RuntimeError("not started")
        said = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(one) for one in said[11:13]) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.log.unlink(missing_ok=True)


@dataclass
class Chat:
    """Both processes, an adviser's session and one chat that she has answered."""

    web: Web
    streams: Streams
    session: str
    token: str = ""
    chat_id: str = ""

    def post(self, host: str, path: str, **fields: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Post a form as a page without script does, or (``json``) as its script."""
        wants = {"Accept": "application/json"} if fields.pop("json", "") else {}
        cookie = f"__Host-samsyn={self.session}" if host == STAFF else f"__Host-s={self.token}"
        headers = {"Host": host, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **wants}
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=20)
        try:
            connection.request("POST", path, urlencode(fields), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def get(self, host: str, path: str) -> str:
        cookie = f"__Host-samsyn={self.session}" if host == STAFF else f"__Host-s={self.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": host, "Cookie": cookie})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    @cached_property
    def form_token(self) -> str:
        """What protects the forms of the adviser's session: any page of hers has it."""
        return self.get(STAFF, "/queue/").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    def session_cookie(self) -> dict[str, object]:
        """Return the adviser's session as a browser takes it."""
        return {
            "name": "__Host-samsyn", "value": self.session, "domain": STAFF, "path": "/", "secure": True,
            "httpOnly": True, "sameSite": "Strict",
        }  # fmt: skip

    def others(self, number: int) -> "list[Chat]":
        """Let so many more advisers sign in, and each of them answer a visitor of her own."""
        found = [Chat(self.web, self.streams, session) for session in sign_in(self.web.environment, number)]
        for other in found:
            other.begin()
        return found

    def begin(self) -> None:
        """Let a visitor begin and the adviser answer."""
        _status, headers, _text = self.post(PUBLIC, "/chat/")
        self.token = headers["Set-Cookie"].partition("__Host-s=")[2].partition(";")[0]
        listed = self.get(STAFF, "/queue/")
        self.chat_id = listed.partition('action="/chats/')[2].partition("/")[0]
        status, _headers, text = self.post(STAFF, f"/chats/{self.chat_id}/answer/", csrfmiddlewaretoken=self.form_token)
        if status != 302:
            raise RuntimeError(text[:2000])

    def write(self, host: str, text: str, *, seconds: float = 60) -> None:
        """Send a message until it is taken, always under the same number of its own, as the page's script does."""
        path = "/chat/write/" if host == PUBLIC else f"/chats/{self.chat_id}/write/"
        own_id = str(uuid.uuid4())
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                token = {"csrfmiddlewaretoken": self.form_token} if host == STAFF else {}
                status, _headers, _text = self.post(host, path, own_id=own_id, text=text, json="yes", **token)
                if status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"{text} was never taken")

    def listener(self, host: str, seen: int = 0) -> "Listener":
        path = "/chat/stream" if host == PUBLIC else f"/chats/{self.chat_id}/stream"
        cookie = f"__Host-samsyn={self.session}" if host == STAFF else f"__Host-s={self.token}"
        return Listener(self.streams.port, host, path, cookie, seen)


@dataclass
class Listener:
    """A page's stream, by the book: comes back with Last-Event-ID, and counts an event when its blank line is there."""

    port: int
    host: str
    path: str
    cookie: str
    seen: int
    came: list[tuple[int, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    connections: int = 0
    connection: http.client.HTTPConnection | None = None
    troubles: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.stopping.is_set() and not self.is_over.is_set():
            try:
                self._listen()
            except (OSError, http.client.HTTPException) as trouble:
                self.troubles.append(repr(trouble))
            self.stopping.wait(0.2)

    def _listen(self) -> None:
        headers = {"Host": self.host, "Cookie": self.cookie, "Accept": "text/event-stream"}
        if self.seen:
            headers["Last-Event-ID"] = str(self.seen)
        connection = self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        connection.request("GET", self.path, headers=headers)
        answer = connection.getresponse()
        if answer.status == 204:
            self.is_over.set()
            return
        if answer.status != 200:
            raise http.client.HTTPException(answer.status)
        self.connections += 1
        event: dict[str, str] = {}
        while not self.stopping.is_set():
            line = answer.readline().decode()
            if not line:
                break
            if line != "\n":
                name, _colon, value = line.rstrip("\n").partition(": ")
                event[name] = value
                continue
            self._take(event)
            event = {}
            if self.is_over.is_set():
                break
        connection.close()

    def _take(self, event: dict[str, str]) -> None:
        if "event" in event:
            self.kinds.append(event["event"])
            if event["event"] == "over":
                self.is_over.set()
        elif "data" in event:
            self.seen = int(event["id"])
            self.came.append((self.seen, json.loads(event["data"])["text"]))

    def wait_until(self, what: Callable[["Listener"], bool], *, seconds: float = 60) -> bool:
        """Return True when it is so, or False when the time is out."""
        deadline = time.monotonic() + seconds
        while not what(self) and time.monotonic() < deadline:
            time.sleep(0.05)
        return what(self)

    def wait_for(self, count: int) -> None:
        """Return when that many messages have come, or when the time is out."""
        self.wait_until(lambda own: len(own.came) >= count)

    def leave(self) -> None:
        """Close the page."""
        self.stopping.set()
        if self.connection is not None and self.connection.sock is not None:
            with contextlib.suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def chat(
    environment: dict[str, str],
    *,
    application: str = "samsyn.config.asgi:application",
    stream_port: int = 0,
    seen_port: int = 0,
) -> Iterator[Chat]:
    """Run both processes with one adviser signed in; pages are told of ``seen_port`` when something stands in between."""
    web_port, stream_port = free_port(), stream_port or free_port()
    environment = {
        **environment,
        "SAMSYN_PORT": str(web_port),
        "SAMSYN_STREAM_ORIGIN": f"http://{PUBLIC}:{seen_port or stream_port}",
        "SAMSYN_STAFF_STREAM_ORIGIN": f"http://{STAFF}:{seen_port or stream_port}",
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    made = Chat(Web(environment, port=web_port), Streams(environment, stream_port, application), "")
    (made.session,) = sign_in(environment, 1)
    try:
        made.web.start()
        made.streams.start()
        yield made
    finally:
        made.streams.stop()
        made.web.stop()
