"""What an editor does to a draft: words, conditions, answers, places; versions and mappings follow, and nothing is lost."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.questions.exchange import additions, changes, checking, editing, series
from samsyn.questions.exchange.editing import Answer
from samsyn.questions.exchange.package import (
    CodePair,
    Condition,
    Level,
    ListReference,
    Mode,
    Nothing,
    Package,
    Relation,
    Requirement,
    Text,
    Wording,
)
from tests.questions.exported import FIRST, SECOND

WHY = Text("Därför.", "Because.")
PARTLY = (Text("Till stor del", "Largely"), Text("Till liten del", "A little"))
EARLIER = (FIRST, SECOND)


def draft() -> Package:
    return replace(editing.numbered(SECOND, SECOND), reason=WHY)


def mapping(package: Package, variable: str) -> object:
    """Return the relation to the decided version and its pairs."""
    (one,) = [m for m in package.mappings if m.variable == variable and not m.target.system]
    return one.relation, {(pair.source, pair.target) for pair in one.codes}


def answers_of(package: Package, variable: str) -> list[Answer]:
    codes = package.list_of(package.variable(variable)).codes
    return [Answer(code.value, code.label, code.definition) for code in codes]


def listed(package: Package, variable: str) -> ListReference:
    return package.variable(variable).code_list


def relist(package: Package, variable: str, answers: Sequence[Answer]) -> Package:
    return editing.relist(package, SECOND, code_list=listed(package, variable), answers=answers)


def compare(package: Package, variable: str, pairs: str, note: Text | None = None) -> Package:
    said = [CodePair(*pair.split(">")) for pair in pairs.split()]
    return editing.compare_answers(package, SECOND, code_list=listed(package, variable), pairs=said, note=note)


def reworded(package: Package, variable: str, label: Text) -> Package:
    old = package.variable(variable)
    return editing.reword(package, SECOND, variable=variable, label=label, rule=old.rule, wordings=old.wordings)


# Words


def test_other_words_after_a_split_can_still_be_read_as_the_decided_version() -> None:
    made = editing.split(draft(), SECOND, variable="goal", value="part", into=PARTLY)
    made = reworded(made, "goal", Text("Målet", "The goal"))
    relation, pairs = mapping(made, "goal")
    assert relation == Relation.COARSER
    assert {("largely", "part"), ("a_little", "part"), ("whole", "whole")} <= pairs
    assert checking.faults(made, earlier=EARLIER) == ()


def test_a_wording_for_another_mode_and_language_is_a_correction_that_says_its_words() -> None:
    old = SECOND.variable("goal")
    own = Wording(Mode.INTERVIEW, Text("Nådde ni målet?", "Did you reach the goal?", "Blev det som ni ville?"))
    made = editing.reword(
        draft(), SECOND, variable="goal", label=old.label, rule=old.rule, wordings=(*old.wordings, own)
    )
    assert (made.version, made.level) == ("2.0.1", Level.PATCH)
    assert mapping(made, "goal")[0] == Relation.EXACT
    (change,) = changes.changes(SECOND, made)
    assert change.text.sv == "«Måluppfyllelse» har fått en formulering för samtal."
    assert "Lätt svenska: Blev det som ni ville?" in change.now.sv
    assert change.was.sv == ""


def test_what_is_written_back_is_what_was_decided() -> None:
    made = reworded(draft(), "main_problem", Text("Problemet", "The problem"))
    assert made.variable("main_problem").version == 3
    back = reworded(made, "main_problem", SECOND.variable("main_problem").label)
    assert set(back.mappings) == set(SECOND.mappings)
    assert replace(back, mappings=SECOND.mappings) == draft()


def test_reasons_for_no_answer_stand_in_their_own_order() -> None:
    old = SECOND.variable("closing")
    made = editing.reword(
        draft(), SECOND, variable="closing", label=old.label, rule=old.rule, wordings=old.wordings,
        nothing=(Nothing.NOT_APPLICABLE, Nothing.UNKNOWN), is_required=False,
    )  # fmt: skip
    assert made.variable("closing").nothing == (Nothing.UNKNOWN, Nothing.NOT_APPLICABLE)
    said = {change.text.sv: (change.was.sv, change.now.sv) for change in changes.changes(SECOND, made)}
    assert said["«Skäl till avslut»: skälen till att svar saknas är andra."] == ("Vet ej", "Vet ej, Ej tillämpligt")
    assert said["«Skäl till avslut»: om svar krävs är ändrat."] == ("ja", "nej")


# When a question is asked


def test_a_question_asked_of_others_breaks_its_series_and_comes_back_with_its_condition() -> None:
    made = editing.ask_when(draft(), SECOND, variable="goal", about="change", values=["less", "ceased"])
    assert made.variable("goal").condition == Condition("change", ("ceased", "less"))
    assert (made.level, mapping(made, "goal")) == (Level.MAJOR, (Relation.NOT_COMPARABLE, set()))
    assert checking.faults(made, earlier=EARLIER) == ()
    assert series.reading([*EARLIER, made], source=("goal", 2), target=("goal", 1)) is None
    (change,) = changes.changes(SECOND, made)
    assert (change.was.sv, change.now.sv) == (
        "Frågas alltid.",
        "Förändring: Utsattheten har upphört eller Utsattheten har minskat",
    )
    back = editing.ask_when(made, SECOND, variable="goal", about="", values=[])
    assert replace(back, mappings=()) == replace(draft(), mappings=())
    assert set(back.mappings) == set(SECOND.mappings)


@pytest.mark.parametrize(
    ("about", "values"), [("closing", ["moved"]), ("goal", ["whole"]), ("change", []), ("change", ["x"])]
)
def test_a_condition_needs_an_earlier_question_and_answers_that_it_has(about: str, values: list[str]) -> None:
    with pytest.raises(editing.NotPossible):
        editing.ask_when(draft(), SECOND, variable="goal", about=about, values=values)


def test_what_hangs_on_a_split_answer_hangs_on_its_parts_and_is_asked_of_the_same_ones() -> None:
    halves = (Text("Misstänks starkt", "Strongly suspected"), Text("Misstänks svagt", "Faintly suspected"))
    made = editing.split(draft(), SECOND, variable="honour_context", value="suspected", into=halves)
    condition = made.variable("main_problem").condition
    assert condition == Condition("honour_context", ("present", "strongly_suspected", "faintly_suspected"))
    assert mapping(made, "main_problem")[0] == Relation.EXACT
    assert checking.faults(made, earlier=EARLIER) == ()
    said = [change for change in changes.changes(SECOND, made) if change.subject == "main_problem"]
    assert [change.level for change in said] == [Level.PATCH]
    fewer = editing.ask_when(
        made, SECOND, variable="main_problem", about="honour_context", values=["present", "strongly_suspected"]
    )
    assert mapping(fewer, "main_problem") == (Relation.NOT_COMPARABLE, set())


def test_a_break_in_the_deciding_question_breaks_what_hangs_on_it_and_on_that() -> None:
    first = editing.ask_when(draft(), SECOND, variable="goal", about="main_problem", values=["psychological"])
    before = replace(first, reason=WHY)
    earlier = [*EARLIER, before]
    # Nothing is done to the goal itself: its words, answers and condition stay.
    made = replace(editing.numbered(before, before), reason=WHY)
    made = editing.ask_when(made, before, variable="honour_context", about="age_band", values=["0_12"])
    for code in ("honour_context", "main_problem", "goal"):
        decided, now = before.variable(code), made.variable(code)
        assert now.version == decided.version + 1
        assert series.reading([*earlier, made], source=(code, now.version), target=(code, decided.version)) is None
    assert replace(made.variable("goal"), version=before.variable("goal").version) == before.variable("goal")
    assert checking.faults(made, earlier=earlier) == ()
    assert {one.subject for one in changes.changes(before, made)} >= {"honour_context", "main_problem", "goal"}
    back = editing.ask_when(made, before, variable="honour_context", about="", values=[])
    assert back.variables == before.variables
    assert set(back.mappings) == set(before.mappings)


def test_a_version_that_hides_such_a_break_is_refused() -> None:
    made = editing.ask_when(draft(), SECOND, variable="honour_context", about="age_band", values=["0_12"])
    hidden = replace(
        made,
        variables=tuple(SECOND.variable(v.code) if v.code == "main_problem" else v for v in made.variables),
        mappings=(
            *(m for m in made.mappings if m.variable != "main_problem" or m.target.system),
            *(m for m in SECOND.mappings if m.variable == "main_problem" and not m.target.system),
        ),
    )
    places = {fault.where for fault in checking.faults(hidden, earlier=EARLIER)}
    assert "variables.main_problem.condition" in places


def test_a_question_moves_but_never_before_what_decides_it() -> None:
    made = editing.move(draft(), SECOND, variable="goal", is_up=True)
    codes = [one.code for one in made.variables]
    assert codes.index("goal") == codes.index("change") - 1
    assert (made.version, [c.subject for c in changes.changes(SECOND, made)]) == ("2.0.1", ["variables"])
    assert editing.move(made, SECOND, variable="goal", is_up=False) == draft()
    for variable, is_up in (("main_problem", True), ("honour_context", False), ("sex", True)):
        with pytest.raises(editing.NotPossible):
            editing.move(draft(), SECOND, variable=variable, is_up=is_up)


# Answers


def test_a_list_in_a_new_version_asks_what_the_new_answers_were() -> None:
    kept = [one for one in answers_of(draft(), "goal") if one.value != "part"]
    made = relist(draft(), "goal", [*kept, *(Answer("", label) for label in PARTLY)])
    assert made.list_of(made.variable("goal")).version == 2
    unsaid = {fault.where for fault in checking.faults(made, earlier=EARLIER)}
    assert unsaid == {"mappings.goal.1", "mappings.goal.Kolada"}
    made = compare(made, "goal", "whole>whole not_met>not_met no_goal>no_goal largely>part a_little>part")
    assert mapping(made, "goal")[0] == Relation.COARSER
    assert checking.faults(made, earlier=EARLIER) == ()
    assert series.reading([*EARLIER, made], source=("goal", 2), target=("goal", 1)) is not None


def test_answers_drawn_together_can_be_read_from_the_old_ones() -> None:
    kept = [one for one in answers_of(draft(), "goal") if one.value not in {"part", "not_met"}]
    made = relist(draft(), "goal", [*kept, Answer("", Text("Inte helt", "Not wholly"))])
    made = compare(made, "goal", "whole>whole no_goal>no_goal not_wholly>part not_wholly>not_met")
    assert mapping(made, "goal")[0] == Relation.FINER
    assert series.reading([*EARLIER, made], source=("goal", 1), target=("goal", 2)) is not None
    assert series.reading([*EARLIER, made], source=("goal", 2), target=("goal", 1)) is None


@pytest.mark.parametrize(
    "pairs",
    [
        "whole>whole part>part not_met>not_met no_goal>no_goal",  # the new one was nothing
        "whole>whole part>part not_met>not_met new>part",  # one went nowhere
        "whole>whole part>part not_met>not_met no_goal>no_goal new>part new>whole",  # they cross
    ],
)
def test_what_has_no_counterpart_or_crosses_breaks_the_series_and_needs_a_reason(pairs: str) -> None:
    made = relist(draft(), "goal", [*answers_of(draft(), "goal"), Answer("", Text("Nytt", "New"))])
    with pytest.raises(editing.NotPossible):
        compare(made, "goal", pairs)
    broken = compare(made, "goal", pairs, note=WHY)
    assert mapping(broken, "goal") == (Relation.NOT_COMPARABLE, set())
    assert checking.faults(broken, earlier=EARLIER) == ()
    assert series.reading([*EARLIER, broken], source=("goal", 2), target=("goal", 1)) is None


def test_other_words_in_a_shared_list_reach_every_question_that_uses_it() -> None:
    easy = [
        replace(one, label=replace(one.label, easy=one.label.sv.lower()))
        for one in answers_of(draft(), "client_safety")
    ]
    made = relist(draft(), "client_safety", easy)
    users = [one.code for one in made.variables if one.code_list == ListReference("yes_partly_no", 2)]
    assert users == ["client_safety", "client_influence"]
    assert [mapping(made, user)[0] for user in users] == [Relation.EXACT, Relation.EXACT]
    assert (made.level, checking.faults(made, earlier=EARLIER)) == (Level.PATCH, ())
    back = relist(made, "client_safety", answers_of(draft(), "client_safety"))
    assert back.code_lists == draft().code_lists or set(back.code_lists) == set(draft().code_lists)
    assert back.variables == draft().variables


def test_what_hung_on_an_answer_that_is_gone_hangs_on_what_it_became() -> None:
    kept = [one for one in answers_of(draft(), "method") if one.value not in {"patriark", "freda_danger"}]
    made = relist(draft(), "method", [*kept, Answer("", Text("Riskverktyg", "Risk tool"))])
    assert {fault.where for fault in checking.faults(made, earlier=EARLIER)} == {
        "mappings.method.1",
        "variables.risk.condition",
    }
    same = " ".join(f"{one.value}>{one.value}" for one in kept)
    made = compare(made, "method", f"{same} risk_tool>patriark risk_tool>freda_danger")
    assert made.variable("risk").condition == Condition("method", ("other_tool", "risk_tool"))
    assert mapping(made, "risk")[0] == Relation.EXACT
    assert checking.faults(made, earlier=EARLIER) == ()


def test_a_comparison_with_others_is_carried_to_the_parts_of_an_answer_and_is_to_be_verified_again() -> None:
    made = editing.split(draft(), SECOND, variable="goal", value="part", into=PARTLY)
    (kolada,) = [one for one in made.mappings if one.variable == "goal" and one.target.system == "Kolada"]
    assert kolada.relation == Relation.COARSER
    assert {("largely", "inte uppnått"), ("a_little", "inte uppnått")} <= {(p.source, p.target) for p in kolada.codes}
    assert not kolada.is_verified
    assert "Jämförelsen med Kolada: avslutade med uppnått mål är ändrad." in {
        change.text.sv for change in changes.changes(SECOND, made)
    }


def test_an_answer_never_gets_the_code_of_another() -> None:
    answers = answers_of(draft(), "goal")
    made = relist(draft(), "goal", [*answers[1:], Answer("", Text("Helt!", "Whole"))])
    assert made.list_of(made.variable("goal")).values[-1] == "whole_2"
    for wrong in (answers[:1], [*answers, answers[0]], [*answers, Answer("nowhere", WHY)], answers * 9):
        with pytest.raises(editing.NotPossible):
            relist(draft(), "goal", wrong)


def test_a_code_that_meant_something_else_once_is_not_used_again() -> None:
    third = editing.split(draft(), SECOND, variable="goal", value="part", into=PARTLY)
    fourth = replace(editing.numbered(third, third), reason=WHY)
    kept = [one for one in answers_of(fourth, "goal") if one.value not in {"largely", "a_little"}]
    made = editing.relist(
        fourth, third, code_list=listed(fourth, "goal"), answers=[*kept, Answer("", Text("I någon mån", "Part"))]
    )
    same = " ".join(f"{one.value}>{one.value}" for one in kept)
    said = [CodePair(*pair.split(">")) for pair in f"{same} part>largely part>a_little".split()]
    made = editing.compare_answers(made, third, code_list=listed(made, "goal"), pairs=said, note=None)
    assert [fault.where for fault in checking.faults(made, earlier=[*EARLIER, third])] == ["variables.goal.part"]


EDITS = ("split", "words", "condition", "always", "new answer", "merge", "move")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 13)), max_size=6), st.integers(0, 10**6))
def test_after_any_edits_totals_are_equal_before_and_after_mapping(edits: list[tuple[str, int]], count: int) -> None:
    """Whatever was done, a draft that may be sent out reads its figures as the decided ones without loss, or breaks."""
    made = draft()
    for edit, at in edits:
        try:
            made = _edited(made, edit, at)
        except editing.NotPossible:
            continue
    if checking.faults(made, earlier=EARLIER):
        return
    for variable in made.variables:
        decided = SECOND.variable(variable.code)
        counts = {value: count + number for number, value in enumerate(made.list_of(variable).values)}
        codes = series.reading(
            [*EARLIER, made], source=(variable.code, variable.version), target=(decided.code, decided.version)
        )
        if codes is not None:
            read = series.translate(counts, codes)
            assert sum(read.values()) == sum(counts.values())
            assert set(read) <= set(SECOND.list_of(decided).values)


def _edited(package: Package, edit: str, at: int) -> Package:
    variable = package.variables[at % len(package.variables)]
    values = package.list_of(variable).values
    if edit == "split":
        return editing.split(package, SECOND, variable=variable.code, value=values[at % len(values)], into=PARTLY)
    if edit == "words":
        return reworded(package, variable.code, Text(f"Namn {at}", f"Name {at}"))
    if edit == "condition":
        about = package.variables[0]
        return editing.ask_when(
            package, SECOND, variable=variable.code, about=about.code, values=package.list_of(about).values[:1]
        )
    if edit == "always":
        return editing.ask_when(package, SECOND, variable=variable.code, about="", values=())
    if edit == "move":
        return editing.move(package, SECOND, variable=variable.code, is_up=bool(at % 2))
    answers = answers_of(package, variable.code)
    if edit == "new answer":
        package = relist(package, variable.code, [*answers, Answer("", Text(f"Nytt {at}", f"New {at}"))])
        return compare(package, variable.code, "", note=WHY)
    package = relist(package, variable.code, [*answers[2:], Answer("", Text("Båda", "Both"))])
    decided = SECOND.list_of(SECOND.variable(variable.code)).values
    both = package.list_of(package.variable(variable.code)).values[-1]
    now = package.list_of(package.variable(variable.code)).values
    pairs = [f"{value if value in now else both}>{value}" for value in decided]
    return compare(package, variable.code, " ".join(pairs), note=WHY)


# The requirement list


def test_a_requirement_is_added_changed_and_taken_out_and_its_number_is_never_used_again() -> None:
    code = additions.next_requirement([*EARLIER, draft()])
    assert code == "SAM-11"
    new = Requirement(code, is_must=True, text=WHY, verified_by=WHY, variables=("goal",))
    made = additions.require(draft(), SECOND, requirement=new)
    assert (made.version, made.requirements[-1]) == ("2.0.1", new)
    (change,) = changes.changes(SECOND, made)
    assert (change.text.sv, change.now.sv) == ("Kravet SAM-11 är nytt.", "ska\nDärför.\nDärför.\nMåluppfyllelse")
    softer = additions.require(made, SECOND, requirement=replace(new, is_must=False))
    assert softer.requirements[-1].is_must is False
    assert additions.drop_requirement(softer, SECOND, code=code) == draft()
    shorter = additions.drop_requirement(draft(), SECOND, code="SAM-10")
    assert additions.next_requirement([*EARLIER, shorter]) == "SAM-11"
    with pytest.raises(KeyError):
        additions.drop_requirement(draft(), SECOND, code=code)
    with pytest.raises(editing.NotPossible):
        additions.require(draft(), SECOND, requirement=replace(new, variables=("nowhere",)))
    with pytest.raises(editing.NotPossible):
        additions.next_requirement([additions.require(draft(), SECOND, requirement=replace(new, code="SAM-99"))])
