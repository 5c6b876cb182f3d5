"""A package begins from nothing on the pages alone: named, filled with questions, described, decided and handed out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from samsyn.deliveries import packages
from samsyn.people.actors import Actor
from samsyn.questions import bank, models
from samsyn.questions.exchange import additions, checking, editing
from samsyn.questions.exchange.package import Condition, Level, Package, Text
from tests.questions.conftest import events
from tests.questions.exported import SECOND
from tests.questions.test_editor_pages import fields_of, text_of

TITLES = {"title_sv": "Skolans uppföljning", "title_en": "School follow-up"}
PURPOSES = {"purpose_sv": "Vad skolan gjorde.", "purpose_en": "What the school did."}
QUESTION = {
    "label_sv": "Orosanmälan",
    "label_en": "Report of concern",
    "definition_sv": "Om skolan anmälde oro.",
    "definition_en": "Whether the school reported.",
    "mode": "case_review",
    "text_sv": "Anmälde skolan oro?",
    "text_en": "Did the school report?",
    "rule_sv": "När ärendet avslutas.",
    "rule_en": "When the case closes.",
    "universe": "case",
    "kind": "single",
    "code_list": "new",
    "answers_sv": "Ja\nNej",
    "answers_en": "Yes\nNo",
}


@pytest.fixture
def browser(db: None, team_lead: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(team_lead)


def at(name: str, *arguments: object) -> str:
    return reverse(f"questions:{name}", args=arguments)


def sent(browser: Client, address: str, **values: Any) -> Any:
    """Return the answer to a page's form, sent as it is shown except for these values."""
    return browser.post(address, fields_of(browser.get(address)) | values)


@pytest.fixture
def version_id(browser: Client) -> UUID:
    assert sent(browser, at("create_package"), **TITLES, **PURPOSES).status_code == 302
    return models.PackageVersion.objects.get(package="school_follow_up").id


def said(version_id: UUID) -> Package:
    return bank.version_by_id(version_id)[1]


def test_a_package_is_made_from_nothing_and_can_be_delivered(browser: Client, version_id: UUID) -> None:
    page = at("package", version_id)
    assert "Paketet har inga frågor." in text_of(browser.get(page))
    borrowed = ["municipal_core sex", "municipal_core age_band"]
    assert sent(browser, at("borrow_variables", version_id), variables=borrowed).status_code == 302
    assert sent(browser, at("add_variable", version_id), **QUESTION).status_code == 302
    follow_up = QUESTION | {"label_en": "Reply", "text_sv": "Kom det svar?", "code_list": "report_of_concern 1"}
    follow_up |= {"answers_sv": "", "answers_en": ""}
    assert sent(browser, at("add_variable", version_id), **follow_up).status_code == 302
    condition = {"about": "report_of_concern", "values": ["yes"]}
    address = at("change_condition", version_id, "reply")
    asked = fields_of(browser.get(address, {"about": "report_of_concern"})) | condition
    assert browser.post(address, asked).status_code == 302
    answers = at("change_answers", version_id, "report_of_concern", 1)
    assert sent(browser, answers).status_code == 302
    assert sent(browser, at("describe_package", version_id), breakdowns=["sex"]).status_code == 302
    made = said(version_id)
    assert (made.version, made.level, made.breakdowns) == ("1.0.0", Level.MAJOR, ("sex",))
    assert [one.code for one in made.variables] == ["sex", "age_band", "report_of_concern", "reply"]
    assert made.variable("sex") == SECOND.variable("sex")
    assert made.variable("reply").condition == Condition("report_of_concern", ("yes",))
    assert "Det här är den första versionen." in text_of(browser.get(page))
    for name in ("preview_package", "differences"):
        assert browser.get(at(name, version_id)).status_code == 200
    reason = {"reason_sv": "Första versionen.", "reason_en": "The first version."}
    assert sent(browser, at("send_for_consultation", version_id), **reason).status_code == 302
    assert sent(browser, at("decide_package", version_id)).status_code == 302
    for file in ("specification", "requirements", "json", "changes", "fhir", "xlsform", "spss", "ddi"):
        assert browser.get(at("download_package", version_id, file)).status_code == 200, file
    form = packages.format_of("school_follow_up", "1.0.0", "case")
    assert [one.code for one in form.variables] == ["units", "age_band", "report_of_concern", "reply"]
    assert [one["package"] for one in events("package_decided")] == ["school_follow_up"]
    browser.post(at("start_package_draft", "school_follow_up"))
    assert models.PackageVersion.objects.get(package="school_follow_up", status="draft").version == "1.0.1"


@pytest.mark.parametrize(
    "wrong", [{"title_sv": ""}, {"title_en": "?!"}, {"title_en": "Municipal core"}, {"title_en": "Support line"}]
)
def test_a_package_without_a_name_of_its_own_is_not_begun(browser: Client, wrong: dict[str, str]) -> None:
    before = models.Package.objects.count()
    assert sent(browser, at("create_package"), **TITLES | PURPOSES | wrong).status_code == 422
    assert models.Package.objects.count() == before
    assert events("package_draft_started") == []


def test_a_first_draft_that_is_thrown_away_leaves_its_name_free(browser: Client, version_id: UUID) -> None:
    revision = models.PackageVersion.objects.get(id=version_id).revision
    browser.post(at("move_package", version_id, "discard"), {"revision": revision})
    assert not models.Package.objects.filter(code="school_follow_up").exists()
    assert sent(browser, at("create_package"), **TITLES, **PURPOSES).status_code == 302


def test_a_question_taken_from_another_package_is_not_said_otherwise(browser: Client, version_id: UUID) -> None:
    sent(browser, at("borrow_variables", version_id), variables=["municipal_core sex"])
    sent(browser, at("change_variable", version_id, "sex"), label_sv="Könet")
    page = browser.get(at("package", version_id))
    assert "Ett annat paket har beslutat det här med annat innehåll." in text_of(page)
    reason = {"reason_sv": "Första.", "reason_en": "First."}
    assert sent(browser, at("send_for_consultation", version_id), **reason).status_code == 422


def test_a_new_question_gets_a_code_that_no_package_has_decided(browser: Client, version_id: UUID) -> None:
    assert sent(browser, at("add_variable", version_id), **QUESTION | {"label_en": "Sex"}).status_code == 302
    assert [one.code for one in said(version_id).variables] == ["sex_2"]


@pytest.mark.parametrize("wrong", [[], ["municipal_core nonsense"], ["municipal_core main_problem"]])
def test_only_decided_questions_are_taken_in_with_what_decides_them(
    browser: Client, version_id: UUID, wrong: list[str]
) -> None:
    assert sent(browser, at("borrow_variables", version_id), variables=wrong).status_code == 422
    assert said(version_id).variables == ()


def test_what_is_taken_in_leaves_the_other_packages_series_there() -> None:
    empty = additions.begin(code="school", title=Text("Skola", "School"), purpose=Text("Syfte", "Purpose"))
    before = editing.nothing_before(empty)
    chosen = [(SECOND, code) for code in ("honour_context", "main_problem")]
    made = additions.borrow(empty, before, chosen=chosen)
    assert {one.target.system for one in made.mappings} >= {"GBVIMS", "CHI"}
    assert all(one.target.system for one in made.mappings)
    assert [one.where for one in checking.faults(made)] == ["package.reason"]
    with pytest.raises(editing.NotPossible):
        additions.borrow(made, before, chosen=chosen[:1])
