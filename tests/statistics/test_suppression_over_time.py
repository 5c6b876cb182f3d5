"""Large tables published one after the other: what was out stays, and what they say together tells of nobody."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from samsyn.statistics import attack
from samsyn.statistics.suppression import CannotHide, Dimension, Table, suppress, table_of
from samsyn.statistics.suppression.extending import extend
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.ties import joined
from tests.oracle.tables import known_exactly

pytestmark = pytest.mark.no_server


def one_person_more(leaves: np.ndarray, at: tuple[int, int]) -> Table | None:
    """A table published, then published again with one person more; what they add is a figure of the system too."""
    place, kind = (Dimension.with_total([f"{axis}{n}" for n in range(size)]) for axis, size in enumerate(leaves.shape))
    try:
        before = suppress(table_of(leaves, [place, kind])[0], seconds=0.2)
    except CannotHide:
        return None
    person = np.zeros_like(leaves)
    person[at] = 1
    time_ = Dimension(["before", "added", "after"], [(2, (0, 1))])
    both, cube = table_of(np.stack([leaves, person], axis=-1), [place, kind, time_])
    is_fixed, is_hidden = np.zeros((2, *cube.shape), dtype=bool)
    is_fixed[..., 0] = True
    is_hidden[..., 0] = before.is_hidden.reshape(cube.shape[:2])
    return replace(both, is_fixed=is_fixed.ravel(), is_hidden=is_hidden.ravel())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.integers(0, 3), st.integers(0, 2))
def test_adding_one_person_never_reveals_that_person(counts: list[int], row: int, column: int) -> None:
    table = one_person_more(np.array(counts).reshape(4, 3), (row, column))
    if table is None:
        return
    result = suppress(table, seconds=0.2)
    added = np.arange(len(table.values)).reshape(-1, 3)[:, 1]
    assert result.is_hidden[added[table.values[added] == 1]].all()
    assert attack.recovered(table.values, table.equations, result.is_hidden) == []
    assert known_exactly(table.values, table.equations, result.is_hidden) == []
    shown_before = table.is_fixed & ~table.is_hidden
    assert not result.is_hidden[shown_before].any(), "what was shown stays shown"
    assert result.is_hidden[table.is_hidden].all(), "what was hidden stays hidden"


def followed(leaves: np.ndarray) -> tuple[Table, csr_array] | None:
    """Quarters (last axis) published one by one with their sum so far; the last one comes with the moves of the others."""
    place, kind = (
        Dimension.with_total([f"{axis}{n}" for n in range(size)]) for axis, size in enumerate(leaves.shape[:2])
    )
    count = leaves.shape[2]
    before, cube = table_of(leaves[..., :-1], [place, kind, Dimension.with_total([f"q{n}" for n in range(count - 1)])])
    try:
        released = suppress(before, seconds=0.2)
    except CannotHide:
        return None
    codes = ["so far", *(f"q{n}" for n in range(count)), "in all"]
    time_ = Dimension(codes, [(0, range(1, count)), (count + 1, (0, count))])
    table, wider = table_of(leaves, [place, kind, time_])
    is_fixed, is_hidden = np.zeros((2, *wider.shape), dtype=bool)
    is_fixed[..., :count] = True
    is_hidden[..., :count] = released.is_hidden.reshape(cube.shape)
    old, moves = np.flatnonzero(is_fixed), released.moves
    moves = csr_array((moves.data, old[moves.indices], moves.indptr), shape=(moves.shape[0], wider.size))
    return replace(table, is_fixed=is_fixed.ravel(), is_hidden=is_hidden.ravel()), moves


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=27, max_size=27))
def test_one_more_quarter_on_top_of_what_was_published_is_safe(counts: list[int]) -> None:
    made = followed(np.array(counts).reshape(3, 3, 3))
    if made is None:
        return
    table, moves = made
    try:
        result = suppress(table, moves=moves, seconds=0.2)
    except CannotHide:
        open_ = (table.values > 0) & (~table.is_fixed | table.is_hidden)
        assert attack.recovered(table.values, table.equations, open_)
        return
    assert attack.recovered(table.values, table.equations, result.is_hidden) == []
    assert attack.recovered(table.values, table.equations, result.is_hidden, moves=result.moves) == []
    assert known_exactly(table.values, table.equations, result.is_hidden) == []
    assert not result.is_hidden[table.is_fixed & ~table.is_hidden].any()


def test_what_protected_a_cell_protects_it_again_when_the_new_quarter_follows() -> None:
    # The sum of both quarters is new: what moved in the first quarter alone breaks it, and the new cells take it up.
    made = followed(
        np.array([[[3, 20], [60, 21], [70, 22]], [[40, 23], [20, 24], [80, 25]], [[50, 26], [45, 27], [90, 28]]])
    )
    assert made is not None
    table, moves = made
    tied = joined(table)
    fitting, broken = tied.gather_moves(table, moves)
    assert broken.shape[0]
    router = Router(tied.table)
    router.take_over(fitting)
    assert router.waiting()
    extend(router, broken, tied.came_since(table))
    assert router.waiting() == []
    proofs = tied.spread_moves(router.moves())
    hidden = tied.spread(router.is_hidden)
    assert not np.abs(table.equations @ proofs.toarray().T).max() > 1e-6
    low, high = (
        table.values + proofs.toarray().min(axis=0, initial=0),
        table.values + proofs.toarray().max(axis=0, initial=0),
    )
    assert ((high - low)[hidden] >= 1 - 1e-6).all()
