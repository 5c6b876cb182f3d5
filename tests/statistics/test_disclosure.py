"""Protection: nothing that is hidden can be worked out, by linear programs or by trying every possible table."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samsyn.statistics import attack, disclosure, linking
from samsyn.statistics.disclosure import PRIMARY, SECONDARY, Cell, Guard, Relation, System
from tests.oracle.tables import possible

pytestmark = pytest.mark.no_server
THRESHOLD = 5
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cell(name: str, atoms: Sequence[int], values: Sequence[int], weight: float = 1.0) -> Cell:
    value = sum(values[a] for a in atoms)
    return Cell(name, tuple(atoms), weight, is_primary=disclosure.is_sensitive(value, threshold=THRESHOLD))


def crossed(values: Sequence[Sequence[int]]) -> System:
    """A table of rows and columns with all margins."""
    rows, columns = len(values), len(values[0])
    flat = [number for row in values for number in row]
    at = [[r * columns + c for c in range(columns)] for r in range(rows)]
    cells = [cell(f"{r},{c}", [at[r][c]], flat) for r in range(rows) for c in range(columns)]
    cells += [cell(f"row {r}", at[r], flat, 5) for r in range(rows)]
    cells += [cell(f"column {c}", [at[r][c] for r in range(rows)], flat, 5) for c in range(columns)]
    cells.append(cell("all", range(rows * columns), flat, 50))
    return System(values=flat, cells=cells, width=THRESHOLD - 2)


def hidden_of(system: System) -> set[object]:
    return set(disclosure.protect(system).reasons)


tables = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 14), min_size=columns, max_size=columns), min_size=2, max_size=5)
)


@SLOW
@given(tables)
def test_no_hidden_cell_of_a_crossed_table_can_be_worked_out(values: list[list[int]]) -> None:
    system = crossed(values)
    hidden = hidden_of(system)
    found = attack.audit(system, hidden)
    assert found.is_safe, found
    assert all(low.width >= THRESHOLD - 2 - 1e-4 for low in attack.intervals(system, hidden))


@SLOW
@given(tables)
def test_every_small_count_is_hidden_and_no_nought_is(values: list[list[int]]) -> None:
    system = crossed(values)
    hidden = hidden_of(system)
    for one in system.cells:
        number = system.value(one.atoms)
        assert (one.name in hidden) >= (0 < number < THRESHOLD)
        assert number > 0 or one.name not in hidden


@SLOW
@given(tables)
def test_protecting_what_is_protected_changes_nothing(values: list[list[int]]) -> None:
    system = crossed(values)
    reasons = disclosure.protect(system).reasons
    again = replace(system, cells=[replace(c, is_hidden=c.name in reasons) for c in system.cells])
    assert disclosure.protect(again).reasons == reasons
    assert disclosure.protect(system).reasons == reasons, "the same tables are protected in the same way"


@settings(max_examples=15, deadline=None)
@example([[1, 7], [7, 7]])
@example([[0, 0], [0, 1]])
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_trying_every_table_finds_several_values_for_each_hidden_cell(values: list[list[int]]) -> None:
    system = crossed(values)
    hidden = hidden_of(system)
    if not hidden:
        return
    # No atom can be more than the whole, where that is shown: nothing that fits is left untried.
    tried = possible(system, hidden, most=sum(map(sum, values)) + (THRESHOLD if "all" in hidden else 0))
    for name, numbers in tried.items():
        assert len(numbers) >= THRESHOLD - 1, (name, numbers, values)
    for interval in attack.intervals(system, hidden):
        numbers = tried[interval.name]
        assert min(numbers) == pytest.approx(interval.low, abs=1e-4)
        assert max(numbers) == pytest.approx(min(interval.high, max(numbers)), abs=1e-4)


def test_a_single_small_row_takes_another_with_it() -> None:
    values = [3, 40, 12, 55]
    cells = [cell(f"r{n}", [n], values) for n in range(4)] + [cell("all", range(4), values, 100)]
    protection = disclosure.protect(System(values=values, cells=cells, width=3))
    assert protection.reasons["r0"] == PRIMARY
    assert protection.secondary == 1
    assert protection.because == {name: "r0" for name, why in protection.reasons.items() if why == SECONDARY}
    assert "all" not in protection.reasons, "the total is the dearest cell to hide"


def test_two_ones_are_not_enough_because_a_hidden_cell_is_at_least_one() -> None:
    """Hidden 1 + 1 = 2: whoever knows that neither is nought knows both. The reader of other tools' output can do it."""
    values = [1, 1, 30, 40]
    cells = [cell(f"r{n}", [n], values) for n in range(4)] + [cell("all", range(4), values, 100)]
    system = System(values=values, cells=cells, width=3)
    assert attack.audit(system, {"r0", "r1"}).recovered == 2
    protection = disclosure.protect(system)
    assert protection.secondary == 1
    assert attack.audit(system, protection.reasons).is_safe


