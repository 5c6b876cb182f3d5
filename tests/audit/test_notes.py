"""Signed notes against the published example of Go's sumdb/note, and against whoever tries to change one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.audit import notes

# golang.org/x/mod/sumdb/note, the example of the package documentation.
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = notes.Signer(name="PeterNeumann", seed=SEED)
VERIFIER = notes.Verifier.from_text(PUBLIC)


def test_published_note_opens_with_the_published_key() -> None:
    assert VERIFIER.opened(NOTE) == TEXT


def test_signing_the_published_text_gives_the_published_note() -> None:
    assert SIGNER.sign(TEXT) == NOTE
    assert SIGNER.verifier().to_text() == PUBLIC


def test_private_key_is_not_shown() -> None:
    assert "10, 20" not in repr(SIGNER)
    assert SEED.hex() not in repr(SIGNER)


@given(at=st.integers(0, len(NOTE) - 1), sign=st.characters(codec="utf-8"))
def test_no_changed_sign_goes_unseen(at: int, sign: str) -> None:
    changed = NOTE[:at] + sign + NOTE[at + 1 :]
    if changed == NOTE:
        return
    try:
        opened = VERIFIER.opened(changed)
    except notes.BadNote:
        return
    # Base64 padding has unused bits: another spelling of the same signature is the same signature.
    assert opened == TEXT


def test_signatures_of_others_are_passed_over() -> None:
    witness = notes.new_signer("witness.example")
    line = witness.sign(TEXT).removeprefix(TEXT + "\n")
    assert VERIFIER.opened(NOTE + line) == TEXT
    assert witness.verifier().opened(NOTE + line) == TEXT


def test_another_key_of_the_same_name_is_not_enough() -> None:
    stranger = notes.new_signer("PeterNeumann")
    with pytest.raises(notes.BadNote):
        VERIFIER.opened(stranger.sign(TEXT))


@pytest.mark.parametrize(
    "note",
    ["", "\n", TEXT, TEXT + "\n", NOTE.rstrip("\n"), NOTE + "\n", "\x00" + NOTE, NOTE.replace("—", "-"), "x" * 70_000],
)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    with pytest.raises(notes.BadNote):
        VERIFIER.opened(note)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("PeterNeumann", "PeterNewmann"),
        PUBLIC[:-4],
        PUBLIC.replace("+ARpc", "+!!!!"),
        "a b" + PUBLIC,
    ],
)
def test_what_is_not_a_key_is_refused(key: str) -> None:
    with pytest.raises(notes.BadKey):
        notes.Verifier.from_text(key)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\there"])
def test_a_key_name_without_meaning_is_refused(name: str) -> None:
    with pytest.raises(notes.BadKey):
        notes.Signer(name=name, seed=SEED)


@pytest.mark.parametrize("text", ["no newline", "bell\x07\n"])
def test_a_text_that_can_not_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(notes.BadNote):
        SIGNER.sign(text)
