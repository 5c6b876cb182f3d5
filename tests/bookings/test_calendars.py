"""Calendar files: five programs that are not ours read the same seconds in them, and nobody reads anything else."""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import icalendar
import pytest
from dateutil import tz

from samsyn.bookings import calendars

FOREIGN = Path(__file__).parent.parent / "foreign"
CHANGES = ((2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31))
MADE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REVEALING = (
    "heder",
    "våld",
    "tvång",
    "könsstympning",
    "stöd",
    "förtryck",
    "samsyn",
    "kompetenscentrum",
    "ärende",
    "honour",
)
Times = dict[str, tuple[int, int]]


def spans() -> list[calendars.Span]:
    """Meetings on the days around each change of the clock, and every half hour of the night itself."""
    found = []
    for year, month, day in CHANGES:
        noon = datetime(year, month, day, 11, 30, tzinfo=UTC)
        starts = [noon + timedelta(days=days) for days in (-7, -1, 0, 1, 7)]
        # 00.30 to 03.30 UTC: before, in and after the hour that is skipped or comes twice.
        starts += [datetime(year, month, day, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(-2, 8)]
        found += [
            calendars.Span(f"{start:%Y%m%d%H%M}", start, start + timedelta(minutes=20), 0, MADE) for start in starts
        ]
    return found


def expected() -> Times:
    return {one.uid: (int(one.starts_at.timestamp()), int(one.ends_at.timestamp())) for one in spans()}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("calendar") / "kalender.ics"
    made.write_bytes(calendars.feed(spans=spans(), tells_meetings=True))
    return made


def test_ical_js_and_node_ical_read_the_same_seconds(file: Path) -> None:
    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    done = subprocess.run(
        # The machine's own zone must not matter.
        [node, str(FOREIGN / "read_calendar.cjs"), str(file)], capture_output=True, text=True, timeout=60,
        env={**os.environ, "TZ": "America/Los_Angeles"},
    )  # fmt: skip
    assert not done.returncode, done.stderr
    read = json.loads(done.stdout)
    for name in ("icaljs", "nodeical"):
        assert {uid: (start, end) for uid, start, end, _summary in read[name]} == expected(), name
        assert {summary for *_times, summary in read[name]} == {"Bokat möte"}


def test_dateutil_reads_the_same_seconds_by_our_own_zone(file: Path) -> None:
    text = file.read_text()
    zone = tz.tzical(_file_of(text)).get("Europe/Stockholm")
    assert zone is not None
    found: Times = {}
    for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.DOTALL):
        times = []
        for name in ("DTSTART", "DTEND"):
            parameters, value = re.findall(rf"^{name}(.*?):(\S+?)\r?$", event, re.MULTILINE)[0]
            local = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            times.append(int((local.replace(tzinfo=zone) if "TZID" in parameters else local).timestamp()))
        found[re.findall(r"UID:(\S+)", event)[0]] = (times[0], times[1])
    assert found == expected()


def _file_of(text: str) -> Any:
    import io

    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE") + len("END:VTIMEZONE")]
    return io.StringIO(zone.replace("\r\n", "\n"))


