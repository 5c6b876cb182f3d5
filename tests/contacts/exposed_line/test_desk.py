"""The desk of the line for exposed persons: its own questions, checklists that fit whom one talks with, its own facts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from samsyn.contacts import actions, queries
from samsyn.contacts import desk as desks
from samsyn.contacts.actions import NotComplete, Saved
from samsyn.contacts.models import CallerPlaceFact, ContactFact, MatterFact, PersonFact
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.roles import Regime, Role
from samsyn.questions import actions as editing
from samsyn.questions import queries as questions
from samsyn.questions.actions.versions import Publication
from tests.visitors.test_inbox import shown, signed_in

pytestmark = pytest.mark.django_db
SUPPORTER = Actor(UUID(int=301), "Stödjare 3", "Stödlinjen", Regime.OPERATOR, frozenset({Role.SUPPORTER}))
LEAD = Actor(UUID(int=302), "Samordnare 1", "Stödlinjen", Regime.OPERATOR, frozenset({Role.TEAM_LEAD}))


@pytest.fixture
def opened(now: datetime) -> UUID:
    """An open contact at the operator's desk."""
    return actions.open_contact(by=SUPPORTER, at=now)


def save(contact_id: UUID, at: datetime, **answers: Any) -> actions.Kept:
    groups = {name: value if isinstance(value, tuple) else (value,) for name, value in answers.items()}
    return actions.save_answers(contact_id=contact_id, saved=Saved(answers=groups), by=SUPPORTER, at=at)


def page(contact_id: UUID, at: datetime) -> desks.Desk:
    return desks.desk(draft=queries.draft(contact_id=contact_id, by=SUPPORTER), at=at)


def texts(shown_side: desks.Side) -> list[str]:
    return [str(choice.label) for choice in (*shown_side.ask, *shown_side.inform)]


def test_the_line_asks_its_own_questions_and_less_of_where_one_lives(opened: UUID, now: datetime) -> None:
    instrument = page(opened, now).instrument
    assert instrument.code == "exposed_line"
    asked = {question.code for question in instrument.questions}
    assert {"caller_role", "contact_kind", "adaptation", "language", "interpreter", "county"} <= asked
    assert not {"sector", "profession", "municipality"} & asked
    assert [option.value for option in instrument.question("contact_kind").options] == [
        "guidance",
        "supporting_talk",
        "between_authorities",
    ]
    assert "förövare" in instrument.question("caller_role").hint.lower()


@pytest.mark.parametrize(
    ("answers", "title", "minutes"),
    [
        ({}, "Allmän", 30),
        ({"contact_kind": "guidance"}, "Vägledning och information", 15),
        ({"contact_kind": "supporting_talk"}, "Stödjande samtal", 40),
        ({"contact_kind": "between_authorities"}, "Föll mellan myndigheter", 35),
        ({"contact_kind": "guidance", "main_concern": "abduction"}, "Bortförande", 30),
        ({"contact_kind": "guidance", "main_concern": "control"}, "Vägledning och information", 15),
        ({"main_concern": "threat", "adaptation": "child"}, "Våld och hot + Barn", 50),
        (
            {"contact_kind": "supporting_talk", "adaptation": ("language", "lgbtq", "intellectual")},
            "Stödjande samtal + Annat språk + Intellektuell funktionsnedsättning + Hbtq",
            80,
        ),
        ({"contact_kind": "guidance", "caller_role": "relative"}, "Vägledning och information + Anhörig", 20),
        ({"contact_kind": "guidance", "caller_role": "self"}, "Vägledning och information", 15),
    ],
)
def test_checklists_follow_kind_situation_and_whom_one_talks_with(
    opened: UUID, now: datetime, answers: dict[str, Any], title: str, minutes: int
) -> None:
    if answers:
        assert save(opened, now, **answers).is_other_template
    found = page(opened, now)
    assert found.side.line == f"Mall: {title} · version 1"
    assert found.timer.limit_seconds == minutes * 60
    codes = [choice.value for choice in (*found.side.ask, *found.side.inform)]
    assert len(set(codes)) == len(codes)


def test_who_may_be_a_relative_is_told_at_the_desk(opened: UUID, now: datetime) -> None:
    before = texts(page(opened, now).side)
    save(opened, now, caller_role="relative")
    added = [text for text in texts(page(opened, now).side) if text not in before]
    assert any("kontrolleras" in text for text in added)
    assert any("aldrig säger" in text for text in added)


