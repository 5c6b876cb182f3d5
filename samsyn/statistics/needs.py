"""What rises, what falls and what is new among the needs of exposed persons, out of the line's own data. Pure.

Every code is compared with the same quarters of earlier years. Many codes are looked at together, so a difference
counts as found only if it survives Benjamini and Hochberg's procedure (Journal of the Royal Statistical Society B 57
(1995), 289 to 300): of what is said to be found, at most 5 % is expected to be chance.

Nothing here may tell how many persons a count between 1 and 4 was, so what is shown (``Shown``) is not what was counted:
- a share is shown only where its count and the rest of its base are at least five; 0 to 4 are all "too few";
- shares go in steps of at least five persons (1, 2, 5 or 10 per cent), and so do the ends of intervals;
- in a single-choice variable, what is not shown is together at least five, or the smallest share that is shown goes too;
- a quarter is looked at only for codes with five or more in every quarter compared, so that a year gives none away;
- the tests take counts of 0 to 4 as 4, so that no verdict depends on which of them it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics import trends
from samsyn.statistics.trends import QUARTERS, Comparison, Count, Trend

Ints = NDArray[np.int64]
THRESHOLD = 5
FALSE_DISCOVERIES = 0.05
YEARS = 3
# Fewer events than this in all windows together could never be told from chance among so many tests.
LEAST_EVENTS = 10
STEPS = (1, 2, 5, 10)
TREND_QUARTERS = 20


class Verdict(StrEnum):
    """What a comparison says."""

    RISES = "rises"
    FALLS = "falls"
    NEW = "new"
    """Five or more now, fewer than five in all the years compared, and before them too as far as is known."""
    BACK = "back"
    """As new, but there were five or more before the years compared."""
    MAY_BE_CHANCE = "may_be_chance"
    TOO_FEW = "too_few"
    NOT_COMPARABLE = "not_comparable"
    """No earlier year in which the question was asked as it is now."""

    @property
    def is_finding(self) -> bool:
        """Say whether it is more than chance explains."""
        return self in {Verdict.RISES, Verdict.FALLS, Verdict.NEW, Verdict.BACK}


@dataclass(frozen=True)
class Series:
    """The quarterly counts of one code of a variable, and of those who were asked; quarters are counted from 0."""

    variable: str
    code: str
    events: Ints
    bases: Ints
    first: int = 0
    """The first quarter that means the same as the last one does."""
    least_window: int = 1
    """4 where a single quarter is never shown, whatever the counts."""


@dataclass(frozen=True)
class Reading:
    """What was counted and tested for one code. Not to be shown: see ``Shown``."""

    series: Series
    comparison: Comparison | None
    adjusted_p: float
    verdict: Verdict
    trend: Trend | None = None
    """Of the last five years; only where every quarter of them has five or more."""


@dataclass(frozen=True)
class Shown:
    """What may be seen of a reading: percentages in steps, None where it would be too few."""

    variable: str
    code: str
    verdict: Verdict
    latest: int | None = None
    reference: int | None = None
    difference: tuple[int, int] | None = None
    """The ends of the interval, in percentage points."""
    years: tuple[int | None, ...] = ()
    """The share of each window, the oldest first; empty where one of them would be too few."""
    ends: tuple[tuple[int, int], ...] = ()
    """The 95 % interval of each of these shares."""
    trend: Trend | None = None
    step: int = 1


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's adjusted p-values: the rate of false discoveries at which each would be found."""
    count = len(p_values)
    order = np.argsort(p_values)[::-1]
    found = np.empty(count)
    smallest = 1.0
    for place, at in enumerate(order):
        smallest = min(smallest, p_values[at] * count / (count - place))
        found[at] = smallest
    return [float(value) for value in found]


