"""Intervals, tests and trends done slowly and obviously: by bisection, by adding up probabilities, by climbing a hill."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from scipy import optimize


def bisected(is_low: Callable[[float], bool], low: float, high: float) -> float:
    """Where ``is_low`` turns from true to false."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if is_low(middle) else (low, middle)
    return (low + high) / 2


def score_interval(events: int, base: int) -> tuple[float, float]:
    """Every share whose score test does not refuse the events at 5 %."""
    z, share = 1.959963984540054, events / base

    def is_refused(p: float) -> bool:
        return abs(share - p) > z * math.sqrt(p * (1 - p) / base)

    low = bisected(is_refused, 0.0, share) if share > 0 else 0.0
    high = bisected(lambda p: not is_refused(p), share, 1.0) if share < 1 else 1.0
    return low, high


def poisson_tail(events: int, mean: float) -> float:
    """The chance of so many events or fewer."""
    return math.fsum(math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) for n in range(events + 1))


def exact_rate(events: int) -> tuple[float, float]:
    """The means that make so many events, or more, or fewer, happen once in forty times."""
    low = bisected(lambda m: 1 - poisson_tail(events - 1, m) < 0.025, 1e-9, events + 1.0) if events else 0.0
    high = bisected(lambda m: poisson_tail(events, m) > 0.025, 1e-9, events * 3 + 20.0)
    return low, high


def fisher(a: int, m: int, b: int, n: int) -> Fraction:
    """Twice the smaller tail of a 2 × 2 table with a of m against b of n, by counting."""
    marked = a + b
    ways = math.comb(m + n, marked)
    chances = {
        k: Fraction(math.comb(m, k) * math.comb(n, marked - k), ways)
        for k in range(max(0, marked - n), min(m, marked) + 1)
    }
    below = sum(chance for k, chance in chances.items() if k <= a)
    above = sum(chance for k, chance in chances.items() if k >= a)
    return min(Fraction(1), 2 * min(below, above))


def slope(
    events: Sequence[float], bases: Sequence[float], quarters: Sequence[int], *, family: str, seasons: bool
) -> tuple[float, float]:
    """The slope a year that makes the counts likeliest, and its error from the curvature there, at dispersion 1."""
    y, n, t = np.asarray(events, float), np.asarray(bases, float), np.asarray(quarters, float)
    columns = [np.ones_like(t), (t - t.mean()) / 4]
    if seasons:
        columns += [(t % 4 == k).astype(float) for k in range(3)]
    x = np.column_stack(columns)

    def minus_log(beta: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
        eta = x @ beta
        if family == "binomial":
            return float(-(y * eta - n * np.log1p(np.exp(eta))).sum())
        return float(-(y * (eta + np.log(n)) - n * np.exp(eta)).sum())

    start = np.zeros(x.shape[1])
    start[0] = np.log(y.sum() / n.sum())
    best = optimize.minimize(
        minus_log,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 40_000, "maxfev": 40_000},
    )
    beta, h = best.x, 1e-4
    size = len(beta)
    curvature = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            steps = []
            for one in (1, -1):
                for other in (1, -1):
                    moved = beta.copy()
                    moved[i] += one * h
                    moved[j] += other * h
                    steps.append(one * other * minus_log(moved))
            curvature[i, j] = sum(steps) / (4 * h * h)
    return float(beta[1]), float(np.sqrt(np.linalg.inv(curvature)[1, 1]))
