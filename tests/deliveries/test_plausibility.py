"""What is unlikely against earlier periods, also those that were delivered in another version of the package."""

from collections.abc import Sequence

from samsyn.deliveries import actions, support_line
from samsyn.deliveries.checking import across, of_packages, plausibility
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.checking.plausibility import Earlier, Warned
from samsyn.people.actors import SYSTEM
from samsyn.questions import actions as questions
from samsyn.questions.exchange import core, editing
from samsyn.questions.exchange.package import Text
from tests.deliveries.conftest import AT, Deliverer, SignIn
from tests.deliveries.figures import as_file
from tests.deliveries.files import core_format

OLD, NEW = core_format("1.0.0"), core_format("2.0.0")
VERSIONS = core.versions()
METHODS = (Text("Ett", "One"), Text("Två", "Two"))
THIRD = editing.split(
    core.version("2.0.0"), core.version("2.0.0"), variable="method", value="own_tool", into=METHODS
)  # fmt: skip
THIRD = editing.numbered(THIRD, core.version("2.0.0"))
NEWEST = next(one for one in of_packages.tables(THIRD) if one.table == "case")
ALL_VERSIONS = (*VERSIONS, THIRD)
PROBLEMS = {"control": 80, "physical": 60, "marriage": 14}


def figures(form: TableFormat, problems: dict[str, int]) -> list[int]:
    """Return counts of cases that all have one main problem, and the first answer to everything else."""
    made = [0] * form.size
    for variable in form.variables:
        answers = form.places[variable.code]
        given = problems if variable.code == "main_problem" else {variable.answers[0]: sum(problems.values())}
        for answer, count in given.items():
            made[answers[answer]] = count
    return made


def warned(
    form: TableFormat, made: list[int], earlier: Sequence[tuple[TableFormat, list[int]]], *, statuses: str = ""
) -> tuple[list[Warned], list[Warned]]:
    before = [
        Earlier(f"20{24 - at}", other, those, b"A" * other.size) for at, (other, those) in enumerate(reversed(earlier))
    ]
    signs = (statuses or "A" * form.size).encode()
    return plausibility.warnings(form, made, signs, earlier=before, packages=ALL_VERSIONS)


def rules(found: tuple[list[Warned], list[Warned]]) -> list[str]:
    return [one.rule for one in found[0]]


EARLIER = [(OLD, figures(OLD, PROBLEMS | {"other": more})) for more in (3, 5, 1)]


def test_a_split_answer_is_compared_with_what_it_was_split_from() -> None:
    halves = PROBLEMS | {"child_marriage": 5, "forced_marriage": 10}
    del halves["marriage"]
    assert warned(NEW, figures(NEW, halves), EARLIER) == ([], [])
    moved = {"control": 60, "physical": 40, "child_marriage": 20, "forced_marriage": 40}
    (jump,), notes = warned(NEW, figures(NEW, moved), EARLIER)
    assert (jump.rule, jump.named["code"], jump.named["now"]) == ("answer_jump", "marriage", 60)
    assert notes == []
    swapped = halves | {"control": 2, "psychological": 78}
    assert {one.named["code"] for one in warned(NEW, figures(NEW, swapped), EARLIER)[0]} == {"control", "psychological"}


def test_the_number_of_units_is_compared_over_versions_and_then_answers_are_left_alone() -> None:
    many = {name: 6 * count for name, count in PROBLEMS.items() if name != "marriage"}
    assert rules(warned(NEW, figures(NEW, many), EARLIER)) == ["units_jump"]
    # Twice as many of everything is no change of any answer.
    twice = {name: 2 * count for name, count in PROBLEMS.items()}
    assert rules(warned(OLD, figures(OLD, twice), EARLIER)) == []
    # A part without a number is compared with nothing.
    control = OLD.places["main_problem"]["control"]
    changed = figures(OLD, PROBLEMS | {"control": 0, "physical": 140})
    assert [one.named["code"] for one in warned(OLD, changed, EARLIER)[0]] == ["control"]
    hidden = "A" * control + "Q" + "A" * (OLD.size - control - 1)
    assert rules(warned(OLD, changed, EARLIER, statuses=hidden)) == []


def test_few_are_left_to_chance() -> None:
    few = [(OLD, figures(OLD, {"control": 100, "physical": count})) for count in (12, 14, 13)]
    assert rules(warned(OLD, figures(OLD, {"control": 100, "physical": 3}), few)) == []
    assert rules(warned(OLD, figures(OLD, {"control": 80, "physical": 60}), few)) == ["answer_jump"]