def read(series: Iterable[Series], *, last: int, window: int, years: int = YEARS) -> tuple[Reading, ...]:
    """Return every code's comparison of the latest window with the same quarters of earlier years, in the order given.

    ``last`` is the last whole quarter, ``window`` 1 or 4 quarters. The codes that can be tested make one family.
    """
    every = tuple(series)
    compared = [_compared(one, last=last, window=window, years=years) for one in every]
    tested = [at for at, (comparison, verdict) in enumerate(compared) if comparison and verdict is None]
    p_values = dict(
        zip(tested, adjusted([comparison.p_value for at in tested if (comparison := compared[at][0])]), strict=True)
    )
    return tuple(
        Reading(
            one,
            comparison,
            p_values.get(at, 1.0),
            verdict or _verdict(one, comparison, p_values[at], last=last, window=window),
            _trend(one, last=last),
        )
        for at, (one, (comparison, verdict)) in enumerate(zip(every, compared, strict=True))
    )


def _compared(one: Series, *, last: int, window: int, years: int) -> tuple[Comparison | None, Verdict | None]:
    """Return the comparison, and the verdict where nothing needs to be tested."""
    comparison = trends.compare(
        one.events, one.bases, last=last, window=window, years=years, first=one.first, least=THRESHOLD - 1
    )
    if comparison is None:
        return None, Verdict.NOT_COMPARABLE
    if window < one.least_window or (
        window < QUARTERS and not _is_dense(one, last=last, quarters=QUARTERS * (years + 1))
    ):
        return comparison, Verdict.TOO_FEW
    # Both sides enter as at least 4, as in the test: the choice of what is tested tells no more than the test does.
    if sum(max(THRESHOLD - 1, count.events) for count in (comparison.latest, comparison.reference)) < LEAST_EVENTS:
        return comparison, Verdict.TOO_FEW
    return comparison, None


def _trend(one: Series, *, last: int) -> Trend | None:
    """Return the trend of a code whose quarters could each be shown."""
    if one.least_window > 1 or not _is_dense(one, last=last, quarters=TREND_QUARTERS):
        return None
    return trends.trend(one.events, one.bases, family="binomial", last=last, quarters=TREND_QUARTERS, first=one.first)


def _is_dense(one: Series, *, last: int, quarters: int) -> bool:
    """Say whether every one of the last quarters has five or more, and five or more without it."""
    chosen = slice(max(one.first, last - quarters + 1), last + 1)
    events, rest = one.events[chosen], one.bases[chosen] - one.events[chosen]
    return bool(np.all(events >= THRESHOLD) and np.all(rest >= THRESHOLD))


def _verdict(one: Series, comparison: Comparison | None, adjusted_p: float, *, last: int, window: int) -> Verdict:
    if comparison is None or adjusted_p > FALSE_DISCOVERIES:
        return Verdict.MAY_BE_CHANCE
    if comparison.latest.share < comparison.reference.share:
        return Verdict.FALLS
    if comparison.reference.events >= THRESHOLD or comparison.latest.events < THRESHOLD:
        return Verdict.RISES
    start = last - QUARTERS * (len(comparison.years) - 1) - window + 1
    before = int(one.events[one.first : max(start, one.first)].sum())
    return Verdict.BACK if before >= THRESHOLD else Verdict.NEW


def step_of(base: int) -> int:
    """Return the coarsest grain in per cent that a share of this base is shown in: at least five persons, at most 10 %."""
    return next((step for step in STEPS if step * base >= 100 * THRESHOLD), STEPS[-1])


def coarse(share: float, step: int) -> int:
    """Return a share in per cent, rounded to a step."""
    return int(np.floor(100 * share / step + 0.5)) * step


def may_show(count: Count) -> bool:
    """Say whether the share of a count tells nothing of fewer than five: neither of those in it nor of the others."""
    return count.events >= THRESHOLD and count.base - count.events >= THRESHOLD


