"""Calling back: promised by an adviser, tried, and forgotten when it has served."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import events, permits, policies
from samsyn.channels.models import CallBack, CallBackAttempt, Queue
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import sealing

PURPOSE = "call_back"


@transaction.atomic
def promise_call_back(*, number: str, wished_part: str, by: Actor, at: datetime) -> UUID:
    """Promise to call somebody back who asked for it, and return the promise's id; the number is sealed."""
    policies.check_can_take_calls(by)
    policies.check_wished_part(wished_part)
    given = policies.telephone_number(number)
    queue = Queue.objects.filter(pk=policies.DEFAULT_QUEUE).first()
    if queue is None:
        raise Invalid(_("Kön finns inte."))
    row = CallBack.objects.create(
        queue=queue,
        sealed_number=sealing.seal(PURPOSE, given),
        wished_part=wished_part,
        made_by=by.account_id,
        made_at=at,
    )
    audit.record(events.CALL_BACK_PROMISED, by=by, at=at, subject=str(row.pk))
    return row.pk


@transaction.atomic
def show_number(*, call_back_id: UUID, by: Actor, at: datetime) -> str:
    """Return the number to call, after the log has it that somebody read it; raise Refused where nobody may be called now."""
    policies.check_can_take_calls(by)
    row = _open(call_back_id)
    if row.sealed_number is None:
        raise LookupError("no number")
    number = sealing.unseal(PURPOSE, bytes(row.sealed_number))
    permits.ask(channel=permits.PHONE, to=number, by=by, at=at)
    audit.record(events.CALL_BACK_READ, by=by, at=at, subject=str(row.pk))
    return number


@transaction.atomic
def record_attempt(*, call_back_id: UUID, result: str, by: Actor, at: datetime) -> None:
    """Keep how an attempt went. Reached, wrong number or one attempt too many closes the promise and erases the number."""
    policies.check_can_take_calls(by)
    policies.check_result(result)
    row = _open(call_back_id)
    CallBackAttempt.objects.create(call_back=row, result=result, tried_by=by.account_id, tried_at=at)
    outcome = policies.outcome_of(result, row.attempts.count())
    if outcome:
        row.outcome, row.sealed_number, row.closed_at = outcome, None, at
        row.save(update_fields=["outcome", "sealed_number", "closed_at"])
    audit.record(events.CALL_BACK_TRIED, by=by, at=at, subject=str(row.pk), facts={"result": result})


def _open(call_back_id: UUID) -> CallBack:
    row = CallBack.objects.select_for_update().filter(pk=call_back_id).first()
    if row is None:
        raise LookupError("no such call-back")
    if row.closed_at is not None:
        raise Refused(_("Återuppringningen är redan klar och numret är raderat."))
    return row
