"""The site's texts as reviewed data: editions (a language at a reading level), topics, and the facts that they rest on.

Every number and every statement of law is a fact with its source and the day on which it was noted; nobody has verified
one until its ``status`` says so. A page shows the source of each fact, and that it is to be verified.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DATA = Path(__file__).parent / "data"
STATUSES = frozenset({"verified", "to be verified"})
# In the order of the menu: the words of the languages themselves, never flags.
ORDER = ("sv", "sv1", "sv2", "en", "ar")
FIRST = "sv"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ckb"})


class BadData(ValueError):
    """A data file says something that doesn't fit; the message names the place."""


@dataclass(frozen=True)
class Fact:
    """A telephone number or a rule of law, with its source."""

    key: str
    kind: str
    number: str
    name: Mapping[str, str]
    note: Mapping[str, str]
    source: str
    noted_on: date
    is_verified: bool

    def name_in(self, language: str) -> str:
        """Return what it is called in a language, in Swedish where it has no other name."""
        return self.name.get(language, self.name["sv"])

    def note_in(self, language: str) -> str:
        """Return what is said beside it."""
        return self.note.get(language, "")


@dataclass(frozen=True)
class Topic:
    """One page of information."""

    number: int
    key: str
    title: str
    text: tuple[str, ...]
    points: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Edition:
    """The whole site in one language at one reading level."""

    code: str
    language: str
    name: str
    is_reviewed: bool
    written_on: date
    words: Mapping[str, str]
    topics: tuple[Topic, ...]

    @property
    def direction(self) -> str:
        """Return how the script runs."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def topic(self, number: int) -> Topic:
        """Return a topic by its number; raise LookupError."""
        for topic in self.topics:
            if topic.number == number:
                return topic
        raise LookupError(number)


def _facts(text: str) -> dict[str, Fact]:
    found = {}
    for key, row in tomllib.loads(text).items():
        if row["status"] not in STATUSES:
            raise BadData(f"{key}: the status {row['status']!r} is not known")
        if not row["source"].strip():
            raise BadData(f"{key}: no source")
        found[key] = Fact(
            key=key,
            kind=row["kind"],
            number=row.get("number", ""),
            name=row["name"],
            note=row.get("note", {}),
            source=row["source"],
            noted_on=row["noted_on"],
            is_verified=row["status"] == "verified",
        )
    return found


@cache
def facts() -> Mapping[str, Fact]:
    """Return every fact by its key."""
    return MappingProxyType(_facts((DATA / "facts.toml").read_text(encoding="utf-8")))


def _read(code: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "editions" / f"{code}.toml").read_text(encoding="utf-8"))


def _edition(code: str) -> Edition:
    said = _read(code)
    language = said["language"]
    words = said["words"]
    if (
        language != code
    ):  # an easier level says in its own words what it says otherwise, and the rest as the language does
        words = _read(language)["words"] | words
    topics = []
    for row in said["topics"]:
        unknown = [key for key in row.get("facts", ()) if key not in facts()]
        if unknown:
            raise BadData(f"{code}: {row['key']} names the fact {unknown[0]!r}, which is not in facts.toml")
        topics.append(
            Topic(
                number=row["number"],
                key=row["key"],
                title=row["title"],
                text=tuple(row["text"]),
                points=tuple(row.get("points", ())),
                facts=tuple(facts()[key] for key in row.get("facts", ())),
            )
        )
    return Edition(
        code=code,
        language=language,
        name=said["name"],
        is_reviewed=said["status"] == "reviewed",
        written_on=said["written_on"],
        words=MappingProxyType(words),
        topics=tuple(topics),
    )


@cache
def editions() -> Mapping[str, Edition]:
    """Return every edition by its code, in the order of the menu."""
    return MappingProxyType({code: _edition(code) for code in ORDER})


@cache
def known_numbers() -> frozenset[str]:
    """Return our own telephone numbers as digits: whoever writes one of them down points at nobody."""
    return frozenset(re.sub(r"\D", "", fact.number) for fact in facts().values() if fact.number)
