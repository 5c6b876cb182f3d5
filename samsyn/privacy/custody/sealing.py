"""Sealing to people: HPKE (RFC 9180) with MLKEM768-X25519, HKDF-SHA256 and ChaCha20-Poly1305, and Ed25519 signatures.

The hybrid holds as long as one of its halves does: a copy of the database kept for a quantum computer opens nothing.
HPKE's base mode doesn't say who sealed, so whatever is sealed is signed too. A person's private half is 128 bytes:
the seed of ML-KEM, the key of X25519, the key of Ed25519.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from samsyn.privacy.custody.refusals import FORGED, WRONG_PLACE, KeyRefused

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_SEED = 64
_KEM_PUBLIC = 1184
PRIVATE_SIZE = _SEED + 32 + 32
PUBLIC_SIZE = _KEM_PUBLIC + 32 + 32


@dataclass(frozen=True, repr=False)
class Pair:
    """A person's keys as the keeper holds them while the person works."""

    private: bytes
    public: bytes

    @property
    def _receiving(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(self.private[:_SEED]),
            X25519PrivateKey.from_private_bytes(self.private[_SEED : _SEED + 32]),
        )

    @property
    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private[_SEED + 32 :])

    def unseal(self, sealed: bytes, *, info: bytes) -> bytes:
        """Open what was sealed to this person for this purpose; raise KeyRefused for anything else."""
        try:
            return SUITE.decrypt(sealed, self._receiving, info=info)
        except (InvalidTag, ValueError):
            raise KeyRefused(WRONG_PLACE) from None

    def sign(self, said: bytes) -> bytes:
        """Return this person's signature."""
        return self._signing.sign(said)


def from_private(private: bytes) -> Pair:
    """Return the pair that follows from its private half."""
    if len(private) != PRIVATE_SIZE:
        raise KeyRefused(WRONG_PLACE)
    kem = MLKEM768PrivateKey.from_seed_bytes(private[:_SEED]).public_key().public_bytes_raw()
    x25519 = X25519PrivateKey.from_private_bytes(private[_SEED : _SEED + 32]).public_key().public_bytes_raw()
    ed25519 = Ed25519PrivateKey.from_private_bytes(private[_SEED + 32 :]).public_key().public_bytes_raw()
    return Pair(private=private, public=kem + x25519 + ed25519)


def new_pair() -> Pair:
    """Make a person's keys."""
    return from_private(secrets.token_bytes(PRIVATE_SIZE))


def seal(text: bytes, *, to: bytes, info: bytes) -> bytes:
    """Seal a text to a person's public keys; ``info`` says for what, and must be said again to open it."""
    if len(to) != PUBLIC_SIZE:
        raise KeyRefused(FORGED)
    public = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(to[:_KEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(to[_KEM_PUBLIC : _KEM_PUBLIC + 32]),
    )
    return SUITE.encrypt(text, public, info=info)


def check_signature(signature: bytes, said: bytes, *, by: bytes) -> None:
    """Raise KeyRefused unless the holder of these public keys signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(by[_KEM_PUBLIC + 32 :]).verify(signature, said)
    except (InvalidSignature, ValueError):
        raise KeyRefused(FORGED) from None