def test_khal_lists_the_same_seconds(file: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    (tmp_path / "calendar").mkdir()
    config.write_text(
        f"[calendars]\n[[c]]\npath = {tmp_path / 'calendar'}\n[sqlite]\npath = {tmp_path / 'khal.db'}\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
    )
    khal = [sys.executable, "-W", "ignore", "-m", "khal", "-c", str(config)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        done = subprocess.run([*khal, *arguments], capture_output=True, text=True, timeout=90, env=environment)
        assert not done.returncode, done.stderr
        return done.stdout

    run("import", "--batch", "-a", "c", str(file))
    said = run(
        "list",
        "--format",
        "{uid} {start-long-full} / {end-long-full} {title}",
        "--day-format",
        "",
        "2026-03-20",
        "600d",
    )
    found: Times = {}
    for line in said.splitlines():
        if not line.strip():
            continue
        uid, start, end, title = re.match(r"(\S+) (\S+ \S+) / (\S+ \S+) (.*)", line).groups()  # type: ignore[union-attr]
        assert title == "Bokat möte"
        moments = [datetime.strptime(one, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp() for one in (start, end)]
        found[uid] = (int(moments[0]), int(moments[1]))
    assert found == expected()


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "radicale", "--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none",
        "--storage-filesystem-folder", str(folder), "--logging-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/u/c/"
    finally:
        process.terminate()
        process.wait(20)


def ask(url: str, method: str, body: bytes, content_type: str = "application/xml", **headers: str) -> bytes:
    headers["Authorization"] = "Basic " + base64.b64encode(b"u:u").decode()
    request = urllib.request.Request(url, body, {"Content-Type": content_type, **headers}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def test_radicale_answers_when_one_is_busy_with_the_same_seconds(file: Path, tmp_path: Path) -> None:
    text = file.read_bytes().decode()
    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE") + len("END:VTIMEZONE\r\n")]
    with radicale(tmp_path) as url:
        ask(url, "MKCALENDAR", b"")
        for number, event in enumerate(re.findall(r"BEGIN:VEVENT.*?END:VEVENT\r\n", text, re.DOTALL)):
            whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{zone}{event}END:VCALENDAR\r\n"
            ask(f"{url}{number}.ics", "PUT", whole.encode(), "text/calendar; charset=utf-8")
        query = (
            '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
            '<C:time-range start="20260101T000000Z" end="20280101T000000Z"/></C:free-busy-query>'
        )
        said = ask(url, "REPORT", query.encode(), Depth="1").decode()
    busy = re.findall(r"FREEBUSY[^:]*:(\d{8}T\d{6})Z/(\d{8}T\d{6})Z", said)
    found = {
        tuple(int(datetime.strptime(one, "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()) for one in two)
        for two in busy
    }
    assert found == set(expected().values())


def invitation(**more: Any) -> bytes:
    given: dict[str, Any] = {
        "uid": UUID(int=7), "sequence": 2, "starts_at": MADE, "ends_at": MADE + timedelta(minutes=30), "made_at": MADE,
        "method": "REQUEST", "organizer": "kalender@example.se", "attendee": "kurator@skola.example.se",
    }  # fmt: skip
    return calendars.invitation(**given | more)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_says_when_and_nothing_else(language: str, method: str) -> None:
    text = invitation(language=language, method=method).decode()
    event: Any = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert set(event) == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "CLASS", "ORGANIZER", "ATTENDEE", "STATUS",
    }  # fmt: skip
    assert event["CLASS"] == "PRIVATE"
    assert event["STATUS"] == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    assert event["SUMMARY"] == calendars.SUMMARY[language]
    assert not [word for word in REVEALING if word in text.casefold()]
    assert event["DTSTART"].dt == MADE
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize(
    "address",
    [
        "a@example.se\r\nATTENDEE:mailto:b@example.se",
        "a@example.se\nDESCRIPTION:heder",
        'a@example.se";CN="x',
        "a@example.se;CN=x",
        "a@example.se:x",
        "a@example.se,b@example.se",
        "a@exämple.se",
        "a\x00@example.se",
        "",
        "a@",
    ],
)
def test_what_is_no_plain_address_never_comes_into_a_calendar(address: str) -> None:
    for name in ("organizer", "attendee"):
        with pytest.raises(calendars.NotPlain):
            invitation(**{name: address})


def test_a_feed_says_busy_and_not_how_many_meetings_there_are() -> None:
    start = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    three = [
        calendars.Span(str(number), start + number * hour, start + (number + 1) * hour, 0, MADE) for number in range(3)
    ]
    text = calendars.feed(spans=three, tells_meetings=False).decode()
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt, event["SUMMARY"]) == (start, start + 3 * hour, "Upptagen")
    assert "möte" not in text
    assert not [word for word in REVEALING if word in text.casefold()]
    assert not re.search(r"DESCRIPTION|LOCATION|URL|ORGANIZER|ATTENDEE", text)


def test_times_stand_on_the_clock_and_in_the_hour_that_comes_twice_in_utc(file: Path) -> None:
    text = file.read_text()
    assert "DTSTART;TZID=Europe/Stockholm:20261025T123000" in text
    assert "DTSTART:20261025T003000Z" in text
    assert "DTSTART:20261025T013000Z" in text
