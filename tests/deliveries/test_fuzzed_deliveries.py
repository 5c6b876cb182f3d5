"""Spoilt files at an open door: never a fault of ours, never half a delivery, and nobody else has to wait."""

import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from samsyn.deliveries.models import Delivery
from tests.conftest import CommittedDatabase
from tests.deliveries.conftest import FORM, Deliverer
from tests.deliveries.files import as_xlsx
from tests.deliveries.test_rest import XLSX, sent, system, token_of

__all__ = ["system"]  # the fixture of the REST door

Spoil = Callable[[bytes, random.Random], bytes]


def _bytes_changed(content: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _byte in range(dice.randrange(1, 40)):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(1, len(content))]


def _other_encoding(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"normal", "normål".encode(dice.choice(["utf-16", "cp437", "utf-7", "mac_roman"])))


def _lines_shuffled(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


def _a_million_columns(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"\n", b";" * 1_000_000 + b"\n", 1)


def _nought_bytes(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + bytes(dice.randrange(1, 5000)) + content[at:]


def _quotes(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b";", b';"', dice.randrange(1, 9))


def _book(change: Callable[[openpyxl.Workbook, random.Random], None]) -> Spoil:
    def spoil(content: bytes, dice: random.Random) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book, dice)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()

    return spoil


def _formulas(book: openpyxl.Workbook, dice: random.Random) -> None:
    book.worksheets[0].cell(dice.randrange(2, 300), dice.randrange(1, 10)).value = '=HYPERLINK("http://example.se")'


def _merged(book: openpyxl.Workbook, dice: random.Random) -> None:
    book.worksheets[0].merge_cells(f"A{dice.randrange(2, 100)}:C{dice.randrange(101, 300)}")


def _far_out(book: openpyxl.Workbook, dice: random.Random) -> None:
    book.worksheets[0].cell(1_048_576, 16_384).value = "x"


def _bomb(content: bytes, dice: random.Random) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(200 << 20))
    return made.getvalue()


CSV = (_bytes_changed, _cut, _other_encoding, _lines_shuffled, _a_million_columns, _nought_bytes, _quotes)
BOOKS = (_bytes_changed, _cut, _bomb, _book(_formulas), _book(_merged), _book(_far_out))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_spoilt_file_is_a_fault_of_ours_or_stored_by_half(
    system: Client,
    stockholm: Deliverer,
    kind: str,
) -> None:
    token = token_of(system, stockholm)
    good = stockholm.file("2026K1")
    kept = sent(system, token, good, key="good").json()
    if kind == "xlsx":
        good = as_xlsx(FORM, [row.split(";") for row in stockholm.file("2026K1", persons=61).decode().splitlines()[1:]])
    dice = random.Random(11)
    for number, spoil in enumerate((CSV * 5) if kind == "csv" else (BOOKS * 2)):
        content = spoil(good, dice)
        told = sent(system, token, content, key=f"{number}", kind="text/csv" if kind == "csv" else XLSX)
        assert told.status_code < 500, (number, told.content[:300])
        if told.status_code == 202:
            assert told.json()["state"] in {"refused", "checked", "accepted"}
    for row in Delivery.objects.all():
        whole = row.state != "refused"
        assert (len(row.counts), len(row.statuses)) == ((FORM.size, FORM.size) if whole else (0, 0)), row.state
    counting = Delivery.objects.get(state="accepted")
    assert counting.period == "2026K1"
    assert str(counting.id) == kept["id"] or Delivery.objects.get(id=kept["id"]).state == "replaced"


ENROL = """
import django
django.setup()
from tests.deliveries.conftest import enrol
for number, code in enumerate(("0180", "0380")):
    enrol(code, f"Kommun {code}", number=number)
"""
# One file is held in the middle of its check until others, of another sender and of the same one, have been taken in.
SEND = """
import io, threading
import django
django.setup()
from samsyn.deliveries import actions, queries
from samsyn.deliveries.policies import Machine
from tests.deliveries.conftest import AT, FORM
from tests.deliveries.figures import as_file

begun, go_on = threading.Event(), threading.Event()

class Held(io.BytesIO):
    is_checked = False
    def seek(self, *place):
        self.is_checked = True
        return super().seek(*place)
    def readline(self, *size):
        if self.is_checked:
            begun.set()
            assert go_on.wait(60)
        return super().readline(*size)

def send(code, period, file=io.BytesIO):
    sender = queries.sender_named(code, by=Machine(actor_id=code, pseudonym="System"))
    received = actions.Received(file(as_file(FORM, code, period)), "rest", f"{code}{period}", accepts_warnings=True)
    print(code, period, actions.receive(received=received, sender=sender, at=AT).state, flush=True)

held = threading.Thread(target=send, args=("0180", "2026K1", Held))
held.start()
assert begun.wait(60)
send("0380", "2026K1")
send("0180", "2026K2")
go_on.set()
held.join()
"""


def test_a_file_that_takes_long_blocks_nobody(committed_database: CommittedDatabase) -> None:
    environment = committed_database.environment()
    subprocess.run([sys.executable, "-c", ENROL], env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", SEND], env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["0380 2026K1 accepted", "0180 2026K2 accepted", "0180 2026K1 accepted"]
