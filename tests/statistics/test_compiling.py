"""Delivered figures added up over versions without loss, or broken visibly."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from samsyn.deliveries.checking import across, of_packages
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.questions.exchange import core, editing
from samsyn.questions.exchange.package import Text
from samsyn.statistics.delivered import compiling, indicators
from tests.deliveries.files import core_format
from tests.statistics.delivered_rows import GOAL, GOAL_CELLS, NEW, OLD, VERSIONS, figures, marked, suppressed


def added(form: TableFormat, counts: Any, variable: str) -> int:
    cells = [at + division for at in form.places[variable].values() for division in range(form.width)]
    return int(sum(counts[at] for at in cells))


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=NEW.size, max_size=NEW.size))
def test_totals_are_the_same_before_and_after_a_coarser_mapping(counts: list[int]) -> None:
    made = compiling.compiled([figures(NEW, counts)], target=OLD, packages=VERSIONS)
    for variable in NEW.variables:
        assert added(OLD, made.counts[0], variable.code) == added(NEW, counts, variable.code)


def test_what_was_split_cannot_be_divided_afterwards() -> None:
    made = compiling.compiled([figures(OLD, [1] * OLD.size)], target=NEW, packages=VERSIONS)
    assert added(NEW, made.counts[0], "main_problem") == 0
    at = NEW.places["main_problem"]["control"]
    assert not made.known[0][at]
    assert added(NEW, made.counts[0], "goal") == added(OLD, [1] * OLD.size, "goal")


def test_versions_are_added_up_by_year_and_what_has_no_number_is_counted_apart() -> None:
    at = OLD.places["goal"]["whole"]
    hidden = "A" * at + "Q" + "A" * (OLD.size - at - 1)
    nought = [0 if place == at else 1 for place in range(OLD.size)]
    rows = [
        figures(OLD, [1] * OLD.size, period="2025K4"),
        figures(OLD, nought, period="2026K1", statuses=hidden),
        figures(NEW, [2] * NEW.size, period="2026K2"),
    ]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert made.rows == (("0180", "01", 2025), ("0180", "01", 2026))
    assert (made.counts[1][at], made.known[1][at], made.deliveries[1]) == (2, 1, 2)
    both = OLD.places["main_problem"]["marriage"]
    assert made.counts[1][both] == 1 + 2 + 2


def test_a_year_that_cannot_be_read_is_no_nought() -> None:
    """The multiple answer is split in the newer version: what it was merged from must not look like nobody."""
    third = core.version("2.0.0")
    third = editing.split(
        third, third, variable="method", value="own_tool", into=(Text("Ett", "One"), Text("Två", "Two"))
    )
    third = editing.split(
        third, core.version("2.0.0"), variable="goal", value="part", into=(Text("Mest", "Mostly"), Text("Lite", "Some"))
    )
    newest = next(one for one in of_packages.tables(third) if one.table == "case")
    rows = [figures(OLD, [1] * OLD.size, period="2025K4"), figures(newest, [1] * newest.size, period="2026K1")]
    made = compiling.compiled(rows, target=OLD, packages=(*VERSIONS, third))
    used = next(each for each in indicators.indicators() if each.code == "method_used")
    assert [made.is_read(at, [*used.numerator.cells(OLD), *used.denominator.cells(OLD)]) for at in (0, 1)] == [
        True,
        False,
    ]
    assert [made.is_read(at, GOAL_CELLS) for at in (0, 1)] == [True, True]
    part = OLD.places["goal"]["part"]
    assert [int(made.counts[at][part]) for at in (0, 1)] == [1, 2]


def test_a_division_is_known_by_its_codes_and_another_one_breaks_the_series() -> None:
    (sex,) = OLD.breakdowns
    renamed = replace(sex, label_sv="Juridiskt kön", codes=tuple(replace(one, label_sv="x") for one in sex.codes))
    fewer = replace(sex, codes=sex.codes[:-1])
    for division, is_read in ((renamed, True), (fewer, False)):
        form = replace(NEW, breakdowns=(division,))
        rows = [figures(OLD, [1] * OLD.size), figures(form, [2] * form.size, period="2026K2")]
        made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
        assert made.is_read(0, GOAL_CELLS) == is_read
        assert made.deliveries[0] == 2
    assert set(across.places_in(form, OLD, VERSIONS)) == {-1}


def test_indicators_are_whole_and_fit_every_version() -> None:
    for one in indicators.indicators():
        for form in (core_format(version, one.table) for version in ("1.0.0", "2.0.0")):
            assert one.numerator.cells(form)
            assert one.denominator.cells(form)
            assert one.not_asked(form), "how many were not asked is shown beside"
    one = next(each for each in indicators.indicators() if each.code == "goal_reached")
    counts = [0] * OLD.size
    for answer, count in (("whole", 6), ("part", 2), ("not_met", 1), ("unknown", 1), ("not_asked", 30)):
        counts[OLD.places["goal"][answer]] = count
    made = indicators.amount(one, OLD, counts)
    assert (made.numerator, made.denominator, made.not_asked, made.share) == (8, 10, 30, 80.0)
    # Wilson's interval for 8 of 10, as in Newcombe 1998, Statistics in Medicine 17: 0.490 to 0.943.
    assert made.interval == pytest.approx((49.0, 94.3), abs=0.05)
    with pytest.raises(ValueError, match="direction"):
        indicators.parse(indicators.FILE.read_text().replace('direction = "up"', 'direction = "sideways"'))


def test_what_lacks_a_number_is_no_whole_and_a_split_answer_needs_both_halves() -> None:
    hidden = suppressed(NEW, "main_problem", "child_marriage")
    rows = [figures(OLD, [1] * OLD.size), figures(NEW, [1] * NEW.size, period="2026K2", statuses=hidden)]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    both = list(range(OLD.places["main_problem"]["marriage"], OLD.places["main_problem"]["marriage"] + OLD.width))
    assert made.lack(0, both[:1]) == compiling.HIDDEN
    assert made.lack(0, both[1:]) == made.lack(0, GOAL_CELLS) == ""
    back = compiling.compiled(rows[:1], target=NEW, packages=VERSIONS)
    assert back.lack(0, [NEW.places["main_problem"]["control"]]) == compiling.BROKEN


def test_where_a_question_is_not_applicable_there_is_a_structural_nought() -> None:
    """A shelter without boys, a municipality without an own tool: the sum is whole without them, and alone is no figure."""
    boys = [at + 1 for answers in OLD.places.values() for at in answers.values()]
    counts = [0 if at in boys else 3 for at in range(OLD.size)]
    patriark = OLD.places["method"]["patriark"]
    rows = [
        figures(OLD, counts, period="2025K4", statuses=marked(OLD, boys)),
        figures(
            OLD, [3] * OLD.size, period="2026K1", statuses=marked(OLD, list(range(patriark, patriark + OLD.width)))
        ),
        figures(
            OLD, [0 if at in boys else 3 for at in range(OLD.size)], period="2027K1", statuses=marked(OLD, boys, "L")
        ),
    ]
    rows[1].counts[patriark : patriark + OLD.width] = [0] * OLD.width
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    used = next(each for each in indicators.indicators() if each.code == "method_used")
    assert [made.lack(at, *GOAL.sums(OLD)) for at in range(3)] == ["", "", compiling.HIDDEN]
    assert indicators.amount(GOAL, OLD, made.counts[0]).denominator == 3 * 3 * 5, "three sexes, five answers"
    assert [made.lack(at, *used.sums(OLD)) for at in range(3)] == ["", compiling.OUTSIDE, compiling.HIDDEN]
    assert [made.lack(at, [patriark + 1]) for at in range(3)] == [
        compiling.OUTSIDE,
        compiling.OUTSIDE,
        compiling.HIDDEN,
    ]
    # Both halves of a split answer must be out of the question for the whole to be.
    halves = [NEW.places["main_problem"][answer] for answer in ("child_marriage", "forced_marriage")]
    whole = [OLD.places["main_problem"]["marriage"]]
    for out, lack in ((halves[:1], ""), (halves, compiling.OUTSIDE)):
        row = figures(NEW, [0] * NEW.size, statuses=marked(NEW, out))
        assert compiling.compiled([row], target=OLD, packages=VERSIONS).lack(0, whole) == lack
