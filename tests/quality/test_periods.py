"""A measurement from its plan to its frozen report: who is asked, what is counted, what is shown, what goes."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from samsyn.audit.models import Event
from samsyn.contacts import actions as contacts
from samsyn.contacts import desk as desks
from samsyn.contacts import queries as contact_queries
from samsyn.contacts.actions import Saved
from samsyn.contacts.models import MeasuredFact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from samsyn.quality import actions, policies, queries
from samsyn.quality.models import Period
from samsyn.questions.models import Question
from tests.quality.conftest import call, plan

pytestmark = pytest.mark.django_db


def beside(by: Actor, at: datetime) -> list[str]:
    """Open a contact and return the fields that its desk asks for a time."""
    draft = contact_queries.draft(contact_id=contacts.open_contact(by=by, at=at), by=by)
    shown = desks.desk(draft=draft, at=at).beside
    return [asked.name for one in shown if not one.is_direct for asked in one.questions]


def test_only_the_lead_plans_and_stops(
    line: None, adviser: Actor, analyst: Actor, team_lead: Actor, now: datetime
) -> None:
    for other in (adviser, analyst):
        with pytest.raises(NotAllowed):
            actions.plan_period(plan=plan(now.date()), by=other, at=now)
    period_id = actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    with pytest.raises(NotAllowed):
        actions.stop_period(period_id=period_id, by=adviser, at=now)
    told = Event.objects.get(kind="period_planned")
    assert told.facts["questions"] == 2


def test_extra_questions_are_on_the_desk_in_the_period_and_only_then(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    first = now + timedelta(days=1)
    assert beside(adviser, now) == []
    actions.plan_period(plan=plan(first.date(), days=2), by=team_lead, at=now)
    assert beside(adviser, now) == []
    assert beside(adviser, first) == ["extra-q1", "extra-q2"]
    assert beside(adviser, first + timedelta(days=2)) == []


def test_a_stopped_period_asks_nobody_more_but_open_contacts_keep_their_form(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    period_id = actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    opened = contacts.open_contact(by=adviser, at=now)
    actions.stop_period(period_id=period_id, by=team_lead, at=now)
    assert beside(adviser, now) == []
    groups = {"sector": ("school",), "outcome": ("answered",), "extra-q1": ("yes",)}
    contacts.close_contact(contact_id=opened, saved=Saved(answers=groups), by=adviser, at=now)
    report = Period.objects.get().report
    assert report is not None
    assert report["in_sample"] is None  # frozen before that contact closed
    with pytest.raises(Refused):
        actions.stop_period(period_id=period_id, by=team_lead, at=now)


def test_every_nth_is_every_nth_from_a_drawn_start(line: None, adviser: Actor, team_lead: Actor, now: datetime) -> None:
    chosen = plan(now.date(), sample="nth", nth=3, seed=7)
    actions.plan_period(plan=chosen, by=team_lead, at=now)
    asked = [bool(beside(adviser, now)) for _contact in range(12)]
    start = random.Random(7).randrange(3)
    assert asked == [place % 3 == start for place in range(12)]


def test_drawn_days_are_weekdays_that_anybody_can_draw_again(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    chosen = plan(now.date(), sample="days", number_of_days=4, seed=11)
    period_id = actions.plan_period(plan=chosen, by=team_lead, at=now)
    days = queries.period(period_id=period_id, by=team_lead).days
    assert len(days) == 4
    assert days == policies.drawn_days(chosen)
    assert all(day.weekday() < 5 for day in days)
    asked = {now.date() + timedelta(days=n) for n in range(14) if beside(adviser, now + timedelta(days=n))}
    assert asked == set(days)


def test_the_report_counts_against_the_sample_and_shows_nothing_of_fewer_than_five(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    period_id = actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    for number in range(20):
        at = now + timedelta(minutes=10 * number)
        if number < 8:
            call(adviser, at, q1="yes", q2="resources")
        elif number < 13:
            call(adviser, at, q1="no", q2="organisation")
        elif number < 15:
            call(adviser, at, q1="declined")
        else:
            call(adviser, at)
    call(adviser, now, outcome="silent")  # nobody to ask
    with pytest.raises(AssertionError):
        assert queries.period(period_id=period_id, by=adviser).report
    actions.stop_period(period_id=period_id, by=team_lead, at=now)
    report = queries.period(period_id=period_id, by=adviser).report
    assert report is not None
    assert (report["in_sample"], report["answered"], report["share"]) == (20, 15, 75)
    first, second = report["questions"]
    assert first["base"] == 15
    counts = {row["code"]: row["count"] for row in first["rows"]}
    # Two declined: hidden, and with them the smallest other answer, or the base would give them.
    assert counts == {"yes": 8, "no": None, "unknown": 0, "declined": None}
    told = {row["code"]: row["count"] for row in second["rows"]}
    assert (second["base"], told["resources"], told["organisation"], told["law"]) == (13, 8, 5, 0)


def test_nearly_all_is_said_as_a_lower_bound(line: None, adviser: Actor, team_lead: Actor, now: datetime) -> None:
    period_id = actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    for number in range(10):
        call(adviser, now, **({"q1": "yes"} if number else {}))
    actions.stop_period(period_id=period_id, by=team_lead, at=now)
    report = queries.period(period_id=period_id, by=adviser).report
    assert report is not None
    assert (report["answered"], report["share"], report["share_at_least"]) == (None, None, 60)
    assert report["questions"][0]["base"] is None
    assert report["questions"][0]["rows"][0]["share"] == 100


def test_extra_answers_move_no_other_figure_and_are_not_kept_together(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    call(adviser, now, q1="yes", q2="law")
    fact = contact_queries.facts("contact", first=(2014, 1), last=(2100, 4)).get()
    assert "law" not in str(fact)
    rows = list(MeasuredFact.objects.values_list("question", "answers"))
    assert sorted(rows) == [("", ["asked"]), ("q1", ["yes"]), ("q2", ["law"])]
    columns = {field.name for field in MeasuredFact._meta.concrete_fields}
    assert columns == {"id", "in_force_id", "question", "answers"}


def test_the_clock_ends_a_period_and_its_rows_go_a_year_later(
    line: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    period_id = actions.plan_period(plan=plan(now.date(), days=1), by=team_lead, at=now)
    for _call in range(6):
        call(adviser, now, q1="yes")
    assert actions.end_periods_that_are_over(at=now + timedelta(days=2)) == 0
    over = now + timedelta(days=3)
    assert actions.end_periods_that_are_over(at=over) == 1
    assert actions.end_periods_that_are_over(at=over) == 0
    before = queries.period(period_id=period_id, by=adviser).report
    assert before is not None
    assert before["share"] == 100
    retention.run(retention.declared_rules(), at=over + timedelta(days=360), dry_run=False, by=SYSTEM)
    assert MeasuredFact.objects.exists()
    retention.run(retention.declared_rules(), at=over + timedelta(days=370), dry_run=False, by=SYSTEM)
    assert not MeasuredFact.objects.exists()
    assert queries.period(period_id=period_id, by=adviser).report == before


def test_the_form_is_frozen_by_the_database(line: None, team_lead: Actor, now: datetime) -> None:
    actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    question = Question.objects.get(version__instrument="measurement_1", code="q1")
    question.wording_sv = "Något annat"
    with pytest.raises(DatabaseError), transaction.atomic():
        question.save()


def test_two_measurements_at_once_are_refused(line: None, team_lead: Actor, now: datetime) -> None:
    first = actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    with pytest.raises(Refused):
        actions.plan_period(plan=plan(now.date() + timedelta(days=13)), by=team_lead, at=now)
    assert Period.objects.count() == 1
    actions.stop_period(period_id=first, by=team_lead, at=now)
    actions.plan_period(plan=plan(now.date() + timedelta(days=13)), by=team_lead, at=now)


@pytest.mark.parametrize(
    "change",
    [
        {"last_on": "before"},
        {"last_on": "far"},
        {"first_on": "yesterday"},
        {"questions": ()},
        {"sample": "some"},
        {"sample": "nth", "nth": 1},
        {"sample": "days", "number_of_days": 11},
        {"sample": "days", "number_of_days": 0},
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    line: None, team_lead: Actor, now: datetime, change: dict[str, object]
) -> None:
    today = now.date()
    days = {
        "before": today - timedelta(days=1),
        "far": today + timedelta(days=92),
        "yesterday": today - timedelta(days=1),
    }
    said = {name: days.get(str(value), value) for name, value in change.items()}
    with pytest.raises(Invalid):
        actions.plan_period(plan=replace(plan(today), **said), by=team_lead, at=now)  # type: ignore[arg-type]
    assert not Period.objects.exists()


def test_a_failing_log_undoes_the_plan(line: None, team_lead: Actor, now: datetime) -> None:
    declared = actions.events.PERIOD_PLANNED
    actions.events.PERIOD_PLANNED = type(declared)("never_declared", declared.sentence, ())  # type: ignore[misc]
    try:
        with pytest.raises(Exception, match="never_declared"), transaction.atomic():
            actions.plan_period(plan=plan(now.date()), by=team_lead, at=now)
    finally:
        actions.events.PERIOD_PLANNED = declared  # type: ignore[misc]
    assert not Period.objects.exists()
    assert settings.SAMSYN_INSTALLATION == "centre"
    assert not Question.objects.filter(version__instrument="measurement_1").exists()
