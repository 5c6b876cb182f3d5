"""Reading of hostile and ordinary letters: the words as they were written, or a refusal that says why."""

import base64
import contextlib
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.channels import findings, letter_reading
from samsyn.channels.letter_reading import CannotRead, read

HEAD = b"From: =?utf-8?q?Anna_=C3=85?= <anna@skola.example>\r\nSubject: =?utf-8?b?w6XDpMO2?=\r\n"


def refusal(raw: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read(raw)
    return refused.value.code


def test_words_stay_and_machines_traces_go() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Anna <anna@skola.example>", "Möte"
    message["X-Originating-IP"], message["User-Agent"] = "[10.1.2.3]", "Program 7"
    message.set_content("Hej\r\n\r\n\r\n\r\nVi ses på torsdag.")
    message.add_attachment(b"\x89PNG...", maintype="image", subtype="png", filename="elevens namn.png")
    words = read(message.as_bytes())
    assert words.sender == "anna@skola.example"
    assert words.text == "Hej\n\nVi ses på torsdag."
    assert (words.files, words.found) == (1, (letter_reading.FILES_LEFT_OUT,))
    assert not any(trace in repr(words) for trace in ("10.1.2.3", "Program", "PNG", "elevens"))


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_every_declared_charset_is_read_right(charset: str) -> None:
    body = "Möte på tåg".encode(charset)
    raw = HEAD + f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    words = read(raw + base64.encodebytes(body))
    assert (words.subject, words.text) == ("åäö", "Möte på tåg")


def test_html_alone_is_read_as_its_words() -> None:
    page = (
        "<style>p{}</style><p>Hej <b>du</b></p><script>x()</script><p>Rad &auml; <img src='http://x.example/1.png'></p>"
    )
    words = read(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page.encode())
    assert words.text == "Hej du\nRad ä"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nhej \xff\xfe", "unreadable"),
        (HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\nhej \xe5", "unreadable"),
        (HEAD + b"Content-Type: text/plain; charset=x-unknown\r\n\r\nhej", "unreadable"),
        (HEAD + b"Content-Type: text/plain; charset=rot13\r\n\r\nhej", "unreadable"),
        (HEAD + b"Content-Type: text/plain; charset=zip\r\n\r\nhej", "unreadable"),
        (b"Subject: =?x-unknown?q?=FF?=\r\n\r\nhej", "unreadable"),
        (HEAD + b"\r\n", "none"),
        (b"", "no_words"),
        (b"\r\n\r\n", "no_words"),
        (HEAD + b"\r\n" + b"ord " * 6_000, "too_long"),
        (b"X: " + b"a" * 70_000 + b"\r\n\r\nhej", "unreadable"),
        (b"A" * (letter_reading.LARGEST + 1), "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_and_says_why(raw: bytes, code: str) -> None:
    if code == "none":
        assert read(raw).text == ""
    else:
        assert refusal(raw) == code


def test_bombs_are_refused_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    monkeypatch.setattr(letter_reading.email, "message_from_bytes", parsed.append)
    part = b"--x\r\nContent-Type: text/plain\r\n\r\nhej\r\n"
    many = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part * 10_000
    assert refusal(many) == "too_many_parts"
    bare = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 10_000
    assert refusal(bare) == "too_many_parts"
    nested = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(10_000)
    )
    assert refusal(nested) == "too_many_parts"
    letters = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"hej"
    assert refusal(letters) == "too_many_parts"
    assert refusal(b"a" * 100_000_000) == "too_large"
    assert parsed == []


@given(st.binary(max_size=2_000))
def test_rubbish_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with contextlib.suppress(CannotRead):
        read(HEAD + raw)


@pytest.mark.parametrize(
    "number",
    ["19811228-9874", "198112289874", "811228-9874", "811228+9874", "8112289874", "811228 9874", "81 12 28 9874",
     "811288-9873", "19811228–9874", "811228-T874"],
)  # fmt: skip
def test_personal_numbers_are_covered(number: str) -> None:
    text, count = findings.covered(f"Hon heter inget, {number}, och går i skolan.")
    assert count == 1, number
    assert number not in text
    assert text == f"Hon heter inget, {findings.COVER}, och går i skolan."


@pytest.mark.parametrize(
    "other", ["556036-0793", "2021006222", "1234567890", "13.30", "0701234567", "2026-11-27", "8112289875"]
)
def test_other_numbers_stay(other: str) -> None:
    assert findings.covered(f"Se {other} ovan.") == (f"Se {other} ovan.", 0)


@pytest.mark.parametrize("number", ["08-123 456 78", "070-123 45 67", "+46 8 12 34 56 78", "0701234567"])
def test_phone_numbers_are_marked(number: str) -> None:
    pieces = list(letter_reading.marked(f"Ring {number} i dag"))
    assert (number, True) in pieces
    assert "".join(piece for piece, _is in pieces) == f"Ring {number} i dag"


def test_a_text_of_nothing_but_digits_is_read_as_it_is() -> None:
    """A pattern that went back and forth over these would not end within the test's own time."""
    text = ("0701234567 " * 2_000)[: letter_reading.LONGEST_TEXT]
    assert read(HEAD + b"\r\n" + text.encode()).found == (findings.PHONE_NUMBER,)
    digits = "8112289874" * 5_000
    assert findings.covered(digits) == (digits, 0)
