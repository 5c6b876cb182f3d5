"""Large hierarchical tables: nothing that is hidden can be worked out, little is hidden, and the audit can fail."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import attack
from samsyn.statistics.suppression import CannotHide, Dimension, Table, suppress, table_of

COUNTY = {"m1": "c1", "m2": "c1", "m3": "c1", "m4": "c2", "m5": "c2", "m6": "c2"}


def of(leaves: object, *sizes: int) -> Table:
    dimensions = [Dimension.with_total([f"{axis}{at}" for at in range(size)]) for axis, size in enumerate(sizes)]
    return table_of(np.array(leaves, dtype=np.int64).reshape(sizes), dimensions)[0]


def with_hidden(table: Table, hidden: np.ndarray) -> Table:
    return Table(
        table.values, table.equations, table.costs, table.is_primary, table.is_fixed, hidden.copy(), table.blocks
    )


def tables_that_fit(table: Table, hidden: np.ndarray, *, most: int) -> list[np.ndarray]:
    """Try every filling of the hidden cells with whole numbers from 1."""
    places = np.flatnonzero(hidden)
    fitting = []
    for guess in itertools.product(range(1, most + 1), repeat=len(places)):
        values = table.values.copy()
        values[places] = guess
        if not np.any(table.equations @ values):
            fitting.append(values)
    return fitting


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=18, max_size=18))
def test_nothing_hidden_can_be_worked_out(counts: list[int]) -> None:
    leaves = np.array(counts).reshape(6, 3)
    table, _cube = table_of(leaves, [Dimension.with_total(list(COUNTY), COUNTY), Dimension.with_total(["a", "b", "c"])])
    try:
        result = suppress(table, seconds=2.0)
    except CannotHide:
        # Then hiding every open cell does not help either.
        assert attack.recovered(table.values, table.equations, table.values > 0)
        return
    assert attack.recovered(table.values, table.equations, result.is_hidden) == []
    assert result.is_hidden[table.is_primary].all()
    assert not (result.is_secondary & table.is_primary).any()
    again = suppress(with_hidden(table, result.is_hidden), seconds=2.0)
    assert (again.is_hidden == result.is_hidden).all(), "protecting twice hides nothing more"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=48, max_size=48), st.permutations([0, 1, 2]))
def test_the_order_of_the_variables_makes_no_difference_to_safety(counts: list[int], order: list[int]) -> None:
    leaves = np.array(counts).reshape(4, 4, 3)
    table = of(np.transpose(leaves, order), *(leaves.shape[axis] for axis in order))
    try:
        result = suppress(table, seconds=1.0)
    except CannotHide:
        assert attack.recovered(table.values, table.equations, table.values > 0)
        return
    assert attack.recovered(table.values, table.equations, result.is_hidden) == []


@pytest.mark.parametrize("seed", range(12))
def test_no_smaller_loss_exists_in_small_tables(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = of(rng.integers(0, 12, (3, 3)), 3, 3)
    result = suppress(table, seconds=2.0)
    open_ = np.flatnonzero(~table.is_primary & (table.values > 0))
    best = np.inf
    for size in range(len(open_) + 1):
        for chosen in itertools.combinations(open_.tolist(), size):
            cost = table.costs[list(chosen)].sum()
            if cost < best:
                hidden = table.is_primary.copy()
                hidden[list(chosen)] = True
                if not attack.recovered(table.values, table.equations, hidden):
                    best = cost
    assert result.loss == pytest.approx(best)


def test_the_audit_agrees_with_trying_every_table() -> None:
    table = of([[1, 3, 9], [2, 8, 7], [6, 5, 9]], 3, 3)
    hidden = table.is_primary.copy()
    fitting = tables_that_fit(table, hidden, most=12)
    known = [at for at in np.flatnonzero(hidden) if len({int(one[at]) for one in fitting}) == 1]
    assert attack.recovered(table.values, table.equations, hidden) == known != []
    safe = suppress(table).is_hidden
    fitting = tables_that_fit(table, safe, most=12)
    assert all(len({int(one[at]) for one in fitting}) > 1 for at in np.flatnonzero(safe))


def test_a_hidden_cell_that_can_only_be_one_is_found() -> None:
    # Two hidden cells that add up to 2: an attacker who believed in noughts would not know; ours does.
    table = of([[1, 1, 8], [9, 7, 6]], 2, 3)
    hidden = table.is_primary.copy()
    assert set(np.flatnonzero(hidden)) <= set(attack.recovered(table.values, table.equations, hidden))


def test_what_was_published_stays_published() -> None:
    table = of([[2, 9, 9], [8, 9, 9], [9, 9, 9]], 3, 3)
    fixed = np.ones(len(table.values), dtype=bool)
    fixed[np.flatnonzero(table.is_primary)] = False
    stuck = Table(
        table.values, table.equations, table.costs, table.is_primary, fixed, np.zeros_like(fixed), table.blocks
    )
    with pytest.raises(CannotHide):
        suppress(stuck)


def test_sums_that_do_not_agree_are_refused() -> None:
    table = of([[5, 6], [7, 8]], 2, 2)
    table.values[0] += 1
    with pytest.raises(ValueError, match="do not agree"):
        suppress(table)
