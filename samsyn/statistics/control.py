"""Control charts: p, u, individuals and moving range, and the standard rules for special causes. Pure: numpy only.

Sources: W. A. Shewhart, Economic Control of Quality of Manufactured Product (1931); D. C. Montgomery, Introduction to
Statistical Quality Control (5th ed. 2005), chapters 5 and 6. The rules are those of Western Electric's Statistical
Quality Control Handbook (1956) and of L. S. Nelson, Journal of Quality Technology 16 (1984), pages 237 to 239.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["p", "u", "x", "mr"]

SIGMAS = 3.0
# Expected range of two values from a normal distribution, in standard deviations: 2 / sqrt(pi).
D2 = 2 / np.sqrt(np.pi)
# Upper limit of such a range: 1 + 3 · d3 / d2, where d3² = 2 − d2².
D4 = 1 + 3 * np.sqrt(2 - D2**2) / D2
# Limits from fewer points say more about chance than about the process; textbooks want 20 to 25 (Montgomery, 5.3).
LEAST_POINTS = 8


@dataclass(frozen=True)
class Rule:
    """A pattern that a stable process seldom shows: ``points`` of ``window`` consecutive ones, all on one side."""

    code: str
    points: int
    window: int
    sigmas: float
    """How far from the centre line; for a run of rising or falling points it has no meaning and is 0."""
    is_run_of_change: bool
    source: str
    """Where it stands, with its number there."""
    false_alarm: float
    """How often a stable, normal process sets it off, as a share of its points (both sides)."""


RULES: tuple[Rule, ...] = (
    # One point in 370.
    Rule("beyond_3", 1, 1, 3.0, False, "Western Electric 1956 (1), Nelson 1984 (1)", 0.0027),
    # A point beyond two, p = 0.02275, and one of the two before it: 2p(2p − p²).
    Rule("two_of_three_beyond_2", 2, 3, 2.0, False, "Western Electric 1956 (2), Nelson 1984 (5)", 0.0020),
    # A point beyond one, p = 0.15866, and three of the four before it: 2p(4p³ − 3p⁴).
    Rule("four_of_five_beyond_1", 4, 5, 1.0, False, "Western Electric 1956 (3), Nelson 1984 (6)", 0.0045),
    # 2 / 2⁹. Western Electric has eight, which is 2 / 2⁸ = 0.0078.
    Rule("nine_on_one_side", 9, 9, 0.0, False, "Nelson 1984 (2), Western Electric 1956 (4): 8", 0.0039),
    # 2 / 6!.
    Rule("six_in_one_direction", 6, 6, 0.0, True, "Nelson 1984 (3)", 0.0028),
)
EIGHT_ON_ONE_SIDE = Rule("eight_on_one_side", 8, 8, 0.0, False, "Western Electric 1956 (4)", 0.0078)
WESTERN_ELECTRIC = (*RULES[:3], EIGHT_ON_ONE_SIDE)
# A range has one side that matters, and its points overlap: the rules about runs would cry wolf.
RULES_OF_RANGES = RULES[:1]


@dataclass(frozen=True)
class Signal:
    """A rule that a point completes; ``side`` is +1 above or rising, −1 below or falling."""

    at: int
    rule: Rule
    side: int


@dataclass(frozen=True)
class ControlChart:
    """A chart, one element a point in every array; nan where a value is missing or a phase is too short for limits."""

    kind: Kind
    values: Floats
    centre: Floats
    sigma: Floats
    lower: Floats
    upper: Floats
    phases: tuple[tuple[int, int], ...]
    """The first point of each phase and the one after its last."""
    signals: tuple[Signal, ...]

    def signals_at(self, at: int) -> tuple[Signal, ...]:
        """Return what a point sets off, in the order of the rules."""
        return tuple(signal for signal in self.signals if signal.at == at)


def p_chart(
    events: Sequence[float] | Floats,
    bases: Sequence[float] | Floats,
    *,
    breaks: Sequence[int] = (),
    baseline: int | None = None,
    rules: Sequence[Rule] = RULES,
) -> ControlChart:
    """Return the chart of shares of events in bases that may vary; a base of 0 or nan is a missing point.

    The centre line of a phase is all its events over all its bases, the standard error sqrt(p(1 − p)/n) of each point.
    ``breaks`` are the points where a new phase begins, ``baseline`` the number of first points of each phase that set
    the limits (all, if None). Raises ValueError if there are more events than units.
    """
    counts, sizes = _pair(events, bases)
    if np.any(counts > sizes):
        raise ValueError("More events than units.")
    return _from_counts("p", counts, sizes, breaks=breaks, baseline=baseline, rules=rules)


def u_chart(
    events: Sequence[float] | Floats,
    bases: Sequence[float] | Floats,
    *,
    breaks: Sequence[int] = (),
    baseline: int | None = None,
    rules: Sequence[Rule] = RULES,
) -> ControlChart:
    """Return the chart of events for each unit of a base that may vary; the standard error is sqrt(u/n)."""
    counts, sizes = _pair(events, bases)
    return _from_counts("u", counts, sizes, breaks=breaks, baseline=baseline, rules=rules)


def xmr_charts(
    values: Sequence[float] | Floats,
    *,
    breaks: Sequence[int] = (),
    baseline: int | None = None,
    rules: Sequence[Rule] = RULES,
) -> tuple[ControlChart, ControlChart]:
    """Return the charts of the individual values and of their moving ranges (of two); nan is a missing point.

    The standard deviation is the mean moving range over d2 = 1.128; a range never reaches across a break or a gap.
    """
    points = np.asarray(values, dtype=np.float64)
    phases = tuple(_phases(len(points), breaks))
    ranges = np.full(len(points), np.nan)
    ranges[1:] = np.abs(np.diff(points))
    for first, _end in phases:
        ranges[first : first + 1] = np.nan
    centre, sigma, mean_range = (np.full(len(points), np.nan) for _ in range(3))
    for first, end in phases:
        base = slice(first, end if baseline is None else min(end, first + baseline))
        if np.count_nonzero(~np.isnan(points[base])) < LEAST_POINTS or np.all(np.isnan(ranges[base])):
            continue
        centre[first:end] = np.nanmean(points[base])
        mean_range[first:end] = np.nanmean(ranges[base])
        sigma[first:end] = mean_range[first:end] / D2
    individuals = _chart("x", points, centre, sigma, (centre - SIGMAS * sigma, centre + SIGMAS * sigma), phases, rules)
    spread = (D4 - 1) * mean_range / SIGMAS
    moving = _chart(
        "mr", ranges, mean_range, spread, (np.zeros_like(mean_range), D4 * mean_range), phases, RULES_OF_RANGES
    )
    return individuals, moving


def _pair(events: Sequence[float] | Floats, bases: Sequence[float] | Floats) -> tuple[Floats, Floats]:
    counts, sizes = np.asarray(events, dtype=np.float64), np.asarray(bases, dtype=np.float64)
    if counts.shape != sizes.shape or counts.ndim != 1:
        raise ValueError("One base for each count.")
    if np.any(counts < 0) or np.any(sizes < 0):
        raise ValueError("Counts and bases are never negative.")
    is_missing = np.isnan(counts) | np.isnan(sizes) | (sizes == 0)
    return np.where(is_missing, np.nan, counts), np.where(is_missing, np.nan, sizes)


def _phases(count: int, breaks: Sequence[int]) -> Iterator[tuple[int, int]]:
    starts = [0, *sorted({at for at in breaks if 0 < at < count}), count]
    yield from ((first, end) for first, end in pairwise(starts) if end > first)


def _from_counts(
    kind: Literal["p", "u"],
    counts: Floats,
    sizes: Floats,
    *,
    breaks: Sequence[int],
    baseline: int | None,
    rules: Sequence[Rule],
) -> ControlChart:
    phases = tuple(_phases(len(counts), breaks))
    centre, sigma = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    for first, end in phases:
        base = slice(first, end if baseline is None else min(end, first + baseline))
        if np.count_nonzero(~np.isnan(counts[base])) < LEAST_POINTS:
            continue
        mean = np.nansum(counts[base]) / np.nansum(sizes[base])
        centre[first:end] = mean
        variance = mean * (1 - mean) if kind == "p" else mean
        sigma[first:end] = np.sqrt(variance / sizes[first:end])
    most = 1.0 if kind == "p" else np.inf
    limits = (np.maximum(0, centre - SIGMAS * sigma), np.minimum(most, centre + SIGMAS * sigma))
    return _chart(kind, counts / sizes, centre, sigma, limits, phases, rules)


def _chart(
    kind: Kind,
    values: Floats,
    centre: Floats,
    sigma: Floats,
    limits: tuple[Floats, Floats],
    phases: tuple[tuple[int, int], ...],
    rules: Sequence[Rule],
) -> ControlChart:
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.where(sigma > 0, (values - centre) / sigma, np.nan)
    signals = tuple(
        sorted(
            (signal for first, end in phases for rule in rules for signal in _signals(distance, rule, first, end)),
            key=lambda signal: signal.at,
        )
    )
    return ControlChart(kind, values, centre, sigma, limits[0], limits[1], phases, signals)


def _signals(distance: Floats, rule: Rule, first: int, end: int) -> Iterator[Signal]:
    """Return the points of a phase that complete the pattern; a missing point ends every run.

    The last point of a window belongs to the pattern itself, so that a signal is told once it happens and not again.
    """
    for at in range(first + rule.window - 1, end):
        window = distance[at - rule.window + 1 : at + 1]
        if np.any(np.isnan(window)):
            continue
        for side in (1, -1):
            if rule.is_run_of_change:
                is_there = bool(np.all(np.diff(window) * side > 0))
            else:
                outside = window * side > rule.sigmas
                is_there = bool(outside[-1] and np.count_nonzero(outside) >= rule.points)
            if is_there:
                yield Signal(at, rule, side)
