"""Spoken codes: the word list, what people type, and that only a keyed hash remains."""

import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.privacy import spoken_codes


def one_letter_apart(one: str, other: str) -> bool:
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def test_the_list_has_2048_different_plain_words() -> None:
    words = spoken_codes.word_list()
    assert len(words) == len(set(words)) == 2048
    assert list(words) == sorted(words)
    for word in words:
        assert 4 <= len(word) <= 8
        assert set(word) <= set("abcdefghijklmnopqrstuvwxyzåäö")


def test_any_two_words_differ_by_two_letters_or_more() -> None:
    by_key: dict[str, list[str]] = {}
    for word in spoken_codes.word_list():
        for at in range(len(word)):
            by_key.setdefault(word[:at] + word[at + 1 :], []).append(word)
        by_key.setdefault(word, []).append(word)
    close = {
        pair for group in by_key.values() for pair in combinations(sorted(set(group)), 2) if one_letter_apart(*pair)
    }
    assert close == set()


def test_no_word_is_about_violence_kin_faith_or_honour() -> None:
    roots = ("heder", "våld", "mord", "slag", "hot", "kniv", "gud", "präst", "imam", "kyrk", "moské", "slöja", "flykt")
    kin = {"mor", "far", "mamma", "pappa", "syster", "broder", "bror", "dotter", "kusin", "moster", "faster", "farbror"}
    words = spoken_codes.word_list()
    assert not kin & set(words)
    allowed = {"anslag", "omslag", "förslag", "hotell"}
    assert [w for w in words if w.startswith(roots) and w not in allowed] == []


@given(
    st.lists(st.sampled_from(spoken_codes.word_list()), min_size=3, max_size=3),
    st.sampled_from([" ", "-", "  ", ", ", " – "]),
)
def test_what_people_type_is_understood(words: list[str], between: str) -> None:
    typed = unicodedata.normalize("NFD", between.join(words).upper())
    assert spoken_codes.normalise(typed) == " ".join(words)


def test_an_unknown_word_is_named_by_its_number_only() -> None:
    with pytest.raises(spoken_codes.UnknownWord) as found:
        spoken_codes.normalise(f"{spoken_codes.word_list()[0]} hemligtnamn {spoken_codes.word_list()[1]}")
    assert found.value.number == 2
    assert "hemligtnamn" not in str(found.value)


def test_hashes_are_keyed_and_apart_for_each_purpose() -> None:
    code = spoken_codes.new_code()
    one = spoken_codes.keyed_hash("matter_code", code)
    assert len(one) == 32
    assert one == spoken_codes.keyed_hash("matter_code", code)
    assert one != spoken_codes.keyed_hash("booking_code", code)
