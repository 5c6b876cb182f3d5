"""What only a real server shows: bodies that never end, lines that are no request, and what is written to its log."""

import http.client
import json
import re
import socket
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import Demonstration

MARK = "zqxjkvw"
MEGABYTE = 1024 * 1024


def resident(process: int) -> int:
    """Return the memory of a process and its children in bytes."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(lines["PPid"]) == process or int(lines["Pid"]) == process:
            total += int(lines.get("VmRSS", "0 kB").split()[0]) * 1024
    return total


def server_of(demonstration: Demonstration) -> int:
    """Return the process of the centre's server, whose children answer."""
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = found.read_bytes()
        except OSError:
            continue
        if b"gunicorn" in command and f"127.0.0.1:{demonstration.port}".encode() in command:
            parent = (found.parent / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == demonstration.process.pid:
                return int(found.parent.name)
    raise AssertionError("no server")


def settled(server: int) -> int:
    """Return the memory once it stays: a journey before may have killed workers, and new ones are still loading."""
    last, now = -1, resident(server)
    for _time in range(30):
        if abs(now - last) < MEGABYTE:
            break
        time.sleep(1)
        last, now = now, resident(server)
    return now


def log_of(demonstration: Demonstration) -> str:
    return (demonstration.state / "centre.log").read_text()


def exchange(
    demonstration: Demonstration, request: bytes, *, then: bytes = b"", offset: int = 0
) -> tuple[int, dict[str, str], str]:
    """Send bytes as they are and return the answer's status, headers and body; the operator's port is one further."""
    with socket.create_connection(("127.0.0.1", demonstration.port + offset), timeout=15) as connection:
        connection.sendall(request)
        if then:
            connection.sendall(then)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


def head(demonstration: Demonstration, method: str = "POST", path: str = "/desk/", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: centre.localhost:{demonstration.port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def test_a_hundred_megabytes_are_refused_before_they_have_come(demonstration: Demonstration) -> None:
    server = server_of(demonstration)
    before = settled(server)
    size = str(100 * MEGABYTE)
    form = "application/x-www-form-urlencoded"
    # Only the first of a hundred megabytes is sent: the answer does not wait for the rest.
    status, headers, page = exchange(
        demonstration, head(demonstration, Content_Type=form, Content_Length=size), then=MARK.encode() * 9_000
    )
    assert status == 413
    assert '<html lang="sv"' in page
    assert "större än något formulär" in page
    assert headers["cache-control"] == "no-store"
    # A script that asks gets words too.
    status, _headers, body = exchange(
        demonstration, head(demonstration, Content_Type=form, Content_Length=size, Accept="application/json")
    )
    assert (status, list(json.loads(body))) == (413, ["message"])
    # All of it, whoever reads it: nothing of it stays in memory.
    with socket.create_connection(("127.0.0.1", demonstration.port), timeout=15) as connection:
        connection.sendall(head(demonstration, Content_Type=form, Content_Length=size))
        piece = MARK.encode() * 10_000
        try:
            for _number in range(100 * MEGABYTE // len(piece)):
                connection.sendall(piece)
        except OSError:
            pass  # the server has hung up, which is its right
    assert resident(server) - before < 30 * MEGABYTE
    assert MARK not in log_of(demonstration)


def test_a_body_without_a_length_is_no_form(demonstration: Demonstration) -> None:
    chunk = MARK.encode() * 9_000
    body = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n0\r\n\r\n"
    status, _headers, page = exchange(
        demonstration,
        head(demonstration, Content_Type="application/x-www-form-urlencoded", Transfer_Encoding="chunked"),
        then=body,
    )
    assert 400 <= status < 500, status
    assert MARK not in page + log_of(demonstration)


BROKEN = (
    (f"GET {MARK} HTTP/1.1\r\n\r\n".encode(), 400),
    (f"{MARK}\r\n\r\n".encode(), 400),
    (f"GET / HTTP/{MARK}\r\n\r\n".encode(), 400),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\n{MARK} {MARK}\r\n\r\n".encode(), 400),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\nX-{MARK}: \x00\r\n\r\n".encode(), 400),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\nContent-Length: {MARK}\r\n\r\n".encode(), 400),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\nContent-Length: {'9' * 5000}\r\n\r\n".encode(), 413),
    (f"POST / HTTP/1.1\r\nHost: centre.localhost\r\nTransfer-Encoding: {MARK}\r\n\r\n".encode(), 501),
    (f"GET /{MARK * 2000} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 414),
    (b"GET / HTTP/1.1\r\nHost: centre.localhost\r\n" + f"X-A: {MARK}\r\n".encode() * 300 + b"\r\n", 431),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\nX-A: {MARK * 3000}\r\n\r\n".encode(), 431),
    (f"GET / HTTP/1.1\r\nHost: {MARK}.example\r\n\r\n".encode(), 400),
    (f"GET / HTTP/1.1\r\nHost: {MARK}\xff\r\n\r\n".encode("latin-1"), 400),
    (f"GET /%00{MARK} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 404),
    (f"GET /%ff%fe{MARK} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 404),
    (f"GET /\xff{MARK} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode("latin-1"), 400),
    (f"GET /static/%00{MARK} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 404),
    (f"GET /static/../{MARK} HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 404),
    (f"GET /{MARK} HTTP/1.1\r\nHost: centre.localhost\r\nSCRIPT_NAME: /{MARK}\xff\r\n\r\n".encode("latin-1"), 404),
    (f"GET /{MARK} HTTP/1.1\r\nHost: centre.localhost\r\nPATH_INFO: /health\r\n\r\n".encode(), 404),
    (f"{MARK.upper()} / HTTP/1.1\r\nHost: centre.localhost\r\n\r\n".encode(), 405),
    (f"TRACE / HTTP/1.1\r\nHost: centre.localhost\r\nCookie: {MARK}={MARK}\r\n\r\n".encode(), 405),
    (f"GET / HTTP/1.1\r\nHost: centre.localhost\r\nExpect: {MARK}\r\n\r\n".encode(), 417),
)


# The centre meets every one of them; the operator's two sites are served by the same processes, and show their own words.
SITES = {"centre": ("centre.localhost", 0), "operator": ("operator.localhost", 1), "visitor": ("visitor.localhost", 1)}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("request_bytes", "expected"), BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_what_is_hardly_a_request_is_answered_in_our_words_and_repeated_nowhere(
    demonstration: Demonstration, request_bytes: bytes, expected: int, site: str
) -> None:
    host, offset = SITES[site]
    log = demonstration.state / ("operator.log" if offset else "centre.log")
    begun = len(log.read_text())
    sent = request_bytes.replace(b"centre.localhost", host.encode())
    status, headers, page = exchange(demonstration, sent, offset=offset)
    assert status in ({expected, 400} if expected in {413, 501, 417} else {expected}), page[:300]
    assert '<html lang="sv"' in page
    assert "ui/layout" in page
    assert "<h1>" in page
    # The switch of language leads back to the very page.
    assert MARK not in re.sub(r'name="next" value="[^"]*"', "", page) + str(headers)
    assert "default-src 'none'" in headers["content-security-policy"]
    said = log.read_text()[begun:]
    assert MARK not in said
    for line in said.splitlines():
        assert json.loads(line)["logger"]
