"""Sealed to a person means: that person, for that purpose, and nobody who is only nearly so."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from samsyn.privacy.custody import bundles, sealing
from samsyn.privacy.custody.refusals import FORGED, NOT_CERTIFIED, WRONG_PLACE, WRONG_SECRET, KeyRefused
from samsyn.privacy.custody.rights import Certificate
from tests.custody.conftest import CHEAP
from tests.oracle import hpke

PEPPER = b"p" * 32


def test_hpke_of_the_library_is_the_published_one() -> None:
    """RFC 9180, A.2.1: our slow reading of the text opens the published message, and then the library's."""
    private = bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
    info = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
    published = hpke.open_(
        bytes.fromhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
        bytes.fromhex(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
        ),
        private=private, info=info, aad=b"Count-0",
    )  # fmt: skip
    assert published == b"Beauty is truth, truth beauty"
    receiver = X25519PrivateKey.from_private_bytes(private)
    sealed = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305).encrypt(
        b"told", receiver.public_key(), info=info
    )
    assert hpke.open_(sealed[:32], sealed[32:], private=private, info=info, aad=b"") == b"told"


def test_only_the_person_named_opens_and_only_for_what_it_was_sealed() -> None:
    anna, bo = sealing.new_pair(), sealing.new_pair()
    sealed = sealing.seal(b"key", to=anna.public, info=b"purpose")
    assert anna.unseal(sealed, info=b"purpose") == b"key"
    assert len(sealed) == 1088 + 32 + 3 + 16
    for who, info in ((bo, b"purpose"), (anna, b"another")):
        with pytest.raises(KeyRefused) as refused:
            who.unseal(sealed, info=info)
        assert refused.value.reason == WRONG_PLACE


def test_a_pair_follows_from_its_private_half() -> None:
    pair = sealing.new_pair()
    assert sealing.from_private(pair.private).public == pair.public
    assert len(pair.public) == sealing.PUBLIC_SIZE


def test_a_bundle_opens_with_its_secret_for_its_person_under_its_pepper() -> None:
    wrapped = bundles.wrap(
        b"private", way=bundles.PASSPHRASE, secret=b"six words", person="anna", pepper=PEPPER, cost=CHEAP
    )
    asked = {"secret": b"six words", "person": "anna", "pepper": PEPPER, "cost": CHEAP}
    assert bundles.unwrap(wrapped, **asked) == b"private"  # type: ignore[arg-type]
    for wrong in ({"secret": b"six word"}, {"person": "bo"}, {"pepper": b"q" * 32}):
        with pytest.raises(KeyRefused) as refused:
            bundles.unwrap(wrapped, **(asked | wrong))  # type: ignore[arg-type]
        assert refused.value.reason == WRONG_SECRET


def test_a_passphrase_counts_however_it_is_typed() -> None:
    assert bundles.spoken("  Ålder\u00a0 BJÖRK ") == bundles.spoken("a\u030alder björk")


def test_any_two_of_three_officers_open_and_no_one_alone() -> None:
    officers = {name: sealing.new_pair() for name in ("a", "b", "c")}
    sealed = bundles.seal_to_pairs(b"bundle", officers={n: p.public for n, p in officers.items()}, subject="person:x")
    assert set(sealed) == {"a b", "a c", "b c"}
    for pair, whole in sealed.items():
        first, second = pair.split()
        inner = bundles.open_outer(whole, pair=pair, by=officers[first], subject="person:x")
        assert bundles.open_inner(inner, pair=pair, by=officers[second], subject="person:x") == b"bundle"
        third = next(name for name in officers if name not in pair)
        for wrong in (officers[first], officers[third]):
            with pytest.raises(KeyRefused):
                bundles.open_inner(inner, pair=pair, by=wrong, subject="person:x")
        with pytest.raises(KeyRefused):
            bundles.open_outer(whole, pair=pair, by=officers[first], subject="person:y")


def test_nobody_is_vouched_for_by_one_officer_or_by_two_strangers() -> None:
    officers = {name: sealing.new_pair() for name in ("a", "b", "c")}
    known = {name: pair.public for name, pair in officers.items()}
    anna, swapped = sealing.new_pair(), sealing.new_pair()
    said = Certificate(installation="operator", person="anna", public=anna.public, signatures={}).said

    def certificate(public: bytes, *names: str) -> Certificate:
        signatures = {name: officers[name].sign(said) for name in names}
        return Certificate(installation="operator", person="anna", public=public, signatures=signatures)

    certificate(anna.public, "a", "b").check(known)
    with pytest.raises(KeyRefused) as alone:
        certificate(anna.public, "a").check(known)
    assert alone.value.reason == NOT_CERTIFIED
    with pytest.raises(KeyRefused) as forged:
        certificate(swapped.public, "a", "b").check(known)
    assert forged.value.reason == FORGED
    with pytest.raises(KeyRefused):
        certificate(anna.public, "a", "b").check({"c": known["c"]})
