"""Shares, rates, seasonal comparisons and trends of quarterly counts, with their uncertainty. Pure: numpy and scipy.

Quarters are counted from 0 and only whole ones are given: a running quarter is never compared as if it were whole.
Nothing reaches across a break of the series, nor back before the variable was registered.

Sources: E. B. Wilson, JASA 22 (1927), 209 to 212; F. Garwood, Biometrika 28 (1936), 437 to 442; R. G. Newcombe,
Statistics in Medicine 17 (1998), 873 to 890, method 10; P. McCullagh and J. A. Nelder, Generalized Linear Models
(2nd ed. 1989), chapters 4, 6 and 9 (quasi-likelihood, dispersion).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CONFIDENCE = 0.95
QUARTERS = 4
# Below this many events in all, Pearson's statistic says nothing reliable of the dispersion.
LEAST_FOR_DISPERSION = 40
# Fewer quarters than two years give no trend; a season needs to have been seen three times to be taken out.
LEAST_FOR_TREND = 8
LEAST_FOR_SEASONS = 12


@dataclass(frozen=True)
class Count:
    """So many events among so many units."""

    events: int
    base: int

    def __post_init__(self) -> None:
        """Refuse what cannot be counted."""
        if not 0 <= self.events <= self.base:
            raise ValueError("Events are between 0 and the base.")

    @property
    def share(self) -> float:
        """Return the share, nan without units."""
        return self.events / self.base if self.base else float("nan")


@dataclass(frozen=True)
class Interval:
    """From low to high, at 95 % confidence unless said otherwise."""

    low: float
    high: float


def wilson(events: float, base: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of a share; without units, everything is possible.

    ``events`` and ``base`` may be fractions: a count divided by its dispersion is one of an effective sample.
    """
    if base <= 0:
        return Interval(0.0, 1.0)
    z = float(stats.norm.ppf((1 + confidence) / 2))
    share = events / base
    middle = (share + z * z / (2 * base)) / (1 + z * z / base)
    half = z / (1 + z * z / base) * np.sqrt(share * (1 - share) / base + z * z / (4 * base * base))
    # At none and at all the formula gives the end itself, but for rounding.
    low, high = 0.0 if events == 0 else float(middle - half), 1.0 if events == base else float(middle + half)
    return Interval(max(0.0, low), min(1.0, high))


