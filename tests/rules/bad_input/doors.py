"""The rubbish, and what sends it and keeps what went wrong."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.rules.hostile import NOWHERE, Lines, differences, picture, writes

# In every value that a test sends, so that it can be looked for.
MARK = "zqxjkvw"
FORM = "application/x-www-form-urlencoded"
JSON = {"accept": "application/json"}
DIGITS = "9" * 100_000
TEXTS = {
    "nothing": "",
    "a NUL": f"{MARK}\x00{MARK}",
    "control characters": f"{MARK}\x1b[2J\x07\x7f",
    "right to left": f"{MARK}\u202e\u2066\u200f{MARK}",
    "very long": MARK * 20_000,
    "very many digits": DIGITS,
    "a negative number": "-9223372036854775809",
    "no number": "NaN",
    "a broken date": "2026-02-30",
    "a date before time": "0000-00-00",
    "markup": f"<script>{MARK}</script>",
    "quotes": f"'\"`; DROP TABLE {MARK} --",
    "a path": f"../../{MARK}",
    "half a character": f"{MARK}\ufffd",
}


HOLES = (
    {"uuid": str(NOWHERE), "slug": MARK, "int": "0", "str": MARK},
    {"uuid": MARK, "slug": f"{MARK}%00", "int": DIGITS, "str": f"{MARK}%00"},
    {"uuid": f"{NOWHERE}{MARK}", "slug": f"%ff{MARK}", "int": "9" * 4000, "str": f"%ff{MARK}"},
    {
        "uuid": str(NOWHERE).replace("0", "%EF%BC%90"),
        "slug": f"{MARK}%E2%80%AE",
        "int": "-1",
        "str": "%2e%2e%2f" + MARK,
    },
    {"uuid": "0" * 36, "slug": MARK * 400, "int": "%D9%A3", "str": MARK * 400},
)
QUERIES = (
    f"?page=-1&before=-1&after=-1&kind={MARK}&person={MARK}&period={MARK}&next=//{MARK}.example",
    f"?page={'9' * 3000}&before={'9' * 3000}&after={'9' * 3000}&next={MARK}",
    f"?page=%00{MARK}&before=%00{MARK}&kind=%00{MARK}&person=%00{MARK}&period=%ff{MARK}&next=%00{MARK}&quarter=%ff{MARK}",
    f"?{MARK}=%ff%00&kind[]={MARK}&next=javascript:{MARK}&next=http://[{MARK}&page=NaN&before=1e9&after=%E2%80%AE{MARK}",
)


def words(answer: Any) -> str:
    """The message of a refusal, as a person reads it."""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        return str(json.loads(answer.content)["message"])
    if answer.headers.get("Content-Type") == "application/problem+json":
        return str(json.loads(answer.content)["title"])
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])).strip() if main else ""


def trouble(answer: Any, *, statuses: Sequence[int] = range(400, 500), language: str = "sv") -> list[str]:
    """What is wrong with a refusal."""
    found = []
    if answer.status_code not in statuses:
        found.append(f"status {answer.status_code}")
    if answer.status_code < 400:
        return found
    if len(words(answer)) < 10:
        found.append("no words")
    page = answer.content.decode()
    if "<html" in page and (f'<html lang="{language}"' not in page or "ui/layout" not in page):
        found.append("not a page of the house")
    return found


class Doors:
    """Sends one rubbish thing after the other, and keeps what went wrong."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.wrong: list[str] = []
        self.tried = 0
        self.look()

    def look(self) -> None:
        """Take what is in the database now as what it was before the next knock."""
        self.before = picture()
        self.written = writes()

    def changed(self) -> list[str]:
        """Return the tables that are not as they were at the last look."""
        if writes() == self.written:
            return []
        before = self.before
        self.look()
        return differences(before, self.before)

    def knock(self, name: str, send: Callable[[], Any], **how: Any) -> Any:
        """Send one thing, and keep what is wrong with the answer, what it changed and what it logged."""
        seen = len(self.lines.text)
        answer = send()
        self.tried += 1
        found = trouble(answer, **how)
        found += [f"changed {table}" for table in self.changed()]
        said = self.lines.text[seen:]
        if MARK in said or "99999999" in said:
            found.append(f"logged: {said[:300]}")
        self.wrong += [f"{name}: {one}" for one in found]
        return answer

    def were_shut(self, *, at_least: int) -> None:
        assert self.wrong == [], "\n".join(self.wrong)
        assert differences(self.before, picture()) == []
        assert self.tried >= at_least, self.tried
