"""A draft grows on the pages alone: a new question with its answers, and how ours stand beside somebody else's."""

import io
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import html5lib
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samsyn.people.actors import Actor
from samsyn.questions import actions, bank, models
from samsyn.questions.exchange import additions, changes, checking, editing, fhir, xlsform
from samsyn.questions.exchange.package import (
    CodePair,
    Kind,
    Level,
    Mode,
    Package,
    Relation,
    Target,
    Text,
    Universe,
)
from tests.questions.conftest import TEAM_LEAD
from tests.questions.exported import CORRECTED, FIRST, SECOND

NEW = additions.NewQuestion(
    label=Text("Skolgång", "Schooling"),
    definition=Text("Om personen går i skolan.", "Whether the person goes to school."),
    universe=Universe.CASE,
    kind=Kind.SINGLE,
    rule=Text("När ärendet avslutas.", "When the case closes."),
    mode=Mode.CASE_REVIEW,
    text=Text("Går personen i skolan?", "Does the person go to school?"),
    answers=(Text("Ja", "Yes"), Text("Nej", "No"), Text("Ja, ibland", "Yes!")),
)


def draft() -> Package:
    return editing.numbered(SECOND, SECOND)


def test_a_new_question_comes_with_its_concept_and_its_answers() -> None:
    made = additions.add(draft(), SECOND, new=NEW)
    added = made.variables[-1]
    assert (added.code, added.version, made.version, made.level) == ("schooling", 1, "2.1.0", Level.MINOR)
    assert made.list_of(added).values == ("yes", "no", "yes_2")
    assert made.concept(added.concept).definition == NEW.definition
    assert checking.faults(made, earlier=(FIRST, SECOND)) == ()
    twice = additions.add(made, SECOND, new=NEW)
    assert twice.variables[-1].code == "schooling_2"
    assert additions.remove(twice, SECOND, variable="schooling_2") == made
    assert additions.remove(made, SECOND, variable="schooling") == draft()


def test_a_new_question_may_use_a_list_that_is_there_and_another_ones_condition() -> None:
    like = SECOND.variable("main_problem")
    new = additions.NewQuestion(
        **{**vars(NEW), "answers": (), "code_list": like.code_list, "condition": like.condition}
    )
    made = additions.add(draft(), SECOND, new=new)
    assert made.code_lists == SECOND.code_lists
    assert checking.faults(made, earlier=(FIRST, SECOND)) == ()


def test_a_decided_question_is_taken_out_and_back() -> None:
    made = additions.remove(draft(), SECOND, variable="goal")
    assert (made.version, made.level) == ("3.0.0", Level.MAJOR)
    assert next(one.text.sv for one in changes.changes(SECOND, made)) == "«Måluppfyllelse» är borttagen."
    assert not [one for one in made.mappings if one.variable == "goal"]
    assert [fault.where for fault in checking.faults(made, earlier=(FIRST, SECOND))] == []
    back = additions.take_back(made, SECOND, variable="goal")
    assert set(back.variables) == set(SECOND.variables)
    assert set(back.mappings) == set(SECOND.mappings)
    assert set(back.code_lists) == set(SECOND.code_lists)
    assert back.level == Level.PATCH  # it stands last
    with pytest.raises(editing.NotPossible):
        additions.take_back(back, SECOND, variable="goal")
    risk = additions.remove(draft(), SECOND, variable="risk")
    method = additions.remove(risk, SECOND, variable="method")
    assert [one.variables for one in method.requirements if one.code == "SAM-05"] == [("problem", "granted")]
    with pytest.raises(editing.NotPossible):
        additions.take_back(method, SECOND, variable="risk")


@pytest.mark.parametrize("variable", ["sex", "honour_context", "risk"])
def test_what_others_need_is_not_taken_out(variable: str) -> None:
    only = replace(SECOND.requirements[0], code="SAM-11", variables=("risk",))
    made = additions.require(draft(), SECOND, requirement=only)
    with pytest.raises(editing.NotPossible):
        additions.remove(made, SECOND, variable=variable)


def test_a_list_of_one_answer_is_none() -> None:
    with pytest.raises(editing.NotPossible):
        additions.add(draft(), SECOND, new=additions.NewQuestion(**{**vars(NEW), "answers": NEW.answers[:1]}))


