"""The pages of a draft: each change is made, shown, refused where it makes no sense, and leaves what is decided alone."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import html5lib
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from samsyn.people.actors import Actor
from samsyn.questions import bank, models
from samsyn.questions.exchange.package import Condition, Mode, Package, Relation
from tests.questions.conftest import events
from tests.questions.exported import CORRECTED
from tests.questions.test_editor_pages import fields_of, text_of


@pytest.fixture
def browser(db: None, team_lead: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(team_lead)


@pytest.fixture
def version_id(browser: Client) -> UUID:
    browser.post(reverse("questions:start_package_draft", args=["municipal_core"]))
    return models.PackageVersion.objects.get(status="draft").id


def said(version_id: UUID) -> Package:
    return bank.version_by_id(version_id)[1]


def at(name: str, *arguments: object) -> str:
    return reverse(f"questions:{name}", args=arguments)


def changed(browser: Client, address: str, **values: Any) -> Any:
    """Return the answer to a page's form, sent as it is shown except for these values."""
    return browser.post(address, fields_of(browser.get(address)) | values)


def test_what_is_saved_unchanged_is_unchanged(browser: Client, version_id: UUID) -> None:
    for one in CORRECTED.variables:
        reference = one.code_list
        for address in (
            at("change_variable", version_id, one.code),
            at("change_condition", version_id, one.code),
            at("change_answers", version_id, reference.code, reference.version),
            at("compare_answers", version_id, reference.code, reference.version),
        ):
            assert changed(browser, address).status_code == 302, address
    for requirement in CORRECTED.requirements:
        assert changed(browser, at("change_requirement", version_id, requirement.code)).status_code == 302
    made = said(version_id)
    assert (made.variables, made.code_lists, made.requirements) == (
        CORRECTED.variables,
        CORRECTED.code_lists,
        CORRECTED.requirements,
    )
    assert set(made.mappings) == set(CORRECTED.mappings)


def test_a_package_is_described_on_its_page(browser: Client, version_id: UUID) -> None:
    address = at("describe_package", version_id)
    for wrong in ({"title_en": ""}, {"breakdowns": ["granted"]}, {"breakdowns": ["nonsense"]}):
        assert changed(browser, address, **wrong).status_code == 422
    page = text_of(browser.post(address, fields_of(browser.get(address)) | {"title_sv": "Kärnan"}, follow=True))
    assert "Kärnan, version 2.0.2" in page
    assert "Titeln eller syftet är ändrat." in page
    assert "Siffrorna delas upp efter: Kön, Åldersklass." in page
    assert changed(browser, address, breakdowns=["honour_context", "sex", "age_band"]).status_code == 302
    assert (said(version_id).breakdowns, said(version_id).version) == (("sex", "age_band", "honour_context"), "2.1.0")
    assert changed(browser, address, breakdowns=["sex"]).status_code == 302
    assert (said(version_id).breakdowns, said(version_id).version) == (("sex",), "3.0.0")


def test_a_question_is_worded_in_every_mode_and_language(browser: Client, version_id: UUID) -> None:
    address = at("change_variable", version_id, "client_safety")
    words = {"case_review_sv": "Tryggare?", "case_review_en": "Safer?", "case_review_easy": "Är det lugnare?"}
    words |= {"case_review_help_sv": "Ur akten.", "case_review_help_en": "From the file."}
    assert changed(browser, address, **words, first="case_review").status_code == 302
    made = said(version_id).variable("client_safety")
    assert [one.mode for one in made.wordings] == [Mode.CASE_REVIEW, Mode.INTERVIEW, Mode.SELF_REPORT]
    assert made.wording.text.easy == "Är det lugnare?"
    assert made.wording.help is not None
    emptied = {f"self_report_{language}": "" for language in ("sv", "en", "easy")}
    assert changed(browser, address, **emptied).status_code == 302
    assert [one.mode for one in said(version_id).variable("client_safety").wordings][1:] == [Mode.INTERVIEW]
    page = text_of(browser.get(at("package", version_id)))
    assert "«Upplevd trygghet» har ingen formulering för självskattning längre." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"self_report_easy": ""},
        {"interview_en": ""},
        {"case_review_sv": "Bara svenska"},
        {"case_review_help_sv": "Bara hjälp", "case_review_help_en": "Help only"},
        {"first": "case_review"},
        {"first": "by_mail"},
        {"nothing": ["suppressed"]},
        {"interview_sv": "dold\u202etext"},
        {"label_sv": ""},
    ],
)
def test_words_that_make_no_sense_are_answered_with_422(
    browser: Client, version_id: UUID, wrong: dict[str, Any]
) -> None:
    answer = changed(browser, at("change_variable", version_id, "client_safety"), **wrong)
    assert answer.status_code == 422
    assert said(version_id).variables == CORRECTED.variables
    assert not events("package_changed")


