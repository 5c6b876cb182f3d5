"""A person's private keys, wrapped once for each way to unlock them, and sealed to pairs of officers for recovery.

Every way in is a secret that the server doesn't have: 32 bytes that a passkey computes (the PRF extension), or a
passphrase. Three officers, any two of whom recover: the bundle is sealed three times, nested, to AB, AC and BC, so that
no home-made secret sharing is needed and one officer alone holds nothing.
"""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from samsyn.privacy.custody import envelope, sealing
from samsyn.privacy.custody.derivation import Cost, expand, stretch
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import WRONG_SECRET, KeyRefused

PASSKEY = "passkey"
PASSPHRASE = "passphrase"  # noqa: S105
SALT_SIZE = 16


@dataclass(frozen=True)
class Wrap:
    """The bundle under one secret."""

    way: str
    salt: bytes
    sealed: bytes


def spoken(passphrase: str) -> bytes:
    """Return a passphrase in the one form in which it counts, whatever case, blanks and composition it was typed with."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).casefold().split()).encode()


def _unlock_key(way: str, secret: bytes, *, person: str, salt: bytes, pepper: bytes, cost: Cost) -> bytes:
    strong = secret if way == PASSKEY else stretch(secret, salt=salt, cost=cost)
    return expand(strong, salt=pepper, info=joined(b"samsyn unlock v1", way.encode(), person.encode(), salt))


def _place(person: str, way: str) -> bytes:
    return joined(b"samsyn bundle v1", person.encode(), way.encode())


def wrap(private: bytes, *, way: str, secret: bytes, person: str, pepper: bytes, cost: Cost) -> Wrap:
    """Wrap a private bundle under a secret."""
    salt = secrets.token_bytes(SALT_SIZE)
    key = _unlock_key(way, secret, person=person, salt=salt, pepper=pepper, cost=cost)
    return Wrap(way, salt, envelope.close(private, key=key, context=_place(person, way)))


def unwrap(wrapped: Wrap, *, secret: bytes, person: str, pepper: bytes, cost: Cost) -> bytes:
    """Return the private bundle; raise KeyRefused if the secret, the person or the pepper is another."""
    key = _unlock_key(wrapped.way, secret, person=person, salt=wrapped.salt, pepper=pepper, cost=cost)
    try:
        return envelope.open_(wrapped.sealed, key=key, context=_place(person, wrapped.way))
    except KeyRefused:
        raise KeyRefused(WRONG_SECRET) from None


def _info(subject: str, first: str, second: str, layer: str) -> bytes:
    return joined(b"samsyn officers v1", subject.encode(), first.encode(), second.encode(), layer.encode())


def pairs(officers: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of officers who together open what is sealed to them."""
    return list(combinations(sorted(officers), 2))


def seal_to_pairs(text: bytes, *, officers: Mapping[str, bytes], subject: str) -> dict[str, bytes]:
    """Seal a text to every pair of officers; the keys of the result are ``first second``."""
    found = {}
    for first, second in pairs(tuple(officers)):
        inner = sealing.seal(text, to=officers[second], info=_info(subject, first, second, "inner"))
        found[f"{first} {second}"] = sealing.seal(
            inner, to=officers[first], info=_info(subject, first, second, "outer")
        )
    return found


def open_outer(sealed: bytes, *, pair: str, by: sealing.Pair, subject: str) -> bytes:
    """Take the outer layer off: the first officer's step. What comes out is still sealed to the second."""
    first, second = pair.split(" ")
    return by.unseal(sealed, info=_info(subject, first, second, "outer"))


def open_inner(sealed: bytes, *, pair: str, by: sealing.Pair, subject: str) -> bytes:
    """Take the inner layer off: the second officer's step."""
    first, second = pair.split(" ")
    return by.unseal(sealed, info=_info(subject, first, second, "inner"))
