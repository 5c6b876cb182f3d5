"""A made-up population for the anonymity meter: 10.6 million people who don't exist, in municipalities of made-up sizes.

Deterministic: the same seed gives the same people. No figure in it is anybody's statistics; the meter says so on its page.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from samsyn.anonymity import packing
from samsyn.anonymity.files import Table

PEOPLE = 10_600_000
SEED = 2026
COUNTED_ON, READ_ON = date(2025, 12, 31), date(2026, 2, 20)


def expected(rng: np.random.Generator, *, municipalities: int) -> NDArray[np.float64]:
    """Return how many people to expect: municipality × sex × age, summing to ``PEOPLE``."""
    size = rng.lognormal(mean=0.0, sigma=1.0, size=municipalities)
    age = np.arange(packing.AGES)
    # Flat to some sixty years, then fewer each year; younger and older municipalities.
    pyramid = np.where(age < 62, 1.0, np.exp(-(((age - 62) / 20.0) ** 2)))
    tilt = np.exp(np.outer(rng.normal(0.0, 0.006, municipalities), age - 40))
    by_sex = np.stack([pyramid * (1 + np.clip(age - 60, 0, 40) * 0.01), pyramid])
    whole = size[:, None, None] * tilt[:, None, :] * by_sex[None]
    return np.asarray(whole * (PEOPLE / whole.sum()))


def table(codes: list[str], *, seed: int = SEED) -> Table:
    """Return a table for these municipality codes, marked as made up."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(expected(rng, municipalities=len(codes)))
    rows = counts.reshape(len(codes), packing.CELLS)
    return Table(
        version=f"påhittad-{seed}", source="Påhittade siffror ur ett program", counted_on=COUNTED_ON, read_on=READ_ON,
        is_made_up=True, counts={code: [int(one) for one in row] for code, row in zip(codes, rows, strict=True)},
    )  # fmt: skip
