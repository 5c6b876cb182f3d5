"""What one organisation may see of the others: sums of at least three, none of which outweighs, with noise. Pure.

A county's figure minus one's own is about the others in the county. So a comparison is of the *others* alone, hidden unless
at least three others stand behind it and none has more than its share of it, and it carries the noise of cell keys, so that
neither two years nor two groups can be subtracted from each other. The keys follow from a secret of the installation and from the
figures: who reads this source can't compute them, and a figure that was replaced has another noise than the one before.

A sum has one noise wherever it stands: asking for it beside several indicators tells nothing more. Every organisation of a
group moves the noise, also one that has nought in the sum; were it otherwise, an unchanged noise would tell of the nought.

The interval of a comparison is made of the noisy sums alone, so that it tells nothing that they don't.
"""

import hashlib
import hmac
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics.cell_keys import KEYS, STANDARD, perturbed
from samsyn.statistics.delivered.compiling import Compilation
from samsyn.statistics.delivered.indicators import Indicator, Part, Z, wilson

LEAST_OTHERS = 3
LARGEST_SHARE = 0.8
FEW = "few"
# Bands of cases a year: fixed, so that nobody's group is made around themselves.
BANDS = (0, 10, 30, 100, 300)


@dataclass(frozen=True)
class Compared:
    """A comparison in per cent with its interval of 95 per cent and how many were not asked (None where that is no answer),
    or why it is not shown.
    """

    share: float | None
    interval: tuple[float, float] | None
    not_asked: float | None
    others: int
    hidden: str = ""


def compared(
    made: Compilation, chosen: NDArray[np.bool_], *, own: str, indicator: Indicator, secret: bytes
) -> Compared:
    """Return an indicator over the chosen rows that are whole in one version, without one's own.

    ``secret`` is 32 bytes that nobody outside the installation knows: the noise follows from it. Share and not asked are
    of the same organisations, those that have every number of both.
    """
    cells = (*indicator.sums(made.target), indicator.cells_beside(made.target))
    rows = [int(at) for at in np.flatnonzero(chosen) if made.rows[at][0] != own and not made.lack(int(at), *cells)]
    parts = (indicator.denominator, indicator.units)
    sums = [made.counts[rows][:, part.cells(made.target)].sum(axis=1) for part in parts]
    others = min(int(np.count_nonzero(one)) for one in sums)
    if others < LEAST_OTHERS or any(one.max() > LARGEST_SHARE * one.sum() for one in sums):
        return Compared(None, None, None, others, FEW)
    numerator, denominator = (_noisy(made, rows, part, secret) for part in (indicator.numerator, indicator.denominator))
    if not denominator:
        return Compared(None, None, None, others, FEW)
    share, interval = with_uncertainty(numerator, denominator)
    skipped = indicator.not_asked(made.target)
    units = _noisy(made, rows, indicator.units, secret)
    not_asked = None
    if skipped is not None and units:
        not_asked = 100 * min(1.0, _noisy(made, rows, skipped, secret) / units)
    return Compared(share, interval, not_asked, others)


def with_uncertainty(numerator: int, denominator: int) -> tuple[float, tuple[float, float]]:
    """Return the share of two noisy sums and its interval of 95 per cent, in per cent; the denominator is no 0.

    Two independent errors: chance, by Wilson's interval, and the noise of both sums, by its variance. Their distances from
    the share are put together as squares (Zou and Donner 2008, *Construction of confidence limits about effect measures: a
    general approach*, Statistics in Medicine 27).
    """
    share = 100 * min(1.0, numerator / denominator)
    low, high = wilson(numerator, denominator)
    noise = 100 * Z * sqrt(STANDARD.variance * (1 + (share / 100) ** 2)) / denominator
    return share, (
        max(0.0, share - sqrt((share - low) ** 2 + noise**2)),
        min(100.0, share + sqrt((high - share) ** 2 + noise**2)),
    )


def _noisy(made: Compilation, rows: list[int], part: Part, secret: bytes) -> int:
    counts = made.counts[rows][:, part.cells(made.target)].sum(axis=1)
    said = f"{made.target.package}|{made.target.table}|{part.variable}|{','.join(part.codes)}"
    keys = (
        _key(f"{said}|{made.rows[at][0]}|{made.rows[at][2]}|{count}", secret)
        for at, count in zip(rows, counts, strict=True)
    )
    return int(perturbed(np.array([counts.sum()]), np.array([sum(keys) % KEYS]))[0])


def _key(said: str, secret: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, said.encode(), hashlib.sha256)[:4], "big")


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
