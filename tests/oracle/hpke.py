"""HPKE base mode as RFC 9180 writes it, for X25519, HKDF-SHA256 and ChaCha20-Poly1305: slow, obvious, ours."""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEM = b"KEM" + (0x0020).to_bytes(2, "big")
SUITE = b"HPKE" + (0x0020).to_bytes(2, "big") + (0x0001).to_bytes(2, "big") + (0x0003).to_bytes(2, "big")


def extract(salt: bytes, key: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), key, hashlib.sha256)


def expand(key: bytes, info: bytes, length: int) -> bytes:
    made, block = b"", b""
    for number in range(1, 1 + -(-length // 32)):
        block = hmac.digest(key, block + info + bytes([number]), hashlib.sha256)
        made += block
    return made[:length]


def labeled_extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + key)


def labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def open_(enc: bytes, sealed: bytes, *, private: bytes, info: bytes, aad: bytes) -> bytes:
    """Open the first message of a sender (sequence 0)."""
    receiver = X25519PrivateKey.from_private_bytes(private)
    shared = receiver.exchange(X25519PublicKey.from_public_bytes(enc))
    both = enc + receiver.public_key().public_bytes_raw()
    prk = labeled_extract(KEM, b"", b"eae_prk", shared)
    secret = labeled_expand(KEM, prk, b"shared_secret", both, 32)
    psk = labeled_extract(SUITE, b"", b"psk_id_hash", b"")
    context = b"\0" + psk + labeled_extract(SUITE, b"", b"info_hash", info)
    key = labeled_extract(SUITE, secret, b"secret", b"")
    nonce = labeled_expand(SUITE, key, b"base_nonce", context, 12)
    return ChaCha20Poly1305(labeled_expand(SUITE, key, b"key", context, 32)).decrypt(nonce, sealed, aad)
