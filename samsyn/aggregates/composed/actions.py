"""What is done to composed cases: each checked, written and recorded in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from samsyn.aggregates import events, policies
from samsyn.aggregates.composed import queries
from samsyn.aggregates.models import CHECKLIST, ComposedCase
from samsyn.audit import actions as audit
from samsyn.deliveries import periods
from samsyn.deliveries.composed import parts
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused

_CHANGED = _("Fallet har fått ett annat läge sedan du läste det. Läs det igen. Ingenting ändrades.")
State = ComposedCase.State


@transaction.atomic
def compose(*, words: Sequence[str], of_several: bool, by: Actor, at: datetime) -> UUID:
    """Write a case down that waits for two others; ``of_several`` says that it is made of at least three. Raise Invalid."""
    policies.check_can_compose(by)
    version = _checked(words, of_several=of_several)
    made = ComposedCase.objects.create(version=version.number, words=list(words), composed_by=by.account_id)
    audit.record(events.CASE_COMPOSED, by=by, at=at, subject=str(made.pk))
    return made.pk


@transaction.atomic
def change(*, case_id: UUID, words: Sequence[str], of_several: bool, by: Actor, at: datetime) -> None:
    """Write a case anew, which takes the clearings away. Raise LookupError, Invalid or Refused."""
    found = _case(case_id)
    policies.check_is_composer(by, composed_by=found.composed_by)
    _check_is_open(found)
    version = _checked(words, of_several=of_several)
    found.version, found.words, found.state = version.number, list(words), State.WAITING
    found.first_cleared_by, found.doubts = None, []
    found.save(update_fields=["version", "words", "state", "first_cleared_by", "doubts"])
    audit.record(events.CASE_CHANGED, by=by, at=at, subject=str(case_id))


@transaction.atomic
def clear(*, case_id: UUID, seen: str, holds: Sequence[str], by: Actor, at: datetime) -> None:
    """Say as one of two others that the whole checklist holds for the case as it was seen. Raise LookupError or Refused."""
    found = _to_clear(case_id, seen, by)
    if set(holds) != set(CHECKLIST):
        raise Invalid(_("Alla punkter måste hålla. Gör någon inte det, skicka tillbaka fallet."))
    if found.first_cleared_by is None:
        found.first_cleared_by = by.account_id
        found.save(update_fields=["first_cleared_by"])
        audit.record(events.CASE_CLEARED_ONCE, by=by, at=at, subject=str(case_id))
        return
    period = periods.period_of(localdate(at), periods.Frequency.QUARTER)
    found.second_cleared_by, found.state, found.cleared_in = by.account_id, State.CLEARED, period
    found.save(update_fields=["second_cleared_by", "state", "cleared_in"])
    audit.record(events.CASE_CLEARED, by=by, at=at, subject=str(case_id), facts={"period": period})


@transaction.atomic
def send_back(*, case_id: UUID, seen: str, holds: Sequence[str], by: Actor, at: datetime) -> None:
    """Send a case back to who composed it, with what of the checklist does not hold. Raise LookupError or Refused."""
    found = _to_clear(case_id, seen, by)
    doubts = [code for code in CHECKLIST if code not in holds]
    if not doubts:
        raise Invalid(
            _("Lämna den punkt obockad som inte håller, så att den som satte samman fallet ser vad som är fel.")
        )
    found.state, found.first_cleared_by, found.doubts = State.RETURNED, None, doubts
    found.save(update_fields=["state", "first_cleared_by", "doubts"])
    audit.record(events.CASE_RETURNED, by=by, at=at, subject=str(case_id))


@transaction.atomic
def drop(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Take away a case that two have not cleared: nothing of it is kept. Raise LookupError or Refused."""
    found = _case(case_id)
    policies.check_can_drop(by, composed_by=found.composed_by, is_returned=found.state == State.RETURNED)
    _check_is_open(found)
    found.delete()
    audit.record(events.CASE_DROPPED, by=by, at=at, subject=str(case_id))


@transaction.atomic
def stop(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Stop a cleared case for good, whoever has a doubt: what is signed from now on is without it. Raise LookupError."""
    policies.check_can_compose(by)
    found = _case(case_id)
    if found.state != State.CLEARED:
        raise Refused(_CHANGED)
    found.state = State.STOPPED
    found.save(update_fields=["state"])
    audit.record(events.CASE_STOPPED, by=by, at=at, subject=str(case_id))


def _checked(words: Sequence[str], *, of_several: bool) -> parts.Version:
    if not of_several:
        raise Invalid(_("Ett sammansatt fall är gjort av minst tre ärenden och återger inget av dem."))
    version = parts.newest()
    try:
        parts.check(version, words)
    except parts.NotACase as error:
        raise Invalid(queries.fault_of(version, str(error))) from error
    return version


def _case(case_id: UUID) -> ComposedCase:
    found = ComposedCase.objects.select_for_update().filter(pk=case_id).first()
    if found is None:
        raise LookupError("no such composed case")
    return found


def _check_is_open(found: ComposedCase) -> None:
    if found.state not in {State.WAITING, State.RETURNED}:
        raise Refused(_("Fallet är prövat av två och ändras inte mer."))


def _to_clear(case_id: UUID, seen: str, by: Actor) -> ComposedCase:
    found = _case(case_id)
    policies.check_can_clear(by, composed_by=found.composed_by, cleared_by=found.first_cleared_by)
    if found.state != State.WAITING or queries.mark_of(found.words) != seen:
        raise Refused(_CHANGED)
    return found
