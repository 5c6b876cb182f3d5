"""What visitors and the desk send, parsed. Nothing here is kept."""

import unicodedata
from dataclasses import dataclass

from django.http import QueryDict

from samsyn.privacy import spoken_codes
from samsyn.visitors import codes, policies
from samsyn.visitors.codes import Code

# More than any text of ours: what is longer is cut before it is looked at, and then refused as too long.
_MOST = policies.LONGEST_TEXT + 1
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")


@dataclass(frozen=True, repr=False)
class Written:
    """A text with the work that came along, and whether its warnings have been read."""

    text: str
    challenge: str
    answer: str
    is_sure: bool
    ticket: str


@dataclass(frozen=True, repr=False)
class Words:
    """Words that should open a box, with the work that came along; ``code`` is None where they are no code."""

    code: Code | None
    challenge: str
    answer: str


def cleaned(text: str) -> str:
    """Return the text without what nobody sees; marks that Arabic script needs between its letters stay."""
    plain = unicodedata.normalize("NFC", text[: 2 * _MOST].replace("\r\n", "\n"))
    kept = (
        one
        for one in plain
        if one in "\n\t" or (unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"} and one not in _TURNING)
    )
    return "".join(kept).strip()[:_MOST]


def written(post: QueryDict) -> Written:
    """Parse a visitor's text."""
    return Written(
        text=cleaned(post.get("text", "")),
        challenge=post.get("work", ""),
        answer=post.get("done", ""),
        is_sure=post.get("sure") == "1",
        ticket=post.get("box", "")[:2_000],
    )


def words(post: QueryDict) -> Words:
    """Parse the words of a visitor who comes back."""
    try:
        code = codes.read_code(post.get("words", ""))
    except spoken_codes.NotACode:
        code = None
    return Words(code=code, challenge=post.get("work", ""), answer=post.get("done", ""))