def test_a_condition_is_chosen_in_two_steps_and_taken_away(browser: Client, version_id: UUID) -> None:
    address = at("change_condition", version_id, "goal")
    assert "Frågan ställs alltid." in text_of(browser.get(address))
    chosen = browser.get(address, {"about": "change"})
    values = fields_of(chosen) | {"values": ["less", "ceased"]}
    assert browser.post(address, values | {"values": []}).status_code == 422
    assert browser.post(address, values | {"values": ["nonsense"]}).status_code == 422
    assert browser.post(address, values | {"about": "closing"}).status_code == 422
    assert browser.get(address, {"about": "nonsense"}).status_code == 422
    page = text_of(browser.post(address, values, follow=True))
    assert "Frågas bara när Förändring: Utsattheten har upphört eller Utsattheten har minskat" in page
    assert "«Måluppfyllelse» frågas om andra än förut." in page
    assert said(version_id).variable("goal").condition == Condition("change", ("ceased", "less"))
    always = fields_of(browser.get(address, {"about": ""}))
    assert browser.post(address, always).status_code == 302
    assert said(version_id).variables == CORRECTED.variables


def test_a_question_moves_on_its_page(browser: Client, version_id: UUID) -> None:
    move = at("move_variable", version_id, "goal")
    assert browser.post(move, {"revision": 1, "direction": "up"}).status_code == 302
    codes = [one.code for one in said(version_id).variables]
    assert codes.index("goal") == codes.index("change") - 1
    refused = browser.post(at("move_variable", version_id, "main_problem"), {"revision": 2, "direction": "up"})
    assert refused.status_code == 422
    assert "följdfråga" in text_of(refused)
    assert browser.post(move, {"revision": 1, "direction": "up"}).status_code == 409


def _new_goal(browser: Client, version_id: UUID) -> Any:
    """Split "Delvis" by writing the list anew; the answer leads on to what each answer was before."""
    empty = {f"answer-1-{name}": "" for name in ("sv", "en", "easy")}
    new = {"answer-4-sv": "Till stor del", "answer-4-en": "Largely", "answer-4-place": "2"}
    new |= {"answer-5-sv": "Till liten del", "answer-5-en": "A little", "answer-5-place": "2"}
    return changed(browser, at("change_answers", version_id, "goal", 1), **empty, **new)


def test_a_list_in_a_new_version_is_mapped_code_by_code(browser: Client, version_id: UUID) -> None:
    led_on = _new_goal(browser, version_id)
    address = at("compare_answers", version_id, "goal", 2)
    assert led_on.headers["Location"] == address
    page = browser.get(at("package", version_id))
    assert "Måluppfyllelse : Det är inte sagt vad svaren var förut" in text_of(page)
    assert "Kodparen stämmer inte" not in text_of(page)
    assert f'href="{address}">Säg vad svaren var förut' in page.content.decode()
    assert said(version_id).list_of(said(version_id).variable("goal")).values == (
        *("whole", "largely", "a_little"),
        *("not_met", "no_goal"),
    )
    refused = changed(browser, address)
    assert refused.status_code == 422
    assert "Säg vad som har hänt med det här svaret." in text_of(refused)
    assert "Välj vad svaret var förut." in text_of(refused)
    assert changed(browser, address, was_1="part", was_2="-").status_code == 422
    assert changed(browser, address, was_1="part", was_2="nonsense").status_code == 422
    assert changed(browser, address, was_1="part", was_2="part").status_code == 302
    (own,) = [one for one in said(version_id).mappings if one.variable == "goal" and not one.target.system]
    assert own.relation == Relation.COARSER
    again = fields_of(browser.get(address))
    assert (again["was_1"], again["was_2"]) == (["part"], ["part"])
    assert "Måste rättas" not in text_of(browser.get(at("package", version_id)))


