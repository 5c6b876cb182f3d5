"""An empty SPSS file (.sav) with the whole dictionary: labels, values, reasons for no answer, sets of answers.

Written by ourselves: the libraries at hand cannot write sets of several answers, and need a data frame for no data at
all. The layout is that of PSPP's documentation of the system file format.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.package import NOTED, Package, Variable
from samsyn.questions.exchange.words import NOTHING

# SPSS marks at most three single values as missing: one for each reason that can be noted of a case.
MISSING = {reason: 97.0 + at for at, reason in enumerate(NOTED)}
_NUMERIC_F2 = (5 << 16) | (2 << 8)
_LONGEST_LABEL = 120  # bytes; SPSS cuts value labels there
_SYSMIS = struct.pack("<d", -struct.unpack("<d", b"\xff\xff\xff\xff\xff\xff\xef\x7f")[0])
_HIGHEST = b"\xff\xff\xff\xff\xff\xff\xef\x7f"
_LOWEST = b"\xfe\xff\xff\xff\xff\xff\xef\xff"


@dataclass(frozen=True)
class Column:
    """One column of the file; ``values`` holds number and label."""

    name: str
    label: str
    values: tuple[tuple[float, str], ...]
    missing: tuple[float, ...]


def columns(package: Package) -> tuple[Column, ...]:
    """Return the columns of a package: one for a variable, or one for each answer where several may be given."""
    return tuple(column for variable in package.variables for column in _columns(package, variable))


def _columns(package: Package, variable: Variable) -> Iterator[Column]:
    codes = package.list_of(variable).codes
    reasons = tuple((MISSING[one], f"{NOTHING[one].sv} [{one}]") for one in variable.nothing)
    missing = tuple(number for number, _label in reasons)
    if not variable.is_multiple:
        values = tuple((float(at), f"{code.label.sv} [{code.value}]") for at, code in enumerate(codes, start=1))
        yield Column(variable.code, f"{variable.label.sv} [version {variable.version}]", (*values, *reasons), missing)
        return
    for at, code in enumerate(codes, start=1):
        label = f"{variable.label.sv}: {code.label.sv} [{code.value}]"
        # No code has a dot: the name can't meet that of another variable.
        yield Column(f"{variable.code}.{at}", label, ((0.0, "Nej"), (1.0, "Ja"), *reasons), missing)


def as_sav(package: Package) -> bytes:
    """Return the file. It has no cases; the same version gives the same bytes."""
    found = columns(package)
    title = f"{package.title.sv} {package.version}"
    return b"".join(
        [
            _header(len(found), title),
            *(_variable(at, one) for at, one in enumerate(found, start=1)),
            *(_value_labels(at, one) for at, one in enumerate(found, start=1)),
            _documents([title, package.url, lost("spss"), lost("spss", "en")]),
            # Version of the writer, no machine, IEEE 754, no compression, little-endian, UTF-8.
            _info(3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001)),
            _info(4, 8, _SYSMIS + _HIGHEST + _LOWEST),
            _info(7, 1, _answer_sets(package)),
            _info(11, 4, b"".join(struct.pack("<3i", 1, 8, 0) for _column in found)),
            _info(13, 1, "\t".join(f"{_short(at)}={one.name}" for at, one in enumerate(found, start=1)).encode()),
            _info(20, 1, b"UTF-8"),
            struct.pack("<2i", 999, 0),
        ]
    )


def _short(at: int) -> str:
    return f"V{at}"


def _cut(text: str, length: int) -> bytes:
    """Return as much as fits, no character cut in two."""
    return text.encode()[:length].decode(errors="ignore").encode()


def _header(width: int, title: str) -> bytes:
    product = b"@(#) SPSS DATA FILE Samsyn".ljust(60)
    counts = struct.pack("<5i", 2, width, 0, 0, 0)
    made_on = b"01 jan 26" + b"00:00:00"  # required, and never true: the file must not differ from day to day
    return b"$FL2" + product + counts + struct.pack("<d", 100.0) + made_on + _cut(title, 64).ljust(64) + b"\0" * 3


def _variable(at: int, column: Column) -> bytes:
    label = _cut(column.label, 252)
    head = struct.pack("<6i", 2, 0, 1, len(column.missing), _NUMERIC_F2, _NUMERIC_F2) + _short(at).encode().ljust(8)
    padded = label.ljust(-(-len(label) // 4) * 4)
    return head + struct.pack("<i", len(label)) + padded + struct.pack(f"<{len(column.missing)}d", *column.missing)


def _value_labels(at: int, column: Column) -> bytes:
    said = struct.pack("<2i", 3, len(column.values))
    for number, text in column.values:
        label = _cut(text, _LONGEST_LABEL)
        said += struct.pack("<dB", number, len(label)) + label.ljust(-(-(len(label) + 1) // 8) * 8 - 1)
    return said + struct.pack("<3i", 4, 1, at)


def _documents(texts: list[str]) -> bytes:
    lines = [line for text in texts for line in _lines(text)]
    return struct.pack("<2i", 6, len(lines)) + b"".join(line.ljust(80) for line in lines)


def _lines(text: str) -> Iterator[bytes]:
    """Break a text into lines of at most 80 bytes, between words."""
    line = b""
    for word in text.split():
        longer = line + b" " * bool(line) + word.encode()
        if len(longer) > 80:
            yield line
            longer = word.encode()[:80]
        line = longer
    yield line


def _answer_sets(package: Package) -> bytes:
    """Return the sets of several answers: the value that counts is 1."""
    found = columns(package)
    said = b""
    for variable in package.variables:
        names = [
            _short(at).lower() for at, one in enumerate(found, start=1) if one.name.startswith(f"{variable.code}.")
        ]
        if variable.is_multiple and len(names) > 1:
            label = variable.label.sv.encode()
            said += f"${variable.code}=D1 1 {len(label)} ".encode() + label + b" " + " ".join(names).encode() + b"\n"
    return said


def _info(kind: int, size: int, content: bytes) -> bytes:
    return struct.pack("<4i", 7, kind, size, len(content) // size) + content
