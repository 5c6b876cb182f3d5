"""Control charts: against the published output of R's qcc, against slow formulas, and how often the rules cry wolf."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import control
from samsyn.statistics.control import RULES, WESTERN_ELECTRIC, ControlChart, p_chart, u_chart, xmr_charts

# Montgomery 1991, pages 152 to 155: defective cans in samples of 50; then 24 samples after the machine was adjusted.
ORANGE_JUICE = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
]  # fmt: skip
ADJUSTED = [9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5]
# Montgomery 1991, pages 183 to 184: nonconformities in rolls of dyed cloth of unequal size.
DYED_CLOTH = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
ROLLS = [10, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5]
COMPUTERS = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]
# Montgomery 2005, pages 232 to 235: viscosity of aircraft primer paint.
VISCOSITY = [
    34.05, 34.40, 33.59, 35.96, 34.70, 33.51, 33.79, 34.04, 34.52, 33.75,
    33.27, 33.71, 34.03, 34.58, 34.02, 33.97, 34.05, 34.04, 33.73, 34.05,
]  # fmt: skip
LATER_BATCHES = [
    34.39, 33.75, 33.40, 33.27, 34.65, 34.80, 34.55, 35.40, 34.75, 34.50, 34.70, 34.29, 34.61, 34.49, 35.03,
]  # fmt: skip


def test_a_p_chart_has_the_limits_that_qcc_prints_for_orange_juice() -> None:
    chart = p_chart(ORANGE_JUICE, [50] * 30, rules=RULES[:1])
    assert chart.centre[0] == pytest.approx(0.2313333, abs=5e-8)
    assert chart.sigma[0] == pytest.approx(0.05963526, abs=5e-9)
    assert chart.lower[0] == pytest.approx(0.05242755, abs=5e-9)
    assert chart.upper[0] == pytest.approx(0.4102391, abs=5e-8)
    # Samples 15 and 23 had their known causes: new cardboard, and an inexperienced operator.
    assert [(signal.at, signal.side) for signal in chart.signals] == [(14, 1), (22, 1)]


def test_limits_from_the_first_points_judge_the_later_ones_as_qcc_does_with_new_data() -> None:
    known_causes_removed = [value for at, value in enumerate(ORANGE_JUICE) if at not in {14, 22}]
    chart = p_chart([*known_causes_removed, *ADJUSTED], [50] * 52, baseline=28, rules=WESTERN_ELECTRIC)
    assert chart.centre[0] == pytest.approx(0.215)
    assert chart.sigma[0] == pytest.approx(0.05809905, abs=5e-9)
    assert chart.lower[-1] == pytest.approx(0.04070284, abs=5e-9)
    assert chart.upper[-1] == pytest.approx(0.3892972, abs=5e-8)
    assert chart.signals_at(51)[-1].rule.code == "eight_on_one_side"


def test_a_u_chart_has_the_limits_that_qcc_prints_for_computers() -> None:
    chart = u_chart(COMPUTERS, [5] * 20)
    assert chart.centre[0] == pytest.approx(1.93)
    assert chart.lower[0] == pytest.approx(0.06613305, abs=5e-9)
    assert chart.upper[0] == pytest.approx(3.793867, abs=5e-7)


def test_a_u_chart_of_unequal_rolls_has_limits_of_their_own_for_each() -> None:
    chart = u_chart(DYED_CLOTH, ROLLS)
    mean = Fraction(sum(DYED_CLOTH)) / Fraction(sum(map(Fraction, map(str, ROLLS))))
    assert mean == Fraction(153, 1) / Fraction(2150, 20)
    for at, size in enumerate(ROLLS):
        assert chart.values[at] == pytest.approx(DYED_CLOTH[at] / size)
        assert chart.upper[at] == pytest.approx(float(mean) + 3 * math.sqrt(float(mean) / size))
        assert chart.lower[at] == pytest.approx(max(0, float(mean) - 3 * math.sqrt(float(mean) / size)))
    assert chart.signals == ()


def test_an_individuals_chart_has_the_limits_that_qcc_prints_for_viscosity() -> None:
    individuals, moving = xmr_charts(VISCOSITY, rules=WESTERN_ELECTRIC)
    assert individuals.centre[0] == pytest.approx(34.088)
    # qcc divides by 1.128, d2 as the tables round it; the exact one is 2 / sqrt(pi).
    rounded = individuals.sigma[0] * control.D2 / 1.128
    assert rounded == pytest.approx(0.5076521, abs=5e-8)
    assert individuals.centre[0] - 3 * rounded == pytest.approx(32.56504, abs=5e-6)
    assert individuals.centre[0] + 3 * rounded == pytest.approx(35.61096, abs=5e-6)
    assert individuals.upper[0] == pytest.approx(35.61096, abs=1e-3)
    assert [(signal.at, signal.rule.code) for signal in individuals.signals] == [(3, "beyond_3")]
    mean_range = sum(abs(b - a) for a, b in pairwise(VISCOSITY)) / 19
    assert moving.centre[5] == pytest.approx(mean_range)
    assert moving.upper[5] == pytest.approx(3.267 * mean_range, rel=2e-4)
    assert math.isnan(moving.values[0])
    assert {signal.at for signal in moving.signals} == {3}


def test_later_batches_are_judged_by_the_limits_of_the_first_without_the_one_whose_cause_is_known() -> None:
    kept = [value for at, value in enumerate(VISCOSITY) if at != 3]
    individuals, _moving = xmr_charts([*kept, *LATER_BATCHES], baseline=19, rules=WESTERN_ELECTRIC)
    assert individuals.centre[0] == pytest.approx(33.98947, abs=5e-6)
    assert individuals.sigma[0] * control.D2 / 1.128 == pytest.approx(0.4117415, abs=5e-8)
    assert individuals.lower[0] == pytest.approx(32.75425, abs=1e-3)
    assert individuals.upper[0] == pytest.approx(35.2247, abs=1e-3)


def at_distances(*distances: float) -> ControlChart:
    """A chart whose points stand so many standard deviations from the centre line."""
    rest = np.resize([0.1, -0.1], 10)
    values = np.concatenate([rest, distances])
    sigma, phases = np.ones(len(values)), ((0, len(values)),)
    zero = np.zeros(len(values))
    return control._chart("x", values, zero, sigma, (zero - 3, zero + 3), phases, RULES)


@pytest.mark.parametrize(
    ("distances", "rule", "side"),
    [
        ((3.1,), "beyond_3", 1),
        ((-3.1,), "beyond_3", -1),
        ((2.1, 0, 2.1), "two_of_three_beyond_2", 1),
        ((-2.1, -2.1), "two_of_three_beyond_2", -1),
        ((1.1, 1.2, 0, 1.3, 1.1), "four_of_five_beyond_1", 1),
        ((0.3, 0.2, 0.4, 0.2, 0.1, 0.3, 0.2, 0.1, 0.3), "nine_on_one_side", 1),
        ((-0.5, -0.4, -0.2, -0.05, 0.1, 0.3), "six_in_one_direction", 1),
        ((0.5, 0.4, 0.3, 0.2, 0.05, -0.2), "six_in_one_direction", -1),
    ],
)
def test_each_rule_is_set_off_by_its_pattern_at_the_point_that_completes_it(
    distances: tuple[float, ...], rule: str, side: int
) -> None:
    chart = at_distances(*distances)
    assert [(s.at, s.rule.code, s.side) for s in chart.signals] == [(9 + len(distances), rule, side)]


@pytest.mark.parametrize(
    "distances",
    [
        (2.9,),
        (2.1, 0, 0, 2.1),
        (2.1, 0, -2.1),
        (1.1, 1.2, 0, 0, 1.3, 1.1),
        (0.3, 0.2, 0.4, 0.2, 0.1, 0.3, 0.2, 0.1),
        (0.3, 0.2, 0.4, 0.2, 0, 0.3, 0.2, 0.1, 0.3),
        (-0.5, -0.4, -0.2, 0.1, 0.3),
        (-0.5, -0.4, -0.2, -0.2, 0.1, 0.3),
        (2.1, math.nan, 2.1),
    ],
)
def test_what_is_nearly_a_pattern_sets_off_nothing(distances: tuple[float, ...]) -> None:
    assert at_distances(*distances).signals == ()


def test_limits_begin_anew_at_a_break_and_no_pattern_reaches_across_it() -> None:
    events = [20, 22, 18, 21, 19, 20, 22, 18, 40, 42, 38, 41, 39, 40, 42, 38]
    whole = p_chart(events, [100] * 16)
    parted = p_chart(events, [100] * 16, breaks=[8])
    assert {signal.rule.code for signal in whole.signals} >= {"four_of_five_beyond_1"}
    assert parted.signals == ()
    assert (parted.centre[7], parted.centre[8]) == (pytest.approx(0.2), pytest.approx(0.4))
    _individuals, moving = xmr_charts(events, breaks=[8])
    assert math.isnan(moving.values[8])


def test_a_phase_too_short_for_limits_has_none_and_signals_nothing() -> None:
    chart = p_chart([10] * 12 + [90] * 3, [100] * 15, breaks=[12])
    assert np.isnan(chart.upper[12:]).all()
    assert not np.isnan(chart.values[12:]).any()
    assert chart.signals == ()


def test_missing_points_have_no_value_and_impossible_ones_are_refused() -> None:
    chart = p_chart([5, math.nan, 5, 0] + [5] * 8, [50, 50, 50, 0] + [50] * 8)
    assert np.isnan(chart.values[[1, 3]]).all()
    assert chart.centre[0] == pytest.approx(0.1)
    with pytest.raises(ValueError):
        p_chart([6], [5])
    with pytest.raises(ValueError):
        u_chart([-1], [5])
    with pytest.raises(ValueError):
        u_chart([1, 2], [5])


COUNTS = st.lists(
    st.integers(1, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))), min_size=8, max_size=40
)


@settings(deadline=None)
@given(COUNTS)
def test_limits_enclose_the_centre_and_a_point_outside_them_is_a_signal(pairs: list[tuple[int, int]]) -> None:
    events, bases = zip(*pairs, strict=True)
    chart = p_chart(events, bases)
    assert ((chart.lower <= chart.centre) & (chart.centre <= chart.upper)).all()
    outside = {at for at, v in enumerate(chart.values) if v > chart.upper[at] + 1e-9 or v < chart.lower[at] - 1e-9}
    assert outside <= {signal.at for signal in chart.signals if signal.rule.code == "beyond_3"}


@settings(deadline=None)
@given(COUNTS)
def test_turning_events_into_their_opposite_mirrors_the_chart(pairs: list[tuple[int, int]]) -> None:
    events, bases = zip(*pairs, strict=True)
    chart = p_chart(events, bases)
    mirrored = p_chart([base - event for event, base in pairs], bases)
    assert mirrored.centre == pytest.approx(1 - chart.centre)
    beyond = {(s.at, s.side) for s in chart.signals if s.rule.code == "beyond_3"}
    assert beyond == {(s.at, -s.side) for s in mirrored.signals if s.rule.code == "beyond_3"}


def test_the_rules_cry_wolf_as_often_as_they_say() -> None:
    rules = (*RULES, control.EIGHT_ON_ONE_SIDE)
    points = np.random.default_rng(1984).standard_normal(25_000)
    zero = np.zeros(len(points))
    chart = control._chart("x", points, zero, zero + 1, (zero - 3, zero + 3), ((0, len(points)),), rules)
    for rule in rules:
        number = sum(signal.rule == rule for signal in chart.signals)
        # Windows overlap, so signals come in bunches: the allowance is that of a count half as large.
        assert number == pytest.approx(
            rule.false_alarm * len(points), abs=4 * math.sqrt(2 * rule.false_alarm * len(points))
        )


def test_a_stable_process_runs_92_points_on_average_between_alarms_of_western_electric() -> None:
    # 91.75 points with all four rules, as C. W. Champ and W. H. Woodall computed (Technometrics 29, 1987, 393 to 399)
    # and the NIST/SEMATECH e-Handbook of Statistical Methods repeats (section 6.3.2).
    rng = np.random.default_rng(1987)
    lengths = []
    for _ in range(120):
        points = rng.standard_normal(500)
        zero = np.zeros(len(points))
        chart = control._chart("x", points, zero, zero + 1, (zero - 3, zero + 3), ((0, len(points)),), WESTERN_ELECTRIC)
        lengths.append(chart.signals[0].at + 1 if chart.signals else len(points))
    assert np.mean(lengths) == pytest.approx(91.75, abs=4 * np.std(lengths) / math.sqrt(len(lengths)))