def test_a_variants_line_is_ticked_by_itself_and_goes_with_the_variant(opened: UUID, now: datetime) -> None:
    save(opened, now, adaptation=("child", "language"))
    ticks = {"inform": frozenset({"come_back", "language-never_a_relative", "child-what_next", "child-nothing"})}
    actions.save_answers(contact_id=opened, saved=Saved(ticks=ticks), by=SUPPORTER, at=now)
    chosen = {choice.value for choice in page(opened, now).side.inform if choice.chosen}
    assert chosen == {"come_back", "language-never_a_relative", "child-what_next"}
    save(opened, now, adaptation=("language",))
    assert {choice.value for choice in page(opened, now).side.inform if choice.chosen} == {
        "come_back",
        "language-never_a_relative",
    }


def test_closing_counts_kind_role_language_and_interpreter_and_no_place(opened: UUID, now: datetime) -> None:
    save(
        opened, now, caller_role="self", contact_kind="between_authorities", adaptation=("child", "language"),
        language="ar", interpreter="missing", county="05", main_concern="marriage", contact_order="repeat",
    )  # fmt: skip
    save(opened, now, **{"p1-age_band": "16_17"})
    save(opened, now, outcome="referred", referral=("social_services", "non_profit"))
    actions.close_contact(contact_id=opened, saved=Saved(), by=SUPPORTER, at=now + timedelta(minutes=66))
    fact = ContactFact.objects.get()
    assert (fact.contact_kind, fact.caller_role, fact.language, fact.interpreter) == (
        "between_authorities", "self", "ar", "missing",
    )  # fmt: skip
    assert (fact.adaptation, fact.county, fact.sector, fact.template) == (
        ["child", "language"], "05", "not_asked", "marriage",
    )  # fmt: skip
    # Marriage 35 minutes, a child 10, another language 20: 66 minutes is as standard.
    assert fact.adherence_band == "as_standard"
    assert fact.contact_order == "repeat"
    assert not MatterFact.objects.exists()  # the matter was counted the first time
    assert PersonFact.objects.get().age_band == "16_17"
    assert not CallerPlaceFact.objects.exists()


def test_a_contact_that_was_none_needs_its_outcome_alone(opened: UUID, now: datetime) -> None:
    save(opened, now, outcome="silent")
    actions.close_contact(contact_id=opened, saved=Saved(), by=SUPPORTER, at=now)
    assert ContactFact.objects.get().contact_kind == "not_asked"


def test_kind_and_role_are_demanded_at_closing(opened: UUID, now: datetime) -> None:
    save(opened, now, outcome="answered")
    with pytest.raises(NotComplete) as refused:
        actions.close_contact(contact_id=opened, saved=Saved(), by=SUPPORTER, at=now)
    assert [one.field for one in refused.value.missing] == ["caller_role", "contact_kind"]
    assert not ContactFact.objects.exists()


def test_no_words_are_given_where_the_code_to_the_case_is(opened: UUID, now: datetime) -> None:
    with pytest.raises(Refused):
        actions.give_reference_code(contact_id=opened, by=SUPPORTER, at=now)
    with pytest.raises(Refused):
        actions.join_matter(contact_id=opened, code="anka boll citron", by=SUPPORTER, at=now)


def test_the_pages_of_the_desk(opened: UUID, now: datetime) -> None:
    browser = signed_in(Role.SUPPORTER, now)
    place = browser.post(reverse("desk:start"))["Location"]
    body = shown(browser, place)
    assert 'name="code"' not in body
    assert 'value="give_code"' not in body
    assert "Föll mellan myndigheter" in body
    assert 'name="language"' in body
    paper = shown(browser, reverse("desk:paper"))
    assert "Slag" in paper
    assert "Verksamhet" not in paper


def seen(draft: UUID) -> int:
    return questions.template_version_row(version_id=draft).revision


def test_a_lead_writes_a_variant_without_code(opened: UUID, now: datetime) -> None:
    draft = editing.start_template_draft(template="with_a_child", by=LEAD, at=now)
    said = questions.template_version(version_id=draft)
    change = editing.templates.TemplateChange(
        title_sv=said.title_sv, title_en=said.title_en, sector="", situations=(), standard_minutes=15, law=(),
        adaptation="child",
        items=tuple(
            editing.templates.ItemChange(kind, item.code, item.text_sv, item.text_en)
            for kind in ("ask", "inform") for item in getattr(said, kind)
        ),
    )  # fmt: skip
    editing.change_template(version_id=draft, seen_revision=seen(draft), change=change, by=LEAD, at=now)
    wrong = {**vars(change), "adaptation": "nobody"}
    with pytest.raises(Invalid):
        editing.change_template(
            version_id=draft,
            seen_revision=seen(draft),
            change=editing.templates.TemplateChange(**wrong),
            by=LEAD,
            at=now,
        )
    publication = Publication(now.date(), "minor", "Mer tid.")
    editing.publish_template(version_id=draft, seen_revision=seen(draft), publication=publication, by=LEAD, at=now)
    save(opened, now, contact_kind="guidance", adaptation="child")
    assert page(opened, now).timer.limit_seconds == 30 * 60