def test_an_answer_without_a_counterpart_breaks_the_series_with_its_reason(browser: Client, version_id: UUID) -> None:
    _new_goal(browser, version_id)
    address = at("compare_answers", version_id, "goal", 2)
    why = {"note_sv": "Frågan har bytt innebörd.", "note_en": "The question has another meaning."}
    values = {"was_1": "-", "was_2": "-", "gone_0": "-"}
    assert changed(browser, address, **values, note_sv="Bara svenska").status_code == 422
    page = text_of(browser.post(address, fields_of(browser.get(address)) | values | why, follow=True))
    assert "ej jämförbar" in page
    assert "Frågan har bytt innebörd." in page
    assert "Måste rättas" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer-0-en": ""},
        {"answer-0-sv": "", "answer-0-en": "", "answer-0-easy": "kvar"},
        {"answer-0-value": "nonsense"},
        {"answer-0-value": "part"},
        {"answer-0-definition_sv": "Bara svenska"},
        {"answer-0-place": "0"},
        {"answer-TOTAL_FORMS": "x"},
        {"answer-TOTAL_FORMS": "1000"},
        {"answer-TOTAL_FORMS": "1"},
        {"revision": "x"},
    ],
)
def test_answers_that_make_no_sense_are_answered_with_422(
    browser: Client, version_id: UUID, wrong: dict[str, Any]
) -> None:
    assert changed(browser, at("change_answers", version_id, "goal", 1), **wrong).status_code == 422
    assert said(version_id).code_lists == CORRECTED.code_lists


def test_the_requirement_list_is_written_on_the_pages_and_leaves_in_the_workbook(
    browser: Client, version_id: UUID
) -> None:
    address = at("add_requirement", version_id)
    words = {"text_sv": "Systemet ska minnas.", "text_en": "The system must remember."}
    words |= {"verified_sv": "Det visas.", "verified_en": "It is shown.", "variables": ["goal"], "is_must": ["should"]}
    for wrong in ({"is_must": ["perhaps"]}, {"text_en": ""}, {"variables": ["nonsense"]}):
        assert browser.post(address, fields_of(browser.get(address)) | words | wrong).status_code == 422
    assert browser.post(address, fields_of(browser.get(address)) | words).status_code == 302
    raw = browser.get(at("download_package", version_id, "requirements")).content
    rows = list(load_workbook(io.BytesIO(raw)).worksheets[0].iter_rows(values_only=True))
    assert rows[-1] == ("SAM-11", "bör", "Systemet ska minnas.", "Det visas.", "goal")
    change = at("change_requirement", version_id, "SAM-11")
    assert changed(browser, change, is_must=["must"]).status_code == 302
    document = json.loads(browser.get(at("download_package", version_id, "json")).content)
    assert document["requirements"][-1]["is_must"] is True
    assert "Kravet SAM-11 är nytt." in text_of(browser.get(at("package", version_id)))
    remove = at("remove_requirement", version_id, "SAM-11")
    assert browser.post(remove, {"revision": 1}).status_code == 409
    assert browser.post(remove, {"revision": 3}).status_code == 302
    assert browser.post(remove, {"revision": 4}).status_code == 404
    assert browser.get(change).status_code == 404
    assert said(version_id).requirements == CORRECTED.requirements


def test_a_condition_reaches_the_forms_that_others_take_in(browser: Client, version_id: UUID) -> None:
    address = at("change_condition", version_id, "goal")
    browser.post(address, fields_of(browser.get(address, {"about": "change"})) | {"values": ["less"]})
    form = json.loads(browser.get(at("download_package", version_id, "fhir")).content)
    (item,) = [one for one in form["item"] if one["linkId"] == "goal"]
    assert [(one["question"], one["answerCoding"]["code"]) for one in item["enableWhen"]] == [("change", "less")]
    raw = browser.get(at("download_package", version_id, "xlsform")).content
    rows = list(load_workbook(io.BytesIO(raw))["survey"].iter_rows(values_only=True))
    (row,) = [row for row in rows if row[1] == "goal"]
    assert row[rows[0].index("relevant")] == "selected(${change}, 'less')"


