"""From the bytes of an e-mail to its plain words, or a clear refusal. Pure: no database, no network.

Everything but the words stays outside: attached files, HTML, and the headers that say by which machine and program a
letter came. What cannot be read exactly as it was written is refused, never guessed.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser

from samsyn.channels import findings

LARGEST = 10 * 1024 * 1024
MOST_PARTS = 100
# A multipart in a multipart in a ...: three are ordinary; the parser calls itself for each.
MOST_LEVELS = 20
LONGEST_HEADERS = 64 * 1024
LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200
# Codes of refusals; the sentences stand in ``queries.letters``.
TOO_LARGE, TOO_MANY_PARTS, UNREADABLE, TOO_LONG, NO_WORDS = (
    "too_large",
    "too_many_parts",
    "unreadable",
    "too_long",
    "no_words",
)
REFUSALS = (TOO_LARGE, TOO_MANY_PARTS, UNREADABLE, TOO_LONG, NO_WORDS)
FILES_LEFT_OUT = "files_left_out"

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class CannotRead(Exception):
    """A letter that is refused; ``code`` says why. Nothing of the letter is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Words:
    """What is kept of a letter, and what was found in it."""

    sender: str
    subject: str
    text: str
    files: int
    found: tuple[str, ...]


def read(raw: bytes) -> Words:
    """Return a letter's words with its personal numbers covered; raise CannotRead for what can't be read exactly."""
    _check_shape(raw)
    try:
        return _read(raw)
    except CannotRead:
        raise
    # What a parser says about hostile input: text that isn't of its charset, a charset that nobody knows, a broken form.
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise CannotRead(UNREADABLE) from error


def _check_shape(raw: bytes) -> None:
    """Raise CannotRead before anything is parsed: what these limits let in is parsed in a moment."""
    if len(raw) > LARGEST:
        raise CannotRead(TOO_LARGE)
    if _BLANK_LINE.search(raw, 0, LONGEST_HEADERS) is None and len(raw) > LONGEST_HEADERS:
        raise CannotRead(UNREADABLE)
    lower = raw.lower()
    if lower.count(b"multipart/") > MOST_LEVELS or lower.count(b"message/rfc822") > MOST_LEVELS:
        raise CannotRead(TOO_MANY_PARTS)
    if lower.count(b"\ncontent-") > 8 * MOST_PARTS or raw.count(b"\n--") > 20 * MOST_PARTS:
        raise CannotRead(TOO_MANY_PARTS)


def _read(raw: bytes) -> Words:
    message = email.message_from_bytes(raw)
    plain: list[str] = []
    html: list[str] = []
    files = parts = 0
    for part in message.walk():
        parts += 1
        if parts > MOST_PARTS:
            raise CannotRead(TOO_MANY_PARTS)
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or part.get_filename() or kind not in _TEXTS:
            files += 1
        elif kind == "text/plain":
            plain.append(_decoded(part))
        else:
            html.append(_decoded(part))
    # A program that writes both says the same twice.
    text = "\n\n".join(plain) if any(one.strip() for one in plain) else "\n\n".join(_without_marks(one) for one in html)
    text = _clean(text)
    if len(text) > LONGEST_TEXT:
        raise CannotRead(TOO_LONG)
    text, numbers = findings.covered(text)
    subject, in_subject = findings.covered(_clean(_header(message, "Subject")).replace("\n", " ")[:LONGEST_SUBJECT])
    if not text and not subject:
        raise CannotRead(NO_WORDS)
    sender = parseaddr(_header(message, "From"))[1][:254]
    found = [findings.PERSONAL_NUMBER] if numbers or in_subject else []
    found += [findings.PHONE_NUMBER] if findings.phone_numbers(f"{subject}\n{text}") else []
    found += [FILES_LEFT_OUT] if files else []
    return Words(sender=_clean(sender), subject=subject, text=text, files=files, found=tuple(found))


_TEXTS = frozenset({"text/plain", "text/html"})


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise CannotRead(UNREADABLE)
    charset = part.get_content_charset()
    # A letter that says nothing is ASCII (RFC 2045); most that forget to say are UTF-8, which holds ASCII.
    return content.decode(charset or "utf-8")


def _header(message: Message, name: str) -> str:
    said = message.get(name)
    if said is None:
        return ""
    return "".join(
        piece if isinstance(piece, str) else piece.decode("utf-8" if charset in {None, "unknown-8bit"} else charset)
        for piece, charset in decode_header(said)
    )


def _clean(text: str) -> str:
    """Return the text without what nobody sees and without what turns its direction."""
    lines = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


class _Text(HTMLParser):
    """Collects what a reader of the page would see."""

    SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
    BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "pre"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.SILENT:
            self.silent += 1
        elif tag in self.BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def _without_marks(page: str) -> str:
    reader = _Text()
    reader.feed(page)
    reader.close()
    return "\n".join(" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))


def marked(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces; True stands beside a phone number, which is shown as what it is."""
    end = 0
    for found in findings.phone_numbers(text):
        yield text[end : found.first], False
        yield text[found.first : found.end], True
        end = found.end
    yield text[end:], False
