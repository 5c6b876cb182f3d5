"""A signed package: a delivered file under a statement that its organisation has signed. Pure; the format in words:

    samsyn-package/1 <bytes of the note>
    <signed note (C2SP): the statement below, an empty line, one line of signature>
    <the file, to the end>

The statement has these lines, each ``name value``, in this order: ``signer`` (the key's name), ``number`` (greater than
every earlier one of this key), ``issued`` (UTC, seconds), ``organisation``, ``package`` (package/version), ``table``,
``period``, ``threshold`` (no count from 1 to below it stands in the file), ``size`` and ``sha256`` of the file. One statement has
one spelling. A byte that is changed anywhere, the head and the signature included, makes the package worthless.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from samsyn.audit import notes

HEAD = b"samsyn-package/1 "
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FIELDS = ("signer", "number", "issued", "organisation", "package", "table", "period", "threshold", "size", "sha256")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
_VALUE = re.compile(r"[!-~]{1,120}\Z")
LONGEST_NOTE = 4096


class BadPackage(Exception):
    """Not a package, or not as it was signed; the argument says what is wrong, as a code."""


@dataclass(frozen=True)
class Statement:
    """What a signer says of a file."""

    signer: str
    number: int
    issued: datetime
    organisation: str
    package: str
    table: str
    period: str
    threshold: int
    size: int
    sha256: str

    def text(self) -> str:
        """Write the text that is signed."""
        values = {**vars(self), "issued": self.issued.astimezone(UTC).strftime(_TIME)}
        return "".join(f"{name} {values[name]}\n" for name in _FIELDS)


@dataclass(frozen=True)
class Opened:
    """A package that has been read and not yet believed."""

    statement: Statement
    note: str
    file: bytes

    def check(self, verifier: notes.Verifier) -> None:
        """Raise BadPackage unless this key has signed the statement and the statement fits the file."""
        try:
            signed = verifier.opened(self.note)
        except notes.BadNote as problem:
            raise BadPackage("bad_signature") from problem
        # One signature in one spelling: base64 has bits that don't count, and no other line may stand beside ours.
        line = self.note[len(signed) :].strip("\n")
        if signed != self.statement.text() or line != line.strip() or "\n" in line or _spelt_otherwise(line):
            raise BadPackage("bad_signature")
        said = self.statement
        if said.size != len(self.file) or said.sha256 != hashlib.sha256(self.file).hexdigest():
            raise BadPackage("changed_file")


def _spelt_otherwise(line: str) -> bool:
    blob = line.rpartition(" ")[2]
    return base64.b64encode(base64.b64decode(blob)).decode() != blob


def make(file: bytes, *, statement: Statement, signer: notes.Signer) -> bytes:
    """Return a package; size, digest and the signer's name are filled in."""
    said = replace(statement, signer=signer.name, size=len(file), sha256=hashlib.sha256(file).hexdigest())
    note = signer.sign(said.text()).encode()
    return HEAD + f"{len(note)}\n".encode() + note + file


def opened(content: bytes) -> Opened:
    """Take a package apart; raise BadPackage for what is none. Nothing is believed before ``check``."""
    first, newline, _rest = content[: len(HEAD) + 20].partition(b"\n")
    length = first.removeprefix(HEAD).decode("ascii", "replace")
    if not content.startswith(HEAD) or not newline or not _NUMBER.match(length) or int(length) > LONGEST_NOTE:
        raise BadPackage("not_a_package")
    start = len(first) + 1
    try:
        note = content[start : start + int(length)].decode()
    except UnicodeDecodeError as problem:
        raise BadPackage("not_a_package") from problem
    return Opened(_statement(note.partition("\n\n")[0] + "\n"), note, content[start + int(length) :])


def _statement(text: str) -> Statement:
    lines = text.split("\n")
    values = dict(zip(_FIELDS, (line.partition(" ")[2] for line in lines), strict=False))
    if len(lines) != len(_FIELDS) + 1 or not all(_VALUE.match(value) for value in values.values()):
        raise BadPackage("not_a_package")
    if not all(_NUMBER.match(values[name]) for name in ("number", "threshold", "size")):
        raise BadPackage("not_a_package")
    try:
        issued = datetime.strptime(values["issued"], _TIME).replace(tzinfo=UTC)
    except ValueError as problem:
        raise BadPackage("not_a_package") from problem
    said = Statement(
        signer=values["signer"],
        number=int(values["number"]),
        issued=issued,
        organisation=values["organisation"],
        package=values["package"],
        table=values["table"],
        period=values["period"],
        threshold=int(values["threshold"]),
        size=int(values["size"]),
        sha256=values["sha256"],
    )
    if said.text() != text:
        raise BadPackage("not_a_package")
    return said
