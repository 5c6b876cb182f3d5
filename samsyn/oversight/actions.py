"""Reading the log and checking it. What is read is recorded before it is shown."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints
from samsyn.audit import queries as log
from samsyn.audit.findings import Report
from samsyn.audit.verify import verify
from samsyn.oversight import events, policies, queries, rounds
from samsyn.oversight.forms import Reading
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused


def read_log(*, reading: Reading, by: Actor, at: datetime) -> queries.LogPage:
    """Record that the log is read and which part of it, then return that part; raise NotAllowed."""
    policies.check_can_read_log(by)
    # Its own transaction, so that the record is stored whatever becomes of the page.
    with transaction.atomic():
        audit.record(events.LOG_READ, by=by, at=at, facts=reading.as_facts())
    return queries.log_page(selection=reading.selection(at=at), before=reading.before, after=reading.after, at=at)


def read_event(*, event_id: UUID, by: Actor, at: datetime) -> queries.ProvenEvent | None:
    """Record that one event is read, then return it with its proof; None where there is none; raise NotAllowed."""
    policies.check_can_read_log(by)
    with transaction.atomic():
        audit.record(events.LOG_EVENT_READ, by=by, at=at, subject=str(event_id))
    return queries.proven_event(event_id=event_id)


def take_checkpoint(*, by: Actor, at: datetime) -> str | None:
    """Record that the latest checkpoint is taken to be kept elsewhere, then return it; None before the first."""
    policies.check_can_read_log(by)
    with transaction.atomic():
        audit.record(events.LOG_CHECKPOINT_TAKEN, by=by, at=at, facts={"size": log.state().signed_size})
    return log.latest_note()


def check_log(*, by: Actor, at: datetime) -> Report:
    """Place and sign what waits, verify the whole log, record the outcome and return it; raise NotAllowed.

    Raise checkpoints.KeyMissing where the installation has no key: then there is nothing to check against.
    """
    policies.check_can_read_log(by)
    # A log that can't be signed is just the one to verify.
    with suppress(audit.ClockWentBack, audit.BrokenLog):
        audit.sequence(at=at)
        audit.checkpoint(at=at)
    report = verify(verifier=checkpoints.signer().verifier())
    first = report.first
    with transaction.atomic():
        if first is None:
            audit.record(events.LOG_FOUND_WHOLE, by=by, at=at, facts={"size": report.size})
        else:
            audit.record(
                events.LOG_FOUND_BROKEN,
                by=by,
                at=at,
                facts={
                    "size": report.size,
                    "total": report.total,
                    "index": first.index,
                    "problem": first.problem.value,
                },
            )
    return report


# Log review


def read_round(*, week: str, by: Actor, at: datetime) -> rounds.Round:
    """Record that a week's review is opened, then return it; raise LookupError for what is no week."""
    policies.check_can_read_log(by)
    try:
        rounds.first_day(week)
    except ValueError as error:
        raise LookupError("no such week") from error
    with transaction.atomic():
        audit.record(events.LOG_REVIEW_READ, by=by, at=at, facts={"week": week})
    return rounds.round_of(week, at=at)


@transaction.atomic
def decide(*, week: str, rule: str, event_id: UUID, verdict: str, by: Actor, at: datetime) -> None:
    """Write down what a reviewer found; raise LookupError for what isn't there to review, NotAllowed for one's own unit."""
    policies.check_can_read_log(by)
    if verdict not in events.VERDICTS:
        raise Invalid(_("Välj en av knapparna på sidan."))
    found = rounds.item(week, rule=rule, event_id=event_id, at=at)
    policies.check_can_review(by, person=found.event.actor_id, unit=found.unit)
    if not found.is_open:
        raise Refused(_("Det är redan granskat."))
    facts = {"rule": rule, "verdict": verdict, "week": week}
    audit.record(events.LOG_REVIEWED, by=by, at=at, subject=str(event_id), facts=facts)


@transaction.atomic
def escalate_overdue(*, by: Actor, at: datetime) -> int:
    """Tell the log, once a week that is late, that it is; return how many were told. The key officers see them."""
    told = {
        str(one.facts["week"])
        for one in log.events_between(
            since=at - timedelta(days=400), until=at + timedelta(days=1), kinds=[events.LOG_REVIEW_OVERDUE.code]
        )
    }
    new = [one for one in rounds.late(at=at) if one.week not in told]
    for one in new:
        audit.record(events.LOG_REVIEW_OVERDUE, by=by, at=at, facts={"week": one.week, "number": one.open})
    return len(new)


def overdue(*, by: Actor, at: datetime) -> list[rounds.Round]:
    """Return the late weeks for those to whom lateness goes: numbers, and no event."""
    policies.check_can_see_overdue(by)
    return rounds.late(at=at)
