"""An envelope opens with its key, in its place, unchanged, and never otherwise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from samsyn.privacy.custody import envelope
from samsyn.privacy.custody.derivation import Cost, expand, stretch
from samsyn.privacy.custody.envelope import BUCKETS, LONGEST, Context, close, joined, open_, padded, unpadded
from samsyn.privacy.custody.refusals import TOO_LONG, WRONG_PLACE, KeyRefused

KEY = bytes(range(32))
PLACE = {"installation": "operator", "case": "c", "object": "o", "version": 1, "author": "a", "kind": "note"}


def at(**changed: object) -> bytes:
    return Context(**(PLACE | changed)).to_bytes()  # type: ignore[arg-type]


def test_xchacha20_poly1305_gives_the_published_answer() -> None:
    """draft-irtf-cfrg-xchacha-03, A.3.1."""
    text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(
        text,
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
        bytes.fromhex("404142434445464748494a4b4c4d4e4f5051525354555657"),
        bytes.fromhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
    )
    assert sealed[:16].hex() == "bd6d179d3e83d43b9576579493c0e939"
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"


def test_hkdf_gives_the_published_answer() -> None:
    """RFC 5869, A.1, its first 32 bytes."""
    made = expand(bytes([0x0B] * 22), salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)))
    assert made.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"


def test_argon2id_gives_the_same_as_another_implementation() -> None:
    """Ours is the reference code through argon2-cffi; libsodium has its own."""
    from nacl.pwhash import argon2id

    salt = bytes(range(16))
    theirs = argon2id.kdf(32, b"four secret words", salt, opslimit=3, memlimit=8 * 1024 * 1024)
    assert stretch(b"four secret words", salt=salt, cost=Cost(memory=8 * 1024, passes=3)) == theirs


@given(st.binary(max_size=5_000))
@settings(max_examples=50, deadline=None)
def test_what_is_closed_opens_again_and_its_size_is_one_of_five(text: bytes) -> None:
    sealed = close(text, key=KEY, context=at())
    assert open_(sealed, key=KEY, context=at()) == text
    assert len(sealed) - 35 - 16 in BUCKETS
    assert text not in sealed or len(text) < 3


@pytest.mark.parametrize(
    "other",
    [{"case": "d"}, {"object": "p"}, {"version": 2}, {"author": "b"}, {"kind": "plan"}, {"installation": "centre"}],
)
def test_a_text_moved_elsewhere_does_not_open(other: dict[str, object]) -> None:
    sealed = close(b"told", key=KEY, context=at())
    with pytest.raises(KeyRefused) as refused:
        open_(sealed, key=KEY, context=at(**other))
    assert refused.value.reason == WRONG_PLACE


def test_every_single_bit_counts() -> None:
    sealed = close(b"told", key=KEY, context=at())
    for place in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[place // 8] ^= 1 << place % 8
        # The key's name is said in the open, and is associated data all the same.
        with pytest.raises(KeyRefused):
            open_(bytes(bent), key=KEY, context=at())


@pytest.mark.parametrize("length", [0, 1, 50, 290])
def test_a_cut_envelope_does_not_open(length: int) -> None:
    with pytest.raises(KeyRefused):
        open_(close(b"told", key=KEY, context=at())[:length], key=KEY, context=at())


def test_two_closings_of_one_text_have_nothing_in_common() -> None:
    nonces = {close(b"told", key=KEY, context=at())[11:35] for _ in range(2_000)}
    assert len(nonces) == 2_000


def test_fields_never_slide_into_each_other() -> None:
    assert at(case="ab", object="c") != at(case="a", object="bc")
    assert joined(b"ab", b"c") != joined(b"a", b"bc")


@given(st.binary(max_size=300))
def test_padding_goes_both_ways(text: bytes) -> None:
    assert unpadded(padded(text)) == text


def test_the_longest_fits_and_one_more_is_refused() -> None:
    assert len(padded(b"x" * LONGEST)) == BUCKETS[-1]
    with pytest.raises(KeyRefused) as refused:
        padded(b"x" * (LONGEST + 1))
    assert refused.value.reason == TOO_LONG


def test_an_envelope_tells_which_key_it_names() -> None:
    sealed = close(b"told", key=KEY, context=at())
    assert envelope.is_closed_with(sealed, KEY)
    assert not envelope.is_closed_with(sealed, bytes(32))
