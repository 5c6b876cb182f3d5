"""A case that leaves: asked for by who may share it, approved by an officer, sealed to the receiver, handed out once."""

import base64
import binascii
import hashlib
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints
from samsyn.cases import events, policies, queries
from samsyn.cases.actions import cases
from samsyn.cases.keeper import asking
from samsyn.cases.models import CaseExport, CaseText
from samsyn.cases.policies import Guardian
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy.custody import exports, sealing


def read_key(text: str) -> bytes:
    """Return a receiver's public key as it was pasted; raise Invalid for what is none."""
    try:
        public = base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        public = b""
    if len(public) != sealing.PUBLIC_SIZE:
        raise Invalid(_("Det är ingen sådan nyckel."))
    return public


def ask_export(
    *,
    case_id: UUID,
    recipient: str,
    public: bytes,
    ground: str,
    by: Actor,
    at: datetime,
    guardian: Guardian | None = None,
) -> UUID:
    """Ask an officer to let a case leave, for a reason of the list; raise LookupError, Refused or Invalid.

    A child's case is asked for with what is known of the guardian, and no other is.
    """
    access = _shared_by(case_id=case_id, by=by, at=at)
    policies.check_guardian(guardian, concerns_child=access.case.concerns_child)
    if ground not in policies.EXPORT_GROUNDS:
        raise Invalid(_("Välj en av grunderna."))
    if not recipient.strip():
        raise Invalid(_("Skriv vem som ska ta emot ärendet."))
    copy = uuid4()
    said = _manifest(
        case_id=case_id, copy=copy, asked_by=by.account_id, recipient=recipient, public=public, ground=ground,
        guardian=guardian.as_data() if guardian else None,
    )  # fmt: skip
    answers = {
        "guardian": guardian.who, "guardian_reads": guardian.reads, "guardian_receives": guardian.receives,
    } if guardian else {}  # fmt: skip
    facts = {"ground": ground, "recipient": hashlib.sha256(public).hexdigest()[:16]}
    with transaction.atomic():
        CaseExport.objects.filter(case=access.case, ended_at=None).update(ended_at=at)
        CaseExport.objects.create(
            id=copy, case=access.case, recipient=recipient, public=public, ground=ground,
            manifest=hashlib.sha256(said).hexdigest(), asked_by=by.account_id, asked_at=at,
            **answers,
        )  # fmt: skip
        audit.record(events.EXPORT_ASKED, by=by, at=at, subject=str(case_id), facts=facts)
    return copy


def approve_export(
    *, export_id: UUID, reason: str, token: bytes, by: Actor, at: datetime, tried_secrecy: bool = False
) -> None:
    """Sign as an officer what may leave to whom, without reading a word of it; raise LookupError, Refused or Invalid.

    Of a child's case the officer has tried the secrecy against the guardian too, with the answers in sight.
    """
    policies.check_is_officer(by)
    found = _waiting(export_id)
    if reason not in policies.EXPORT_REASONS:
        raise Invalid(_("Välj vad du har kontrollerat."))
    if found.approved_by is not None:
        raise Refused(_("Det är redan godkänt."))
    policies.check_guardian(_guardian(found), concerns_child=found.case.concerns_child)
    if found.guardian and not tried_secrecy:
        raise Invalid(_("Pröva sekretessen mot vårdnadshavaren först, och kryssa i att du har gjort det."))
    policies.check_can_approve(by.account_id, asked_by=found.asked_by, grantee=found.asked_by)
    recent = CaseExport.objects.filter(
        asked_by=found.asked_by, approved_by=by.account_id, approved_at__gt=at - policies.SAME_APPROVER_WITHIN
    )
    if recent.count() >= policies.SAME_APPROVER:
        raise NotAllowed(_("Du har godkänt flera av kollegans utlämnanden. En annan nyckelansvarig godkänner det här."))
    said = _unchanged(found)
    facts: dict[str, str] = {"asked_by": str(found.asked_by), "reason": reason, "manifest": found.manifest}
    facts["secrecy"] = "tried" if found.guardian else "no_child"
    event = stored(events.EXPORT_APPROVED, by=by, at=at, subject=str(found.case_id), **facts)
    with asking() as keep:
        signature = keep.approve_export(token=token, case=str(found.case_id), said=said, event=event)
    CaseExport.objects.filter(pk=export_id, approved_by=None).update(
        approved_by=by.account_id, approved_at=at, reason=reason, signature=signature
    )