@pytest.mark.parametrize(
    ("pairs", "relation"),
    [
        ("", Relation.NOT_COMPARABLE),
        ("ax by", Relation.EXACT),
        ("ax bx", Relation.COARSER),
        ("ax ay bz", Relation.FINER),
        ("ax ay bx", None),
        ("ax", None),
    ],
)
def test_the_relation_follows_from_the_answers(pairs: str, relation: Relation | None) -> None:
    given = [CodePair(*pair) for pair in pairs.split()]
    if relation is None:
        with pytest.raises(editing.NotPossible):
            additions.relation_of("ab", given)
    else:
        assert additions.relation_of("ab", given) == relation


def test_a_comparison_replaces_the_one_before_and_is_whole() -> None:
    target = Target("goal met", system="Kolada X")
    answers = {value: [value] for value in SECOND.list_of(SECOND.variable("goal")).values}
    made = additions.compare(
        draft(), SECOND, variable="goal", target=target, answers=answers, note=None, is_verified=True
    )
    assert (made.mappings[-1].relation, made.level) == (Relation.EXACT, Level.PATCH)
    assert checking.faults(made, earlier=(FIRST, SECOND)) == ()
    note = Text("De frågar andra.", "They ask others.")
    again = additions.compare(made, SECOND, variable="goal", target=target, answers={}, note=note, is_verified=False)
    assert again.mappings[:-1] == made.mappings[:-1]
    assert again.mappings[-1].relation == Relation.NOT_COMPARABLE
    assert additions.forget(again, SECOND, variable="goal", target=target).mappings == SECOND.mappings
    with pytest.raises(editing.NotPossible):
        additions.compare(draft(), SECOND, variable="goal", target=target, answers={}, note=None, is_verified=False)


# On the pages


