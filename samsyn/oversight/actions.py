"""Reading the log and checking it. What is read is recorded before it is shown."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints
from samsyn.audit import queries as log
from samsyn.audit.findings import Report
from samsyn.audit.verify import verify
from samsyn.oversight import events, policies, queries
from samsyn.oversight.forms import Reading
from samsyn.people.actors import Actor


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
