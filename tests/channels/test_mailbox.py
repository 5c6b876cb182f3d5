"""Letters from a real mailbox: read or refused, stored once, gone from the mailbox, and no bomb stops the others."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from imapclient import IMAPClient

from samsyn.audit.models import Event
from samsyn.channels import letter_reading, mailbox
from samsyn.channels.models import Letter
from samsyn.channels.queries import letters
from samsyn.people.actors import Actor
from tests.channels.dovecot import mailbox as dovecot
from tests.conftest import CommittedDatabase


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="samsyn-dovecot-") as folder, dovecot(Path(folder)) as address:
        yield address


@pytest.fixture
def box(server: str) -> Iterator[IMAPClient]:
    with mailbox.connect(mailbox.place(server)) as found:
        for folder in ("Refused", "INBOX"):
            found.select_folder(folder)
            numbers = found.search("ALL")
            if numbers:
                found.delete_messages(numbers)
                found.expunge()
        yield found


def letter(subject: str = "En fråga", text: str = "Kan vi tala?", sender: str = "anna@skola.example") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "post@centret.example", subject
    message.set_content(text)
    return message.as_bytes()


def bomb() -> bytes:
    """A letter of ten thousand parts."""
    part = b"--x\r\nContent-Type: text/plain\r\n\r\nhej\r\n"
    return b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + part * 10_000 + b"--x--\r\n"


def take(box: IMAPClient, server: str, now: datetime) -> mailbox.Taken:
    return mailbox.take_in(box, mailbox.place(server), at=now)


@pytest.mark.django_db
def test_letters_are_read_or_refused_and_leave_the_mailbox(
    box: IMAPClient, server: str, adviser: Actor, now: datetime
) -> None:
    box.append("INBOX", letter("Första", "Elevens nummer är 20090314-2388, ring 08-123 456 78."))
    box.append("INBOX", bomb())
    box.append("INBOX", b"From: a@b.example\r\nContent-Type: text/plain; charset=x-none\r\n\r\nhej\xff\r\n")
    box.append("INBOX", letter("Sista"))
    assert take(box, server, now) == mailbox.Taken(read=2, refused=2)
    assert box.search("ALL") == []
    box.select_folder("Refused")
    assert len(box.search("ALL")) == 2
    box.select_folder("INBOX")
    shown = letters(by=adviser)
    assert sorted(str(row.refusal) for row in shown if row.refusal) == [
        "Brevet går inte att läsa som det är skrivet och togs inte emot.",
        "Brevet har för många delar och togs inte emot.",
    ]
    assert sorted(str(one) for row in shown for one in row.found) == ["personnummer, övertäckt", "telefonnummer"]
    assert Event.objects.filter(kind="letter_taken").count() == 2
    assert take(box, server, now) == mailbox.Taken()


@pytest.mark.django_db
def test_a_letter_that_is_too_large_is_not_even_fetched(
    box: IMAPClient, server: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_reading, "LARGEST", 2_000)
    box.append("INBOX", letter(text="a " * 3_000))
    fetched: list[Any] = []
    fetch = box.fetch
    monkeypatch.setattr(box, "fetch", lambda *given: fetched.append(given[1]) or fetch(*given))
    assert take(box, server, now) == mailbox.Taken(refused=1)
    assert fetched == [["RFC822.SIZE", "INTERNALDATE"]]
    assert Letter.objects.get().refusal == letter_reading.TOO_LARGE


@pytest.mark.django_db
def test_a_letter_that_is_found_again_after_a_crash_stands_once(
    box: IMAPClient, server: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.append("INBOX", letter())

    def dies(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(mailbox, "_remove", dies)
        with pytest.raises(ConnectionResetError):
            take(box, server, now)
    assert Letter.objects.count() == 1
    take(box, server, now)
    assert Letter.objects.count() == 1
    assert box.search("ALL") == []


def test_the_process_takes_in_what_comes_and_ends_when_told(
    box: IMAPClient, server: str, committed_database: CommittedDatabase
) -> None:
    """The command itself, woken by the server's push."""
    environment = {**committed_database.environment(), "SAMSYN_MAILBOX": server}
    process = subprocess.Popen(
        [sys.executable, "-m", "samsyn", "mailbox"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        for expected in (1, 2):
            box.append("INBOX", letter(f"Brev {expected}"))
            assert _count_reaches(committed_database, expected), process.poll()
    finally:
        process.terminate()
        output = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 0, output
    assert "skola.example" not in output
    assert "hemligt" not in output


def _count_reaches(database: CommittedDatabase, expected: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with psycopg.connect(database.application_url) as connection:
            row = connection.execute("SELECT count(*) FROM channels_letter").fetchone()
        if row and row[0] >= expected:
            return True
        time.sleep(0.2)
    return False


def test_a_mailbox_that_does_not_answer_is_said_in_one_line(committed_database: CommittedDatabase) -> None:
    environment = {
        **os.environ,
        **committed_database.environment(),
        "SAMSYN_MAILBOX": "imap://a:hemligt@127.0.0.1:1/INBOX",
    }
    done = subprocess.run(
        [sys.executable, "-m", "samsyn", "mailbox", "--once"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "CommandError: The mailbox could not be read: ConnectionRefusedError"
    assert "hemligt" not in done.stderr


@pytest.mark.parametrize("address", ["", "http://a:b@c/INBOX", "imaps://host/INBOX", "imaps://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(mailbox.BadAddress):
        mailbox.place(address)
