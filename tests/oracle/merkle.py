"""The definitions of RFC 9162 section 2.1 word for word: slow, recursive, over data and not over hashes."""

from collections.abc import Sequence
from hashlib import sha256


def split(size: int) -> int:
    """The largest power of two smaller than the size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_hash(data: Sequence[bytes]) -> bytes:
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return sha256(b"\x01" + tree_hash(data[:k]) + tree_hash(data[k:])).digest()


def path(index: int, data: Sequence[bytes]) -> list[bytes]:
    if len(data) == 1:
        return []
    k = split(len(data))
    if index < k:
        return [*path(index, data[:k]), tree_hash(data[k:])]
    return [*path(index - k, data[k:]), tree_hash(data[:k])]


def proof(old: int, data: Sequence[bytes]) -> list[bytes]:
    return _subproof(old, data, whole=True)


def _subproof(old: int, data: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if old == len(data):
        return [] if whole else [tree_hash(data)]
    k = split(len(data))
    if old <= k:
        return [*_subproof(old, data[:k], whole=whole), tree_hash(data[k:])]
    return [*_subproof(old - k, data[k:], whole=False), tree_hash(data[:k])]
