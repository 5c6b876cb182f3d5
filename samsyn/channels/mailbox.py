"""The mailbox that people write to, by IMAP: every letter is read or refused, and leaves the mailbox either way."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from samsyn.channels import letter_reading
from samsyn.channels.actions.letters import take_letter
from samsyn.people.actors import SYSTEM

log = logging.getLogger("samsyn.channels")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Letters that were not taken in lie here for whoever looks after the mailbox; nobody reads them by us.
REFUSED_FOLDER = "Refused"
TIMEOUT = 30
_AT_A_TIME = 50


class BadAddress(ValueError):
    """The mailbox's address cannot be used; says no secret."""


@dataclass(frozen=True)
class Place:
    """Where the mailbox is."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_tls: bool


@dataclass(frozen=True)
class Taken:
    """How many letters were taken in, and how many refused."""

    read: int = 0
    refused: int = 0


def place(address: str) -> Place:
    """Return what ``imaps://user:password@host/folder`` says; raise BadAddress for anything else."""
    parts = urlsplit(address)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise BadAddress("SAMSYN_MAILBOX must be imaps://user:password@host/folder")
    is_tls = parts.scheme == "imaps"
    folder = unquote(parts.path.strip("/")) or "INBOX"
    port = parts.port or (993 if is_tls else 143)
    return Place(parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), folder, is_tls)


def connect(where: Place) -> IMAPClient:
    """Return a mailbox that is signed in to, with its folder open; encrypted, except on this very machine."""
    box = IMAPClient(where.host, port=where.port, ssl=where.is_tls, timeout=TIMEOUT)
    if not where.is_tls and where.host not in LOOPBACK:
        box.starttls()
    box.login(where.user, where.password)
    box.select_folder(where.folder)
    if not box.folder_exists(REFUSED_FOLDER):
        box.create_folder(REFUSED_FOLDER)
    return box


def take_in(box: IMAPClient, where: Place, *, at: datetime) -> Taken:
    """Take in every letter of the open folder, oldest first. A letter that can't be read holds no other back.

    Each is stored before it leaves the mailbox: a process that dies in between finds it again and stores it once.
    """
    state = box.folder_status(where.folder, [b"UIDVALIDITY"])
    read = refused = 0
    numbers = box.search("ALL")
    for first in range(0, len(numbers), _AT_A_TIME):
        some = numbers[first : first + _AT_A_TIME]
        for number, said in sorted(box.fetch(some, ["RFC822.SIZE", "INTERNALDATE"]).items()):
            arrived_at = said[b"INTERNALDATE"].astimezone(UTC)
            words, refusal = _read(box, number, said[b"RFC822.SIZE"])
            take_letter(
                place=f"{where.user} {where.host} {where.folder} {state[b'UIDVALIDITY']} {number}",
                words=words,
                refusal=refusal,
                arrived_at=arrived_at,
                by=SYSTEM,
                at=at,
            )
            if words is None:
                box.copy([number], REFUSED_FOLDER)
                refused += 1
            else:
                read += 1
            _remove(box, number)
    return Taken(read, refused)


def _read(box: IMAPClient, number: int, size: int) -> tuple[letter_reading.Words | None, str]:
    # A letter that is too large is not even fetched.
    if size > letter_reading.LARGEST:
        return None, letter_reading.TOO_LARGE
    content = box.fetch([number], ["BODY.PEEK[]"])[number][b"BODY[]"]
    try:
        return letter_reading.read(content), ""
    except letter_reading.CannotRead as refused:
        return None, refused.code


def _remove(box: IMAPClient, number: int) -> None:
    box.delete_messages([number])
    try:
        box.expunge([number])
    except IMAPClientError:  # a server without UIDPLUS
        box.expunge()