def test_the_audit_finds_what_hiding_only_small_cells_leaves_open() -> None:
    system = crossed([[3, 10, 20], [8, 9, 10], [7, 7, 7]])
    found = attack.audit(system, {"0,0"})
    assert (found.recovered, found.is_safe) == (1, False)
    assert found.narrowest is not None
    assert found.narrowest.low == pytest.approx(3)


def test_a_cell_published_earlier_stays_and_the_new_release_gives_way() -> None:
    """Q1 and the half-year are out; Q2 = the difference is small, so Q2 in the new table is hidden and something more."""
    values = [20, 2, 30, 9]  # girls Q1, girls Q2, boys Q1, boys Q2
    earlier = [Cell(("old", n), (n,), is_fixed=True) for n in (0, 2)]
    new = [
        cell("girls", [0, 1], values, 4),
        cell("boys", [2, 3], values, 4),
        cell("girls q2", [1], values),
        cell("boys q2", [3], values),
        cell("all", range(4), values, 400),
        cell("all q2", [1, 3], values, 100),
    ]
    system = System(values=values, cells=[*earlier, *new], width=3)
    reasons = disclosure.protect(system).reasons
    assert {"girls q2", "girls", "boys q2", "boys"} <= set(reasons)
    assert not any(isinstance(name, tuple) for name in reasons), "what is published is published"
    assert attack.audit(system, reasons).is_safe


def test_what_is_already_out_cannot_be_protected_and_says_so() -> None:
    values = [20, 2]
    out = [Cell("q1", (0,), is_fixed=True), Cell("half", (0, 1), is_fixed=True)]
    with pytest.raises(disclosure.CannotProtect):
        disclosure.protect(System(values=values, cells=out, guards=[Guard("between", (1,))], width=3))


def test_a_guarded_difference_is_uncertain_though_nobody_prints_it() -> None:
    """All but two told of violence: the row is large, and what is missing from the total is small."""
    values = [98, 100, 60]
    relations = [Relation((1,), (0,), is_equality=False), Relation((1,), (2,), is_equality=False)]
    cells = [cell("violence", [0], values), cell("all", [1], values, 400), cell("control", [2], values)]
    system = System(values, relations, cells, [Guard("others", (1,), (0,))], width=3)
    reasons = disclosure.protect(system).reasons
    assert set(reasons) == {"violence"}
    assert reasons["violence"] == SECONDARY


def test_noughts_are_hidden_only_where_a_definition_protects_them() -> None:
    assert not disclosure.is_sensitive(0, threshold=5)
    assert disclosure.is_sensitive(0, threshold=5, protects_zeros=True)
    assert disclosure.is_sensitive(4, threshold=5)
    assert not disclosure.is_sensitive(5, threshold=5)


def test_a_count_that_is_nearly_all_one_deliverers_is_hidden_in_a_release_too() -> None:
    assert disclosure.is_sensitive(50, threshold=5, largest=41, dominance=0.8)
    assert not disclosure.is_sensitive(50, threshold=5, largest=40, dominance=0.8)
    assert not disclosure.is_sensitive(50, threshold=5, largest=50), "without the rule one deliverer is no secret"
    leaves = {name: np.array([count]) for name, count in {"m": 150, "m|c=a": 50, "m|c=b": 60, "m|c=d": 40}.items()}
    shape = linking.Shape("m", ("m|c=a", "m|c=b", "m|c=d"), (), is_multiple=False)
    asked = [linking.Asked((name,), 0, 0, largest=45 if name == "m|c=a" else 0, dominance=0.8) for name in leaves]
    system = linking.link([], linking.Edition(0, leaves, [shape], {}, asked))
    reasons = disclosure.protect(system).reasons
    assert reasons[0, "m|c=a", 0, 0] == PRIMARY
    assert SECONDARY in reasons.values()
    assert attack.audit(system, reasons).is_safe