def protect(readings: Iterable[Reading], *, single_choice: Mapping[str, bool]) -> tuple[Shown, ...]:
    """Return what may be seen, the findings first, the surest of them first.

    ``single_choice`` says of each variable whether a unit has one code of it, so that its codes are parts of a whole.
    """
    every = tuple(readings)
    hidden: dict[str, set[int]] = {"latest": set(), "reference": set(), "years": set()}
    for variable, is_partition in single_choice.items():
        places = [at for at, one in enumerate(every) if one.series.variable == variable and one.comparison]
        few = {at for at in places if every[at].verdict is Verdict.TOO_FEW}
        latest = {at: [_comparison(every[at]).latest] for at in places}
        reference = {at: [_comparison(every[at]).reference] for at in places}
        windows = {at: _comparison(every[at]).years[::-1] for at in places}
        for side, counts in (("latest", latest), ("reference", reference)):
            hidden[side] |= _hidden(counts, few, is_partition=is_partition)
        gone = (hidden["latest"] | hidden["reference"]) & set(places)
        hidden["years"] |= _hidden(windows, gone, is_partition=is_partition)
    shown = [_shown(one, {side for side, places in hidden.items() if at in places}) for at, one in enumerate(every)]
    order = sorted(range(len(every)), key=lambda at: (not every[at].verdict.is_finding, _strength(every[at]), at))
    return tuple(shown[at] for at in order)


def _comparison(one: Reading) -> Comparison:
    if one.comparison is None:
        raise LookupError(one.series.code)
    return one.comparison


def _strength(one: Reading) -> tuple[int, float]:
    """Return what readings are ordered by: those that were tested first, by their p-value."""
    is_tested = one.verdict not in {Verdict.TOO_FEW, Verdict.NOT_COMPARABLE}
    return (0, one.comparison.p_value) if is_tested and one.comparison else (1, 0.0)


def _hidden(counts: Mapping[int, Sequence[Count]], gone: set[int], *, is_partition: bool) -> set[int]:
    """Return the places whose counts aren't shown, those hidden for another's sake among them; ``gone`` are already.

    Each place has one count or several, the latest window first; it is shown with all of them or not at all. Units
    without a code (unknown, declined) are never shown and so are among what is not.
    """
    found = gone | {at for at, several in counts.items() if not all(map(may_show, several))}
    while is_partition and found:
        kept = sorted((at for at in counts if at not in found), key=lambda at: min(one.events for one in counts[at]))
        if not kept or min(_unseen(counts, kept)) >= THRESHOLD:
            break
        found.add(kept[0])
    return found


def _unseen(counts: Mapping[int, Sequence[Count]], kept: Sequence[int]) -> list[int]:
    """Return how many units of each window are in no share that is shown."""
    longest = max(map(len, counts.values()))
    return [
        max(several[place].base for several in counts.values() if len(several) > place)
        - sum(counts[at][place].events for at in kept if len(counts[at]) > place)
        for place in range(longest)
    ]


def _shown(one: Reading, hidden: set[str]) -> Shown:
    plain = Shown(variable=one.series.variable, code=one.series.code, verdict=one.verdict)
    comparison = one.comparison
    if comparison is None or one.verdict is Verdict.TOO_FEW:
        return plain
    step = max(step_of(count.base) for count in comparison.years)
    plain = replace(
        plain,
        step=step,
        latest=None if "latest" in hidden else coarse(comparison.latest.share, step),
        reference=None if "reference" in hidden else coarse(comparison.reference.share, step),
    )
    if plain.latest is None or plain.reference is None:
        return plain
    plain = replace(
        plain,
        difference=(coarse(comparison.difference.low, step), coarse(comparison.difference.high, step)),
        trend=one.trend,
    )
    if "years" in hidden:
        return plain
    intervals = [
        trends.wilson(count.events / comparison.dispersion, count.base / comparison.dispersion)
        for count in comparison.years
    ]
    return replace(
        plain,
        years=tuple(coarse(count.share, step) for count in comparison.years),
        ends=tuple((coarse(interval.low, step), coarse(interval.high, step)) for interval in intervals),
    )
