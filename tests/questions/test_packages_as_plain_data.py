"""A package version is one text for one content, follows its schema, and is refused where it isn't whole."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from samsyn.questions.exchange import changes, checking, plain, schema
from samsyn.questions.exchange.package import Condition, Level, Nothing, Package, Text, next_version
from tests.questions.exported import ALL, FIRST, SECOND, THIRD

VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_the_core_package_follows_its_schema_and_comes_back_as_it_was(package: Package) -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    raw = plain.canonical(plain.document(package))
    VALIDATOR.validate(json.loads(raw))
    assert plain.from_json(raw) == package


def test_the_core_package_is_whole() -> None:
    assert checking.faults(FIRST) == ()
    assert checking.faults(SECOND, earlier=[FIRST]) == ()
    assert checking.faults(THIRD, earlier=[FIRST, SECOND]) == ()


def test_the_checksum_stands_for_the_content_and_not_for_how_far_the_version_has_come() -> None:
    assert plain.fingerprint(replace(FIRST, status="in_use", valid_to="2025-12-31")) == plain.fingerprint(FIRST)
    assert plain.fingerprint(replace(FIRST, breakdowns=("sex",))) != plain.fingerprint(FIRST)


def _unknown_kind(said: dict[str, Any]) -> None:
    said["variables"][0]["kind"] = "slider"


def _no_answers(said: dict[str, Any]) -> None:
    said["code_lists"][0]["codes"] = []


def _strange_code(said: dict[str, Any]) -> None:
    said["variables"][0]["code"] = "Kön"


def _extra(said: dict[str, Any]) -> None:
    said["personal_number"] = "191212121212"


def _number_as_text(said: dict[str, Any]) -> None:
    said["code_lists"][0]["version"] = "1"


MUTANTS = (_unknown_kind, _no_answers, _strange_code, _extra, _number_as_text)


@pytest.mark.parametrize("spoil", MUTANTS)
def test_a_spoilt_document_is_rejected_by_the_schema(spoil: Any) -> None:
    said = plain.document(FIRST)
    spoil(said)
    assert not VALIDATOR.is_valid(said)


@pytest.mark.parametrize("spoil", MUTANTS)
def test_a_spoilt_document_is_not_read(spoil: Any) -> None:
    said = plain.document(FIRST)
    spoil(said)
    with pytest.raises(plain.Malformed):
        plain.from_document(said)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"format": 3}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_package_is_refused(raw: bytes) -> None:
    with pytest.raises(plain.Malformed):
        plain.from_json(raw)


def _with(code: str, **changed: Any) -> Package:
    return replace(FIRST, variables=tuple(replace(v, **changed) if v.code == code else v for v in FIRST.variables))


SPOILT = {
    "unknown concept": _with("goal", concept="nowhere"),
    "condition on a later question": _with("main_problem", condition=Condition("goal", ("whole",))),
    "condition on an unknown answer": _with("main_problem", condition=Condition("honour_context", ("maybe",))),
    "suppressed noted of a case": _with("goal", nothing=(Nothing.SUPPRESSED,)),
    "no wording": _with("goal", wordings=()),
    "no English": _with("goal", label=Text("Mål", " ")),
    "breakdown by several answers": replace(FIRST, breakdowns=("granted",)),
    "twice": replace(FIRST, variables=(*FIRST.variables, FIRST.variables[0])),
    "unused list": replace(FIRST, code_lists=(*FIRST.code_lists, SECOND.list_of(SECOND.variable("main_problem")))),
    "requirement of nothing": replace(
        FIRST, requirements=(replace(FIRST.requirements[0], variables=("nowhere",)), *FIRST.requirements[1:])
    ),
    "no easy Swedish": _with(
        "client_help", wordings=(replace(FIRST.variable("client_help").wording, text=Text("Hjälpte det?", "Helped?")),)
    ),
}


@pytest.mark.parametrize("package", SPOILT.values(), ids=SPOILT)
def test_what_is_not_whole_is_named(package: Package) -> None:
    (found,) = checking.faults(package)
    assert found.text.sv
    assert found.text.en


def test_something_decided_is_not_said_otherwise_under_the_same_version() -> None:
    reworded = _with("goal", rule=Text("Annan regel.", "Another rule."))
    (found,) = checking.faults(reworded, earlier=[FIRST])
    assert found.where == "variables.goal.1"


def test_splitting_an_answer_is_a_major_step_that_names_what_came_and_went() -> None:
    assert changes.lowest_level(FIRST, SECOND) == Level.MAJOR
    said = [change.text.sv for change in changes.changes(FIRST, SECOND) if change.subject == "main_problem"]
    assert said == [
        "«Huvudsakligt problem»: svaret «Barn- eller tvångsäktenskap» är borttaget.",
        "«Huvudsakligt problem»: svaret «Barnäktenskap» är nytt.",
        "«Huvudsakligt problem»: svaret «Tvångsäktenskap» är nytt.",
        "Jämförelsen med CHI: violence, subcategories är ändrad.",
    ]
    assert changes.changes(FIRST, FIRST) == ()


def test_the_number_follows_from_the_step() -> None:
    steps = [next_version("1.2.3", level) for level in (Level.MAJOR, Level.MINOR, Level.PATCH)]
    assert steps == ["2.0.0", "1.3.0", "1.2.4"]
