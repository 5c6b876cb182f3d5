"""What one organisation may see of the others: sums of at least three, none of which outweighs, with noise. Pure.

A county's figure minus one's own is about the others in the county. So a comparison is of the *others* alone, hidden unless
at least three others stand behind it and none has more than its share of it, and it carries the noise of cell keys, so that
neither two years nor two groups can be subtracted from each other. The keys follow from a secret of the installation and from the
figures: who reads this source can't compute them, and a figure that was replaced has another noise than the one before.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics.cell_keys import KEYS, perturbed
from samsyn.statistics.delivered.compiling import Compilation
from samsyn.statistics.delivered.indicators import Amount, Indicator, amount

LEAST_OTHERS = 3
LARGEST_SHARE = 0.8
FEW = "few"
# Bands of cases a year: fixed, so that nobody's group is made around themselves.
BANDS = (0, 10, 30, 100, 300)


@dataclass(frozen=True)
class Compared:
    """A comparison, or the reason why it is not shown."""

    share: float | None
    others: int
    hidden: str = ""


def compared(
    made: Compilation, chosen: NDArray[np.bool_], *, own: str, indicator: Indicator, secret: bytes
) -> Compared:
    """Return an indicator over the chosen rows that are whole in one version, without one's own.

    ``secret`` is 32 bytes that nobody outside the installation knows: the noise follows from it.
    """
    cells = indicator.cells(made.target)
    rows = [at for at in np.flatnonzero(chosen) if made.rows[at][0] != own and not made.lack(int(at), cells)]
    parts = [amount(indicator, made.target, made.counts[at]) for at in rows]
    parts_that_count = [one for one in parts if one.denominator]
    names = {made.rows[at][0] for at, one in zip(rows, parts, strict=True) if one.denominator}
    if len(names) < LEAST_OTHERS:
        return Compared(None, len(names), FEW)
    total = sum(one.denominator for one in parts_that_count)
    if max(one.denominator for one in parts_that_count) > LARGEST_SHARE * total:
        return Compared(None, len(names), FEW)
    keys = [_key(made.rows[at], one, indicator, secret) for at, one in zip(rows, parts, strict=True)]
    numerator, denominator = _noisy(parts, keys)
    share = 100 * min(numerator, denominator) / denominator if denominator else None
    return Compared(share, len(names), "" if share is not None else FEW)


def _noisy(parts: Sequence[Amount], keys: Sequence[tuple[int, int]]) -> tuple[int, int]:
    counts = np.array([sum(one.numerator for one in parts), sum(one.denominator for one in parts)], dtype=np.int64)
    # A key of each row that has something in the sum: the same rows give the same noise, one row more gives another.
    found = [
        sum(key[0] for key, one in zip(keys, parts, strict=True) if one.numerator) % KEYS,
        sum(key[1] for key, one in zip(keys, parts, strict=True) if one.denominator) % KEYS,
    ]
    numerator, denominator = perturbed(counts, np.array(found, dtype=np.int64))
    return int(numerator), int(denominator)


def _key(row: tuple[str, str, int], one: Amount, indicator: Indicator, secret: bytes) -> tuple[int, int]:
    said = f"{row[0]}|{row[2]}|{indicator.code}|{indicator.version}|{one.numerator}|{one.denominator}"
    digest = hmac.digest(secret, said.encode(), hashlib.sha256)
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def band_of(units: int) -> int:
    """Return the band in which a number of cases a year lies."""
    return sum(units >= limit for limit in BANDS) - 1


def like(made: Compilation, *, own: str, year: int) -> frozenset[str]:
    """Return the organisations with about as many cases in a year as one's own, of those whose number is known."""
    first = made.target.places["units"]["all"]
    cells = list(range(first, first + made.target.width))
    units = {
        row[0]: int(made.counts[at][cells].sum())
        for at, row in enumerate(made.rows)
        if row[2] == year and not made.lack(at, cells)
    }
    if own not in units:
        return frozenset()
    band = band_of(units[own])
    return frozenset(code for code, number in units.items() if band_of(number) == band)
