"""Noise by cell keys: exactly the distribution that was asked for, the same for the same people, blind to one more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import cell_keys, margins
from samsyn.statistics.cell_keys import KEYS, STANDARD, Noise

NOISES = (STANDARD, Noise(5, 2.5, 3), Noise(4, 2 / 3, 1))
CHANGES = {noise: np.arange(-noise.deviation, noise.deviation + 1) for noise in NOISES}


@pytest.mark.parametrize("noise", NOISES)
def test_every_row_is_a_distribution_with_mean_nought_and_the_variance_asked_for(noise: Noise) -> None:
    table = cell_keys.transitions(noise)
    assert (table >= 0).all()
    assert np.allclose(table.sum(axis=1), 1, atol=1e-12)
    assert np.allclose(table @ CHANGES[noise], 0, atol=1e-7)
    assert np.allclose((table @ CHANGES[noise] ** 2)[1:], noise.variance, atol=1e-7)


@pytest.mark.parametrize("noise", NOISES)
def test_no_result_lies_between_nought_and_the_limit_and_none_below(noise: Noise) -> None:
    table = cell_keys.transitions(noise)
    for count, row in enumerate(table):
        results = count + CHANGES[noise][row > 0]
        assert (results >= 0).all()
        assert not ((results > 0) & (results < noise.least)).any()
    assert table[0, noise.deviation] == 1


@pytest.mark.parametrize("noise", NOISES)
def test_no_distribution_with_these_limits_is_less_certain(noise: Noise) -> None:
    """Moving along any direction that keeps sum, mean and variance lowers the entropy: it was the greatest."""
    rng = np.random.default_rng(5)
    for count, row in enumerate(cell_keys.transitions(noise)):
        at = row > 1e-9
        if at.sum() < 5:
            continue
        kept = np.stack([np.ones(at.sum()), CHANGES[noise][at], CHANGES[noise][at] ** 2])
        free = np.linalg.svd(kept)[2][3:]
        for _ in range(5):
            step = rng.normal(size=len(free)) @ free
            step *= 0.5 * row[at].min() / np.abs(step).max()
            moved = row[at] + step
            assert -(moved * np.log(moved)).sum() < -(row[at] * np.log(row[at])).sum(), count


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(cell_keys.NoSuchNoise):
        cell_keys.transitions(Noise(deviation=10, variance=3.0, least=5))


def test_the_noise_on_many_cells_is_as_the_table_says() -> None:
    rng = np.random.default_rng(6)
    for count in (1, 2, 4, 5, 7, 12, 15, 400):
        keys = rng.integers(0, KEYS, 200_000)
        changes = cell_keys.perturbed(np.full(len(keys), count), keys) - count
        expected = cell_keys.transitions()[min(count, STANDARD.rows)]
        observed = np.bincount(changes + STANDARD.deviation, minlength=len(expected)) / len(keys)
        assert np.abs(observed - expected).max() < 0.005, count
        assert abs(changes.mean()) < 0.03
        assert abs(changes.var() - STANDARD.variance) < 0.15


def test_zeros_stay_and_no_small_figure_is_ever_shown() -> None:
    rng = np.random.default_rng(7)
    counts, keys = rng.integers(0, 30, 100_000), rng.integers(0, KEYS, 100_000)
    shown = cell_keys.perturbed(counts, keys)
    assert (shown[counts == 0] == 0).all()
    assert not ((shown > 0) & (shown < STANDARD.least)).any()
    assert np.abs(shown - counts).max() <= STANDARD.deviation


def test_the_same_people_get_the_same_figure_in_whatever_table_they_stand() -> None:
    """A cell of one crossing, the margin of another and a filtered table's total hold the same people."""
    rng = np.random.default_rng(8)
    people = 3_000
    record = rng.integers(0, KEYS, people)
    age, sex = rng.integers(0, 7, people), rng.integers(0, 3, people)

    def table(*columns: tuple[np.ndarray, int], of: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        sizes = [size for _codes, size in columns]
        leaves, keys = np.zeros(sizes, dtype=np.int64), np.zeros(sizes, dtype=np.int64)
        np.add.at(leaves, tuple(codes[of] for codes, _size in columns), 1)
        np.add.at(keys, tuple(codes[of] for codes, _size in columns), record[of])
        dimensions = [margins.Dimension(size) for size in sizes]
        return cell_keys.perturbed(margins.with_margins(leaves, dimensions), margins.with_margins(keys, dimensions))

    everybody = np.ones(people, dtype=bool)
    crossed = table((age, 7), (sex, 3), of=everybody)
    alone = table((age, 7), of=everybody)
    girls = table((age, 7), of=sex == 1)
    assert crossed[:, 3].tolist() == alone.tolist()
    assert crossed[:, 1].tolist() == girls.tolist()
    assert crossed.T.tolist() == table((sex, 3), (age, 7), of=everybody).tolist()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**31))
def test_one_person_more_cannot_be_told_from_none(count: int, seed: int) -> None:
    """The figure with one more is higher about as often as lower, and every change of the small ones also occurs without."""
    rng = np.random.default_rng(seed)
    keys, newcomer = rng.integers(0, KEYS, 4_000), rng.integers(0, KEYS, 4_000)
    before = cell_keys.perturbed(np.full(4_000, count), keys)
    after = cell_keys.perturbed(np.full(4_000, count + 1), keys + newcomer)
    other = cell_keys.perturbed(np.full(4_000, count), newcomer)
    # A guesser who sees both figures and bets on "somebody came" when the second is higher.
    right, wrong = (after > before).mean(), (other > before).mean()
    assert right - wrong < 0.25
    assert (after <= before).mean() > 0.25
    assert np.corrcoef(before - count, after - count - 1)[0, 1] < 0.1


def test_a_shown_figure_never_names_the_true_one() -> None:
    """Whatever is shown, but nought for none, could have come from several true counts."""
    table = cell_keys.transitions()
    for shown in range(STANDARD.least, 40):
        rows = [min(count, STANDARD.rows) for count in range(1, 60)]
        likely = [
            table[row, shown - count + STANDARD.deviation]
            for count, row in enumerate(rows, start=1)
            if abs(shown - count) <= STANDARD.deviation
        ]
        assert sum(one > 0.01 for one in likely) >= 5
        assert max(likely) / sum(likely) < 0.35


def test_a_count_needs_its_key() -> None:
    with pytest.raises(ValueError):
        cell_keys.perturbed(np.array([1, 2]), np.array([1]))
    with pytest.raises(ValueError):
        cell_keys.perturbed(np.array([-1]), np.array([1]))
