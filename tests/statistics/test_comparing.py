"""Delivered figures compared without telling of another organisation."""

from dataclasses import replace

import numpy as np
import pytest

from samsyn.statistics.cell_keys import KEYS, perturbed
from samsyn.statistics.delivered import comparing, compiling
from tests.statistics.delivered_rows import GOAL, GOAL_CELLS, OLD, VERSIONS, marked, nation, nation_rows, suppressed

SECRET = bytes(range(32))


@pytest.mark.parametrize(
    ("sizes", "is_shown"),
    [
        ({"0180": 90, "0181": 40, "0182": 50, "0183": 60}, True),
        ({"0180": 90, "0181": 40, "0182": 50}, False),
        ({"0180": 90, "0181": 400, "0182": 5, "0183": 6}, False),
        ({"0180": 90, "0181": 40, "0182": 50, "0183": 0}, False),
    ],
)
def test_others_are_shown_where_none_of_them_stands_out(sizes: dict[str, int], is_shown: bool) -> None:
    made = nation(sizes)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share is not None, bool(found.hidden)) == (is_shown, not is_shown)


def test_whom_a_question_does_not_concern_stands_behind_no_comparison() -> None:
    sizes = {"0180": 90, "0181": 40, "0182": 50, "0183": 60}
    rows = nation_rows(sizes)
    rows[-1] = replace(rows[-1], statuses=marked(OLD, GOAL_CELLS))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share, found.others, found.hidden) == (None, 2, comparing.FEW)
    # A part that is not applicable takes nothing away.
    rows[-1] = replace(rows[-1], statuses=marked(OLD, [at + 1 for at in GOAL_CELLS if at % OLD.width == 0]))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET).others == 3


def test_who_has_hidden_a_number_is_left_out_of_the_others() -> None:
    sizes = {"0180": 90, "0181": 40, "0182": 50, "0183": 60}
    rows = nation_rows(sizes)
    rows[-1] = replace(rows[-1], statuses=suppressed(OLD, "goal", "part"))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share, found.others, found.hidden) == (None, 2, comparing.FEW)
    rows[0] = replace(rows[0], statuses=suppressed(OLD, "units", "all"))
    unknown = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert comparing.like(made, own="0181", year=2026) == {"0180", "0181", "0182", "0183"}
    assert comparing.like(unknown, own="0181", year=2026) == {"0181", "0182", "0183"}
    assert comparing.like(unknown, own="0180", year=2026) == frozenset()


def test_a_comparison_is_of_the_others_and_differs_from_the_exact_share_by_noise() -> None:
    sizes = {f"01{number}": 40 + number for number in range(10, 60)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    first = comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=SECRET)
    assert first == comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=SECRET)
    second = comparing.compared(made, everybody, own="0111", indicator=GOAL, secret=SECRET)
    assert first.share is not None
    assert second.share is not None
    assert abs(first.share - 50) < 2
    assert first.share != second.share
    assert comparing.like(made, own="0110", year=2026) == frozenset(sizes)
    assert np.count_nonzero(made.select(year=2026, county="01")) == 50


def test_the_noise_follows_from_the_installations_secret_and_from_the_figures() -> None:
    sizes = {f"01{number}": 40 + number for number in range(10, 60)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    shares = {
        comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=bytes([number] * 32)).share
        for number in range(20)
    }
    assert len(shares) > 10
    # Two cases more from whomever it is: were the noise that of before, the sum would change by exactly two.
    later = [nation(sizes | {code: number + 2}) for code, number in sizes.items()]
    assert len({comparing.compared(one, everybody, own="", indicator=GOAL, secret=SECRET).share for one in later}) > 10


