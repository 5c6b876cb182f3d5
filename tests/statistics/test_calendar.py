"""The release calendar as page and file, the next date beside the figures, earlier editions, and the quality declaration."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from samsyn.people.actors import Actor
from samsyn.statistics import actions, icalendar, queries, timetable
from samsyn.statistics.models import PublishedTime, Release
from samsyn.statistics.periods import Quarter
from tests.statistics.test_publication_time import made_and_approved

FIRST = datetime(2026, 8, 20, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
NOTE = "En kontakt var dubbelt registrerad, tyvärr; nu rättat."
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")


@pytest.fixture
def corrected(db: None, analyst: Actor, publisher: Actor) -> Release:
    first = made_and_approved(Quarter(2026, 2), analyst, publisher)
    first = actions.publish_release(release_id=first.pk, by=publisher, at=FIRST)
    second = made_and_approved(Quarter(2026, 2), analyst, publisher, revises=first, note=NOTE)
    return actions.publish_release(release_id=second.pk, by=publisher, at=LATER)


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def read(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def events_of(content: bytes) -> list[dict[str, str]]:
    """Read an iCalendar file as RFC 5545 has it, refusing what it does not allow."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert all(line and len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines), "no character is cut in two"
    unfolded = content.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert unfolded[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert unfolded[-1] == "END:VCALENDAR"
    found: list[dict[str, str]] = []
    is_inside = False
    for line in unfolded[1:-1]:
        name, value = re.fullmatch(r"([A-Z-]+)(?:;[A-Z]+=[a-z]+)?:(.+)", line).groups()  # type: ignore[union-attr]
        if line in {"BEGIN:VEVENT", "END:VEVENT"}:
            assert is_inside == (name == "END")
            is_inside = name == "BEGIN"
            found += [{}] if is_inside else []
        elif is_inside:
            assert name not in found[-1], "each of ours stands once"
            found[-1][name] = value
        else:
            assert name in {"VERSION", "PRODID", "METHOD", "NAME"}
    for one in found:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(one)
        for moment in (one["DTSTAMP"], one["DTSTART"]):
            datetime.strptime(moment, "%Y%m%dT%H%M%SZ")  # noqa: DTZ007
        assert not re.search(r"(?<!\\)[,;]", one["SUMMARY"])
    assert len({one["UID"] for one in found}) == len(found)
    return found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_file_can_be_read_and_its_events_keep_their_names(
    reader: Client, analyst: Actor, publisher: Actor, prefix: str
) -> None:
    now = timezone.now()
    running = Quarter.of(timezone.localtime(now).date())
    uid = f"{running}-0@{settings.SAMSYN_PUBLIC_HOST}"
    planned = next(one for one in events_of(reader.get(f"{prefix}/calendar.ics").content) if one["UID"] == uid)
    assert (planned["STATUS"], planned["DTSTART"]) == (
        "TENTATIVE", timetable.planned(running).strftime("%Y%m%dT%H%M%SZ")
    )  # fmt: skip
    release = made_and_approved(running, analyst, publisher)
    then = (now + timedelta(days=3)).replace(microsecond=0)
    actions.set_publication_time(release_id=release.pk, publish_at=then, by=publisher, at=now)
    decided = next(one for one in events_of(reader.get(f"{prefix}/calendar.ics").content) if one["UID"] == uid)
    assert (decided["STATUS"], decided["DTSTART"]) == ("CONFIRMED", then.strftime("%Y%m%dT%H%M%SZ"))
    actions.publish_release(release_id=release.pk, by=publisher, at=now)
    answer = reader.get(f"{prefix}/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    published = next(one for one in events_of(answer.content) if one["UID"] == uid)
    assert published["DTSTART"] == now.strftime("%Y%m%dT%H%M%SZ")
    assert f"{running.year}" in published["SUMMARY"]
    assert reader.get(published["URL"].partition(settings.SAMSYN_PUBLIC_HOST)[2]).status_code == 200
    assert reader.get(f"{prefix}/calendar.ics", headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_long_and_awkward_texts_are_folded_and_escaped() -> None:
    text = "å" * 100 + ", b; c\\d\ne"
    one = icalendar.Event("a@b", FIRST, text, "https://example.org/", is_certain=True)
    content = icalendar.as_bytes([one], name="Ö" * 80, language="sv", made_at=FIRST)
    (read_back,) = events_of(content)
    plain = read_back["SUMMARY"].replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert plain == text


def test_the_calendar_says_what_is_decided_planned_and_published(reader: Client, corrected: Release) -> None:
    page = read(reader, "/calendar/")
    assert "planerad" in page
    assert "beslutad" not in page
    assert NOTE in page
    assert page.index("1\N{NO-BREAK SPACE}september 2026 kl. 08.00") < page.index(
        "20\N{NO-BREAK SPACE}augusti 2026 kl. 08.00"
    )
    before = reader.get("/calendar/")["ETag"]
    PublishedTime.objects.create(quarter="2026-q4", at=timezone.now() + timedelta(days=1))
    told = reader.get("/calendar/")
    assert "beslutad" in told.content.decode()
    assert told["ETag"] != before
    assert "decided" in read(reader, "/en/calendar/")


def test_the_next_date_stands_beside_the_figures_and_a_kept_page_learns_of_it(
    reader: Client, corrected: Release
) -> None:
    kept = {path: reader.get(path)["ETag"] for path in ("/", "/2026-q2/quarter/", "/en/2026-q2/quarter/sex/")}
    for path, mark in kept.items():
        assert reader.get(path, headers={"if-none-match": mark}).status_code == 304, path
    then = timezone.now() + timedelta(hours=1)
    PublishedTime.objects.create(quarter="2020-q1", at=then)
    for path, mark in kept.items():
        answer = reader.get(path, headers={"if-none-match": mark})
        assert answer.status_code == 200, path
        assert "/calendar/" in answer.content.decode()


def test_pages_stand_before_anything_is_published(reader: Client) -> None:
    for path in ("/", "/calendar/", "/en/calendar/", "/quality/", "/en/quality/"):
        assert "Ingen rapport" in read(reader, path) or path.startswith("/en/")
    assert len(events_of(reader.get("/calendar.ics").content)) == 5