def decline_export(*, export_id: UUID, by: Actor, at: datetime) -> None:
    """Say no as an officer; raise LookupError."""
    policies.check_is_officer(by)
    found = _waiting(export_id)
    with transaction.atomic():
        CaseExport.objects.filter(pk=export_id).update(ended_at=at)
        facts = {"asked_by": str(found.asked_by)}
        audit.record(events.EXPORT_DECLINED, by=by, at=at, subject=str(found.case_id), facts=facts)


def export_case(*, export_id: UUID, token: bytes, by: Actor, at: datetime) -> bytes:
    """Return the case, sealed to the receiver, once; raise LookupError or Refused."""
    found = _waiting(export_id)
    access = _shared_by(case_id=found.case_id, by=by, at=at)
    if found.asked_by != by.account_id:
        raise LookupError("no such export")
    if found.approved_by is None or found.approved_at is None:
        raise Refused(_("En nyckelansvarig har inte godkänt det än."))
    if at - found.approved_at > policies.APPROVED_FOR:
        raise Refused(_("Godkännandet är äldre än ett dygn. Be om ett nytt."))
    _unchanged(found)
    facts = {"ground": found.ground, "approved_by": str(found.approved_by), "manifest": found.manifest}
    event = stored(events.EXPORTED, by=by, at=at, subject=str(found.case_id), **facts)
    sign_log(at)
    with transaction.atomic():
        row = CaseExport.objects.select_for_update().get(pk=export_id)
        if row.ended_at is not None:
            raise LookupError("handed out already")
        with asking() as keep:
            content: bytes = keep.export(
                token=token, case=str(found.case_id), access=access.said, texts=_texts(found.case_id), copy=str(row.pk),
                recipient=row.recipient, public=bytes(row.public), ground=row.ground, approver=str(row.approved_by),
                signature=bytes(row.signature), event=event, guardian=_said_of_guardian(row),
            )  # fmt: skip
        row.ended_at = at
        row.save(update_fields=["ended_at"])
    return content


def sign_log(at: datetime) -> None:
    """Put what is stored under a signed checkpoint before anything leaves or opens; raise Refused where that can't be done."""
    try:
        audit.sequence(at=at)
        audit.checkpoint(at=at)
    except (audit.ClockWentBack, audit.BrokenLog, checkpoints.KeyMissing) as error:
        raise Refused(
            _("Loggen kan inte undertecknas nu, så inget lämnas ut och inget nödöppnas. Säg till driften."), status=503
        ) from error


def _shared_by(*, case_id: UUID, by: Actor, at: datetime) -> cases.Access:
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if access.grant is None or "share" not in access.grant.rights:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))
    return access


def _waiting(export_id: UUID) -> CaseExport:
    found = CaseExport.objects.select_related("case").filter(pk=export_id, ended_at=None).first()
    if found is None:
        raise LookupError("no such export")
    return found


def _texts(case_id: UUID) -> list[dict[str, object]]:
    return queries.texts(CaseText.objects.filter(case_id=case_id).order_by("pk"))


def _guardian(row: CaseExport) -> Guardian | None:
    return Guardian(row.guardian, row.guardian_reads, row.guardian_receives) if row.guardian else None


def _said_of_guardian(row: CaseExport) -> dict[str, str] | None:
    guardian = _guardian(row)
    return guardian.as_data() if guardian else None


def _manifest(
    *,
    case_id: UUID,
    copy: UUID,
    asked_by: UUID,
    recipient: str,
    public: bytes,
    ground: str,
    guardian: dict[str, str] | None = None,
) -> bytes:
    from django.conf import settings

    return exports.manifest(
        installation=settings.SAMSYN_INSTALLATION, case=str(case_id), copy=str(copy), asked_by=str(asked_by),
        recipient=recipient, public=public, ground=ground, texts=_texts(case_id), guardian=guardian,
    )  # fmt: skip


def _unchanged(found: CaseExport) -> bytes:
    """Return the manifest as it is now; raise Refused where it is another one than was asked for."""
    said = _manifest(
        case_id=found.case_id, copy=found.pk, asked_by=found.asked_by, recipient=found.recipient,
        public=bytes(found.public), ground=found.ground, guardian=_said_of_guardian(found),
    )  # fmt: skip
    if hashlib.sha256(said).hexdigest() != found.manifest:
        raise Refused(_("Ärendet har ändrats sedan du bad om det. Be om utlämnandet på nytt."))
    return said