def test_a_sum_has_one_noise_wherever_it_stands_and_a_nought_moves_it() -> None:
    """Asking again under another name must not let the noise be averaged away, nor tell who has nobody in a sum."""
    sizes = {f"01{number}": 40 + number for number in range(10, 16)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    again = replace(GOAL, code="another", version=9)
    for number in range(20):
        secret = bytes([number] * 32)
        found = [comparing.compared(made, everybody, own="", indicator=one, secret=secret) for one in (GOAL, again)]
        assert found[0] == found[1]
    none_met = nation_rows(sizes | {"0199": 0})
    # Of one more organisation, with a case that met no goal: numerator as before, denominator one more.
    none_met[-1].counts[OLD.places["units"]["all"]] = none_met[-1].counts[OLD.places["goal"]["not_met"]] = 1
    larger = compiling.compiled(none_met, target=OLD, packages=VERSIONS)
    moved = 0
    for number in range(40):
        secret = bytes([number] * 32)
        before, after = (
            comparing._noisy(one, list(range(len(one.rows))), GOAL.numerator, secret) for one in (made, larger)
        )
        moved += before != after
    assert moved > 25


def test_of_the_others_it_is_told_how_many_were_not_asked_by_the_same_ones() -> None:
    rows = nation_rows(dict.fromkeys((f"01{number}" for number in range(10, 20)), 300))
    for one in rows:
        one.counts[OLD.places["goal"]["not_asked"]] = 100
        one.counts[OLD.places["units"]["all"]] = 400
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert found.share == pytest.approx(50, abs=1)
    assert found.not_asked == pytest.approx(25, abs=1)
    # Who hides how many cases there were can't stand behind the share alone.
    rows[1:8] = [replace(one, statuses=suppressed(OLD, "units", "all")) for one in rows[1:8]]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert (found.share, found.not_asked, found.others, found.hidden) == (None, None, 2, comparing.FEW)
    # One that has nearly all cases stands out, however evenly the question was asked.
    rows = nation_rows({"0110": 50, "0111": 40, "0112": 40, "0113": 40})
    rows[-1].counts[OLD.places["units"]["all"]] = 900
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert (found.share, found.not_asked, found.hidden) == (None, None, comparing.FEW)


def test_who_subtracts_two_groups_that_differ_by_one_seldom_finds_its_figure() -> None:
    """County and country of one page, with one organisation between them: stronger than what shares alone let do."""
    sizes = {"0110": 40, "0111": 44, "0112": 52, "0113": 47, "0301": 31}
    made = nation(sizes)
    county, country = (made.select(year=2026, county=one) for one in ("01", ""))
    truth = sizes["0301"] // 2
    hits = 0
    for number in range(100):
        secret = bytes([number] * 32)
        sums = [
            comparing._noisy(made, [int(at) for at in np.flatnonzero(chosen)], GOAL.numerator, secret)
            for chosen in (county, country)
        ]
        hits += sums[1] - sums[0] == truth
    assert hits < 25


@pytest.mark.parametrize(("truth", "size"), [(0.5, 60), (0.1, 100), (0.9, 400), (0.03, 3000), (0.7, 30_000)])
def test_the_interval_of_the_others_covers_the_truth_under_chance_and_noise(truth: float, size: int) -> None:
    dice = np.random.default_rng(5)
    draws = 3000
    asked = perturbed(np.full(draws, size), dice.integers(0, KEYS, draws))
    answered = perturbed(dice.binomial(size, truth, draws), dice.integers(0, KEYS, draws))
    found = [comparing.with_uncertainty(int(one), int(of))[1] for one, of in zip(answered, asked, strict=True)]
    covered = np.mean([low <= 100 * truth <= high for low, high in found])
    assert 0.94 < covered < 0.99, covered


def test_an_interval_is_within_nought_and_a_hundred_and_holds_its_share() -> None:
    for numerator, denominator in ((0, 5), (5, 5), (9, 5), (7, 40), (39, 40)):
        share, (low, high) = comparing.with_uncertainty(numerator, denominator)
        assert 0 <= low <= share <= high <= 100
    # The noise of a denominator of 100,000 is nothing beside chance: Wilson's interval is left.
    assert comparing.with_uncertainty(50_000, 100_000)[1] == pytest.approx((49.69, 50.31), abs=0.005)
