"""An iCalendar file (RFC 5545) of single moments. Pure: no Django, no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# RFC 5545, 3.1: a line has at most 75 octets without its break; a longer one goes on after a break and a space.
LONGEST_LINE = 75


@dataclass(frozen=True)
class Event:
    """A moment with a name; ``uid`` is the same for as long as it is the same event, whenever it takes place."""

    uid: str
    at: datetime
    summary: str
    url: str
    is_certain: bool


def escaped(text: str) -> str:
    """Return a text as a value of type TEXT (3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> bytes:
    """Return a line with its break, folded between characters so that no part has more than 75 octets."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _lines(events: Iterable[Event], *, name: str, language: str, made_at: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Samsyn//Samsyn//SV", "METHOD:PUBLISH")
    yield f"NAME:{escaped(name)}"
    for one in events:
        yield from ("BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{_moment(made_at)}", f"DTSTART:{_moment(one.at)}")
        yield f"SUMMARY;LANGUAGE={language}:{escaped(one.summary)}"
        yield f"URL:{one.url}"
        yield f"STATUS:{'CONFIRMED' if one.is_certain else 'TENTATIVE'}"
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def as_bytes(events: Iterable[Event], *, name: str, language: str, made_at: datetime) -> bytes:
    """Return the file; ``made_at`` is when what it says was true."""
    return b"".join(folded(line) for line in _lines(events, name=name, language=language, made_at=made_at))
