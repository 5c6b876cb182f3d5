"""The texts of all mails that go out, from one reviewed file, filled in."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

_FILE = Path(__file__).resolve().parent / "data" / "mails.toml"
LANGUAGES = ("sv", "en")
LONGEST_VALUE = 400

# File name, MIME type with its parameters, content.
Attachment = tuple[str, str, bytes]


class BadMail(ValueError):
    """A mail of an unknown kind, or with too much, too little or the wrong things filled in. Says no value."""


@dataclass(frozen=True)
class Text:
    """Subject and body of a kind of mail in one language, with what is filled in."""

    subject: str
    body: str

    @property
    def places(self) -> frozenset[str]:
        """Return the names of what is filled in."""
        return frozenset(name for _text, name, _form, _how in Formatter().parse(self.body) if name)


@dataclass(frozen=True)
class Written:
    """A mail with its address: what is sealed while it waits."""

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


@cache
def texts() -> Mapping[str, Mapping[str, Text]]:
    """Return every kind of mail in every language."""
    kinds = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        kind: {
            language: Text(said[f"subject_{language}"], said[f"body_{language}"].strip() + "\n")
            for language in LANGUAGES
        }
        for kind, said in kinds.items()
    }


def write(
    *, to: str, kind: str, language: str, context: Mapping[str, str], attachments: Sequence[Attachment] = ()
) -> Written:
    """Fill in a kind of mail; raise BadMail for what the kind doesn't have, and for values that break a line."""
    if kind not in texts():
        raise BadMail(f"no mail of the kind {kind!r}")
    text = texts()[kind][language if language in LANGUAGES else LANGUAGES[0]]
    if text.places != set(context):
        raise BadMail(f"{kind}: {sorted(text.places ^ set(context))} too much or too little")
    for name, value in context.items():
        if not value.isprintable() or len(value) > LONGEST_VALUE:
            raise BadMail(f"{kind}: {name} is not one line of text")
    return Written(to, text.subject, text.body.format(**context), tuple(attachments))
