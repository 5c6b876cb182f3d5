import csv
import hashlib
import unicodedata
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samsyn.privacy import spoken_codes, word_list_check
from samsyn.privacy.code_messages import message
from samsyn.privacy.spoken_codes import NotACode, UnknownWord, WrongNumberOfWords, keyed_hash, new_code, normalise

WORDS = spoken_codes.word_list()
REGIONS = Path(__file__).parents[2] / "samsyn" / "vocabulary" / "data" / "lists"


def test_the_list_has_exactly_2048_words() -> None:
    assert len(WORDS) == len(set(WORDS)) == 2048


def test_the_list_is_the_one_whose_codes_people_have_learnt() -> None:
    """An exchanged or moved word would make codes worthless that lie in somebody's memory."""
    digest = hashlib.sha256(spoken_codes.WORD_LIST.read_bytes()).hexdigest()
    assert digest == "7dfee415d44552916c8d6743a01d2c75e038994a4a1db351d015197f88a19a8b"


def test_a_list_is_made_out_of_candidates_by_the_rules_alone() -> None:
    """From the words in use, mixed with words that break a rule, comes a list of words that break none."""
    words = spoken_codes.word_list()[:300]
    wrong = [f"{word}x" for word in words] + ["heder", "al", "é" * 5]
    made = word_list_check.addable([*words, *wrong], [])
    assert made == list(words)


def test_the_list_holds_its_own_rules() -> None:
    assert word_list_check.faults(WORDS) == []


def slow_distance(one: str, other: str) -> int:
    """Levenshtein by the textbook: slow and obvious."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def test_any_two_words_are_two_letters_apart() -> None:
    by_shape: dict[int, list[str]] = {}
    for word in WORDS:
        by_shape.setdefault(len(word), []).append(word)
    for length, group in by_shape.items():
        others = group + by_shape.get(length + 1, [])
        for place, word in enumerate(group):
            for other in others[place + 1 :]:
                # Words with fewer than half of their letters in common can't be close: the slow count is for the rest.
                if len(set(word) ^ set(other)) <= 4:
                    assert slow_distance(word, other) >= 2, (word, other)


@pytest.mark.parametrize(
    ("faulty", "fault"),
    [
        (["abborre", "abborra"], "look too much alike"),
        (["sjuka", "stjuka"], "look too much alike"),
        (["skylt", "sylt"], "look too much alike"),
        (["tjära", "kära"], "sound the same"),
        (["hjord", "jord"], "sound"),
        (["ordna", "rodna"], "look too much alike"),
        (["ost"], "letters"),
        (["ostbricka"], "letters"),
        (["Ostar"], "small Swedish letters"),
        (["präst"], "kept out"),
        (["ozon", "abborre"], "alphabetical"),
        (["ozon", "ozon"], "twice"),
    ],
)
def test_a_list_with_a_fault_is_told_so(faulty: list[str], fault: str) -> None:
    assert any(fault in one for one in word_list_check.faults(faulty))


def test_no_word_is_a_county_or_a_municipality() -> None:
    names = set()
    for name in ("county", "municipality"):
        with (REGIONS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            names |= {line["label_sv"].casefold() for line in csv.DictReader(handle)}
    assert not names & set(WORDS)


@pytest.mark.parametrize(
    "never", ["heder", "våld", "hot", "familj", "kyrka", "bror", "slöja", "kniv", "emma", "david", "rädd"]
)
def test_words_of_honour_violence_family_religion_and_names_are_kept_out(never: str) -> None:
    assert never in word_list_check.never()
    assert never not in WORDS


def test_a_code_is_three_words_of_the_list() -> None:
    codes = {new_code() for _draw in range(200)}
    assert len(codes) == 200
    assert all(len(code.split(" ")) == 3 and set(code.split(" ")) <= set(WORDS) for code in codes)
    assert len(new_code(words=6).split(" ")) == 6


def test_words_are_drawn_evenly() -> None:
    drawn = [word for _draw in range(7000) for word in new_code().split()]
    # 21,000 draws of 2,048 words: each word is missing with a probability of 0.00004.
    assert len(set(drawn)) > 2040


CODES = st.lists(st.sampled_from(WORDS), min_size=3, max_size=3).map(" ".join)
BETWEEN = st.sampled_from([" ", "  ", "-", " - ", "\u2013", "\u00a0", ", ", ".", "\t", "\n", "_", "\u2011", "/"])


@given(code=CODES, one=BETWEEN, two=BETWEEN, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), upper=st.booleans())
def test_a_code_is_recognised_however_it_is_typed(code: str, one: str, two: str, form: str, upper: bool) -> None:
    a, b, c = code.split(" ")
    typed = unicodedata.normalize(form, f"  {a}{one}{b}{two}{c} ")  # type: ignore[arg-type]
    assert normalise(typed.upper() if upper else typed) == code


def test_swedish_letters_are_kept() -> None:
    with_dots = next(word for word in WORDS if "ä" in word)
    plain = with_dots.replace("ä", "a")
    assert normalise(f"{with_dots} {with_dots} {with_dots}")
    with pytest.raises(UnknownWord):
        normalise(f"{plain} {with_dots} {with_dots}")


def test_an_unknown_word_is_told_by_its_number_and_never_repeated() -> None:
    code = new_code().split()
    with pytest.raises(UnknownWord) as caught:
        normalise(f"{code[0]} hemligt {code[2]}")
    assert caught.value.number == 2
    assert "hemligt" not in str(caught.value)
    assert "hemligt" not in repr(caught.value)
    assert message(caught.value) == "Ord nummer 2 finns inte i ordlistan. Kontrollera stavningen."


@pytest.mark.parametrize(("typed", "found"), [("", 0), ("   ", 0), ("abborre", 1), ("a b c d", 4)])
def test_the_wrong_number_of_words_is_told(typed: str, found: int) -> None:
    with pytest.raises(WrongNumberOfWords) as caught:
        normalise(typed)
    assert (caught.value.found, caught.value.expected) == (found, 3)
    with translation.override("sv"):
        assert message(caught.value) == f"Koden är 3 ord. Det här är {found} ord."


@given(st.text(max_size=400))
def test_any_text_is_a_code_or_is_refused(text: str) -> None:
    try:
        said = normalise(text)
    except NotACode as error:
        said = ""
        told = message(error)
    assert set(said.split()) <= set(WORDS) if said else told


def test_a_huge_text_is_refused_at_once() -> None:
    with pytest.raises(WrongNumberOfWords):
        normalise("abborre " * 1_000_000)


def test_the_hash_is_keyed_and_differs_by_purpose() -> None:
    code = new_code()
    one = keyed_hash("matter", code)
    assert len(one) == 32
    assert one == keyed_hash("matter", code)
    assert one != keyed_hash("booking", code)
    assert one != keyed_hash("matter", new_code())
    # No way to move letters between purpose and code.
    assert keyed_hash("ab", "c") != keyed_hash("a", "bc")


def test_another_installation_gives_another_hash(settings: object, tmp_path: Path) -> None:
    from samsyn.privacy import keys

    code = new_code()
    here = keyed_hash("matter", code)
    keys.create_missing(tmp_path / "keys", ["matter_code"])
    settings.SAMSYN_KEY_DIR = tmp_path / "keys"  # type: ignore[attr-defined]
    assert keyed_hash("matter", code) != here
