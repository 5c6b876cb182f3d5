"""What is encrypted in a box of messages, and with what. Pure: no Django, no database, no files.

A box has a pair of keys (X25519). The private half is wrapped under the visitor's four secret words (Argon2id, the row's
own salt, the installation's pepper). Each text has a key of its own, sealed twice: to the box, and to the desk's pair of
that day, whose private half is destroyed when the reading time is over. From then on only the words open the text.
"""

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_aead_xchacha20poly1305_ietf_encrypt
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

KEY_SIZE = 32
SALT_SIZE = 16
NONCE_SIZE = 24
VERSION = b"\x01"
# So that a stolen database says little about how long a text is.
BUCKETS = (256, 1_024, 4_096, 16_384, 65_536)
_LENGTH = struct.Struct(">I")
LONGEST = BUCKETS[-1] - _LENGTH.size


class DoesNotOpen(Exception):
    """Key, place or a single bit is another than when it was closed."""


@dataclass(frozen=True)
class Cost:
    """What one derivation costs: memory in KiB, passes."""

    memory: int
    passes: int


# 44 bits of secret at half a second each on 2 cores: memory is what a thief pays for.
WORDS = Cost(memory=128 * 1024, passes=8)


@dataclass(frozen=True, repr=False)
class Pair:
    """Two halves of a key."""

    public: bytes
    private: bytes


def new_pair() -> Pair:
    """Draw a pair."""
    private = PrivateKey.generate()
    return Pair(public=bytes(private.public_key), private=bytes(private))


def public_of(private: bytes) -> bytes:
    """Return the public half that belongs to a private one."""
    return bytes(PrivateKey(private).public_key)


def stretched(secret: str, *, salt: bytes, pepper: bytes, cost: Cost) -> bytes:
    """Return the key that follows from the secret words; the caller sees to it that only two go at once."""
    strong = hash_secret_raw(
        secret.encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory,
        parallelism=1,
        hash_len=KEY_SIZE,
        type=Type.ID,
    )
    return hmac.digest(pepper, b"samsyn visitor box v1\0" + strong, hashlib.sha256)


def closed(text: bytes, *, key: bytes, place: str) -> bytes:
    """Return the text padded and encrypted so that it opens with this key and in this place alone."""
    if len(text) > LONGEST:
        raise ValueError("too long to be closed")
    size = next(bucket for bucket in BUCKETS if bucket >= len(text) + _LENGTH.size)
    whole = (_LENGTH.pack(len(text)) + text).ljust(size, b"\0")
    nonce = secrets.token_bytes(NONCE_SIZE)
    return VERSION + nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(whole, VERSION + place.encode(), nonce, key)


def opened(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Return what was closed; raise DoesNotOpen."""
    version, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
    if version != VERSION or len(nonce) != NONCE_SIZE:
        raise DoesNotOpen
    try:
        whole = crypto_aead_xchacha20poly1305_ietf_decrypt(rest, VERSION + place.encode(), nonce, key)
    except CryptoError:
        raise DoesNotOpen from None
    (length,) = _LENGTH.unpack_from(whole)
    return whole[_LENGTH.size : _LENGTH.size + length]


def sealed_to(public: bytes, key: bytes) -> bytes:
    """Return a key so that only the private half opens it."""
    return bytes(SealedBox(PublicKey(public)).encrypt(key))


def unsealed(sealed: bytes, *, private: bytes) -> bytes:
    """Return the key that was sealed; raise DoesNotOpen."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except CryptoError:
        raise DoesNotOpen from None
