"""Writing a new version of a call template."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions import actions, models, queries
from samsyn.questions.actions import ItemChange, Publication, TemplateChange
from tests.questions.conftest import events


def as_it_is(draft: models.TemplateVersion) -> TemplateChange:
    items = draft.items.order_by("position")
    return TemplateChange(
        title_sv=draft.title_sv,
        title_en=draft.title_en,
        sector=draft.sector,
        situations=tuple(draft.situations),
        standard_minutes=draft.standard_minutes,
        law=tuple(draft.law),
        items=tuple(ItemChange(item.kind, item.code, item.text_sv, item.text_en) for item in items),
    )


def change(draft: models.TemplateVersion, by: Actor, at: datetime, **what: Any) -> None:
    actions.change_template(
        version_id=draft.id,
        seen_revision=queries.template_version_row(version_id=draft.id).revision,
        change=replace(as_it_is(draft), **what),
        by=by,
        at=at,
    )


def test_a_changed_template_holds_from_its_day_and_tells_what_differs(
    template_draft: models.TemplateVersion, team_lead: Actor, now: datetime
) -> None:
    items = as_it_is(template_draft).items
    new = ItemChange("ask", "", "Vem som hämtar eleven", "Who picks the pupil up")
    change(template_draft, team_lead, now, standard_minutes=25, items=(*items[1:], new), law=("child_convention",))
    sentences = queries.template_changes(version_id=template_draft.id)
    assert "Normaltiden var 15 minuter och är nu 25 minuter." in sentences
    assert f"Fråga om: «{items[0].text_sv}» är borttagen." in sentences
    assert "Fråga om: «Vem som hämtar eleven» är ny." in sentences
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    actions.publish_template(
        version_id=template_draft.id,
        seen_revision=2,
        publication=Publication(tomorrow, "major", "Efter en genomgång av samtal."),
        by=team_lead,
        at=now,
    )
    by_day = [
        next(t for t in queries.templates_in_force(at=at) if t.code == "control_school").version
        for at in (now, now + timedelta(days=1))
    ]
    assert by_day == [1, 2]
    assert events("template_changed") == [{"template": "control_school", "version": 2}]
    assert [event["version"] for event in events("template_published")].count(2) == 1


@pytest.mark.parametrize(
    "what",
    [
        {"sector": "nonsense"},
        {"situations": ("nonsense",)},
        {"law": ("nonsense",)},
        {"items": (ItemChange("ask", "nonsense", "x", "x"),)},
    ],
)
def test_an_unknown_code_leaves_the_template_as_it_was(
    template_draft: models.TemplateVersion, team_lead: Actor, now: datetime, what: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        change(template_draft, team_lead, now, **what)
    assert "Okänd" in str(refusal.value.message)
    assert queries.template_changes(version_id=template_draft.id) == ()


def test_the_same_line_twice_is_refused(
    template_draft: models.TemplateVersion, team_lead: Actor, now: datetime
) -> None:
    items = as_it_is(template_draft).items
    with pytest.raises(Invalid):
        change(template_draft, team_lead, now, items=(*items, items[0]))


def test_a_template_that_informs_of_nothing_is_not_published(
    template_draft: models.TemplateVersion, team_lead: Actor, now: datetime
) -> None:
    change(template_draft, team_lead, now, items=as_it_is(template_draft).items[:6])
    with pytest.raises(Invalid):
        actions.publish_template(
            version_id=template_draft.id,
            seen_revision=2,
            publication=Publication(timezone.localdate(now), "major", "x"),
            by=team_lead,
            at=now,
        )


def test_the_second_of_two_editors_of_a_template_is_told(
    template_draft: models.TemplateVersion, team_lead: Actor, now: datetime
) -> None:
    change(template_draft, team_lead, now, standard_minutes=25)
    with pytest.raises(Refused):
        actions.change_template(
            version_id=template_draft.id, seen_revision=1, change=as_it_is(template_draft), by=team_lead, at=now
        )


def test_a_new_template_is_written_and_thrown_away(loaded: None, team_lead: Actor, now: datetime) -> None:
    new: dict[str, Any] = {"title_sv": "Bortförande, polis", "title_en": "Abduction, police", "minutes": 20}
    version_id = actions.create_template(code="abduction_police", by=team_lead, at=now, **new)
    with pytest.raises(Invalid):
        actions.create_template(code="abduction_police", by=team_lead, at=now, **new)
    assert "abduction_police" not in {template.code for template in queries.templates_in_force(at=now)}
    actions.discard_template_draft(version_id=version_id, seen_revision=1, by=team_lead, at=now)
    assert not models.Template.objects.filter(code="abduction_police").exists()
