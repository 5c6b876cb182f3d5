"""Nothing of fewer than five, and nothing that gives it away."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from samsyn.privacy import few


@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_no_single_answer_of_one_to_four_can_be_worked_out(numbers: list[int]) -> None:
    counts = {f"code{place}": number for place, number in enumerate(numbers)}
    total = sum(numbers)
    shown = few.shown(counts, total=total)
    if total < few.FEWEST:
        assert shown.total is None
        assert set(shown.counts.values()) == {None}
        return
    assert not any(count in range(1, 5) for count in shown.counts.values() if count is not None)
    hidden = [code for code, count in shown.counts.items() if count is None]
    left = total - sum(count for count in shown.counts.values() if count is not None)
    # An attacker who knows the total and that hidden counts are not negative finds several values for each.
    ways = [way for way in itertools.product(range(left + 1), repeat=len(hidden)) if sum(way) == left] if hidden else []
    for place in range(len(hidden)):
        assert len({way[place] for way in ways}) >= 5


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(0, 40))
def test_several_answers_are_guarded_with_their_complements(numbers: list[int], total: int) -> None:
    counts = {f"code{place}": min(number, total) for place, number in enumerate(numbers)}
    shown = few.shown(counts, total=total, is_multiple=True)
    for count in shown.counts.values():
        assert count is None or not (count in range(1, 5) or total - count in range(1, 5))


def test_shares_are_of_what_is_shown() -> None:
    shown = few.shown({"a": 15, "b": 5, "c": 0}, total=20)
    assert (shown.share("a"), shown.share("c")) == (75, 0)
    assert few.shown({"a": 3}, total=3).share("a") is None
