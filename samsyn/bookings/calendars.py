"""Invitations and feeds as iCalendar (RFC 5545, 5546). They say when, and nothing else: no subject, place or names.

The time zone is written by hand, as two yearly rules: the library's own block lists years one by one, which other
programs read an hour wrong (``tests/bookings/test_calendars.py`` asks five of them).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import icalendar

from samsyn.bookings.local_times import STOCKHOLM

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""
SUMMARY = {"sv": "Bokat möte", "en": "Booked meeting"}
BUSY = {"sv": "Upptagen", "en": "Busy"}
# Neutral file names too: a list of downloads is read over one's shoulder.
FILE_NAME = "kalender.ics"
Method = Literal["REQUEST", "CANCEL"]
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\Z")


class NotPlain(ValueError):
    """Something that would go into a calendar's line is no plain address."""


@dataclass(frozen=True)
class Span:
    """A time in a feed, under an id that stays the same."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    changed_at: datetime


def invitation(
    *,
    uid: UUID,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    made_at: datetime,
    method: Method,
    organizer: str,
    attendee: str,
    language: str = "sv",
) -> bytes:
    """Return an invitation for one receiver, or its withdrawal; raise NotPlain for addresses that are more than that."""
    for address in (organizer, attendee):
        if not _PLAIN_ADDRESS.match(address):
            raise NotPlain
    made = _calendar(method)
    event = _event(str(uid), starts_at, ends_at, sequence, made_at, SUMMARY.get(language, SUMMARY["sv"]))
    event.add("organizer", f"mailto:{organizer}")
    guest = icalendar.vCalAddress(f"mailto:{attendee}")
    guest.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
    event.add("attendee", guest, encode=False)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    made.add_component(event)
    return bytes(made.to_ical())


def feed(*, spans: Iterable[Span], tells_meetings: bool, language: str = "sv") -> bytes:
    """Return a host's calendar; unless it tells of meetings, spans that touch are one and each is only "busy"."""
    made = _calendar("PUBLISH")
    made.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", timedelta(minutes=15))
    words = SUMMARY if tells_meetings else BUSY
    for one in sorted(spans, key=lambda span: span.starts_at) if tells_meetings else joined(spans):
        event = _event(
            one.uid, one.starts_at, one.ends_at, one.sequence, one.changed_at, words.get(language, words["sv"])
        )
        event.add("transp", "OPAQUE")
        made.add_component(event)
    return bytes(made.to_ical())


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans with those that touch or overlap made one: how many meetings there are is not told."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: span.starts_at):
        if found and one.starts_at <= found[-1].ends_at:
            last = found[-1]
            found[-1] = Span(
                last.uid,
                last.starts_at,
                max(last.ends_at, one.ends_at),
                last.sequence + one.sequence + 1,
                max(last.changed_at, one.changed_at),
            )
        else:
            found.append(one)
    return found


def _calendar(method: str) -> icalendar.Calendar:
    made = icalendar.Calendar()
    made.add("prodid", "-//Kalender//1//SV")
    made.add("version", "2.0")
    made.add("method", method)
    made.add_component(icalendar.Timezone.from_ical(ZONE))
    return made


def _event(
    uid: str, starts_at: datetime, ends_at: datetime, sequence: int, changed_at: datetime, summary: str
) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("dtstart", _clock(starts_at))
    event.add("dtend", _clock(ends_at))
    event.add("sequence", sequence)
    event.add("summary", summary)
    event.add("class", "PRIVATE")
    return event


def _clock(moment: datetime) -> datetime:
    """Return the time with its zone; in the hour that comes twice it is said in UTC, which all programs read alike."""
    local = moment.astimezone(STOCKHOLM)
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return moment.astimezone(UTC) if comes_twice else local
