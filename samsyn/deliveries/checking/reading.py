"""Rows out of a file: which encoding, which delimiter, one bounded line at a time. Pure. Nothing is guessed in silence."""

import codecs
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from samsyn.deliveries.checking.formats import COLUMNS

LONGEST_LINE = 20_000
_CHUNK = 1 << 18
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab"}
_ROOT = Path(__file__).resolve().parents[3]
# A sheet of 100,000 rows takes a second; a child that works longer is a bomb.
SHEET_SECONDS = 30


class Unreadable(Exception):
    """The file can't be read; ``rule`` says why, ``row`` where (0: the file as a whole)."""

    def __init__(self, rule: str, row: int = 0, cell: str = "") -> None:
        super().__init__(rule)
        self.rule, self.row, self.cell = rule, row, cell


@dataclass(frozen=True)
class Opened:
    """A file's rows with the numbers that its sender sees, and how it was read."""

    kind: str
    encoding: str
    delimiter: str
    rows: Iterator[tuple[int, list[str]]]
    formulas: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()


def opened(file: BinaryIO) -> Opened:
    """Open a delivered file as CSV or XLSX, by its content; raise Unreadable. The rows raise it too, when they are read."""
    start = file.read(8)
    file.seek(0)
    if not start:
        raise Unreadable("empty")
    if start.startswith(b"PK\x03\x04"):
        return _sheet(file)
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"PK")):
        raise Unreadable("not_text")
    encoding = _encoding(file)
    file.seek(len(codecs.BOM_UTF8) if encoding == "utf-8-bom" else 0)
    delimiter = _delimiter(file.readline(LONGEST_LINE + 1), encoding)
    file.seek(len(codecs.BOM_UTF8) if encoding == "utf-8-bom" else 0)
    return Opened("csv", encoding, _DELIMITERS[delimiter], _rows(file, encoding, delimiter))


def _encoding(file: BinaryIO) -> str:
    """Return utf-8, utf-8-bom or cp1252 after a look at every byte: a file is of one encoding from beginning to end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_first, is_utf8, has_nul, undefined = True, True, False, False
    has_mark = False
    while chunk := file.read(_CHUNK):
        if is_first:
            has_mark = chunk.startswith(codecs.BOM_UTF8)
            is_first = False
        has_nul = has_nul or b"\x00" in chunk
        # Five bytes mean nothing in Windows-1252.
        undefined = undefined or bool(chunk.translate(None, _DEFINED))
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if has_nul or (not is_utf8 and (has_mark or undefined)):
        raise Unreadable("encoding")
    if is_utf8:
        return "utf-8-bom" if has_mark else "utf-8"
    return "cp1252"


_DEFINED = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})


def _codec(encoding: str) -> str:
    return "cp1252" if encoding == "cp1252" else "utf-8"


def _delimiter(head: bytes, encoding: str) -> str:
    """Return what separates the columns: the sign that gives the most names that we know. Raise Unreadable for none."""
    if len(head) > LONGEST_LINE:
        raise Unreadable("line_too_long", 1)
    text = head.decode(_codec(encoding), "replace").strip("\r\n")
    known = {
        sign: sum(name.strip().strip('"').casefold() in COLUMNS for name in text.split(sign)) for sign in _DELIMITERS
    }
    best = max(known, key=lambda sign: known[sign])
    if known[best] < 2:
        # A list of persons has none of our names, and is to be called what it is.
        best = max(_DELIMITERS, key=text.count)
        if best not in text:
            raise Unreadable("delimiter", 1)
    return best


def _rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    codec = _codec(encoding)
    number = 0

    def lines() -> Iterator[str]:
        nonlocal number
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise Unreadable("line_too_long", number)
            yield line.decode(codec)

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            # A value over several lines is counted from its first; after one the numbers are still those of the lines.
            if row:
                yield before + 1, row
            before = number
    except csv.Error as error:
        raise Unreadable("quotes", max(number, 1)) from error


def _sheet(file: BinaryIO) -> Opened:
    """Read a workbook in a child with limits on memory and time: what explodes there, explodes alone."""
    child = subprocess.Popen(
        [sys.executable, "-m", "samsyn.deliveries.checking.sheet"],
        stdin=file.fileno() if _has_number(file) else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
    )
    try:
        output, _errors = child.communicate(None if _has_number(file) else file.read(), timeout=SHEET_SECONDS)
    except subprocess.TimeoutExpired as error:
        child.kill()
        child.communicate()
        raise Unreadable("workbook") from error
    if child.returncode != 0 or not output:
        raise Unreadable("workbook")
    first, _newline, rest = output.partition(b"\n")
    said = json.loads(first)
    if said["problem"]:
        raise Unreadable(said["problem"], said["row"], said["cell"])

    def rows() -> Iterator[tuple[int, list[str]]]:
        for line in rest.splitlines():
            number, values = json.loads(line)
            yield number, values

    return Opened("xlsx", "", "", rows(), tuple(said["formulas"]), tuple(said["merged"]))


def _has_number(file: BinaryIO) -> bool:
    try:
        file.fileno()
    except (OSError, AttributeError):
        return False
    return True
