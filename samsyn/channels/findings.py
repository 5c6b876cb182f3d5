"""What in a letter may point at somebody: personal numbers are taken out before anybody reads, phone numbers are marked.

Pure. A number that somebody mistyped is about somebody too, so with a century or a sign the form alone is enough.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from phonenumbers import PhoneNumberMatcher
from stdnum import luhn
from stdnum.se import personnummer

PERSONAL_NUMBER, PHONE_NUMBER = "personal_number", "phone_number"
# What stands in a letter where a personal number stood.
COVER = "••••••-••••"
_CANDIDATE = re.compile(
    r"(?<![0-9])(?P<century>(?:18|19|20))?(?P<year>[0-9]{2})[ .]?(?P<month>[0-9]{2})[ .]?(?P<day>[0-9]{2})"
    r"(?P<sign>[ ]?[-+–][ ]?|[ ])?(?P<last>[0-9]{4}|[A-Z][0-9]{3})(?![0-9])"
)


@dataclass(frozen=True)
class Found:
    """A number in a text: from where to where, and of which kind."""

    first: int
    end: int
    kind: str


def personal_numbers(text: str) -> Iterator[Found]:
    """Yield Swedish personal and co-ordination numbers, however they are spaced."""
    for match in _CANDIDATE.finditer(text):
        if _is_personal(match):
            yield Found(match.start(), match.end(), PERSONAL_NUMBER)


def _is_personal(match: "re.Match[str]") -> bool:
    day = int(match["day"])
    # A co-ordination number has sixty added to its day.
    day = day - 60 if day > 60 else day
    year = int((match["century"] or ("20" if match["year"] == "00" else "19")) + match["year"])
    try:
        date(year, int(match["month"]), day)
    except ValueError:
        return False
    digits = match["year"] + match["month"] + match["day"] + match["last"]
    if match["century"] or (match["sign"] or "").strip():
        return True
    return digits.isdigit() and (personnummer.is_valid(digits) or bool(luhn.is_valid(digits)))


def covered(text: str) -> tuple[str, int]:
    """Return the text without its personal numbers, and how many there were."""
    pieces, end, count = [], 0, 0
    for found in personal_numbers(text):
        pieces += [text[end : found.first], COVER]
        end = found.end
        count += 1
    return "".join([*pieces, text[end:]]), count


def phone_numbers(text: str) -> tuple[Found, ...]:
    """Return the phone numbers, as somebody in Sweden would write or read them."""
    return tuple(Found(match.start, match.end, PHONE_NUMBER) for match in PhoneNumberMatcher(text, "SE"))
