"""The envelope around every encrypted text: version, suite, key id, and a context that it can't be taken out of.

XChaCha20-Poly1305 (libsodium) with a random nonce of 24 bytes. The context and the header are associated data: a text
that is moved to another case, object, version, author or kind does not open. Sizes are padded to five buckets, so that
a stolen database says little about how long a note is.
"""

import hashlib
import secrets
import struct
from dataclasses import dataclass

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from samsyn.privacy.custody.refusals import TOO_LONG, WRONG_PLACE, KeyRefused

VERSION = 1
# 1 = XChaCha20-Poly1305 with buckets.
SUITE = 1
# Where it is opened: 0 = by the keeper. Left open for a signed program on the supporter's own machine.
BY_THE_KEEPER = 0
KEY_SIZE = 32
_HEADER = struct.Struct(">BBB8s24s")
_LENGTH = struct.Struct(">I")
BUCKETS = (256, 1_024, 4_096, 16_384, 65_536)
LONGEST = BUCKETS[-1] - _LENGTH.size


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where an encrypted text belongs."""

    installation: str
    case: str
    object: str
    version: int
    author: str
    kind: str

    def to_bytes(self) -> bytes:
        """Return the fields so that no two contexts look alike: each with its length before it."""
        parts = (self.installation, self.case, self.object, str(self.version), self.author, self.kind)
        return joined(b"samsyn context v1", *(part.encode() for part in parts))


def joined(*parts: bytes) -> bytes:
    """Return the parts with their lengths before them, so that nothing can slide from one to the next."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def key_id(key: bytes) -> bytes:
    """Return eight bytes by which a key is known without being told."""
    return hashlib.sha256(b"samsyn key id v1" + key).digest()[:8]


def padded(text: bytes) -> bytes:
    """Return the text with its length before it, filled up to the next bucket; raise KeyRefused if it is too long."""
    if len(text) > LONGEST:
        raise KeyRefused(TOO_LONG)
    whole = _LENGTH.pack(len(text)) + text
    size = next(bucket for bucket in BUCKETS if bucket >= len(whole))
    return whole.ljust(size, b"\0")


def unpadded(whole: bytes) -> bytes:
    """Return what ``padded`` was given."""
    (length,) = _LENGTH.unpack_from(whole)
    if length > len(whole) - _LENGTH.size:
        raise KeyRefused(WRONG_PLACE)
    return whole[_LENGTH.size : _LENGTH.size + length]


def close(text: bytes, *, key: bytes, context: bytes) -> bytes:
    """Encrypt a text so that it opens with this key in this context and nowhere else."""
    nonce = secrets.token_bytes(24)
    header = _HEADER.pack(VERSION, SUITE, BY_THE_KEEPER, key_id(key), nonce)
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(padded(text), joined(header, context), nonce, key)
    return header + sealed


def open_(envelope: bytes, *, key: bytes, context: bytes) -> bytes:
    """Return the text of an envelope; raise KeyRefused if key, context or a single bit is another."""
    if len(envelope) < _HEADER.size + BUCKETS[0]:
        raise KeyRefused(WRONG_PLACE)
    header = envelope[: _HEADER.size]
    version, suite, where, _key, nonce = _HEADER.unpack(header)
    if (version, suite, where) != (VERSION, SUITE, BY_THE_KEEPER):
        raise KeyRefused(WRONG_PLACE)
    try:
        whole = crypto_aead_xchacha20poly1305_ietf_decrypt(
            envelope[_HEADER.size :], joined(header, context), nonce, key
        )
    except CryptoError:
        raise KeyRefused(WRONG_PLACE) from None
    return unpadded(whole)


def is_closed_with(envelope: bytes, key: bytes) -> bool:
    """Say whether the envelope names this key; what names another is of another layer or an earlier key."""
    return len(envelope) >= _HEADER.size and _HEADER.unpack(envelope[: _HEADER.size])[3] == key_id(key)
