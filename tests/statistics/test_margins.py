"""Cubes with margins: the same as by looking at every unit, whatever the hierarchy; never more memory than asked for."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import margins
from samsyn.statistics.margins import Dimension
from tests.oracle import margins as oracle


@st.composite
def asked(draw: st.DrawFn, *, with_multiple: bool = True) -> Any:
    """Dimensions with groups, and units with codes in them."""
    dimensions, columns = [], []
    number = draw(st.integers(0, 30))
    units: list[list[frozenset[int]]] = [[] for _ in range(number)]
    for _ in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 5))
        group = st.lists(st.integers(0, size - 1), min_size=1, max_size=size, unique=True)
        groups = tuple(tuple(one) for one in draw(st.lists(group, max_size=2)))
        is_multiple = with_multiple and draw(st.booleans())
        dimensions.append(Dimension(size, groups, is_multiple))
        if is_multiple:
            bits = draw(st.lists(st.integers(0, 2**size - 1), min_size=number, max_size=number))
            columns.append(np.array(bits, dtype=np.uint64))
            for unit, mask in zip(units, bits, strict=True):
                unit.append(frozenset(code for code in range(size) if mask >> code & 1))
        else:
            codes = draw(st.lists(st.integers(0, size - 1), min_size=number, max_size=number))
            columns.append(np.array(codes, dtype=np.uint8))
            for unit, code in zip(units, codes, strict=True):
                unit.append(frozenset({code}))
    return dimensions, columns, units


@settings(max_examples=150, deadline=None)
@given(asked())
def test_every_cell_counts_those_who_belong_there(drawn: Any) -> None:
    dimensions, columns, units = drawn
    found = margins.cube(columns, dimensions)
    wanted = oracle.cube(units, [(one.size, one.groups) for one in dimensions])
    assert found.shape == tuple(one.places for one in dimensions)
    assert {at: int(found[at]) for at in np.ndindex(found.shape)} == wanted


@settings(max_examples=50, deadline=None)
@given(asked(with_multiple=False))
def test_margins_of_counted_leaves_are_those_of_the_units(drawn: Any) -> None:
    dimensions, columns, _units = drawn
    leaves = margins.count_leaves(columns, [one.size for one in dimensions])
    assert (margins.with_margins(leaves, dimensions) == margins.cube(columns, dimensions)).all()


def test_municipalities_make_counties_and_quarters_years() -> None:
    place = Dimension(4, ((0, 1), (2, 3)))
    time = Dimension(8, (tuple(range(4)), tuple(range(4, 8))))
    leaves = np.arange(32).reshape(4, 8)
    found = margins.with_margins(leaves, [place, time])
    assert found[4, 8] == leaves[:2, :4].sum()
    assert found[5, 9] == leaves[2:, 4:].sum()
    assert found[6, 10] == leaves.sum()
    assert found[4].tolist() == (found[0] + found[1]).tolist()


def test_a_multiple_choice_counts_a_unit_once_in_each_code_and_once_in_the_total() -> None:
    # One unit with both codes, one with the second, one with none.
    found = margins.cube([np.array([0b11, 0b10, 0], dtype=np.uint64)], [Dimension(2, ((0, 1),), is_multiple=True)])
    assert found.tolist() == [1, 2, 2, 3]


def test_chunks_make_no_difference() -> None:
    rng = np.random.default_rng(2)
    rows = margins.CHUNK * 2 + 17
    columns = [rng.integers(0, size, rows).astype(np.int16) for size in (7, 3)]
    found = margins.count_leaves(columns, (7, 3))
    assert found.sum() == rows
    assert found[4, 2] == int(((columns[0] == 4) & (columns[1] == 2)).sum())
    both = np.stack(columns, axis=1)
    assert (margins.count_leaves(both.T, (7, 3)) == found).all()


def test_a_large_sparse_crossing_counts_the_same() -> None:
    rng = np.random.default_rng(3)
    columns = [rng.integers(0, 2000, 500), rng.integers(0, 1000, 500)]
    found = margins.count_leaves(columns, (2000, 1000))
    wanted = np.zeros((2000, 1000), dtype=np.int64)
    np.add.at(wanted, tuple(columns), 1)
    assert (found == wanted).all()


def test_what_would_fill_the_memory_is_refused_before_it_does() -> None:
    huge = [Dimension(100_000), Dimension(100_000), Dimension(2)]
    with pytest.raises(margins.TooManyCells) as refused:
        margins.cube([np.zeros(1, dtype=np.int32)] * 3, huge)
    assert refused.value.cells == 100_001 * 100_001 * 3
    with pytest.raises(margins.TooManyCells):
        margins.count_leaves([np.zeros(1, dtype=np.int32)] * 2, (10**5, 10**4))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: margins.count_leaves([np.array([0, 3])], (3,)),
        lambda: margins.count_leaves([np.array([-1, 0])], (3,)),
        lambda: margins.cube([np.array([0b1000], dtype=np.uint64)], [Dimension(3, is_multiple=True)]),
    ],
)
def test_an_unknown_code_is_never_counted_as_another(wrong: Any) -> None:
    with pytest.raises(margins.UnknownCode):
        wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Dimension(0),
        lambda: Dimension(64, is_multiple=True),
        lambda: Dimension(2, ((0, 2),)),
        lambda: Dimension(2, ((1, 1),)),
        lambda: Dimension(2, ((),)),
        lambda: margins.with_margins(np.zeros((2, 2), dtype=np.int64), [Dimension(2), Dimension(3)]),
        lambda: margins.with_margins(np.zeros(2, dtype=np.int64), [Dimension(2, is_multiple=True)]),
        lambda: margins.count_leaves([np.zeros(2, dtype=int), np.zeros(3, dtype=int)], (1, 1)),
        lambda: margins.cube([np.zeros(2, dtype=int)], [Dimension(1), Dimension(1)]),
    ],
)
def test_what_does_not_fit_together_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError):
        wrong()
