"""Needs: what is planted is found, what is chance is seldom called found, and nothing tells of fewer than five."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import needs
from samsyn.statistics.needs import Series, Shown, Verdict, adjusted, coarse, may_show, protect, read, step_of

QUARTERS = 24
LAST = QUARTERS - 1


def world(rng: np.random.Generator, *, planted: float = 0.0) -> list[Series]:
    """Two single-choice variables and one of several codes, without any change but the planted one."""
    found = []
    bases = rng.integers(180, 320, size=QUARTERS)
    for name, shares in (("age", (0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05)), ("concern", (0.3, 0.25, 0.2, 0.15, 0.02))):
        rest = 1 - sum(shares)
        drawn = np.array([rng.multinomial(base, (*shares, rest)) for base in bases])
        found += [Series(name, f"{name}{at}", drawn[:, at], bases) for at in range(len(shares))]
    for at, share in enumerate((0.46, 0.41, 0.34, 0.19, 0.13, 0.06, 0.05, 0.012, 0.003)):
        level = np.full(QUARTERS, share)
        if at == 4:
            level[-4:] += planted
        found.append(Series("exposure", f"exposure{at}", rng.binomial(bases, level), bases))
    return found


PARTITIONS = {"age": True, "concern": True, "exposure": False}


def test_without_any_change_few_reports_say_that_something_changed() -> None:
    rng = np.random.default_rng(1995)
    reports = 200
    false = {1: 0, 4: 0}
    for _ in range(reports):
        made = world(rng)
        for window in false:
            false[window] += any(one.verdict.is_finding for one in read(made, last=LAST, window=window))
    for number in false.values():
        # 5 % is promised; three standard errors of 200 reports are 4.6 percentage points.
        assert number / reports <= 0.05 + 0.046


def test_a_planted_rise_is_found_and_little_else() -> None:
    rng = np.random.default_rng(14)
    hits, wrong, reports = 0, 0.0, 120
    for _ in range(reports):
        findings = [one for one in read(world(rng, planted=0.08), last=LAST, window=4) if one.verdict.is_finding]
        hits += any(one.series.code == "exposure4" and one.verdict is Verdict.RISES for one in findings)
        wrong += sum(one.series.code != "exposure4" for one in findings) / max(1, len(findings))
    assert hits / reports > 0.9
    assert wrong / reports <= 0.05 + 0.03


def test_adjusted_p_values_are_those_of_the_paper() -> None:
    # Benjamini and Hochberg 1995, section 4.1: fifteen p-values of a trial, the four smallest are found at 5 %.
    trial = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert sum(value <= 0.05 for value in adjusted(trial)) == 4
    assert adjusted([]) == []


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_keeps_the_order_and_never_makes_smaller(p_values: list[float]) -> None:
    found = adjusted(p_values)
    assert all(new >= old - 1e-12 for new, old in zip(found, p_values, strict=True))
    assert np.all(np.diff(np.array(found)[np.argsort(p_values)]) >= -1e-12)
    # The step-up procedure itself, done by trying every number of discoveries.
    count = len(p_values)
    most = max((k for k in range(1, count + 1) if sorted(p_values)[k - 1] <= 0.05 * k / count), default=0)
    assert sum(value <= 0.05 + 1e-12 for value in found) >= most
    assert sum(value < 0.05 - 1e-12 for value in found) <= most


def steady(code: str, per_quarter: list[int], *, base: int = 250, **more: int) -> Series:
    return Series("v", code, np.array(per_quarter), np.full(len(per_quarter), base), **more)


@pytest.mark.parametrize(
    ("earlier", "now", "verdict"),
    [
        ([0] * 20, [6, 8, 9, 9], Verdict.NEW),
        ([5] * 8 + [0] * 12, [6, 8, 9, 9], Verdict.BACK),
        ([1] + [0] * 19, [0, 0, 3, 0], Verdict.TOO_FEW),
        ([20] * 20, [40] * 4, Verdict.RISES),
        ([20] * 20, [8] * 4, Verdict.FALLS),
        ([8] * 20, [0] * 4, Verdict.FALLS),
        ([20] * 20, [21] * 4, Verdict.MAY_BE_CHANCE),
    ],
)
def test_each_verdict_has_its_case(earlier: list[int], now: list[int], verdict: Verdict) -> None:
    (found,) = read([steady("a", earlier + now)], last=LAST, window=4)
    assert found.verdict is verdict


def test_a_question_without_an_earlier_year_is_not_compared() -> None:
    (found,) = read([steady("a", [0] * 20 + [30] * 4, first=20)], last=LAST, window=4)
    assert found.verdict is Verdict.NOT_COMPARABLE
    (seen,) = protect([found], single_choice={"v": False})
    assert seen == Shown("v", "a", Verdict.NOT_COMPARABLE)


def test_a_single_quarter_is_looked_at_only_where_every_quarter_could_be_shown() -> None:
    dense, sparse = steady("a", [20] * 24), steady("b", [20] * 22 + [3, 30])
    kinds = [one.verdict for one in read([dense, sparse], last=LAST, window=1)]
    assert kinds == [Verdict.MAY_BE_CHANCE, Verdict.TOO_FEW]
    assert read([sparse], last=LAST, window=4)[0].verdict is not Verdict.TOO_FEW
    assert read([replace(dense, least_window=4)], last=LAST, window=1)[0].verdict is Verdict.TOO_FEW


@settings(deadline=None)
@given(st.integers(1, 5000))
def test_a_step_is_at_least_five_persons_wide(base: int) -> None:
    step = step_of(base)
    assert step * base / 100 >= needs.THRESHOLD or step == needs.STEPS[-1]
    if base >= 50:
        alike = {}
        for events in range(base + 1):
            alike.setdefault(coarse(events / base, step), []).append(events)
        inner = [values for share, values in alike.items() if 0 < share < 100 - step]
        assert all(len(values) >= min(needs.THRESHOLD, step * base // 100) for values in inner)


@st.composite
def small_worlds(draw: st.DrawFn) -> list[Series]:
    """A partition with rare codes, and a multiple-choice variable."""
    found = []
    shares = draw(st.lists(st.sampled_from([0.001, 0.004, 0.01, 0.05, 0.2]), min_size=2, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    bases = rng.integers(60, 320, size=QUARTERS)
    rest = max(0.0, 1 - sum(shares)) * draw(st.sampled_from([0.0, 1.0]))
    whole = sum(shares) + rest
    drawn = np.array([rng.multinomial(base, [s / whole for s in shares] + [rest / whole]) for base in bases])
    found += [Series("age", f"age{at}", drawn[:, at], bases) for at in range(len(shares))]
    found += [Series("exposure", f"e{at}", rng.binomial(bases, s), bases) for at, s in enumerate(shares)]
    return found


@settings(max_examples=80, deadline=None)
@given(small_worlds(), st.sampled_from([1, 4]))
def test_nothing_is_shown_of_fewer_than_five_nor_left_to_be_worked_out(made: list[Series], window: int) -> None:
    readings = read(made, last=LAST, window=window)
    shown = {(one.variable, one.code): one for one in protect(readings, single_choice={"age": True, "exposure": False})}
    for one in readings:
        seen, counted = shown[one.series.variable, one.series.code], one.comparison
        assert counted is not None
        assert seen.latest is None or may_show(counted.latest)
        assert seen.reference is None or may_show(counted.reference)
        assert not seen.years or all(map(may_show, counted.years))
        assert seen.trend is None or int(one.series.events[-needs.TREND_QUARTERS :].min()) >= needs.THRESHOLD
    parts = [one for one in readings if one.series.variable == "age"]
    for side in ("latest", "reference"):
        seen_events = sum(
            getattr(one.comparison, side).events
            for one in parts
            if getattr(shown["age", one.series.code], side) is not None
        )
        unseen = getattr(parts[0].comparison, side).base - seen_events
        someone_is_hidden = any(getattr(shown["age", one.series.code], side) is None for one in parts)
        assert not someone_is_hidden or unseen >= needs.THRESHOLD or seen_events == 0
    for place in range(len(parts[0].comparison.years)):  # type: ignore[union-attr]
        drawn = [one for one in parts if shown["age", one.series.code].years]
        unseen = parts[0].comparison.years[place].base - sum(one.comparison.years[place].events for one in drawn)  # type: ignore[union-attr]
        assert len(drawn) == len(parts) or unseen >= needs.THRESHOLD or not drawn


@settings(max_examples=60, deadline=None)
@given(small_worlds(), st.data())
def test_whether_a_hidden_count_is_one_or_four_changes_nothing_that_is_seen(
    made: list[Series], data: st.DataObject
) -> None:
    """Two worlds that differ only in how many of a rare code there are, from 0 to 4, look the same."""
    at = data.draw(st.sampled_from([at for at, one in enumerate(made) if one.variable == "exposure"]))
    one = made[at]
    looks = set()
    for few in range(5):
        events = one.events.copy()
        events[-4:] = [few, 0, 0, 0]
        changed = [*made[:at], replace(one, events=events), *made[at + 1 :]]
        looks.add(protect(read(changed, last=LAST, window=4), single_choice={"age": True, "exposure": False}))
    assert len(looks) == 1


def test_the_surest_finding_stands_first() -> None:
    made = [steady("weak", [20] * 20 + [34] * 4), steady("none", [20] * 24), steady("strong", [20] * 20 + [60] * 4)]
    seen = protect(read(made, last=LAST, window=4), single_choice={"v": False})
    assert [one.code for one in seen] == ["strong", "weak", "none"]
    strong = seen[0]
    assert (strong.latest, strong.reference, strong.step) == (24, 8, 1)
    assert strong.years == (8, 8, 8, 24)
    assert strong.difference is not None
    assert strong.difference[0] > 10
