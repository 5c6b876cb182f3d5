"""What is closed opens with its key in its place, and with nothing else."""

import secrets
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.visitors import actions, codes, sealing

KEY = secrets.token_bytes(32)
CHEAP = sealing.Cost(memory=64, passes=1)
OWN_COST = sealing.WORDS  # before a test has made it cheap


@settings(max_examples=40, deadline=None)
@given(text=st.binary(max_size=2_000), place=st.text(max_size=40))
def test_what_was_closed_opens_again(text: bytes, place: str) -> None:
    assert sealing.opened(sealing.closed(text, key=KEY, place=place), key=KEY, place=place) == text


def test_every_flipped_bit_another_place_and_another_key_are_refused() -> None:
    sealed = sealing.closed(b"hej", key=KEY, place="one")
    for at in range(len(sealed) * 8):
        wrong = bytearray(sealed)
        wrong[at // 8] ^= 1 << at % 8
        with pytest.raises(sealing.DoesNotOpen):
            sealing.opened(bytes(wrong), key=KEY, place="one")
    for key, place in ((KEY, "two"), (secrets.token_bytes(32), "one")):
        with pytest.raises(sealing.DoesNotOpen):
            sealing.opened(sealed, key=key, place=place)
    with pytest.raises(sealing.DoesNotOpen):
        sealing.opened(b"", key=KEY, place="one")


def test_the_size_says_only_which_of_five_it_is() -> None:
    sizes = {len(sealing.closed(b"x" * length, key=KEY, place="")) for length in range(0, 4_000, 37)}
    assert len(sizes) == 3
    with pytest.raises(ValueError, match="too long"):
        sealing.closed(b"x" * (sealing.LONGEST + 1), key=KEY, place="")


def test_a_key_for_one_pair_opens_with_no_other() -> None:
    one, other = sealing.new_pair(), sealing.new_pair()
    sealed = sealing.sealed_to(one.public, KEY)
    assert sealing.unsealed(sealed, private=one.private) == KEY
    assert sealing.public_of(one.private) == one.public
    with pytest.raises(sealing.DoesNotOpen):
        sealing.unsealed(sealed, private=other.private)


def test_words_salt_and_pepper_all_decide_the_key() -> None:
    said = {"secret": "a b c d", "salt": b"s" * 16, "pepper": b"p" * 32}
    keys = [sealing.stretched(**said, cost=CHEAP)]  # type: ignore[arg-type]
    for name, value in (("secret", "a b c e"), ("salt", b"t" * 16), ("pepper", b"q" * 32)):
        keys.append(sealing.stretched(**(said | {name: value}), cost=CHEAP))  # type: ignore[arg-type]
    assert len(set(keys)) == 4


def test_outside_these_tests_words_cost_what_a_thief_has_to_pay(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(sealing, "WORDS", OWN_COST)
    made = actions.prepared_box(edition="sv", at=now)
    words = {"secret": made.left.code.secret, "salt": made.box.salt, "pepper": codes.own_key("pepper")}
    private = sealing.opened(
        made.box.wrapped_key,
        key=sealing.stretched(**words, cost=sealing.Cost(memory=128 * 1024, passes=8)),
        place=f"key {made.box.id}",
    )
    assert sealing.public_of(private) == made.box.public_key
