"""A week's review: who may decide about what, that decisions are events, and what happens when nobody does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from samsyn.audit import actions as audit
from samsyn.audit import events as kinds
from samsyn.audit.models import Event
from samsyn.oversight import actions, rounds
from samsyn.people import actions as people
from samsyn.people import queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Regime, Role

MONDAY = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
WEEK = "2026-W38"
AFTER = MONDAY + timedelta(days=8)
LATE = MONDAY + timedelta(days=16)
# At the centre the room of cases isn't there; the log tells its events all the same.
FACTS = {
    "case_created": ("kind",), "case_read": (), "case_written": ("part",), "case_denied": (),
    "case_exported": (), "duty_begun": (),
}  # fmt: skip


@pytest.fixture
def of_cases() -> Any:
    new = [code for code in FACTS if code not in kinds.kinds()]
    for code in new:
        kinds.declare(code, "%(actor)s " + code, facts=FACTS[code])
    yield None
    for code in new:
        kinds._KINDS.pop(code, None)


def somebody(name: str, pseudonym: str, unit: str, role: Role) -> Actor:
    from samsyn.people.models import Organisation

    organisation = Organisation.objects.filter(name=unit).first() or people.create_organisation(
        name=unit, kind="operator", regime=Regime.AUTHORITY, by=SYSTEM, at=MONDAY - timedelta(days=90)
    )
    account = people.create_account(
        name=name, pseudonym=pseudonym, organisation=organisation, by=SYSTEM, at=MONDAY - timedelta(days=90)
    )
    people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=MONDAY - timedelta(days=90))
    return queries.actor_of(account)


@pytest.fixture
def anna(db: None) -> Actor:
    return somebody("anna", "Stödjare 1", "Stödlinjen", Role.ADVISER)


@pytest.fixture
def own(db: None) -> Actor:
    return somebody("own", "Granskare 1", "Stödlinjen", Role.LOG_REVIEWER)


@pytest.fixture
def other(db: None) -> Actor:
    return somebody("other", "Granskare 2", "Granskningen", Role.LOG_REVIEWER)


def happen(kind: str, by: Actor, minutes: float, subject: str = "", /, **facts: str) -> UUID:
    when = MONDAY + timedelta(minutes=minutes)
    return audit.record(kinds.kinds()[kind], by=by, at=when, subject=subject, facts=facts)


@pytest.fixture
def week(of_cases: None, anna: Actor) -> UUID:
    """A week with thirty explained readings and one that nothing explains; return the id of that one."""
    happen("duty_begun", anna, 0)
    for number in range(30):
        case = str(uuid4())
        happen("case_created", anna, 120 * number + 1, case, kind="ordinary")
        happen("case_read", anna, 120 * number + 2, case)
    strange = happen("case_read", anna, 9000, str(uuid4()))
    audit.sequence(at=AFTER)
    audit.checkpoint(at=AFTER)
    return strange


def waiting(at: datetime = AFTER) -> dict[str, rounds.Item]:
    return {f"{one.rule} {one.event.event_id}": one for one in rounds.round_of(WEEK, at=at).items}


def test_all_that_is_unexplained_and_a_sample_of_the_rest_is_looked_at(week: UUID) -> None:
    found = rounds.round_of(WEEK, at=AFTER)
    assert (found.accesses, dict(found.by_explanation)) == (31, {"eget ärende": 30, "inget": 1})
    by_rule = [one.rule for one in found.items]
    assert by_rule.count("unexplained") == 1
    assert by_rule.count("sample") == 5
    assert week not in {one.event.event_id for one in found.items if one.rule == "sample"}
    assert rounds.round_of(WEEK, at=AFTER) == found
    assert (found.is_over, found.is_drawn, found.open) == (True, True, len(found.items))


def test_nothing_is_drawn_before_the_week_is_over_and_signed(week: UUID) -> None:
    running = rounds.round_of(WEEK, at=MONDAY + timedelta(days=6.5))
    assert (running.is_over, running.is_drawn) == (False, False)
    assert {one.rule for one in running.items} == {one.rule for one in rounds.round_of(WEEK, at=AFTER).items} - {
        "sample"
    }


def test_a_decision_is_an_event_and_stands(week: UUID, other: Actor) -> None:
    said = {"week": WEEK, "rule": "unexplained", "event_id": week, "by": other, "at": AFTER}
    with pytest.raises(Invalid):
        actions.decide(verdict="fine", **said)  # type: ignore[arg-type]
    actions.decide(verdict="asked", **said)  # type: ignore[arg-type]
    assert waiting()[f"unexplained {week}"].is_open
    said["at"] = AFTER + timedelta(minutes=1)
    actions.decide(verdict="incident", **said)  # type: ignore[arg-type]
    one = waiting()[f"unexplained {week}"]
    assert (one.verdict, one.decided_by, one.is_open) == ("incident", "Granskare 2", False)
    with pytest.raises(Refused):
        actions.decide(verdict="in_order", **said)  # type: ignore[arg-type]
    stored = Event.objects.filter(kind="log_reviewed", subject=str(week)).order_by("at", "id")
    assert sorted(one.facts["verdict"] for one in stored) == ["asked", "incident"]


def test_nobody_reviews_their_own_unit_or_what_is_not_there(week: UUID, own: Actor, other: Actor, anna: Actor) -> None:
    with pytest.raises(NotAllowed):
        actions.decide(week=WEEK, rule="unexplained", event_id=week, verdict="in_order", by=own, at=AFTER)
    with pytest.raises(NotAllowed):
        actions.decide(week=WEEK, rule="unexplained", event_id=week, verdict="in_order", by=anna, at=AFTER)
    for rule, event_id, of_week in (
        ("duress", week, WEEK), ("unexplained", uuid4(), WEEK), ("unexplained", week, "2026-W01"),
        ("unexplained", week, "2026-38"),
    ):  # fmt: skip
        with pytest.raises(LookupError):
            actions.decide(week=of_week, rule=rule, event_id=event_id, verdict="in_order", by=other, at=AFTER)
    assert not Event.objects.filter(kind="log_reviewed").exists()


def test_a_reviewer_is_reviewed_by_another_unit_too(of_cases: None, own: Actor, other: Actor, week: UUID) -> None:
    strange = happen("case_read", other, 9100, str(uuid4()))
    with pytest.raises(NotAllowed):
        actions.decide(week=WEEK, rule="unexplained", event_id=strange, verdict="in_order", by=other, at=AFTER)
    actions.decide(week=WEEK, rule="unexplained", event_id=strange, verdict="in_order", by=own, at=AFTER)


def test_what_is_late_is_told_once_and_seen_by_those_who_look_after_keys(week: UUID, own: Actor) -> None:
    officer = somebody("officer", "Nyckelansvarig 1", "Stödlinjen", Role.KEY_OFFICER)
    assert actions.escalate_overdue(by=SYSTEM, at=AFTER) == 0
    assert actions.overdue(by=officer, at=AFTER) == []
    assert actions.escalate_overdue(by=SYSTEM, at=LATE) == 1
    assert actions.escalate_overdue(by=SYSTEM, at=LATE + timedelta(hours=1)) == 0
    facts = Event.objects.get(kind="log_review_overdue").facts
    assert (facts["week"], facts["number"]) == (WEEK, rounds.round_of(WEEK, at=LATE).open)
    assert [one.week for one in actions.overdue(by=officer, at=LATE)] == [WEEK]
    with pytest.raises(NotAllowed):
        actions.overdue(by=own, at=LATE)


def test_a_finished_week_is_not_late(week: UUID, other: Actor) -> None:
    for one in waiting().values():
        actions.decide(week=WEEK, rule=one.rule, event_id=one.event.event_id, verdict="in_order", by=other, at=AFTER)
    assert actions.escalate_overdue(by=SYSTEM, at=LATE) == 0


def test_the_pages_tell_events_and_explanations_and_opening_them_is_an_event(
    week: UUID, other: Actor, own: Actor, anna: Actor, page_of: Callable[[Actor], Client]
) -> None:
    from django.utils import timezone

    seen = page_of(other)
    assert seen.get("/log/review/").status_code == 200
    page = seen.get(f"/log/review/{WEEK}/").content.decode()
    assert "Inget förklarar åtkomsten" in page
    assert "eget ärende" in page
    assert "Stickprov" in page
    assert Event.objects.filter(kind="log_review_read", facts__week=WEEK).count() == 1
    decide = {"event": str(week), "rule": "unexplained", "verdict": "incident"}
    address = f"/log/review/{WEEK}/decide"
    assert page_of(own).post(address, decide).status_code == 403
    assert "Din egen enhet" in page_of(own).get(f"/log/review/{WEEK}/").content.decode()
    assert seen.post(address, {**decide, "event": "x"}).status_code == 422
    assert seen.post(address, {**decide, "rule": "duress"}).status_code == 404
    assert seen.post(address, decide).status_code == 302
    assert seen.get("/log/review/2026-W99/").status_code == 404
    assert page_of(anna).get("/log/review/").status_code == 403
    assert page_of(other).get("/log/review/overdue/").status_code == 403
    officer = somebody("officer", "Nyckelansvarig 1", "Stödlinjen", Role.KEY_OFFICER)
    assert page_of(officer).get("/log/review/overdue/").status_code == 200
    assert timezone.now() > LATE