@pytest.mark.parametrize("counts", [(3, 0, 3, 0), (2, 0, 1, 1), (4, 4, 0, 0), (1, 0, 0, 1)])
def test_where_all_are_few_nobodys_answer_is_hidden_too(counts: tuple[int, ...]) -> None:
    """Three matters, and none with the first answer: shown, the nought would tell what all three did not say."""
    names = ("m", "m|v=a", "m|v=b", "m|v=none")
    shape = linking.Shape("m", names[1:3], names[3:], is_multiple=True)
    leaves = {name: np.array(both) for name, *both in zip(names, counts, (40, 20, 20, 10), strict=True)}
    asked = [linking.Asked((name,), 0, 0) for name in names]
    first = linking.Edition(0, leaves, [shape], {}, asked)
    system = linking.link([], first)
    reasons = disclosure.protect(system).reasons
    assert {(0, "m|v=a", 0, 0), (0, "m|v=b", 0, 0)} <= {name for name, why in reasons.items() if why == PRIMARY}
    assert attack.audit(system, reasons).is_safe
    # Published, and followed by a quarter in which they are many: what was hidden at nought stays so.
    out = replace(first, cells=[replace(one, is_hidden=(0, *one.name) in reasons) for one in asked])
    later = [linking.Asked((name,), 1, 1) for name in names]
    system = linking.link([out], linking.Edition(1, leaves, [shape], {}, [*asked, *later]))
    hidden = {(0, *one.name) for one in out.cells if one.is_hidden} | set(disclosure.protect(system).reasons)
    assert attack.audit(system, hidden).is_safe


def test_contradictory_tables_are_refused() -> None:
    with pytest.raises(ValueError):
        disclosure.protect(System(values=[1, 2], relations=[Relation((0,), (1,))]))


@SLOW
@given(st.lists(st.integers(0, 12), min_size=2, max_size=4), st.data())
def test_no_hidden_row_of_overlapping_codes_can_be_worked_out(codes: list[int], data: st.DataObject) -> None:
    """Multiple choice: rows don't add up, and still the total and the answer states bound them."""
    states = data.draw(st.integers(0, 6))
    union = data.draw(st.integers(max(codes), sum(codes)))
    values = [union + states, *codes, states]
    last = len(values) - 1
    relations = [Relation((*range(1, last), last), (0,), is_equality=False)]
    relations += [Relation((0,), (one, last), is_equality=False) for one in range(1, last)]
    cells = [cell(f"code {n}", [n], values) for n in range(1, last)]
    cells += [cell("state", [last], values), cell("all", [0], values, 400)]
    guards = [Guard(f"others {n}", (0,), (n,)) for n in range(1, last) if 0 < values[0] - values[n] < THRESHOLD]
    system = System(values, relations, cells, guards, width=3)
    reasons = disclosure.protect(system).reasons
    assert attack.audit(system, reasons).is_safe


@SLOW
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=5))
def test_quarter_after_quarter_is_protected_together_with_what_came_before(quarters: list[list[int]]) -> None:
    """Each quarter publishes itself, the year to date and all years; what was published stays as it is."""
    rows = len(quarters[0])
    published: list[Cell] = []
    for number in range(len(quarters)):
        values = [one for quarter in quarters[: number + 1] for one in quarter]
        new: list[Cell] = []
        for first in sorted({0, number // 2, number}):
            spans = [[q * rows + row for q in range(first, number + 1)] for row in range(rows)]
            new += [cell(f"{number} {first} row {row}", span, values) for row, span in enumerate(spans)]
            new.append(cell(f"{number} {first} all", [a for span in spans for a in span], values, 50))
        guards = [Guard(f"{q},{r}", (q * rows + r,)) for q in range(number + 1) for r in range(rows)
                  if 0 < quarters[q][r] < THRESHOLD]  # fmt: skip
        system = System(values, (), [*published, *new], guards, width=3)
        reasons = disclosure.protect(system).reasons
        before = {one.name for one in published if one.is_hidden}
        assert attack.audit(system, before | set(reasons)).is_safe
        published += [replace(one, is_fixed=True, is_primary=False, is_hidden=one.name in reasons) for one in new]
