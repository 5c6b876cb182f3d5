"""A deviation is reported in codes, decided once, and names the version of the template that took it up."""

from datetime import datetime, timedelta

import pytest

from samsyn.audit.models import Event
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.quality import actions, queries
from samsyn.quality.models import Deviation
from samsyn.questions import actions as questions
from samsyn.questions import queries as question_queries
from samsyn.questions.models import TemplateItem, TemplateVersion
from samsyn.questions.queries import Template

pytestmark = pytest.mark.django_db


def report(template: Template, by: Actor, at: datetime, **change: str) -> object:
    said = {"item": template.ask[0].code, "kind": "line_not_asked", "reason": "unclear"} | change
    return actions.report_deviation(template_version_id=template.version_id, by=by, at=at, **said)


def test_a_deviation_leads_to_a_version_that_took_it_up(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    template = question_queries.templates_in_force(at=now)[0]
    deviation_id = report(template, adviser, now)
    actions.decide_deviation(deviation_id=deviation_id, decision="revise", by=team_lead, at=now)  # type: ignore[arg-type]
    assert queries.deviations(by=adviser)[0].taken_up_by is None
    later = now + timedelta(days=1)
    draft = questions.start_template_draft(template=template.code, by=team_lead, at=later)
    line_of = TemplateItem.objects.filter(version=draft).first()
    assert line_of is not None
    line_of.text_sv = "Fråga tydligare"
    line_of.save()
    questions.publish_template(
        version_id=draft,
        seen_revision=TemplateVersion.objects.get(id=draft).revision,
        publication=questions.Publication(later.date(), "minor", "Raden var oklar."),
        by=team_lead,
        at=later,
    )
    assert queries.deviations(by=adviser)[0].taken_up_by == template.version + 1
    with pytest.raises(Refused):
        actions.decide_deviation(deviation_id=deviation_id, decision="keep", by=team_lead, at=later)  # type: ignore[arg-type]


def test_a_version_that_is_not_published_has_no_deviation(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    template = question_queries.templates_in_force(at=now)[0]
    draft = questions.start_template_draft(template=template.code, by=team_lead, at=now)
    with pytest.raises(LookupError):
        actions.report_deviation(
            template_version_id=draft, item="", kind="line_not_asked", reason="unclear", by=adviser, at=now
        )
    assert not Deviation.objects.exists()


def test_who_reported_stands_in_the_log_alone(line: None, adviser: Actor, now: datetime) -> None:
    report(question_queries.templates_in_force(at=now)[0], adviser, now)
    row = Deviation.objects.values().get()
    assert adviser.pseudonym not in str(row)
    assert Event.objects.get(kind="deviation_reported").pseudonym == adviser.pseudonym


@pytest.mark.parametrize("change", [{"item": "no_line"}, {"kind": "words"}, {"reason": ""}])
def test_only_codes_are_kept(line: None, adviser: Actor, now: datetime, change: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        report(question_queries.templates_in_force(at=now)[0], adviser, now, **change)
    assert not Deviation.objects.exists()


def test_only_the_desk_reports_and_only_the_lead_decides(
    line: None, adviser: Actor, analyst: Actor, now: datetime
) -> None:
    template = question_queries.templates_in_force(at=now)[0]
    with pytest.raises(NotAllowed):
        report(template, analyst, now)
    deviation_id = report(template, adviser, now)
    with pytest.raises(NotAllowed):
        actions.decide_deviation(deviation_id=deviation_id, decision="keep", by=adviser, at=now)  # type: ignore[arg-type]
