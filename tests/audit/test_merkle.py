"""The tree against published vectors, against the RFC's definitions, and against an independent implementation."""

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.audit import merkle
from tests.oracle import merkle as oracle

# The vectors of the Certificate Transparency project (transparency-dev/merkle, testonly), for the hashing of RFC 6962,
# which RFC 9162 keeps.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (index, size): path. The project counts leaves from one; here from zero.
INCLUSIONS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCIES: dict[tuple[int, int], list[str]] = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]

trees = st.lists(st.binary(max_size=40), max_size=70)


def bytes_of(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in path]


@pytest.mark.parametrize("size", range(9))
def test_root_is_the_published_one(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_inclusion_path_is_the_published_one_and_holds(index: int, size: int) -> None:
    path = merkle.inclusion_path(LEAVES[:size], index)
    assert [node.hex() for node in path] == INCLUSIONS[index, size]
    assert merkle.verify_inclusion(
        leaf=LEAVES[index], index=index, size=size, path=path, expected=bytes.fromhex(ROOTS[size])
    )


@pytest.mark.parametrize(("old", "new"), CONSISTENCIES)
def test_consistency_path_is_the_published_one_and_holds(old: int, new: int) -> None:
    path = merkle.consistency_path(LEAVES[:new], old)
    assert [node.hex() for node in path] == CONSISTENCIES[old, new]
    assert merkle.verify_consistency(
        old_size=old,
        new_size=new,
        old_root=bytes.fromhex(ROOTS[old]),
        new_root=bytes.fromhex(ROOTS[new]),
        path=path,
    )


def test_worked_example_of_the_rfc_with_seven_leaves() -> None:
    """RFC 9162 section 2.1.5: the paths of d0, d3, d4, d6 and the proofs from 3, 4 and 6 to 7, by their names there."""
    data = [f"d{number}".encode() for number in range(7)]
    a, b, c, d, e, f, j = (merkle.leaf_hash(item) for item in data)
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, l = merkle.node_hash(g, h), merkle.node_hash(i, j)  # noqa: E741 (the RFC's own name)
    leaves = [a, b, c, d, e, f, j]
    assert merkle.root(leaves) == merkle.node_hash(k, l)
    assert merkle.inclusion_path(leaves, 0) == [b, h, l]
    assert merkle.inclusion_path(leaves, 3) == [c, g, l]
    assert merkle.inclusion_path(leaves, 4) == [f, j, k]
    assert merkle.inclusion_path(leaves, 6) == [i, k]
    assert merkle.consistency_path(leaves, 3) == [c, d, g, l]
    assert merkle.consistency_path(leaves, 4) == [l]
    assert merkle.consistency_path(leaves, 6) == [i, j, k]


@given(data=trees)
def test_every_root_and_path_follows_the_definitions(data: list[bytes]) -> None:
    leaves = [merkle.leaf_hash(item) for item in data]
    assert merkle.root(leaves) == oracle.tree_hash(data)
    for index in range(len(data)):
        assert merkle.inclusion_path(leaves, index) == oracle.path(index, data)
    for old in range(1, len(data) + 1):
        assert merkle.consistency_path(leaves, old) == oracle.proof(old, data)


@settings(deadline=None)
@given(data=trees.filter(bool), pick=st.data())
def test_an_independent_implementation_computes_the_same_and_accepts_our_proofs(
    data: list[bytes], pick: st.DataObject
) -> None:
    other = pymerkle.InmemoryTree(algorithm="sha256")
    leaves = [merkle.leaf_hash(item) for item in data]
    for item in data:
        other.append_entry(item)
    index = pick.draw(st.integers(0, len(data) - 1))
    old = pick.draw(st.integers(1, len(data)))
    assert other.get_root() == merkle.root(leaves)
    assert other.get_root(old) == merkle.root(leaves[:old])
    theirs = other.prove_inclusion(index + 1, len(data))
    # Theirs begins with the leaf itself; its order is that of the tree and not that of the climb.
    assert sorted(theirs.path) == sorted([leaves[index], *merkle.inclusion_path(leaves, index)])
    pymerkle.verify_inclusion(leaves[index], merkle.root(leaves), theirs)
    pymerkle.verify_consistency(merkle.root(leaves[:old]), merkle.root(leaves), other.prove_consistency(old, len(data)))


@given(data=trees, pick=st.data())
def test_every_true_proof_holds_and_every_flipped_bit_breaks_it(data: list[bytes], pick: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(item) for item in data]
    size = len(leaves)
    old = pick.draw(st.integers(0, size))
    sizes = {"old_size": old, "new_size": size}
    roots = {"old_root": merkle.root(leaves[:old]), "new_root": merkle.root(leaves)}
    path = merkle.consistency_path(leaves, old)
    assert merkle.verify_consistency(**sizes, **roots, path=path)
    assert not merkle.verify_consistency(**sizes, **roots, path=[*path, merkle.EMPTY_ROOT])
    if path:
        assert not merkle.verify_consistency(**sizes, **roots, path=path[1:])
        assert not merkle.verify_consistency(**sizes, **roots, path=_flipped(path, pick))
    if not size:
        return
    index = pick.draw(st.integers(0, size - 1))
    climb = merkle.inclusion_path(leaves, index)
    said = {"index": index, "size": size, "expected": merkle.root(leaves)}
    assert merkle.verify_inclusion(leaf=leaves[index], path=climb, **said)
    assert not merkle.verify_inclusion(leaf=merkle.leaf_hash(b"another" + data[index]), path=climb, **said)
    assert not merkle.verify_inclusion(leaf=leaves[index], path=[*climb, merkle.EMPTY_ROOT], **said)
    if climb:
        assert not merkle.verify_inclusion(leaf=leaves[index], path=climb[:-1], **said)
        assert not merkle.verify_inclusion(leaf=leaves[index], path=_flipped(climb, pick), **said)


def _flipped(path: list[bytes], pick: st.DataObject) -> list[bytes]:
    which = pick.draw(st.integers(0, len(path) - 1))
    bit = pick.draw(st.integers(0, 255))
    node = bytearray(path[which])
    node[bit // 8] ^= 1 << bit % 8
    return [*path[:which], bytes(node), *path[which + 1 :]]


@pytest.mark.parametrize(
    ("index", "size"), [(-1, 8), (8, 8), (9, 8), (0, 0), (2**70, 8)], ids=["below", "at", "beyond", "empty", "huge"]
)
def test_no_path_proves_a_place_outside_the_tree(index: int, size: int) -> None:
    assert merkle.root_from_inclusion(leaf=LEAVES[0], index=index, size=size, path=LEAVES[:3]) is None


def test_a_path_of_a_smaller_tree_proves_nothing_in_a_larger_one() -> None:
    small = merkle.root(LEAVES[:4])
    climb = merkle.inclusion_path(LEAVES[:4], 0)
    assert merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=4, path=climb, expected=small)
    assert not merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=8, path=climb, expected=small)
    old = merkle.root(LEAVES[:2])
    path = merkle.consistency_path(LEAVES[:4], 2)
    assert merkle.verify_consistency(old_size=2, new_size=4, old_root=old, new_root=small, path=path)
    assert not merkle.verify_consistency(old_size=2, new_size=8, old_root=old, new_root=small, path=path)


