"""Intervals, seasonal comparisons and trends: against slow oracles and published figures, and how often they hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import trends
from samsyn.statistics.trends import Count, compare, difference, dispersion, exact_p, garwood, trend, wilson
from tests.oracle import rates

COUNT = st.integers(1, 300).flatmap(lambda base: st.builds(Count, st.integers(0, base), st.just(base)))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 873 to 890, table II, method 10: cases (a), (c), (g), (h).
        (Count(56, 70), Count(48, 80), 0.0524, 0.3339),
        (Count(6, 7), Count(2, 7), 0.0582, 0.8062),
        (Count(10, 10), Count(0, 20), 0.6791, 1.0),
        (Count(10, 10), Count(0, 10), 0.6075, 1.0),
    ],
)
def test_differences_have_the_intervals_of_newcombes_examples(
    one: Count, other: Count, low: float, high: float
) -> None:
    found = difference(one, other)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@settings(deadline=None)
@given(COUNT)
def test_a_share_lies_where_the_score_test_does_not_refuse_it(count: Count) -> None:
    found = wilson(count.events, count.base)
    low, high = rates.score_interval(count.events, count.base)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert found.low <= count.share <= found.high


@settings(deadline=None)
@given(st.integers(0, 120), st.floats(0.5, 1000))
def test_a_rate_has_the_exact_interval(events: int, exposure: float) -> None:
    found = garwood(events, exposure)
    low, high = rates.exact_rate(events)
    assert found.low == pytest.approx(low / exposure, rel=1e-6, abs=1e-12)
    assert found.high == pytest.approx(high / exposure, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(COUNT, COUNT)
def test_two_shares_are_tested_exactly(one: Count, other: Count) -> None:
    assert exact_p(one, other) == pytest.approx(
        float(rates.fisher(one.events, one.base, other.events, other.base)), rel=1e-6, abs=1e-12
    )


@settings(deadline=None)
@given(COUNT, COUNT)
def test_swapping_what_is_compared_turns_the_difference_round(one: Count, other: Count) -> None:
    there, back = difference(one, other), difference(other, one)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    wider = difference(one, other, dispersion=2.0)
    assert wider.low <= there.low + 1e-9
    assert wider.high >= there.high - 1e-9


@pytest.mark.parametrize("family", ["binomial", "poisson"])
@pytest.mark.parametrize("quarters", [10, 20])
def test_a_trend_is_the_likeliest_one(family: str, quarters: int) -> None:
    rng = np.random.default_rng(quarters)
    bases = rng.integers(150, 320, size=quarters)
    events = rng.binomial(bases, 0.2 + 0.006 * np.arange(quarters))
    found = trend(events, bases, family=family, last=quarters - 1, quarters=quarters)  # type: ignore[arg-type]
    assert found is not None
    assert found.has_seasons == (quarters >= 12)
    slope, error = rates.slope(events, bases, range(quarters), family=family, seasons=found.has_seasons)
    share = events.sum() / bases.sum()
    expected = slope * share * (1 - share) if family == "binomial" else math.expm1(slope)
    assert found.per_year == pytest.approx(expected, rel=1e-4)
    freedom = quarters - (5 if found.has_seasons else 2)
    reach = float(trends.stats.t.ppf(0.975, freedom)) * error * math.sqrt(found.dispersion)
    low = (slope - reach) * share * (1 - share) if family == "binomial" else math.expm1(slope - reach)
    assert found.interval.low == pytest.approx(low, rel=1e-3, abs=1e-6)


def test_the_same_quarters_of_earlier_years_are_compared_and_nothing_before_the_first() -> None:
    assert trends.same_quarters(50, window=1, years=3, first=0) == (
        range(50, 51),
        range(46, 47),
        range(42, 43),
        range(38, 39),
    )
    assert trends.same_quarters(50, window=4, years=3, first=42) == (range(47, 51), range(43, 47))
    assert trends.same_quarters(50, window=4, years=3, first=48) == ()
    assert trends.since_break(50, [12, 44, 60]) == 44


def test_a_comparison_never_reaches_across_a_break() -> None:
    bases = np.full(24, 250)
    events = np.array([100] * 12 + [40] * 12)
    across = compare(events, bases, last=23, window=4)
    after = compare(events, bases, last=23, window=4, first=trends.since_break(23, [12]))
    assert across is not None
    assert after is not None
    assert len(across.years) == 4
    assert [count.events for count in after.years] == [160, 160, 160]
    assert (across.p_value < 0.5, after.p_value) == (True, 1.0)
    assert compare(events, bases, last=23, window=4, first=20) is None


def test_quarters_that_vary_more_than_chance_make_the_comparison_more_careful() -> None:
    bases = np.full(20, 250)
    calm = np.array([50, 50, 50, 50] * 4 + [60] * 4)
    restless = np.array([30, 70, 40, 60, 70, 30, 60, 40] * 2 + [60] * 4)
    one, other = (compare(events, bases, last=19, window=4) for events in (calm, restless))
    assert one is not None
    assert other is not None
    assert one.latest == other.latest
    assert one.reference == other.reference
    assert one.dispersion == 1.0 < other.dispersion
    assert one.p_value < other.p_value
    assert one.difference.high - one.difference.low < other.difference.high - other.difference.low


def test_what_is_too_few_to_show_cannot_be_told_from_the_result() -> None:
    bases = np.full(20, 250)
    results = set()
    for few in range(5):
        events = np.array([12] * 16 + [few, 0, 0, 0])
        found = compare(events, bases, last=19, window=4, least=4)
        assert found is not None
        results.add(found.p_value)
    assert len(results) == 1


def test_too_short_or_empty_series_have_no_trend() -> None:
    bases = np.full(30, 100)
    assert trend(np.zeros(30, dtype=np.int64), bases, family="binomial", last=29, quarters=20) is None
    assert trend(bases, bases, family="binomial", last=29, quarters=20) is None
    assert trend(np.full(30, 9), bases, family="binomial", last=29, quarters=20, first=25) is None
    with pytest.raises(ValueError):
        Count(3, 2)
    with pytest.raises(ValueError):
        garwood(3, 0)


def covered(rng: np.random.Generator, *, clusters: float) -> tuple[float, float]:
    """How often the intervals of a difference and of a trend hold the truth, when shares vary by quarter too."""
    hits = np.zeros(2)
    tries = 400
    for _ in range(tries):
        bases = rng.integers(180, 320, size=20)
        level = 0.2 + 0.01 * np.arange(20) / 4
        shares = rng.beta(level * clusters, (1 - level) * clusters) if clusters else level
        found = trend(rng.binomial(bases, shares), bases, family="binomial", last=19, quarters=20)
        assert found is not None
        hits[0] += found.interval.low <= 0.01 <= found.interval.high
        even = rng.beta(0.2 * clusters, 0.8 * clusters, size=20) if clusters else np.full(20, 0.2)
        comparison = compare(rng.binomial(bases, even), bases, last=19, window=4)
        assert comparison is not None
        hits[1] += comparison.difference.low <= 0 <= comparison.difference.high
    return float(hits[0] / tries), float(hits[1] / tries)


@pytest.mark.parametrize("clusters", [0.0, 120.0])
def test_intervals_hold_the_truth_as_often_as_they_say(clusters: float) -> None:
    for share in covered(np.random.default_rng(1998), clusters=clusters):
        # 400 tries: the standard error is 1.1 percentage points. Dispersion is estimated from a few quarters only.
        assert share >= 0.90


def test_a_dispersion_is_one_for_chance_alone_and_larger_for_clusters() -> None:
    rng = np.random.default_rng(6)
    bases = np.full(400, 250)
    chance = dispersion(rng.binomial(bases, 0.2), bases)
    clusters = dispersion(rng.binomial(bases, rng.beta(16, 64, size=400)), bases)
    assert chance.factor == pytest.approx(1, abs=0.25)
    # 1 + (n - 1) · rho with rho = 1 / 81
    assert clusters.factor == pytest.approx(1 + 249 / 81, rel=0.25)
    assert dispersion(np.array([1, 2]), np.array([9, 9])).factor == 1
