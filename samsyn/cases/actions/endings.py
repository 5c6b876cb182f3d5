"""How a case ends: closed when no support is needed, erased at the person's wish or on its last day, for ever."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events
from samsyn.cases.actions.cases import CLOSED, access_to, write_text
from samsyn.cases.keeper import asking
from samsyn.cases.models import Case, CaseCode
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import NotAllowed, Refused

log = logging.getLogger("samsyn.cases")


def close_case(*, case_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Close a case: the day no support is needed. Whoever may write in it does, or has it open by the caller's code.

    In a case by code it is written in the case itself: what is closed under force stays open to the person's own words.
    """
    access = access_to(case_id=case_id, by=by, at=at)
    if "write" not in access.rights:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))
    is_by_code = access.case.kind == Case.Kind.BY_CODE
    if is_by_code:
        write_text(
            case_id=case_id, object_name=CLOSED, kind=CLOSED, said={}, version=1, token=token, by=by, at=at
        )  # fmt: skip
    with transaction.atomic():
        if not is_by_code:
            Case.objects.filter(pk=case_id).update(is_open=False, follow_up_on=None)
        audit.record(events.CASE_CLOSED, by=by, at=at, subject=str(case_id))


def erase_case(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Erase a case at the person's wish: who may share it, or who has it open by the caller's code.

    Under force it looks the same, and what only the forced words open is gone: the person's own words find all of the rest.
    """
    access = access_to(case_id=case_id, by=by, at=at)
    if not access.speaks_for_person:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))
    if access.is_forced:
        event = stored(events.CASE_ERASED_UNDER_DURESS, by=by, at=at, subject=str(case_id))
        with asking() as keep:
            noise = keep.erase_forced(case=str(case_id), person=by.actor_id, event=event)
        CaseCode.objects.filter(pk=case_id).update(duress=noise)
        return
    event = stored(events.CASE_ERASED, by=by, at=at, subject=str(case_id))
    with asking() as keep:
        keep.erase(case=str(case_id), person=by.actor_id, event=event)
    with transaction.atomic():
        Case.objects.filter(pk=case_id).delete()


def erase_rows(*, case_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Erase a case in the caller's transaction, as retention does; return how many rows went.

    The shred key goes by the replay of the ledger, once the event is stored: until then the rows are gone already.
    """
    audit.record(events.CASE_ERASED, by=by, at=at, subject=str(case_id))
    transaction.on_commit(_replay_quietly)
    deleted: dict[str, int] = Case.objects.filter(pk=case_id).delete()[1]
    return deleted


def _replay_quietly() -> None:
    try:
        with asking() as keep:
            keep.replay()
    except Refused:
        # The event is stored; the work that runs by the clock replays the ledger until the keeper answers.
        log.error("a case's key could not be destroyed at once: the keeper did not answer")


def replay_erasures(*, by: Actor, at: datetime) -> list[str]:
    """Erase again what the log or the keeper's ledger says was erased, and let the keeper serve.

    After a restore either may be the older one: what one of them has erased is erased in both. Return the ids of cases
    whose rows had come back.
    """
    with asking() as keep:
        ledger = keep.replay()
    back = [str(pk) for pk in Case.objects.filter(pk__in=ledger).values_list("pk", flat=True)]
    with transaction.atomic():
        known = set(_erased_in_log())
        for subject in ledger:
            if subject not in known:
                audit.record(events.CASE_ERASED, by=by, at=at, subject=subject)
        Case.objects.filter(pk__in=back).delete()
    return back


def _erased_in_log() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM audit_event WHERE kind = %s", [events.CASE_ERASED.code])
        return [subject for (subject,) in cursor.fetchall()]