def test_the_preview_asks_in_a_mode_and_a_language(browser: Client, version_id: UUID) -> None:
    address = at("preview_package", version_id)
    first = text_of(browser.get(address))
    assert "Nåddes målet med insatserna?" in first
    read = browser.get(address, {"mode": "self_report", "language": "easy"})
    assert "Har du fått hjälp av oss?" in text_of(read)
    assert "Saknar formulering för det här sättet Kön, Åldersklass" in text_of(read)
    assert (
        'data-asked-if="honour_context" data-asked-values="present suspected"' in browser.get(address).content.decode()
    )
    assert "Was the goal of the measures met?" in text_of(browser.get(address, {"language": "en"}))
    assert "Saknar ord på det här språket" in text_of(browser.get(address, {"mode": "case_review", "language": "easy"}))
    for wrong in ({"mode": "by_mail"}, {"language": "no"}):
        assert browser.get(address, wrong).status_code == 404


def test_differences_are_shown_word_for_word_against_any_earlier_version(browser: Client, version_id: UUID) -> None:
    address = at("differences", version_id)
    assert "Inga." in text_of(browser.get(address))
    changed(browser, at("change_variable", version_id, "goal"), case_review_sv="Blev målet nått?")
    page = text_of(browser.get(address))
    assert "Svenska: Nåddes målet med insatserna?" in page
    assert "Svenska: Blev målet nått?" in page
    assert "Barnäktenskap" not in page
    assert "Barnäktenskap" in text_of(browser.get(address, {"with": "1.0.0"}))
    assert browser.get(address, {"with": "3.0.0"}).status_code == 404
    oldest = models.PackageVersion.objects.get(package="municipal_core", version="1.0.0")
    assert "ingen tidigare beslutad version" in text_of(browser.get(at("differences", oldest.id)))


def _pages(version_id: UUID) -> list[str]:
    return [
        at("change_variable", version_id, "goal"),
        at("change_condition", version_id, "goal"),
        at("split_answer", version_id, "goal"),
        at("change_answers", version_id, "goal", 1),
        at("compare_answers", version_id, "goal", 1),
        at("describe_package", version_id),
        at("add_requirement", version_id),
        at("change_requirement", version_id, "SAM-01"),
        at("add_variable", version_id),
    ]


def test_a_decided_version_is_changed_on_no_page(browser: Client, version_id: UUID) -> None:
    decided = models.PackageVersion.objects.get(version="2.0.1")
    for there, here in zip(_pages(decided.id), _pages(version_id), strict=True):
        assert browser.get(there).status_code == 409
        assert browser.post(there, fields_of(browser.get(here))).status_code == 409
    for name, argument in (("move_variable", "goal"), ("remove_requirement", "SAM-01"), ("remove_variable", "goal")):
        assert browser.post(at(name, decided.id, argument), {"revision": 1}).status_code == 409
    decided.refresh_from_db()
    assert bank.package_of(decided).requirements == CORRECTED.requirements
    page = browser.get(at("package", decided.id)).content.decode()
    assert "/requirements/" not in page
    assert "/condition" not in page


def test_what_is_not_there_is_not_found(browser: Client, version_id: UUID) -> None:
    for address in (
        at("change_variable", version_id, "nothing"),
        at("change_condition", version_id, "nothing"),
        at("change_answers", version_id, "goal", 9),
        at("change_answers", version_id, "nothing", 1),
        at("compare_answers", version_id, "goal", 10**30),
        at("change_requirement", version_id, "SAM-99"),
    ):
        assert browser.get(address).status_code == 404, address


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_a_draft_is_valid_in_both_languages(browser: Client, version_id: UUID, language: str) -> None:
    _new_goal(browser, version_id)
    pages = [one.replace("/goal/1", "/goal/2") for one in _pages(version_id)]
    pages += [at(name, version_id) for name in ("package", "preview_package", "differences")]
    for page in pages:
        shown: HttpResponse = browser.get(page, headers={"accept-language": language})
        assert shown.status_code == 200, page
        html5lib.HTMLParser(strict=True).parse(shown.content.decode())