def test_a_shrunken_tree_is_never_consistent() -> None:
    assert not merkle.verify_consistency(
        old_size=8, new_size=6, old_root=merkle.root(LEAVES), new_root=merkle.root(LEAVES[:6]), path=[]
    )


def test_a_leaf_can_not_pass_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@given(data=trees, cut=st.integers(0, 70))
def test_frontier_grows_into_the_same_root_and_survives_being_stored(data: list[bytes], cut: int) -> None:
    leaves = [merkle.leaf_hash(item) for item in data]
    frontier = merkle.Frontier()
    for number, leaf in enumerate(leaves):
        if number == cut:
            frontier = merkle.Frontier.from_bytes(frontier.to_bytes(), frontier.size)
        frontier.append(leaf)
    assert frontier.root() == merkle.root(leaves)
    for (first, end), node in zip(frontier.spans(), frontier.nodes, strict=True):
        assert merkle.root(leaves[first:end]) == node


@pytest.mark.parametrize(("data", "size"), [(b"x" * 32, 0), (b"x" * 33, 1), (b"", 1), (b"x" * 64, 4)])
def test_frontier_refuses_what_can_not_be_a_tree_of_that_size(data: bytes, size: int) -> None:
    with pytest.raises(ValueError):
        merkle.Frontier.from_bytes(data, size)
