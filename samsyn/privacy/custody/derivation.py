"""Keys out of secrets: HKDF-SHA256 (RFC 5869) and Argon2id (RFC 9106), at most two Argon2 at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIZE = 32
# Memory is what an attacker pays for: two at once take half a gigabyte and no more. Two arbitrary numbers that nothing else
# locks in the database ("words1", "words2" in ASCII): each is a place, for all processes of the installation.
PLACES = (0x776F72647331, 0x776F72647332)
_slots = BoundedSemaphore(len(PLACES))
# Where there is a database, the keeper's process takes its places there (``server.Log.place``).
place: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True)
class Cost:
    """What one derivation costs: memory in KiB, passes, lanes."""

    memory: int
    passes: int
    lanes: int = 1


# Measured on 2 cores (security.md 3): 0.52 s for a password, 0.96 s for the caller's four words (44 bits).
PASSPHRASE = Cost(memory=256 * 1024, passes=3)
CODE = Cost(memory=128 * 1024, passes=16)


def expand(key: bytes, *, info: bytes, salt: bytes = b"") -> bytes:
    """Return 32 bytes that follow from the key for this one purpose."""
    return HKDF(algorithm=SHA256(), length=SIZE, salt=salt or None, info=info).derive(key)


def stretch(secret: bytes, *, salt: bytes, cost: Cost) -> bytes:
    """Return 32 bytes out of something that a person remembers; waits while two others are at it."""
    with _slots, place():
        return hash_secret_raw(
            secret, salt, time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes,
            hash_len=SIZE, type=Type.ID,
        )  # fmt: skip
