"""Codes of Swedish words that a person can say and write on a note: for matters, returns and bookings.

Only a keyed hash of a code is ever stored. The list has 2,048 words, so each word is worth 11 bits. Any two words
differ by two letters or more and sound different, so that a slip is seen as a slip and not taken for another code.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from samsyn.privacy import keys

WORD_LIST = Path(__file__).parent / "words_sv.txt"
LIST_SIZE = 2_048
# The key file behind all spoken codes; purposes of use are kept apart by what is hashed (see keyed_hash).
KEY = "matter_code"
# Longer than any code with generous signs between its words: the rest is not looked at.
LONGEST_INPUT = 200

# What people put between words: blanks, hyphens of all kinds, points, commas, strokes.
_BETWEEN = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212_.,;:/+\u200b\u2060\ufeff]+")


class NotACode(ValueError):
    """What was said is no code. The exception never carries the words, so that no log can."""


class UnknownWord(NotACode):
    """A word is not in the list; ``number`` counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(f"word {number} is not in the list")
        self.number = number


class WrongNumberOfWords(NotACode):
    """There are too few or too many words."""

    def __init__(self, found: int, expected: int) -> None:
        super().__init__(f"{found} words where {expected} were expected")
        self.found = found
        self.expected = expected


@cache
def word_list() -> tuple[str, ...]:
    """Return the word list in its order."""
    return tuple(WORD_LIST.read_text(encoding="utf-8").split())


@cache
def _places() -> Mapping[str, int]:
    return MappingProxyType({word: place for place, word in enumerate(word_list())})


def new_code(words: int = 3) -> str:
    """Draw a code of so many words, separated by blanks; the caller sees to it that nobody else has it."""
    return " ".join(secrets.choice(word_list()) for _word in range(words))


def normalise(text: str, *, words: int = 3) -> str:
    """Return the code as ``new_code`` wrote it, whatever case, composition, hyphens or blanks it was typed with.

    Raise UnknownWord with the number of the first word that isn't in the list, or WrongNumberOfWords.
    """
    if len(text) > LONGEST_INPUT:
        raise WrongNumberOfWords(found=len(_BETWEEN.split(text[:LONGEST_INPUT].strip())), expected=words)
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    said = [word for word in _BETWEEN.split(plain) if word]
    if len(said) != words:
        raise WrongNumberOfWords(found=len(said), expected=words)
    for number, word in enumerate(said, start=1):
        if word not in _places():
            raise UnknownWord(number)
    return " ".join(said)


def keyed_hash(purpose: str, code: str) -> bytes:
    """Return the HMAC-SHA256 of a normalised code under the installation's key, 32 bytes.

    The same code gives different hashes for different purposes: a matter's row can't be matched with a booking's.
    Raise keys.KeyUnusable where the key is missing.
    """
    # Each purpose gets a key of its own (as in NIST SP 800-108): no text can be read as another purpose's.
    own_key = hmac.digest(keys.key(KEY), b"samsyn spoken code v1\0" + purpose.encode("utf-8"), hashlib.sha256)
    return hmac.digest(own_key, code.encode("utf-8"), hashlib.sha256)
