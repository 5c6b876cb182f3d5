"""Totals before and after a mapping are equal, and a series breaks where nothing may be carried over."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.questions.exchange import checking, core, series
from samsyn.questions.exchange.package import (
    Code,
    CodeList,
    CodePair,
    Kind,
    ListReference,
    Mapping,
    Nothing,
    Package,
    Relation,
    Target,
    Text,
)

FIRST, SECOND, CORRECTED = core.versions()
ONE, TWO = ("main_problem", 1), ("main_problem", 2)


def _version(number: int, values: list[str], mappings: tuple[Mapping, ...] = (), kind: Kind = Kind.SINGLE) -> Package:
    """Return a package with one variable of this version and these answers."""
    listed = CodeList("x", number, Text("x", "x"), tuple(Code(value, Text(value, value)) for value in values))
    variable = replace(
        FIRST.variable("goal"), code="x", version=number, kind=kind, code_list=ListReference("x", number)
    )
    return replace(
        FIRST,
        version=f"{number}.0.0",
        concepts=(FIRST.concept("goal"),),
        code_lists=(listed,),
        variables=(variable,),
        breakdowns=(),
        mappings=mappings,
        requirements=(),
    )


def _to(number: int, earlier: int, relation: Relation, pairs: dict[str, str]) -> Mapping:
    codes = tuple(CodePair(source, target) for source, target in pairs.items())
    return Mapping("x", number, Target("x", earlier), relation, codes)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[Package], dict[str, int]]:
    """Versions that each split answers of the one before, and counts in the newest."""
    values = [f"a{n}" for n in range(draw(st.integers(1, 4)))]
    packages = [_version(1, values)]
    for number in range(2, draw(st.integers(2, 4)) + 1):
        pairs = {f"{value}_{n}": value for value in values for n in range(draw(st.integers(1, 3)))}
        relation = Relation.EXACT if len(pairs) == len(values) else Relation.COARSER
        packages.append(_version(number, list(pairs), (_to(number, number - 1, relation, pairs),)))
        values = list(pairs)
    counted = st.dictionaries(st.sampled_from([*values, *Nothing]), st.integers(0, 10**9))
    return packages, draw(counted)


@settings(max_examples=60, deadline=None)
@given(chains())
def test_totals_before_and_after_mapping_are_equal(drawn: tuple[list[Package], dict[str, int]]) -> None:
    packages, counts = drawn
    newest = len(packages)
    assert checking.faults(packages[-1], earlier=packages[:-1]) == ()
    for number in range(1, newest + 1):
        codes = series.reading(packages, source=("x", newest), target=("x", number))
        assert codes is not None
        read = series.translate(counts, codes)
        assert sum(read.values()) == sum(counts.values())
        for reason in Nothing:
            assert read.get(reason, 0) == counts.get(reason, 0)
    for number in range(1, newest):
        splits = len(packages[number - 1].code_lists[0].codes) < len(packages[-1].code_lists[0].codes)
        back = series.reading(packages, source=("x", number), target=("x", newest))
        assert (back is None) == splits


def test_the_split_answer_is_read_backwards_and_breaks_forwards() -> None:
    figures = [
        series.Figures("2025-K4", ONE, {"marriage": 7, "control": 5, "not_asked": 2}),
        series.Figures("2026-K1", TWO, {"child_marriage": 3, "forced_marriage": 4, "not_asked": 1}),
    ]
    (whole,) = series.joined([FIRST, SECOND], figures, target=ONE)
    assert whole.figures[1].counts == {"marriage": 7, "not_asked": 1}
    before, after = series.joined([FIRST, SECOND], figures, target=TWO)
    assert (before.node, after.node) == (ONE, TWO)
    assert before.figures[0].counts == figures[0].counts


def test_answers_are_never_merged_where_a_case_can_have_several() -> None:
    pairs = {"a1": "a", "a2": "a"}
    old = _version(1, ["a"], kind=Kind.MULTIPLE)
    new = _version(2, ["a1", "a2"], (_to(2, 1, Relation.COARSER, pairs),), kind=Kind.MULTIPLE)
    assert series.reading([old, new], source=("x", 2), target=("x", 1)) is None


def test_a_finer_mapping_is_followed_from_its_target_only() -> None:
    finer = _to(2, 1, Relation.FINER, {"a": "a1"})
    finer = replace(finer, codes=(*finer.codes, CodePair("a", "a2")))
    packages = [_version(1, ["a1", "a2"]), _version(2, ["a"], (finer,))]
    assert series.reading(packages, source=("x", 2), target=("x", 1)) is None
    assert series.reading(packages, source=("x", 1), target=("x", 2)) == {"a1": "a", "a2": "a"}


def test_what_is_not_comparable_breaks() -> None:
    packages = [_version(1, ["a"]), _version(2, ["a"], (_to(2, 1, Relation.NOT_COMPARABLE, {}),))]
    assert series.reading(packages, source=("x", 2), target=("x", 1)) is None


def test_two_ways_with_different_results_are_refused() -> None:
    first, second = _version(1, ["a", "b"]), _version(2, ["a", "b"], (_to(2, 1, Relation.EXACT, {"a": "a", "b": "b"}),))
    crossed = (
        _to(3, 2, Relation.EXACT, {"a": "a", "b": "b"}),
        _to(3, 1, Relation.EXACT, {"a": "b", "b": "a"}),
    )
    third = _version(3, ["a", "b"], crossed)
    assert checking.faults(third, earlier=[first, second])
    with pytest.raises(series.Ambiguous):
        series.reading([first, second, third], source=("x", 3), target=("x", 1))


@pytest.mark.parametrize(
    ("relation", "pairs"),
    [
        (Relation.EXACT, {"a": "a"}),  # leaves a code out
        (Relation.EXACT, {"a": "a", "b": "a"}),  # merges
        (Relation.COARSER, {"a": "a", "b": "nowhere"}),
        (Relation.FINER, {"a": "a", "b": "a"}),
        (Relation.NOT_COMPARABLE, {"a": "a", "b": "b"}),
    ],
)
def test_a_mapping_that_is_not_what_it_says_is_named(relation: Relation, pairs: dict[str, str]) -> None:
    second = _version(2, ["a", "b"], (_to(2, 1, relation, pairs),))
    assert [fault.where for fault in checking.faults(second, earlier=[_version(1, ["a", "b"])])] == ["mappings.x.1"]
