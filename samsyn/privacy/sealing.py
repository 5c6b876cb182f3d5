"""Sealing of what must be kept for a time and read again: an address to write to. XChaCha20-Poly1305.

The key lies outside the database, so a copy of the database alone says nothing.
"""

import hashlib
import hmac

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from samsyn.privacy import keys

KEY = "contact_details"
# Sealed texts have lengths in steps, so that a length points at nobody.
_STEP = 64


class Unsealable(Exception):
    """What is opened was not sealed here for this purpose, or was changed."""


def _box(purpose: str) -> Aead:
    # Each purpose has a key of its own, as in ``spoken_codes``.
    own_key = hmac.digest(keys.key(KEY), b"samsyn sealing v1\0" + purpose.encode("utf-8"), hashlib.sha256)
    return Aead(own_key)


def seal(purpose: str, text: str) -> bytes:
    """Return the sealed text; raise keys.KeyUnusable where the key is missing."""
    plain = text.encode("utf-8") + b"\x80"
    return bytes(_box(purpose).encrypt(plain + bytes(-len(plain) % _STEP), purpose.encode("utf-8")))


def unseal(purpose: str, sealed: bytes) -> str:
    """Return the text again; raise Unsealable for what was not sealed for this purpose."""
    try:
        plain = _box(purpose).decrypt(bytes(sealed), purpose.encode("utf-8"))
    except (CryptoError, ValueError, TypeError) as error:
        raise Unsealable(purpose) from error
    return plain.rstrip(b"\0")[:-1].decode("utf-8")


def mark(purpose: str, text: str) -> bytes:
    """Return a keyed digest, 32 bytes: the same text is found again, and nobody can try texts without the key."""
    own_key = hmac.digest(keys.key(KEY), b"samsyn mark v1\0" + purpose.encode("utf-8"), hashlib.sha256)
    return hmac.digest(own_key, text.encode("utf-8"), hashlib.sha256)
