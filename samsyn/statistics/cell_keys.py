"""Cell keys: counts that many may ask for in many ways get noise that asking again doesn't take away. Pure: no Django.

Every fact has a record key, 32 random bits; a cell's key is the sum of its facts' keys modulo 2^32. Key and count decide
the noise by a fixed table. So the same facts get the same noise in whatever table they stand, and one fact more or less
gives a key, and so a noise, that has nothing to do with the one before.

The method of the Australian Bureau of Statistics: Fraser and Wooton (2005), *A proposed method for confidentialising
tabular output to protect against differencing*, UNECE work session on statistical data confidentiality, Geneva; Marley
and Leaver (2011), *A method for confidentialising user-defined tables: statistical properties and a risk-utility
analysis*, 58th World Statistics Congress, Dublin. The table by maximum entropy: Giessing (2016), *Computational issues in
the design of transition probabilities and disclosure risk estimation for additive noise*, Privacy in Statistical
Databases, LNCS 9867.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

KEYS = 2**32
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """What the noise is like: at most ``deviation`` up or down, mean 0, ``variance``, no result of 1 to ``least`` - 1."""

    deviation: int
    variance: float
    least: int

    @property
    def rows(self) -> int:
        """Return from which count on the noise is the same for all: neither 0 nor the gap above it is within reach."""
        return self.deviation + self.least


# No result below five: a three that somebody copies out would read as what this house never shows. A count of two that
# may only become 0, 5, 6 ... without bias has a variance of at least 6 (2 x 3), so 7: a standard deviation of 2.6, as
# large as the differences of 1 to 4 that it has to hide.
STANDARD = Noise(deviation=10, variance=7.0, least=5)


class NoSuchNoise(ValueError):
    """No distribution has this mean and variance with these limits."""


@cache
def transitions(noise: Noise = STANDARD) -> Floats:
    """Return how likely each change is: row = true count (0 to ``noise.rows``, the last for all above), column = change.

    Column 0 is -deviation. Each row is the distribution of greatest entropy with mean 0 and the variance; a zero stays
    zero. Raise NoSuchNoise.
    """
    found = np.zeros((noise.rows + 1, 2 * noise.deviation + 1))
    found[0, noise.deviation] = 1.0
    for count in range(1, noise.rows + 1):
        results = np.arange(count - noise.deviation, count + noise.deviation + 1)
        is_allowed = (results == 0) | (results >= noise.least)
        found[count, is_allowed] = _greatest_entropy((results - count)[is_allowed].astype(float), noise.variance)
    return found


def _greatest_entropy(changes: Floats, variance: float) -> Floats:
    """Return the distribution over the changes with mean 0, this variance and the greatest entropy.

    It is proportional to exp(a d + b d^2); a and b minimise the convex dual, the logarithm of its sum.
    """
    # Both moments of about the same size: the search is as exact in one direction as in the other.
    moments = np.stack([changes / np.abs(changes).max(), (changes**2 - variance) / np.abs(changes**2 - variance).max()])

    def shares(at: Floats) -> tuple[float, Floats]:
        exponents = at @ moments
        top = exponents.max()
        weights = np.exp(exponents - top)
        return float(top + np.log(weights.sum())), weights / weights.sum()

    def slope(at: Floats) -> Floats:
        result: Floats = moments @ shares(at)[1]
        return result

    def bend(at: Floats) -> Floats:
        weights = shares(at)[1]
        mean = moments @ weights
        result: Floats = (moments * weights) @ moments.T - np.outer(mean, mean)
        return result

    solved = minimize(
        lambda at: shares(at)[0], np.zeros(2), jac=slope, hess=bend, method="trust-exact", options={"gtol": 1e-10}
    )
    # A search that stops at the rounding of the dual is as near as numbers come; one without a solution runs off.
    if np.abs(slope(solved.x)).max() > 1e-7:
        raise NoSuchNoise(f"no distribution over {changes.astype(int).tolist()} has mean 0 and variance {variance}")
    return shares(solved.x)[1]


@cache
def _limits(noise: Noise) -> Floats:
    """Return the cumulated rows: the change is the first column whose limit lies above the key's place in 0 to 1."""
    limits = np.cumsum(transitions(noise), axis=1)
    limits[:, -1] = 1.0
    return limits


def perturbed(counts: Ints, keys: Ints, noise: Noise = STANDARD) -> Ints:
    """Return the counts with their noise; ``keys`` are sums of record keys, taken modulo 2^32, of the same shape."""
    if counts.shape != keys.shape or (counts < 0).any():
        raise ValueError("a key for each count, and no count below 0")
    place = (keys % KEYS) / KEYS
    limits = _limits(noise)[np.minimum(counts, noise.rows)]
    change = (limits <= place[..., None]).sum(axis=-1) - noise.deviation
    result: Ints = counts + change
    return result
