"""Signed notes (C2SP signed-note, the format of Go's checksum database) with Ed25519 keys. Pure: no files."""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]+\Z")
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<blob>[A-Za-z0-9+/]+={0,2})\Z")
# A note is a few lines; a witness file that is larger than this is not one.
LONGEST_NOTE = 65_536


class BadNote(Exception):
    """A text is not a signed note, or carries no valid signature by the expected key."""


class BadKey(Exception):
    """A text is not an Ed25519 key in the format of signed notes."""


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _decoded(text: str, error: type[BadKey] | type[BadNote]) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise error("not base64") from problem


def _parts(text: str) -> tuple[str, bytes, bytes]:
    # The base64 may itself hold a plus, so only the first two separate.
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]) or not re.match(r"[0-9a-f]{8}\Z", parts[1]):
        raise BadKey("not a key of signed notes")
    material = _decoded(parts[2], BadKey)
    if len(material) != 33 or material[:1] != _ED25519:
        raise BadKey("not an Ed25519 key")
    return parts[0], bytes.fromhex(parts[1]), material[1:]


@dataclass(frozen=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def from_text(cls, text: str) -> "Verifier":
        """Read ``name+id+key``; raise BadKey where it isn't one."""
        name, key_id, public = _parts(text.strip())
        if _key_id(name, public) != key_id:
            raise BadKey("the key's id doesn't belong to it")
        return cls(name=name, public=public)

    def to_text(self) -> str:
        """Write ``name+id+key``, which is what one gives to the one who checks."""
        material = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{_key_id(self.name, self.public).hex()}+{material}"

    def opened(self, note: str) -> str:
        """Return the text of a note, its last newline included; raise BadNote unless this key has signed it."""
        if len(note) > LONGEST_NOTE:
            raise BadNote("too long for a note")
        if not note.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in note):
            raise BadNote("not a signed note")
        text, separator, lines = note.rpartition("\n\n")
        if not separator:
            raise BadNote("not a signed note")
        text += "\n"
        found = False
        for line in lines.removesuffix("\n").split("\n"):
            match = _SIGNATURE_LINE.match(line)
            if not match:
                raise BadNote("a signature line is malformed")
            blob = _decoded(match["blob"], BadNote)
            # Signatures by others (witnesses) are allowed and say nothing to us.
            if match["name"] == self.name and blob[:4] == _key_id(self.name, self.public):
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(blob[4:], text.encode())
                except InvalidSignature as problem:
                    raise BadNote("the signature is not valid") from problem
                found = True
        if not found:
            raise BadNote("not signed by the expected key")
        return text


@dataclass(frozen=True)
class Signer:
    """A private key and the name it signs under."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != 32 or not _NAME.match(self.name):
            raise BadKey("a key is 32 bytes, and its name has no blanks and no plus")

    def __repr__(self) -> str:
        return f"Signer(name={self.name!r})"

    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Verifier(name=self.name, public=public)

    def sign(self, text: str) -> str:
        """Make a note of a text that ends with a newline; raise BadNote where it can't be one."""
        if not text.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in text):
            raise BadNote("not a text that can be signed")
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        blob = base64.b64encode(_key_id(self.name, self.verifier().public) + signature).decode()
        return f"{text}\n— {self.name} {blob}\n"


def new_signer(name: str) -> Signer:
    """Make a new key; raise BadKey for a name with blanks or a plus."""
    return Signer(name=name, seed=Ed25519PrivateKey.generate().private_bytes_raw())
