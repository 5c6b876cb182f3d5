"""Keys of the installation: one file for each purpose, outside the database and its backups."""

import os
import re
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SIZE = 32  # bytes: the key length of HMAC-SHA256, Ed25519 and AES-256
_PURPOSE = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")


class KeyUnusable(Exception):
    """A key is missing, too short, or readable by others; the message names the file, never its content."""


def _file(folder: Path, purpose: str) -> Path:
    if not _PURPOSE.match(purpose):
        raise ValueError(f"{purpose!r} is no name of a purpose")
    return folder / f"{purpose}.key"


@cache
def read(folder: Path, purpose: str) -> bytes:
    """Return the key of this purpose; raise KeyUnusable if the file is missing, short, or open to other users."""
    file = _file(folder, purpose)
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyUnusable(f"{file.name} is missing or unreadable: make the installation's keys once.") from error
    with os.fdopen(descriptor, "rb") as handle:
        mode = os.fstat(handle.fileno()).st_mode
        content = handle.read(SIZE + 1)
    if mode & 0o077:
        raise KeyUnusable(f"{file.name} is open to other users: its mode must be 0600.")
    if len(content) != SIZE:
        raise KeyUnusable(f"{file.name} must hold exactly {SIZE} bytes.")
    return content


def key(purpose: str) -> bytes:
    """Return this installation's key of this purpose; raise KeyUnusable if there is none that may be used."""
    from django.conf import settings

    return read(Path(settings.SAMSYN_KEY_DIR), purpose)


def create_missing(folder: Path, purposes: Iterable[str]) -> list[str]:
    """Make each missing key, readable by its owner alone, and return the purposes of the new ones.

    An existing key is never replaced: what was hashed or signed with it would be lost. Safe to run from two processes.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for purpose in purposes:
        target = _file(folder, purpose)
        if target.exists():
            continue
        # Written whole under another name first: a process killed half-way leaves no short key behind.
        draft = target.with_name(f"{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_bytes(SIZE))
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(draft, target)
            made.append(purpose)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return made