def garwood(events: int, exposure: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the exact interval of a Poisson rate: events for each unit of exposure."""
    if exposure <= 0:
        raise ValueError("A rate needs an exposure.")
    tail = (1 - confidence) / 2
    low = float(stats.chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    high = float(stats.chi2.ppf(1 - tail, 2 * events + 2)) / 2
    return Interval(low / exposure, high / exposure)


def difference(latest: Count, reference: Count, *, dispersion: float = 1.0, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of the difference of two shares, latest less reference (Newcombe's method 10).

    With a dispersion above 1 both are taken as samples that much smaller.
    """
    one, other = (
        wilson(count.events / dispersion, count.base / dispersion, confidence=confidence)
        for count in (latest, reference)
    )
    p, q = latest.share, reference.share
    below = np.hypot(p - one.low, other.high - q)
    above = np.hypot(one.high - p, q - other.low)
    return Interval(float(p - q - below), float(p - q + above))


def exact_p(latest: Count, reference: Count) -> float:
    """Return the two-sided p-value that the shares are the same (Fisher's exact test, twice the smaller tail)."""
    whole, marked = latest.base + reference.base, latest.events + reference.events
    below = stats.hypergeom.cdf(latest.events, whole, marked, latest.base)
    above = stats.hypergeom.sf(latest.events - 1, whole, marked, latest.base)
    return float(min(1.0, 2 * min(below, above)))


def quasi_p(latest: Count, reference: Count, *, dispersion: float, freedom: int) -> float:
    """Return the two-sided p-value when quarters vary ``dispersion`` times more than chance does (Student's t)."""
    pooled = (latest.events + reference.events) / (latest.base + reference.base)
    spread = np.sqrt(dispersion * pooled * (1 - pooled) * (1 / latest.base + 1 / reference.base))
    if spread == 0:
        return 1.0
    return float(2 * stats.t.sf(abs(latest.share - reference.share) / spread, freedom))


@dataclass(frozen=True)
class Dispersion:
    """How many times more the quarters vary than chance does, at least 1, and the degrees of freedom behind it."""

    factor: float
    freedom: int

    @property
    def for_intervals(self) -> float:
        """Return the factor that also makes a normal interval as wide as Student's, since the factor is estimated."""
        if self.factor <= 1:
            return 1.0
        tail = (1 + CONFIDENCE) / 2
        return self.factor * float(stats.t.ppf(tail, self.freedom) / stats.norm.ppf(tail)) ** 2


def dispersion(events: Ints | Floats, bases: Ints | Floats) -> Dispersion:
    """Return Pearson's statistic over its degrees of freedom, each season about its own mean; 1 where too little is known.

    The arrays are consecutive quarters; one without units is left out.
    """
    season = np.arange(len(events)) % QUARTERS
    known = bases > 0
    if events[known].sum() < LEAST_FOR_DISPERSION:
        return Dispersion(1.0, 1)
    statistic, freedom = 0.0, 0
    for one in range(QUARTERS):
        chosen = known & (season == one)
        if np.count_nonzero(chosen) < 2:
            continue
        mean = events[chosen].sum() / bases[chosen].sum()
        freedom += int(np.count_nonzero(chosen)) - 1
        if 0 < mean < 1:
            expected = bases[chosen] * mean
            statistic += float(((events[chosen] - expected) ** 2 / (expected * (1 - mean))).sum())
    return Dispersion(max(1.0, statistic / freedom), freedom) if freedom else Dispersion(1.0, 1)


def since_break(last: int, breaks: Sequence[int]) -> int:
    """Return the first quarter that may be compared with ``last``: the latest break at or before it."""
    return max((at for at in breaks if at <= last), default=0)


def same_quarters(last: int, *, window: int, years: int, first: int) -> tuple[range, ...]:
    """Return the quarters of the latest window and of the same window of earlier years, the latest first.

    Those that would begin before ``first`` are left out; the answer is empty if even the latest would.
    """
    found = []
    for year in range(years + 1):
        end = last - QUARTERS * year
        if end - window + 1 < first:
            break
        found.append(range(end - window + 1, end + 1))
    return tuple(found)


@dataclass(frozen=True)
class Comparison:
    """The latest quarters against the same quarters of earlier years."""

    latest: Count
    reference: Count
    years: tuple[Count, ...]
    """Every window, the oldest first, the latest last."""
    difference: Interval
    p_value: float
    dispersion: float


def compare(
    events: Ints, bases: Ints, *, last: int, window: int, years: int = 3, first: int = 0, least: int = 0
) -> Comparison | None:
    """Return the seasonal comparison, or None where there is no earlier year (or no unit) to compare with.

    ``first`` is the first quarter that means the same. Two tests are made, an exact one and one that allows for
    quarters that vary more than chance does, and the more careful one (the larger p-value) holds. Counts below
    ``least`` enter the tests as ``least``, so that a result cannot tell which of them it was.
    """
    windows = same_quarters(last, window=window, years=years, first=first)
    counts = [Count(int(events[list(one)].sum()), int(bases[list(one)].sum())) for one in windows]
    if len(counts) < 2 or not counts[0].base or not sum(count.base for count in counts[1:]):
        return None
    latest = counts[0]
    reference = Count(sum(one.events for one in counts[1:]), sum(one.base for one in counts[1:]))
    history = slice(max(first, last - QUARTERS * (len(counts) - 1) - window + 1), last - window + 1)
    spread = dispersion(np.maximum(events[history], np.minimum(least, bases[history])), bases[history])
    one, other = (Count(min(max(count.events, least), count.base), count.base) for count in (latest, reference))
    p_value = exact_p(one, other)
    if spread.factor > 1:
        p_value = max(p_value, quasi_p(one, other, dispersion=spread.factor, freedom=spread.freedom))
    return Comparison(
        latest=latest,
        reference=reference,
        years=tuple(reversed(counts)),
        difference=difference(latest, reference, dispersion=spread.for_intervals),
        p_value=p_value,
        dispersion=spread.factor,
    )


@dataclass(frozen=True)
class Trend:
    """The change a year over the quarters that were used: relative for rates, in parts of the whole for shares."""

    per_year: float
    interval: Interval
    p_value: float
    dispersion: float
    quarters: int
    has_seasons: bool


def trend(
    events: Ints,
    bases: Ints | Floats,
    *,
    family: Literal["binomial", "poisson"],
    last: int,
    quarters: int,
    first: int = 0,
) -> Trend | None:
    """Return the log-linear trend of the last quarters, or None where fewer than eight of them can be used.

    A share has the logit model, its change is the slope at the mean share; a rate has the log model with the exposure
    as offset, its change is the factor less 1. With twelve quarters or more each season has its own level. Standard
    errors are multiplied by the root of the dispersion (at least 1) and the interval is Student's.
    """
    chosen = np.arange(max(first, last - quarters + 1), last + 1)
    chosen = chosen[np.asarray(bases)[chosen] > 0]
    if len(chosen) < LEAST_FOR_TREND or events[chosen].sum() == 0:
        return None
    counts, sizes = events[chosen].astype(np.float64), np.asarray(bases, dtype=np.float64)[chosen]
    if family == "binomial" and counts.sum() == sizes.sum():
        return None
    design = [np.ones(len(chosen)), (chosen - chosen.mean()) / QUARTERS]
    seasons = [one for one in range(QUARTERS) if np.count_nonzero(chosen % QUARTERS == one) >= 3]
    has_seasons = len(chosen) >= LEAST_FOR_SEASONS and len(seasons) == QUARTERS
    if has_seasons:
        # Effects that add up to nothing, so that the level is the mean of the seasons.
        design += [
            (chosen % QUARTERS == one) * 1.0 - (chosen % QUARTERS == QUARTERS - 1) for one in range(QUARTERS - 1)
        ]
    matrix = np.column_stack(design)
    found = _fitted(counts, sizes, matrix, family)
    if found is None:
        return None
    beta, covariance, mean = found
    variance = mean * (1 - mean / sizes) if family == "binomial" else mean
    freedom = len(chosen) - matrix.shape[1]
    factor = max(1.0, float(((counts - mean) ** 2 / variance).sum()) / freedom)
    error = float(np.sqrt(factor * covariance[1, 1]))
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    slope = float(beta[1])
    if family == "binomial":
        share = counts.sum() / sizes.sum()
        scale = share * (1 - share)
        per_year, interval = slope * scale, Interval((slope - reach) * scale, (slope + reach) * scale)
    else:
        per_year = float(np.expm1(slope))
        interval = Interval(float(np.expm1(slope - reach)), float(np.expm1(slope + reach)))
    p_value = float(2 * stats.t.sf(abs(slope) / error, freedom)) if error else 1.0
    return Trend(per_year, interval, p_value, factor, len(chosen), has_seasons)


def _fitted(
    counts: Floats, sizes: Floats, matrix: Floats, family: Literal["binomial", "poisson"]
) -> tuple[Floats, Floats, Floats] | None:
    """Return coefficients, their covariance at dispersion 1 and fitted means, by iteratively reweighted least squares.

    None where the estimates run off, as they do when a season has no events at all.
    """
    share = np.clip((counts + 0.5) / (sizes + 1), 1e-9, None)
    predictor = np.log(share / (1 - share)) if family == "binomial" else np.log(share)
    for _ in range(50):
        if family == "binomial":
            share = 1 / (1 + np.exp(-predictor))
            mean, weight = sizes * share, sizes * share * (1 - share)
        else:
            mean = sizes * np.exp(predictor)
            weight = mean
        if weight.min() < 1e-8:
            return None
        target = predictor + (counts - mean) / weight
        information = matrix.T @ (matrix * weight[:, None])
        try:
            beta = np.linalg.solve(information, matrix.T @ (weight * target))
        except np.linalg.LinAlgError:
            return None
        moved = matrix @ beta
        if np.max(np.abs(moved - predictor)) < 1e-10:
            return np.asarray(beta, np.float64), np.asarray(np.linalg.inv(information), np.float64), mean
        predictor = np.clip(moved, -30, 30)
    return None
