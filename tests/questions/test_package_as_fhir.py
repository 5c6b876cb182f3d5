"""The FHIR form is valid to a foreign validator and our rules, can be filled in with LForms, and loses nothing on the way."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fhirpathpy import evaluate
from fhirpathpy.models import models
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from samsyn.questions.exchange import fhir, form
from samsyn.questions.exchange.form import NotAForm
from samsyn.questions.exchange.package import Mode, Package
from tests.questions.exported import ALL, SECOND, THIRD, answered, choose, in_lforms, in_node

Said = dict[str, Any]
# What the validator doesn't look at: HL7's que-2 and the Swedish profile, as FHIRPath.
RULES = {
    "que-2": "descendants().linkId.isDistinct()",
    "profile-identifier": "identifier.exists() and identifier.value.exists()",
    "profile-code": "code.exists()",
    "profile-subject": "subjectType = 'Patient'",
    "condition-is-before": "descendants().enableWhen.question.subsetOf(%context.descendants().linkId)",
    "answers-inlined": "item.where(type = 'choice').all(answerOption.exists())",
}


def broken_rules(said: Said) -> list[str]:
    return [name for name, rule in RULES.items() if evaluate(said, rule, {}, models["r4"]) != [True]]


def _wrong_type(said: Said) -> None:
    said["item"][0]["type"] = "radio"


def _both_kinds_of_answers(said: Said) -> None:
    said["item"][0]["answerValueSet"] = "urn:samsyn:codes:sex"


def _condition_without_answer(said: Said) -> None:
    del said["item"][3]["enableWhen"][0]["answerCoding"]


def _same_link_twice(said: Said) -> None:
    said["item"][1]["linkId"] = said["item"][0]["linkId"]


def _no_identifier(said: Said) -> None:
    del said["identifier"]


MUTANTS = (_wrong_type, _both_kinds_of_answers, _condition_without_answer, _same_link_twice, _no_identifier)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What Medplum and our rules say of every version and of five spoilt forms."""
    folder = tmp_path_factory.mktemp("fhir")
    forms: dict[str, Said] = {name: fhir.questionnaire(package) for name, package in ALL.items()}
    for spoil in MUTANTS:
        said = fhir.questionnaire(SECOND)
        spoil(said)
        forms[spoil.__name__] = said
    paths = [folder / f"{name}.json" for name in forms]
    for path, said in zip(paths, forms.values(), strict=True):
        path.write_text(json.dumps(said))
    faults = in_node("check_fhir.mjs", *paths)
    return {name: [*faults[at], *broken_rules(said)] for at, (name, said) in enumerate(forms.items())}


@pytest.mark.parametrize("version", ALL)
def test_a_foreign_validator_finds_no_fault(judged: dict[str, list[str]], version: str) -> None:
    assert judged[version] == []


@pytest.mark.parametrize("spoil", MUTANTS)
def test_a_spoilt_form_is_rejected(judged: dict[str, list[str]], spoil: Callable[[Said], None]) -> None:
    assert judged[spoil.__name__]


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_out_and_in_loses_nothing_that_the_format_carries(package: Package) -> None:
    assert fhir.from_json(fhir.as_json(package)) == form.of_package(package)


def test_words_for_other_modes_are_read_by_a_foreign_program_and_come_back() -> None:
    said = json.loads(fhir.as_json(THIRD, mode=Mode.CASE_REVIEW))
    path = f"item.where(linkId = 'goal').extension.where(url = '{fhir.WORDING}')"
    assert evaluate(said, f"{path}.extension.where(url = 'mode').value", {}, models["r4"]) == ["interview"]
    words = evaluate(said, f"{path}.extension.where(url = 'text').value", {}, models["r4"])
    assert words == ["Nådde vi det vi skulle?"]
    read = fhir.read(said)
    assert read == form.of_package(THIRD, mode=Mode.CASE_REVIEW)
    goal = next(item for item in read.items if item.code == "goal")
    assert {goal.mode, *(one.mode for one in goal.others)} == {one.mode for one in THIRD.variable("goal").wordings}
    said["item"][0]["extension"].append({"url": fhir.WORDING, "extension": [{"url": "mode", "valueCode": "sung"}]})
    assert fhir.read(said).left_out == ("sex: wording",)


