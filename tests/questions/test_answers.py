"""What may be kept as an answer, and which questions are asked."""

from datetime import date, datetime
from uuid import UUID

import pytest

from samsyn.people.refusals import Invalid
from samsyn.questions import policies, queries
from samsyn.questions.queries import Instrument, Option, Question


def question(**changes: object) -> Question:
    given = {
        "id": UUID(int=1),
        "concept": "c",
        "code": "kinds",
        "unit": "person",
        "section": "persons",
        "row": 1,
        "kind": "single",
        "list_code": "exposure",
        "options": (Option("control", "Kontroll", "Control"), Option("physical", "Fysiskt", "Physical")),
        "known": frozenset({"control", "physical", "closed"}),
        "wording_sv": "Utsatthet",
        "wording_en": "Exposure",
        "hint_sv": "",
        "hint_en": "",
        "states": ("unknown",),
        "required_at_close": False,
        "core": False,
        "local": False,
        "more": False,
        "condition": None,
    }
    return Question(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "state"),
    [(["control"], "answered"), ([], "unknown"), ([], "not_asked")],
)
def test_an_answer_or_a_state_is_kept(values: list[str], state: str) -> None:
    policies.check_answer(question(), values, state)


@pytest.mark.parametrize(
    ("values", "state", "said"),
    [
        (["nonsense"], "answered", "okänd kod"),
        (["control", "physical"], "answered", "bara ett svar"),
        (["control"], "unknown", "välj antingen"),
        ([], "declined", "kan inte anges"),
        ([], "not_applicable", "kan inte anges"),
        ([], "<script>", "kan inte anges"),
        ([], "answered", "svar saknas"),
    ],
)
def test_what_makes_no_sense_is_refused_in_swedish(values: list[str], state: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        policies.check_answer(question(), values, state)
    assert said in str(refusal.value.message)
    assert "script" not in str(refusal.value.message)


def test_several_answers_are_kept_where_several_may_be_given() -> None:
    several = question(kind="multiple")
    policies.check_answer(several, ["control", "physical"], "answered")
    with pytest.raises(Invalid):
        policies.check_answer(several, ["control", "control"], "answered")
    with pytest.raises(Invalid):
        policies.check_answer(several, ["control"], "unknown")


def test_posted_values_are_split_into_codes_and_a_state() -> None:
    assert policies.split_answer(["control", "control", ""]) == (("control",), "answered")
    assert policies.split_answer(["unknown"]) == ((), "unknown")
    assert policies.split_answer([]) == ((), "not_asked")
    assert policies.split_answer(["control", "unknown"]) == (("control",), "unknown")
    with pytest.raises(Invalid):
        policies.split_answer(["unknown", "declined"])


def test_a_follow_up_question_is_asked_only_when_its_condition_is_met() -> None:
    follow_up = question(condition=("exposure", ("abduction", "marriage")))
    assert policies.is_asked(question(), {})
    assert not policies.is_asked(follow_up, {})
    assert not policies.is_asked(follow_up, {"exposure": ("control",)})
    assert policies.is_asked(follow_up, {"exposure": ("control", "abduction")})
    policies.check_answer(follow_up, [], "not_applicable")


def test_a_code_that_begins_later_is_offered_from_its_day_on(instrument: Instrument) -> None:
    """The virginity check became an offence by prop. 2024/25:189; before its day it can't be chosen."""
    before = queries.instrument_version(version_id=instrument.version_id, on=date(2024, 1, 1)).question("exposure")
    after = queries.instrument_version(version_id=instrument.version_id, on=date(2026, 9, 16)).question("exposure")
    new = {option.value for option in after.options} - {option.value for option in before.options}
    assert new
    for code in new:
        with pytest.raises(Invalid) as refusal:
            policies.check_answer(before, [code], "answered")
        assert "gäller inte den här dagen" in str(refusal.value.message)
        assert before.label(code)
        policies.check_answer(after, [code], "answered")


def test_states_follow_the_options_and_take_the_next_digit(instrument: Instrument) -> None:
    age = instrument.question("age_band")
    assert [choice.digit for choice in age.choices] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert age.choices[-1].value == "unknown"
    assert age.choices[-1].label == "Okänt"


def test_the_digits_end_at_nine(instrument: Instrument) -> None:
    municipality = instrument.question("municipality")
    assert len(municipality.options) == 290
    assert municipality.options[8].digit == "9"
    assert municipality.options[9].digit == ""


def test_there_is_a_version_on_the_first_day_and_none_before(instrument: Instrument, now: datetime) -> None:
    first = queries.instrument_in_force(at=now.replace(year=2014, month=3, day=13))
    assert first.version_id == instrument.version_id
    with pytest.raises(LookupError):
        queries.instrument_in_force(at=now.replace(year=2014, month=3, day=12))


def test_reading_the_question_set_again_asks_the_database_for_its_version_only(
    instrument: Instrument, now: datetime, django_assert_max_num_queries: object
) -> None:
    queries.instrument_in_force(at=now)
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        queries.instrument_in_force(at=now)
