"""Large hierarchical tables: nothing that is hidden can be worked out, little is hidden, and the audit can fail."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from samsyn.statistics import attack
from samsyn.statistics.suppression import CannotHide, Contradiction, Dimension, Table, repair, suppress, table_of
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.ties import joined
from tests.oracle.tables import known_exactly

pytestmark = pytest.mark.no_server
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


@given(st.lists(st.integers(0, 40), min_size=18, max_size=18))
def test_all_sums_of_a_table_agree_with_adding_up_the_counts(counts: list[int]) -> None:
    leaves = np.array(counts).reshape(6, 3)
    table, cube = table_of(leaves, [Dimension.with_total(list(COUNTY), COUNTY), Dimension.with_total(["a", "b", "c"])])
    table.check()
    assert cube[0, 0] == sum(counts)
    assert cube[1].tolist() == [leaves[:3].sum(), *leaves[:3].sum(axis=0).tolist()]
    assert cube[2, 0] == leaves[3:].sum()


def test_sums_that_do_not_agree_are_refused() -> None:
    table = of([[5, 6], [7, 8]], 2, 2)
    table.values[0] += 1
    with pytest.raises(Contradiction, match="do not agree"):
        suppress(table)


@pytest.mark.parametrize("counts", list(itertools.product((0, 1, 2, 7), repeat=4)))
def test_every_table_of_two_by_two_is_safe_or_refused(counts: tuple[int, ...]) -> None:
    table = of(counts, 2, 2)
    try:
        hidden = suppress(table, seconds=0.1).is_hidden
    except CannotHide:
        assert attack.recovered(table.values, table.equations, table.values > 0)
        return
    assert known_exactly(table.values, table.equations, hidden) == []


@st.composite
def small_tables(draw: st.DrawFn) -> Table:
    sizes = draw(st.tuples(st.integers(2, 4), st.integers(2, 4), st.integers(1, 3)))
    size = int(np.prod(sizes))
    return of(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)), *sizes)


@settings(max_examples=25, deadline=None)
@given(small_tables())
def test_whole_numbers_tell_no_more_than_the_audit_says(table: Table) -> None:
    try:
        hidden = suppress(table, seconds=0.2).is_hidden
    except CannotHide:
        assert attack.recovered(table.values, table.equations, table.values > 0)
        return
    assert attack.recovered(table.values, table.equations, hidden) == []
    assert known_exactly(table.values, table.equations, hidden) == []


@settings(max_examples=25, deadline=None)
@given(small_tables(), st.integers(0, 2**31))
def test_the_order_of_cells_and_equations_makes_no_difference_to_safety(table: Table, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells, rows = rng.permutation(len(table.values)), rng.permutation(table.equations.shape[0])
    other = Table(
        values=table.values[cells],
        equations=table.equations[rows][:, cells],
        costs=table.costs[cells],
        is_primary=table.is_primary[cells],
        is_fixed=table.is_fixed[cells],
        is_hidden=table.is_hidden[cells],
        blocks=table.blocks[cells],
    )
    outcomes = []
    for one in (table, other):
        try:
            outcomes.append(attack.recovered(one.values, one.equations, suppress(one, seconds=0.2).is_hidden))
        except CannotHide:
            outcomes.append(None)
    assert outcomes in ([[], []], [None, None])


def test_an_earlier_release_that_showed_what_is_to_be_hidden_is_a_contradiction() -> None:
    table = of([[2, 9], [8, 9]], 2, 2)
    shown = replace(table, is_fixed=np.ones(len(table.values), dtype=bool))
    with pytest.raises(Contradiction, match="was published"):
        suppress(shown)


def test_a_nought_that_was_hidden_earlier_is_a_contradiction() -> None:
    table = of([[0, 9], [8, 9]], 2, 2)
    with pytest.raises(Contradiction, match="at least 1"):
        suppress(with_hidden(table, table.values == 0))


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_cells_are_joined_exactly_where_they_always_change_alike(table: Table) -> None:
    try:
        place = joined(table).place
    except CannotHide:
        return
    can_change = np.flatnonzero(table.values > 0)
    ways = scipy.linalg.null_space(table.equations[:, can_change].toarray())
    for at, cell in enumerate(can_change.tolist()):
        assert (place[cell] < 0) <= np.allclose(ways[at], 0), "only what never changes is left out"
        for other_at, other in enumerate(can_change[:at].tolist()):
            if place[cell] == place[other] >= 0:
                assert np.allclose(ways[at], ways[other_at])


def test_the_joined_table_keeps_the_least_member_and_all_costs() -> None:
    # One municipality has one age only: its total is that age, in every release that knows it.
    table = of([[7, 0, 0], [5, 6, 8], [9, 5, 7]], 3, 3)
    small = joined(table)
    row = np.arange(16).reshape(4, 4)[1]
    assert small.place[row[0]] == small.place[row[1]] >= 0
    at = small.place[row[0]]
    assert small.table.costs[at] == table.costs[row[0]] + table.costs[row[1]]
    assert small.table.values[at] == 7
    assert (small.place[row[2:]] == -1).all(), "noughts are shown"


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_the_moves_prove_every_hidden_cell_by_themselves(table: Table) -> None:
    try:
        result = suppress(table, seconds=0.2)
    except CannotHide:
        return
    moves = result.moves.toarray()
    assert np.allclose(table.equations @ moves.T, 0)
    assert not moves[:, ~result.is_hidden].any(), "what is shown does not move"
    assert (table.values + moves >= 1 - 1e-6)[:, result.is_hidden].all()
    widths = np.maximum(0, moves.max(axis=0, initial=0)) - np.minimum(0, moves.min(axis=0, initial=0))
    assert (widths[result.is_hidden] >= 1 - 1e-6).all()


@settings(max_examples=30, deadline=None)
@given(small_tables(), st.sampled_from([2.0, 3.0]), st.sampled_from([0, 1]))
def test_a_table_may_ask_for_more_than_a_unit_and_for_hidden_noughts(table: Table, width: float, least: int) -> None:
    is_primary = table.is_primary | ((table.values == 0) & (least == 0))
    table = replace(table, width=width, least=least, is_primary=is_primary)
    try:
        result = suppress(table, seconds=0.2)
    except CannotHide:
        if least == 1:
            assert attack.recovered(table.values, table.equations, table.values > 0, width=width)
        return
    moves = result.moves.toarray()
    assert np.allclose(table.equations @ moves.T, 0)
    assert not moves[:, ~result.is_hidden].any()
    assert (table.values - least + moves >= -1e-5)[:, result.is_hidden].all()
    widths = np.maximum(0, moves.max(axis=0, initial=0)) - np.minimum(0, moves.min(axis=0, initial=0))
    assert (widths[result.is_hidden] >= width - 1e-5).all()
    if least == 1:
        assert attack.recovered(table.values, table.equations, result.is_hidden, width=width) == []


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_every_secondary_cell_is_hidden_for_the_sake_of_another(table: Table) -> None:
    try:
        result = suppress(table, seconds=0.2)
    except CannotHide:
        return
    assert (result.because[~result.is_secondary] == -1).all()
    for cell in np.flatnonzero(result.is_secondary).tolist():
        other = int(result.because[cell])
        assert other != cell
        assert result.is_hidden[other]


def sums(values: list[int], equations: list[list[int]], *, shown: list[int], width: float = 1.0) -> Table:
    """Hidden cells of any equations; the ``shown`` ones are published and stay."""
    is_fixed = np.isin(np.arange(len(values)), shown)
    never = np.zeros(len(values), dtype=bool)
    numbers = np.array(values, dtype=np.int64)
    matrix = csr_array(np.array(equations))
    blocks = np.zeros(len(values), dtype=np.int64)
    return Table(numbers, matrix, numbers / 10, ~is_fixed, is_fixed, never, blocks, width=width)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(sums([3, 2, 5], [[1, 1, -1]], shown=[2], width=3.0), id="one up and two down"),
        pytest.param(sums([1, 2, 5], [[2, -1, 0], [0, 0, 0]], shown=[2]), id="another has to move twice as far"),
    ],
)
def test_a_wire_goes_both_ways_and_far_where_one_unit_one_way_is_not_enough(table: Table) -> None:
    router = Router(table)
    router.lay_wires()
    assert not router.is_secondary.any()
    moves = csr_array(router.moves() * table.width)
    hidden = table.is_primary
    assert attack.recovered(table.values, table.equations, hidden, moves=moves, width=table.width) == []
    widths = moves.toarray().max(axis=0) - moves.toarray().min(axis=0, initial=0.0)
    assert (widths[hidden] >= table.width - 1e-6).all()


def test_what_no_wire_can_protect_is_refused() -> None:
    with pytest.raises(CannotHide):
        Router(sums([2, 2, 4], [[1, 1, -1]], shown=[2], width=3.0)).lay_wires()


def any_moves(count: int) -> st.SearchStrategy[np.ndarray]:
    step = st.sampled_from([0.0, 0.0, 0.5, 1.0, -1.0, 1 / 3, 2.0, -5.0, 1e-7, 0.7, 1e300, math.inf, math.nan])
    rows = st.lists(st.lists(step, min_size=count, max_size=count), max_size=3)
    return rows.map(lambda made: np.array(made).reshape(-1, count))


@settings(max_examples=30, deadline=None)
@given(small_tables(), st.data())
def test_moves_of_an_earlier_release_spare_a_search_and_wrong_ones_do_no_harm(
    table: Table, data: st.DataObject
) -> None:
    try:
        first = suppress(table, seconds=0.1)
    except CannotHide:
        return
    wrong = data.draw(any_moves(len(table.values)))
    for moves in (first.moves, csr_array(np.concatenate([wrong, first.moves.toarray()])), csr_array(wrong)):
        for one in (table, with_hidden(table, first.is_hidden)):
            again = suppress(one, moves=moves, seconds=0.1)
            assert attack.recovered(one.values, one.equations, again.is_hidden, moves=again.moves) == []
            assert attack.recovered(one.values, one.equations, again.is_hidden) == []
    assert (again.is_hidden == first.is_hidden).all()


@settings(max_examples=60, deadline=None)
@given(small_tables(), st.data())
def test_moves_that_are_wrong_change_nothing_in_the_audit(table: Table, data: st.DataObject) -> None:
    hidden = table.is_primary.copy()
    hidden[data.draw(st.lists(st.integers(0, len(hidden) - 1), max_size=6))] = True
    hidden &= table.values > 0
    wrong = data.draw(any_moves(len(hidden)))
    # Moves of another choice are true as moves, and touch what is shown here.
    other = suppress(table, seconds=0.1).moves.toarray() if _can_be_protected(table) else np.zeros((0, len(hidden)))
    given_ = csr_array(np.concatenate([wrong, other, other + 1, -other]))
    with_moves = attack.recovered(table.values, table.equations, hidden, moves=given_)
    assert with_moves == attack.recovered(table.values, table.equations, hidden)


def _can_be_protected(table: Table) -> bool:
    try:
        suppress(table, seconds=0.1)
    except CannotHide:
        return False
    return True


@settings(max_examples=25, deadline=None)
@given(small_tables())
def test_another_tools_choice_is_repaired_and_kept(table: Table) -> None:
    hidden = table.is_primary
    found = attack.recovered(table.values, table.equations, hidden)
    try:
        for _round in range(20):
            if not found:
                break
            repaired = repair(table, hidden, found)
            assert repaired[hidden].all()
            hidden, found = repaired, attack.recovered(table.values, table.equations, repaired)
    except CannotHide:
        assert attack.recovered(table.values, table.equations, table.values > 0)
        return
    assert found == []
