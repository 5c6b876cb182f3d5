"""Checkpoints: the signed size and root of the log (C2SP tlog-checkpoint), its key, and offline proofs (tlog-proof)."""

import base64
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from samsyn.audit import merkle, notes

KEY_FILE = "log.key"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class KeyMissing(Exception):
    """The installation has no key to sign its log with, or the file is not a key."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: whose log, how many events, their root, and when it was signed."""

    origin: str
    size: int
    root: bytes
    signed_at: datetime

    def text(self) -> str:
        """Write the text that is signed. The time is an extension line: readers that don't know it pass it over."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nsigned {self.signed_at.astimezone(UTC).strftime(_TIME)}\n"


def parse(text: str) -> Checkpoint:
    """Read the signed text of a checkpoint; raise notes.BadNote where it isn't one of this log's."""
    lines = text.split("\n")
    if len(lines) != 5 or lines[4] or not lines[0] or not _SIZE.match(lines[1]):
        raise notes.BadNote("not a checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
        signed_at = datetime.strptime(lines[3], f"signed {_TIME}").replace(tzinfo=UTC)
    except ValueError as problem:
        raise notes.BadNote("not a checkpoint") from problem
    checkpoint = Checkpoint(origin=lines[0], size=int(lines[1]), root=root, signed_at=signed_at)
    # One checkpoint has one spelling: what can be written otherwise is not what was signed here.
    if len(root) != merkle.HASH_SIZE or checkpoint.text() != text:
        raise notes.BadNote("not a checkpoint")
    return checkpoint


def opened(note: str, *, verifier: notes.Verifier) -> Checkpoint:
    """Read a signed checkpoint; raise notes.BadNote unless it is this log's own and validly signed."""
    checkpoint = parse(verifier.opened(note))
    if checkpoint.origin != verifier.name:
        raise notes.BadNote("a checkpoint of another log")
    return checkpoint


@dataclass(frozen=True)
class InclusionProof:
    """A proof that one event stands at one index of the log at the time of a checkpoint."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    note: str

    def to_text(self) -> str:
        """Write the proof as a C2SP tlog-proof, which any tool for such logs can check without us."""
        hashes = "".join(base64.b64encode(node).decode() + "\n" for node in self.path)
        return f"{_PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.note}"

    def holds(self, *, verifier: notes.Verifier) -> bool:
        """Tell whether the checkpoint is validly signed and the path leads from the event to its root."""
        try:
            checkpoint = opened(self.note, verifier=verifier)
        except notes.BadNote:
            return False
        return merkle.verify_inclusion(
            leaf=self.leaf, index=self.index, size=checkpoint.size, path=self.path, expected=checkpoint.root
        )


def read_proof(text: str, *, leaf: bytes) -> InclusionProof:
    """Read a tlog-proof about the event with this leaf hash; raise notes.BadNote where it isn't one."""
    head, separator, note = text.partition("\n\n")
    lines: Sequence[str] = head.split("\n")
    if not separator or len(lines) < 2 or lines[0] != _PROOF_HEADER or not lines[1].startswith("index "):
        raise notes.BadNote("not a proof")
    number = lines[1].removeprefix("index ")
    # A path is never longer than the bits of an index.
    if not _SIZE.match(number) or len(lines) > 2 + 64:
        raise notes.BadNote("not a proof")
    try:
        path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
    except ValueError as problem:
        raise notes.BadNote("not a proof") from problem
    if any(len(node) != merkle.HASH_SIZE for node in path):
        raise notes.BadNote("not a proof")
    return InclusionProof(index=int(number), leaf=leaf, path=path, note=note)


def origin() -> str:
    """The name of this installation's log, which its key signs under."""
    return f"samsyn/{settings.SAMSYN_INSTALLATION}"


def create_key(directory: Path) -> Path:
    """Make the log's key, 32 random bytes that its owner alone reads; raise FileExistsError rather than replace one."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / KEY_FILE
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(secrets.token_bytes(32))
    return file


def signer() -> notes.Signer:
    """Read this installation's key; raise KeyMissing where there is none."""
    file = Path(settings.SAMSYN_KEY_DIR) / KEY_FILE
    try:
        return notes.Signer(name=origin(), seed=file.read_bytes())
    except (OSError, notes.BadKey) as problem:
        raise KeyMissing(f"{KEY_FILE} is missing or is not a key of 32 bytes") from problem