def test_what_the_format_cannot_carry_stands_in_the_file() -> None:
    assert "jämförelser med tidigare versioner" in fhir.questionnaire(SECOND)["description"]
    assert "comparisons with earlier versions" in fhir.questionnaire(SECOND)["description"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"resourceType": "Patient"}',
        b'{"resourceType": "Questionnaire"}',
        b'{"resourceType": "Questionnaire", "item": [{"type": "choice"}]}',
        b'{"resourceType": "Questionnaire", "item": [{"linkId": "a", "type": "text"}, {"linkId": "a", "type": "text"}]}',
        b'{"resourceType": "Questionnaire", "item": '
        + b'[{"linkId":"a","type":"group","item":' * 60
        + b"[]"
        + b"}]" * 60
        + b"}",
    ],
)
def test_what_is_no_form_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAForm):
        fhir.from_json(raw)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["url", "extension", "valueCode", "code", "text"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def parts_of(said: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where every value stands: its holder and its key."""
    for key, value in list(said.items() if isinstance(said, dict) else enumerate(said)):
        yield said, key
        if isinstance(value, dict | list):
            yield from parts_of(value)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=st.data(), places=st.lists(st.integers(0, 10_000), min_size=1, max_size=3))
def test_a_form_with_anything_in_any_place_is_read_or_refused(data: st.DataObject, places: list[int]) -> None:
    said = fhir.questionnaire(THIRD)
    for place in places:
        found = list(parts_of(said))
        holder, key = found[place % len(found)]
        holder[key] = data.draw(ANY_JSON)
    assert isinstance(fhir.answers(said | {"resourceType": "QuestionnaireResponse"}), dict)
    try:
        read = fhir.read(said)
    except NotAForm:
        return
    assert read.items


def test_a_foreign_form_is_read_and_what_is_left_out_is_named() -> None:
    score = {"question": "a", "operator": "exists", "answerBoolean": True}
    items = [
        {"linkId": "a", "text": "Worried?", "type": "choice", "answerOption": [{"valueString": "Often"}]},
        {"linkId": "b", "text": "Score", "type": "decimal", "enableWhen": [score]},
        {"linkId": "c", "text": "Food", "type": "choice", "answerValueSet": "http://example.org/food"},
    ]
    foreign = {"resourceType": "Questionnaire", "item": [{"linkId": "g", "type": "group", "item": items}]}
    read = fhir.read(foreign)
    assert [(item.code, item.kind) for item in read.items] == [("a", "single"), ("b", "decimal"), ("c", "single")]
    assert [option.value for option in read.items[0].options] == ["Often"]
    assert read.left_out == ("b: enableWhen", "c: answerValueSet")


# Filled in with somebody else's renderer


@pytest.fixture
def lforms(chromium: Browser) -> Iterator[Page]:
    """A page with LForms and version 2."""
    page = in_lforms(chromium, fhir.questionnaire(SECOND))
    yield page
    page.close()


@pytest.mark.browser
def test_lforms_renders_the_form_and_gives_the_same_answers_back(lforms: Page) -> None:
    lforms.get_by_text("Kön på den som ärendet gäller").first.wait_for()
    assert lforms.get_by_text("Vilket problem styrde bedömningen mest?").count() == 0
    choose(lforms, "Kön på den som ärendet gäller", "Flicka/kvinna")
    choose(lforms, "Förekommer våld eller förtryck i hederskontext?", "Misstänks")
    choose(lforms, "Vilket problem styrde bedömningen mest?", "Barnäktenskap")
    choose(lforms, "Vilka problem har framkommit?", "Kontroll och begränsningar")
    choose(lforms, "Vilka problem har framkommit?", "Fysiskt våld")
    choose(lforms, "Varför avslutades ärendet?", "Vet ej")
    response = answered(lforms)
    assert response["questionnaire"] == f"{SECOND.url}|2.0.0"
    assert fhir.answers(response) == {
        "sex": ("girl_woman",),
        "honour_context": ("suspected",),
        "main_problem": ("child_marriage",),
        "problem": ("control", "physical"),
        "closing": ("unknown",),
    }
