"""The Merkle tree of RFC 9162 section 2.1: roots, proofs of inclusion and consistency, and their verification.

Everything here takes leaf hashes, not data, and knows nothing of the database.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(data: bytes) -> bytes:
    """Hash the data of a leaf. The prefix keeps a leaf from passing for a node (second preimage)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the node above them."""
    return sha256(b"\x01" + left + right).digest()


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    # Pairing neighbours and carrying an odd last node up gives the same tree as the RFC's split at a power of two.
    above = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def root(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes."""
    if not hashes:
        return EMPTY_ROOT
    level: Sequence[bytes] = hashes
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Prove that the leaf at this index is in the tree: PATH(m, D_n) of section 2.1.3.1, lowest sibling first."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"no leaf {index} in a tree of {len(hashes)}")
    path = []
    level: Sequence[bytes] = hashes
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _next_level(level)
        index >>= 1
    return path


def root_from_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Compute the root that an inclusion path leads to (section 2.1.3.2), or None where the path can't belong there."""
    if not 0 <= index < size:
        return None
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    return node if last == 0 else None


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Tell whether the path proves that this leaf stands at this index under the expected root."""
    return root_from_inclusion(leaf=leaf, index=index, size=size, path=path) == expected


def consistency_path(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Prove that the first leaves are unchanged: PROOF(m, D_n) of section 2.1.4.1; empty for sizes 0 and n."""
    size = len(hashes)
    if not 0 <= old_size <= size:
        raise IndexError(f"no tree of {old_size} in a tree of {size}")
    if old_size in (0, size):
        return []
    path = []
    first, last, whole = 0, size, True
    while old_size != last - first:
        split = 1 << (last - first - 1).bit_length() - 1
        middle = first + split
        if old_size <= split:
            path.append(root(hashes[middle:last]))
            last = middle
        else:
            path.append(root(hashes[first:middle]))
            first, whole = middle, False
            old_size -= split
    if not whole:
        path.append(root(hashes[first:last]))
    return path[::-1]


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the path proves that the old tree is the beginning of the new one (section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    # A whole subtree as the old tree is itself the first node, and is left out of the path.
    nodes = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    return _roots_from_consistency(old_size, new_size, nodes) == (old_root, new_root)


def _roots_from_consistency(old_size: int, new_size: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Compute the two roots that a path leads to, or None where the path can't belong to these sizes."""
    if not nodes:
        return None
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, node)
        position >>= 1
        last >>= 1
    return (old, new) if last == 0 else None


class Frontier:
    """The right edge of a growing tree: the roots of its whole subtrees, largest first. A new leaf needs no others."""

    def __init__(self, nodes: Iterable[bytes] = (), size: int = 0) -> None:
        self.nodes = list(nodes)
        self.size = size
        if len(self.nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} has {size.bit_count()} whole subtrees, not {len(self.nodes)}")

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        node = leaf
        filled = self.size
        while filled & 1:
            node = sha256(b"\x01" + self.nodes.pop() + node).digest()
            filled >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Compute the root of the whole tree."""
        if not self.nodes:
            return EMPTY_ROOT
        node = self.nodes[-1]
        for left in self.nodes[-2::-1]:
            node = node_hash(left, node)
        return node

    def spans(self) -> list[tuple[int, int]]:
        """First leaf and end of each whole subtree, in the order of the nodes."""
        spans, first = [], 0
        for bit in range(self.size.bit_length() - 1, -1, -1):
            if self.size >> bit & 1:
                spans.append((first, first + (1 << bit)))
                first += 1 << bit
        return spans

    def to_bytes(self) -> bytes:
        """Write the nodes one after the other."""
        return b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, data: bytes, size: int) -> "Frontier":
        """Read what to_bytes wrote; raise ValueError where it can't be a tree of this size."""
        if len(data) % HASH_SIZE:
            raise ValueError("not a whole number of hashes")
        return cls((data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)), size)
