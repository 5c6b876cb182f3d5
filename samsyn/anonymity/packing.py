"""A table of people as few bytes as a page can carry. Pure, no Django.

For each municipality, in the order of the codes: its code as two bytes, then the counts of girls and women of 0 to 100
years, then those of boys and men. A count is written as its difference from the one before it (the first one's from 0),
in zigzag (0, -1, 1, -2 ... as 0, 1, 2, 3 ...) and seven bits a byte, the lowest first. Neighbouring ages are alike, so
most counts take one byte. ``static/anonymity/meter.js`` reads it.
"""

from collections.abc import Iterator, Mapping, Sequence

# 0 to 99 years, and 100 or older.
AGES = 101
SEXES = ("girl_woman", "boy_man")
CELLS = AGES * len(SEXES)


def pack(counts: Mapping[str, Sequence[int]]) -> bytes:
    """Return the packed form of ``CELLS`` counts for each municipality code of four digits."""
    found = bytearray()
    for code in sorted(counts):
        found += int(code).to_bytes(2, "big")
        before = 0
        for count in counts[code]:
            found.extend(_written(count - before))
            before = count
    return bytes(found)


def unpack(packed: bytes) -> dict[str, list[int]]:
    """Return what was packed."""
    found: dict[str, list[int]] = {}
    at = 0
    while at < len(packed):
        code = f"{int.from_bytes(packed[at : at + 2], 'big'):04}"
        at += 2
        counts: list[int] = []
        for _ in range(CELLS):
            value = shift = 0
            while True:
                byte = packed[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            change = (value >> 1) ^ -(value & 1)
            counts.append(change + (counts[-1] if counts else 0))
        found[code] = counts
    return found


def _written(change: int) -> Iterator[int]:
    value = change * 2 if change >= 0 else -change * 2 - 1
    while value > 127:
        yield value & 127 | 128
        value >>= 7
    yield value
