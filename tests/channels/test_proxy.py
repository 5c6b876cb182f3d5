"""The proxy's lines of the operators' guide, as nginx reads them, before the real processes: nothing but places is changed."""

import contextlib
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels import live
from tests.channels.live import PUBLIC, STAFF
from tests.conftest import CommittedDatabase

PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
GUIDE = Path(__file__).parents[2] / "docs" / "operations" / "nginx.conf"
AROUND = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/main.log crit;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log {folder}/access.log;
{site}
}}
"""


def adapted(folder: Path, chat: live.Chat, port: int) -> str:
    """Return the guide's lines with our ports, names and files; each place must be there to be changed."""
    site = GUIDE.read_text(encoding="utf-8")
    for found, ours in (
        (r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"staff\.example\.se", STAFF),
        (r"statistik\.example\.se", PUBLIC),
        (r"/srv/tls/\w+\.pem", f"{folder}/own.pem"),
        (r"/srv/tls/\w+\.key", f"{folder}/own.key"),
        (r"/var/log/nginx/", f"{folder}/"),
        (r"127\.0\.0\.1:800[01]\b", f"127.0.0.1:{chat.web.port}"),
        (r"127\.0\.0\.1:8002\b", f"127.0.0.1:{chat.streams.port}"),
    ):
        site, changed = re.subn(found, ours, site)
        assert changed, found
    user = "user root;" if os.geteuid() == 0 else ""
    return AROUND.format(folder=folder, site=site, user=user)


@contextlib.contextmanager
def proxy(folder: Path, chat: live.Chat) -> Iterator[int]:
    port = live.free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", folder / "own.key", "-out", folder / "own.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "nginx.conf").write_text(adapted(folder, chat, port), encoding="utf-8")
    command = [PROGRAM, "-e", folder / "start.log", "-p", folder, "-c", folder / "nginx.conf"]
    said = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr
    running = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                ask(port, PUBLIC, "/health").close()
                break
            time.sleep(0.05)
        yield port
    finally:
        running.terminate()
        running.wait(20)


def ask(
    port: int, host: str, path: str, *, cookie: str = "", method: str = "GET", body: bytes = b""
) -> http.client.HTTPSConnection:
    context = ssl._create_unverified_context()  # noqa: S323 - our own certificate of this minute
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=40, context=context)
    connection.request(method, path, body, {"Host": host, "Cookie": cookie})
    return connection


# More than the web processes have threads: two with eight each.
SLOW_SENDERS = 24


@contextlib.contextmanager
def slow_senders(port: int, session: str) -> Iterator[None]:
    """Hold connections of one who is signed in, which say how much they upload and send no more than the beginning."""
    head = f"POST /deliveries/upload HTTP/1.1\r\nHost: {STAFF}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    head += f"Cookie: __Host-samsyn={session}\r\nContent-Length: 2000000\r\n\r\n"
    with contextlib.ExitStack() as held:
        for _sender in range(SLOW_SENDERS):
            connection = held.enter_context(contextlib.closing(ask(port, STAFF, "/health")))
            assert connection.getresponse().read() is not None
            assert connection.sock is not None
            connection.sock.sendall(head.encode() + b"--x\r\n" + b"x" * 100_000)
        yield


@pytest.mark.timeout(120)
def test_the_guides_proxy_passes_pages_and_streams_and_notes_nothing(
    committed_database: CommittedDatabase, tmp_path: Path
) -> None:
    with live.chat(committed_database.environment()) as chat, proxy(tmp_path, chat) as port:
        chat.begin()
        for host, path, cookie, status in (
            (PUBLIC, "/chat/", f"__Host-s={chat.token}", 200),
            (STAFF, f"/chats/{chat.chat_id}/", f"__Host-samsyn={chat.session}", 200),
            (STAFF, "/queue/", "", 302),
            (STAFF, "/phone/a-secret/start/", "", 403),
        ):
            assert ask(port, host, path, cookie=cookie).getresponse().status == status, path
        large = ask(port, PUBLIC, "/chat/write/", method="POST", body=b"x" * 600_000)
        assert large.getresponse().status == 413

        # A delivered file may be larger, and whoever sends one slowly holds none of the application's threads.
        for size, passes in ((600_000, True), (10_000_000, False)):
            sent = ask(port, STAFF, "/deliveries/upload", method="POST", body=b"x" * size).getresponse()
            assert (sent.status != 413) is passes, (size, sent.status)
        with slow_senders(port, chat.session):
            for _page in range(8):
                assert ask(port, STAFF, "/queue/").getresponse().status == 302

        answer = ask(port, STAFF, f"/chats/{chat.chat_id}/stream", cookie=f"__Host-samsyn={chat.session}").getresponse()
        assert answer.status == 200
        for text in ("one", "two"):
            chat.write(PUBLIC, text)
            # What is said comes while the stream stands open: a proxy that gathers would keep it.
            assert text in heard(answer)
        noted = "".join(file.read_text() for file in tmp_path.glob("*.log"))
        assert "chat" not in noted


def heard(answer: http.client.HTTPResponse) -> str:
    """Return the next message of a stream; anything else is passed over."""
    while line := answer.readline().decode():
        if line.startswith("data: ") and "text" in (said := json.loads(line[6:])):
            return str(said["text"])
    raise AssertionError("the stream ended")