@pytest.fixture
def browser(db: None, team_lead: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(team_lead)


@pytest.fixture
def version_id(browser: Client) -> UUID:
    browser.post(reverse("questions:start_package_draft", args=["municipal_core"]))
    return models.PackageVersion.objects.get(status="draft").id


def posted(page: HttpResponse, action: str) -> dict[str, str]:
    """Return what a browser would send of the first form with this action and its first choice."""
    root = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
    form = next(one for one in root.iter("form") if one.get("action") == action)
    values = {one.get("name"): one.get("value", "") for one in form.iter("input") if one.get("type") == "hidden"}
    for select in form.iter("select"):
        values[select.get("name")] = next(select.iter("option")).get("value")
    values.pop("csrfmiddlewaretoken", None)
    return values


def test_a_question_is_added_and_taken_out_on_the_pages(browser: Client, version_id: UUID) -> None:
    address = reverse("questions:add_variable", args=[version_id])
    assert "Ny fråga" in browser.get(address).content.decode()
    said = {
        "revision": "1",
        "mode": "case_review",
        "universe": "case",
        "kind": "single",
        "code_list": "new",
        "like": "",
    }
    said["source"] = "Skollagen (2010:800)"
    for name, (swedish, english) in {
        "label": ("Skolgång", "Schooling"),
        "definition": ("Om personen går i skolan.", "Whether the person goes to school."),
        "text": ("Går personen i skolan?", "Does the person go to school?"),
        "rule": ("När ärendet avslutas.", "When the case closes."),
        "answers": ("Ja\nNej\n", "Yes\nNo\n"),
    }.items():
        said |= {f"{name}_sv": swedish, f"{name}_en": english}
    for wrong in ({"answers_en": "Yes"}, {"answers_sv": "Ja"}, {"code_list": "goal 1"}, {"help_sv": "Bara svenska"}):
        assert browser.post(address, said | wrong).status_code == 422
    page = browser.post(address, said, follow=True).content.decode()
    assert "Går personen i skolan?" in page
    assert "«Skolgång» är ny." in page
    assert bank.version_by_id(version_id)[1].variable("schooling").wording.text.en == "Does the person go to school?"
    assert bank.version_by_id(version_id)[1].concept("schooling").source == "Skollagen (2010:800)"
    stale = browser.post(reverse("questions:remove_variable", args=[version_id, "schooling"]), {"revision": "1"})
    assert stale.status_code == 409
    gone = browser.post(
        reverse("questions:remove_variable", args=[version_id, "schooling"]), {"revision": "2"}, follow=True
    )
    assert "Går personen i skolan?" not in gone.content.decode()
    needed = browser.post(reverse("questions:remove_variable", args=[version_id, "sex"]), {"revision": "3"})
    assert needed.status_code == 422
    out = browser.post(
        reverse("questions:remove_variable", args=[version_id, "goal"]), {"revision": "3"}, follow=True
    ).content.decode()
    back = reverse("questions:take_variable_back", args=[version_id, "goal"])
    assert back in out
    assert browser.post(back, {"revision": "4"}).status_code == 302
    assert browser.post(back, {"revision": "5"}).status_code == 404


def test_what_a_new_question_means_is_changed_until_it_is_decided(browser: Client, version_id: UUID) -> None:
    sourced = replace(NEW, source="Skollagen (2010:800)")
    actions.change_package(
        version_id=version_id,
        seen_revision=1,
        edit=lambda draft, before: additions.add(draft, before, new=sourced),
        by=TEAM_LEAD,
        at=timezone.now(),
    )
    assert (
        "Källa: Skollagen (2010:800)." in browser.get(reverse("questions:package", args=[version_id])).content.decode()
    )

    def saved(code: str, **values: str) -> Package:
        address = reverse("questions:change_variable", args=[version_id, code])
        asked = browser.get(address).context["form"]
        said = {name: asked[name].value() or "" for name in asked.fields} | values
        assert browser.post(address, said).status_code == 302
        return bank.version_by_id(version_id)[1]

    meant = {"definition_sv": "Om hen deltar i undervisningen.", "definition_en": "Whether they attend.", "source": ""}
    changed = saved("schooling", **meant).concept("schooling")
    assert (changed.definition, changed.source) == (Text(meant["definition_sv"], meant["definition_en"]), "")
    # What is decided means the same for good: the page doesn't ask, and what is sent anyway changes nothing.
    assert saved("goal", **meant).concept("goal") == CORRECTED.concept("goal")
    with pytest.raises(editing.NotPossible):
        editing.define(draft(), SECOND, concept="goal", definition=Text("Annat.", "Other."), source="")


@pytest.mark.parametrize("kind", ["fhir", "xlsform"])
def test_a_comparison_with_a_foreign_form_is_saved_and_forgotten(browser: Client, version_id: UUID, kind: str) -> None:
    """Our own first version plays the foreign form: same words, so that the page proposes the pairs itself."""
    file = io.BytesIO(fhir.as_json(FIRST) if kind == "fhir" else xlsform.as_xlsx(FIRST))
    file.name = "form.bin"
    compared = browser.post(reverse("questions:compare", args=[version_id]), {"file": file})
    address = reverse("questions:compare_variable", args=[version_id])
    chosen = posted(compared, address)
    assert chosen["variable"] == "sex"
    page = browser.post(address, chosen)
    assert page.status_code == 200
    asked = page.context["form"]
    said = {name: asked[name].value() or "" for name in asked.fields}
    save = {**chosen, **said, "do": "save", "system": "Kommun X"}
    nothing = {name: [] if name.startswith("answer_") else value for name, value in save.items()}
    refused = browser.post(address, nothing)
    assert refused.status_code == 422
    assert "Skriv varför de inte kan jämföras." in refused.content.decode()
    shown = browser.post(address, save, follow=True).content.decode()
    assert "Kommun X: sex" in shown
    made = bank.version_by_id(version_id)[1].mappings[-1]
    assert (made.relation, made.target) == (Relation.EXACT, Target("sex", system="Kommun X"))
    forget = reverse("questions:forget_comparison", args=[version_id, "sex"])
    assert browser.post(forget, {"revision": "2", "system": "Kommun Y", "target": "sex"}).status_code == 404
    assert browser.post(forget, {"revision": "2", "system": "Kommun X", "target": "sex"}).status_code == 302
    assert bank.version_by_id(version_id)[1].mappings == CORRECTED.mappings


def test_a_comparison_that_stands_is_looked_at_and_changed(browser: Client, version_id: UUID) -> None:
    """As the page's button sends it: the pairs, the note and the mark are there, and saving them changes nothing."""
    address = reverse("questions:compare_variable", args=[version_id])
    page = browser.get(reverse("questions:package", args=[version_id])).content.decode()
    root = html5lib.parse(page, namespaceHTMLElements=False)
    again = {
        (form.find("input[@name='variable']").get("value"), form.find("input[@name='target']").get("value")): one
        for form in root.iter("form")
        for one in form.iter("button")
        if one.get("formaction") == address
    }
    others = [one for one in CORRECTED.mappings if one.target.system]
    assert len(again) == len(others) > 5
    for revision, before in enumerate(others, start=1):
        sent = {"variable": before.variable, "foreign": again[before.variable, before.target.variable].get("value")}
        asked = browser.post(address, sent).context["form"]
        said = {name: asked[name].value() or "" for name in asked.fields}
        assert said["revision"] == revision
        assert browser.post(address, {**sent, **said, "do": "save"}).status_code == 302
        assert bank.version_by_id(version_id)[1].mappings[-1] == before
    goal = next(one for one in others if (one.variable, one.target.system) == ("goal", "Kolada"))
    sent = {"variable": "goal", "foreign": again["goal", goal.target.variable].get("value")}
    asked = browser.post(address, sent).context["form"]
    said = {name: asked[name].value() or "" for name in asked.fields} | {
        "is_verified": "on",
        "note_sv": "Kontrollerat.",
    }
    shown = browser.post(address, {**sent, **said, "do": "save"}, follow=True).content.decode()
    assert "Kontrollerat." in shown
    made = bank.version_by_id(version_id)[1].mappings[-1]
    assert (made.target, made.codes, made.is_verified) == (goal.target, goal.codes, True)


WRITTEN = {
    "variable": "goal",
    "system": "EIGE",
    "question": "outcome of support",
    "answers": "Achieved\r\n\r\n Not   achieved \r\n",
}


@pytest.mark.parametrize(
    ("ticked", "relation"),
    [
        ({"whole": ["Achieved"], "part": ["Achieved"]}, Relation.COARSER),
        ({}, Relation.NOT_COMPARABLE),
    ],
)
def test_somebody_elses_question_is_written_down_and_compared(
    browser: Client, version_id: UUID, ticked: dict[str, list[str]], relation: Relation
) -> None:
    """From nothing: their words are copied on one page, and the page that foreign forms lead to takes over."""
    address = reverse("questions:write_foreign_question", args=[version_id])
    assert address in browser.get(reverse("questions:package", args=[version_id])).content.decode()
    assert '<option value="GBVIMS">' in browser.get(address).content.decode()
    beside = browser.post(address, WRITTEN)
    compare = reverse("questions:compare_variable", args=[version_id])
    assert "outcome of support" in beside.content.decode()
    pairs = {value: ticked.get(value, ["Not achieved"] if ticked else []) for value in beside.context["form"].values}
    answers = {f"answer_{at}": theirs for at, theirs in enumerate(pairs.values())}
    note = {"note_sv": "Deras egen beskrivning.", "note_en": "Their own description."}
    shown = browser.post(compare, {**posted(beside, compare), "system": "EIGE", **answers, **note}, follow=True)
    assert "EIGE: outcome of support" in shown.content.decode()
    made = bank.version_by_id(version_id)[1].mappings[-1]
    assert (made.variable, made.relation, made.is_verified) == ("goal", relation, False)
    assert made.target == Target("outcome of support", system="EIGE")
    assert {(one.source, one.target) for one in made.codes} == {(o, t) for o, them in pairs.items() for t in them}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"variable": "nowhere"}, "Välj ett giltigt alternativ"),
        ({"system": ""}, "fält måste fyllas i"),
        ({"question": ""}, "fält måste fyllas i"),
        ({"answers": "Ja\nja \nJa"}, "Samma svar står två gånger."),
        ({"answers": "\n".join(map(str, range(101)))}, "Högst 100 svar."),
        ({"answers": "Ja\u202eNej"}, "Texten innehåller tecken som inte kan läsas."),
    ],
)
def test_what_makes_no_question_is_said_on_the_page(
    browser: Client, version_id: UUID, wrong: dict[str, str], said: str
) -> None:
    before = bank.version_by_id(version_id)
    refused = browser.post(reverse("questions:write_foreign_question", args=[version_id]), {**WRITTEN, **wrong})
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert bank.version_by_id(version_id) == before


def test_what_we_did_not_write_is_no_foreign_question(browser: Client, version_id: UUID) -> None:
    address = reverse("questions:compare_variable", args=[version_id])
    for foreign in ("", "[]", '["a", "b", "c", [1]]', '["a", "b\\u202e", "c", []]', '["a", 1, "c", []]', "[" * 9999):
        assert browser.post(address, {"variable": "sex", "foreign": foreign}).status_code == 422, foreign[:20]
    assert browser.post(address, {"variable": "nothing", "foreign": '["a", "b", "c", []]'}).status_code == 404


def test_a_decided_version_is_only_looked_at(browser: Client) -> None:
    decided = models.PackageVersion.objects.get(version="2.0.1")
    for page in ("add_variable", "write_foreign_question"):
        assert browser.get(reverse(f"questions:{page}", args=[decided.id])).status_code == 409
    file = io.BytesIO(fhir.as_json(FIRST))
    file.name = "form.json"
    page = browser.post(reverse("questions:compare", args=[decided.id]), {"file": file}).content.decode()
    assert "gör en ny version om jämförelsen ska sparas" in page
    assert reverse("questions:compare_variable", args=[decided.id]) not in page
