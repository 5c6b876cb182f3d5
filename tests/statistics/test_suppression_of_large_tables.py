"""Very large tables: a block is laid with the blocks of its sums, and nothing of it can be worked out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import attack
from samsyn.statistics.suppression import CannotHide, Dimension, Table, router, suppress, table_of
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.ties import joined

pytestmark = pytest.mark.no_server
COUNTY = {f"m{at}": f"c{at % 3}" for at in range(9)}
YEAR = {f"q{at}": f"y{at // 2}" for at in range(4)}


def over_time(leaves: np.ndarray) -> Table:
    """Municipalities < counties < country x kinds x quarters < years < all; a block for each county in each year."""
    kinds = [f"k{at}" for at in range(leaves.shape[1])]
    dimensions = [
        Dimension.with_total(list(COUNTY), COUNTY),
        Dimension.with_total(kinds),
        Dimension.with_total(list(YEAR), YEAR),
    ]
    place, year = (
        np.array([0 if code == "total" else 1 + int(groups.get(code, code)[1:]) for code in dimension.codes])
        for dimension, groups in ((dimensions[0], COUNTY), (dimensions[2], YEAR))
    )
    blocks = np.broadcast_to((place[:, None] * 10 + year)[:, None], [len(one.codes) for one in dimensions])
    return table_of(leaves, dimensions, blocks=blocks)[0]


def test_the_blocks_of_the_sums_of_a_block_are_found() -> None:
    sums = Router(over_time(np.full((9, 2, 4), 7))).sums
    assert sums[11] == {10, 1, 0}, "a county in a year: the county in all, the country in the year and in all"
    assert sums[10] == {0}
    assert sums[2] == {0}
    assert sums[0] == set()


def test_a_block_is_protected_with_its_sums_where_it_could_not_be_by_itself() -> None:
    tied = joined(over_time(np.random.default_rng(5).poisson(2.5, (9, 2, 4))))
    laid = Router(tied.table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(router, "WHOLE", 0)
        laid.lay_blocks(None)
        waited, hidden_before = set(laid.waiting()), laid.is_hidden.copy()
        laid.lay_under_sums(None)
        assert set(laid.waiting()) == waited != set(), "small tables don't need it"
        patch.setattr(router, "HUGE", 0)
        laid.lay_under_sums(None)
    assert laid.is_hidden[hidden_before].all(), "what one group hid, another doesn't show"
    proved = waited - set(laid.waiting())
    assert len(proved) > len(waited) / 2
    moves = laid.moves()
    assert not set(attack.recovered(tied.table.values, tied.table.equations, laid.is_hidden, moves=moves)) & proved


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1.0, 2.5, 6.0]))
def test_nothing_hidden_in_a_very_large_table_can_be_worked_out(seed: int, mean: float) -> None:
    table = over_time(np.random.default_rng(seed).poisson(mean, (9, 2, 4)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(router, "HUGE", 0)
        patch.setattr(router, "WHOLE", 0)
        try:
            result = suppress(table, seconds=0.2, workers=1)
        except CannotHide:
            assert attack.recovered(table.values, table.equations, table.values > 0)
            return
    assert attack.recovered(table.values, table.equations, result.is_hidden) == []
    assert attack.recovered(table.values, table.equations, result.is_hidden, moves=result.moves) == []