def test_what_can_not_be_compared_is_said_and_asks_nothing() -> None:
    _found, (note,) = warned(NEWEST, figures(NEWEST, {"control": 149}), [(OLD, figures(OLD, {"control": 150}))] * 3)
    assert (note.rule, note.named["variables"]) == ("not_compared", "Metod för bedömning")
    # Once there are figures of the new version these are compared, and the others still over all.
    mixed = [*EARLIER, (NEWEST, figures(NEWEST, {"control": 150})), (NEWEST, figures(NEWEST, {"control": 150}))]
    found, notes = warned(NEWEST, figures(NEWEST, {"control": 151}), mixed)
    assert notes == []
    assert [one.named["code"] for one in found] == ["physical"], "as many as 60 in most of the periods"
    changed = figures(NEWEST, {"control": 150})
    first, other = (NEWEST.places["method"][answer] for answer in ("patriark", "talk"))
    changed[first], changed[other] = 0, 150
    assert {one.named["variable"] for one in warned(NEWEST, changed, mixed)[0] if one.named.get("code") == "talk"} == {
        "Metod för bedömning"
    }


def test_last_periods_figures_are_known_again_in_a_new_version() -> None:
    same = PROBLEMS | {"child_marriage": 14}
    del same["marriage"]
    earlier = [(OLD, figures(OLD, PROBLEMS | {"control": count})) for count in (83, 80)]
    assert rules(warned(NEW, figures(NEW, same), earlier)) == ["same_as_before"]
    assert rules(warned(NEW, figures(NEW, same | {"control": 81}), earlier)) == []
    assert rules(warned(OLD, figures(OLD, PROBLEMS), earlier)) == ["same_as_before"]


def test_a_minor_version_of_the_support_lines_tables_is_read_without_the_bank() -> None:
    forms = {(one.table, one.version): one for one in support_line.formats()}
    for (table, version), form in forms.items():
        if version == "1.0.0" and (table, "1.1.0") in forms:
            newer = forms[table, "1.1.0"]
            places = across.places_in(form, newer, ())
            keys = list(newer.each_cell())
            assert [keys[to] for to in places] == list(form.each_cell())
    assert {version for _table, version in forms} == {"1.0.0", "1.1.0"}


def test_a_month_is_not_held_against_a_quarter(stockholm: Deliverer) -> None:
    for quarter in ("2025K2", "2025K3", "2025K4"):
        assert stockholm.send(stockholm.file(quarter, persons=90)).state == "accepted"
    for agreed in (
        actions.NewAgreement("municipal_core", "2.0.0", "case", "month", "2026M01"),
        actions.NewAgreement("municipal_core", "1.0.0", "case", "quarter", "2026K3"),
    ):
        actions.make_agreement(deliverer_id=stockholm.id, new=agreed, by=SYSTEM, at=AT)
        if agreed.frequency == "month":
            month = stockholm.send(as_file(NEW, "0180", "2026M01", persons=20))
            assert (month.state, month.warnings, month.notes) == ("accepted", (), ())
    quarter_ = stockholm.send(stockholm.file("2026K3", persons=600))
    assert (quarter_.state, [one.rule for one in quarter_.warnings]) == ("checked", ["units_jump"])


def test_the_receipt_says_what_was_not_compared(stockholm: Deliverer, signed_in: SignIn) -> None:
    questions.load_package(source=THIRD, by=SYSTEM, at=AT)
    for quarter in ("2025K3", "2025K4"):
        stockholm.send(stockholm.file(quarter))
    agreed = actions.NewAgreement("municipal_core", THIRD.version, "case", "quarter", "2026K1")
    actions.make_agreement(deliverer_id=stockholm.id, new=agreed, by=SYSTEM, at=AT)
    receipt = stockholm.send(as_file(NEWEST, "0180", "2026K1"))
    assert (receipt.state, receipt.warnings) == ("accepted", ())
    said = "Inte jämfört med tidigare perioder, för att frågan är ny eller ändrad: Metod för bedömning."
    assert [one.wrong for one in receipt.notes] == [said]
    assert receipt.as_data()["notes"][0]["rule"] == "not_compared"
    assert said in receipt.as_text().decode()
    assert said in signed_in(stockholm.actor).get(f"/deliveries/{receipt.id}/").content.decode()
    assert stockholm.send(as_file(NEWEST, "0180", "2026K2")).notes == ()
    many = stockholm.send(as_file(NEWEST, "0180", "2026K3", persons=400))
    assert [one.rule for one in many.warnings] == ["units_jump"]
