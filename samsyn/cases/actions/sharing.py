"""Who else may open a case: shared, revoked with a new key, withdrawn from, opened in an emergency, reviewed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, policies, queries
from samsyn.cases.actions import cases, exports
from samsyn.cases.keeper import asking
from samsyn.cases.models import Case, CaseGrant, CaseText, Emergency, Exclusion, ShareRequest, Tie, Withdrawal
from samsyn.people import actions as people_actions
from samsyn.people import queries as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import Invalid, NotAllowed, Refused


def share_case(
    *, case_id: UUID, to: UUID, purpose: str, rights: tuple[str, ...], days: int, token: bytes, by: Actor, at: datetime
) -> bool:
    """Give a colleague access; return False where a second person has to approve first, and the request now waits."""
    policies.check_rights(rights)
    if purpose not in policies.PURPOSES or not 1 <= days <= policies.LONGEST_GRANT_DAYS:
        raise Invalid(_("Välj ändamål, och en tid på högst 90 dagar."))
    access = _shareable(case_id=case_id, by=by, at=at)
    colleague = people.account_with_roles(to)
    if colleague is None or not any(one.pk == to for one in queries.supporters()):
        raise Refused(_("Kollegan har inga intygade nycklar än."))
    check_no_conflict(access.case, to)
    is_other = people.actor_of(colleague).organisation != by.organisation
    if policies.needs_two_persons(rights, is_other_organisation=is_other):
        request = ShareRequest.objects.filter(case_id=case_id, grantee_id=to, asked_by=by.account_id).first()
        if request is None or request.approved_by is None or set(request.rights) != set(rights):
            with transaction.atomic():
                ShareRequest.objects.update_or_create(
                    case_id=case_id, grantee_id=to,
                    defaults={"rights": list(rights), "asked_by": by.account_id, "asked_at": at, "approved_by": None},
                )  # fmt: skip
                audit.record(events.SHARE_ASKED, by=by, at=at, subject=str(case_id))
            return False
    days_or_hours = policies.SUPERVISION_HOURS / 24 if purpose == "supervision" else days
    event = stored(
        events.CASE_SHARED, by=by, at=at, subject=str(case_id), grantee=str(to), purpose=purpose,
        rights="+".join(rights), hours=round(24 * days_or_hours),
    )  # fmt: skip
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        with asking() as keep:
            grant = keep.share(
                token=token, case=str(case_id), access=access.said, event=event,
                to=cases.to_seal(to, purpose=purpose, rights=rights, days=days_or_hours, at=at),
            )  # fmt: skip
        cases.keep_grants(case, [grant])
        ShareRequest.objects.filter(case_id=case_id, grantee_id=to).delete()
    return True


def approve_share(*, request_id: UUID, by: Actor, at: datetime) -> None:
    """Approve a colleague's sharing as the second person; the colleague then shares."""
    policies.check_can_support(by)
    with transaction.atomic():
        found = ShareRequest.objects.select_for_update().filter(pk=request_id).first()
        if found is None:
            raise LookupError("no such request")
        policies.check_can_approve(by.account_id, asked_by=found.asked_by, grantee=found.grantee_id)
        found.approved_by = by.account_id
        found.save(update_fields=["approved_by"])
        facts = {"asked_by": str(found.asked_by)}
        audit.record(events.SHARE_APPROVED, by=by, at=at, subject=str(found.case_id), facts=facts)


def revoke(*, case_id: UUID, account_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take a colleague's access away and replace the case's key: what the colleague kept of it opens nothing."""
    access = _shareable(case_id=case_id, by=by, at=at)
    if not CaseGrant.objects.filter(case_id=case_id, grantee_id=account_id).exists():
        raise LookupError("no such grant")
    _check_no_orphan(access.case, without=[account_id])
    with transaction.atomic():
        audit.record(events.CASE_REVOKED, by=by, at=at, subject=str(case_id), facts={"account": str(account_id)})
    replace_key(case_id=case_id, without=[account_id], token=token, by=by, at=at)


def replace_key(*, case_id: UUID, without: Sequence[UUID] = (), token: bytes, by: Actor, at: datetime) -> None:
    """Give a case a new key: sealed to those who stay, every text encrypted anew, in one transaction."""
    event = stored(events.CASE_KEY_REPLACED, by=by, at=at, subject=str(case_id))
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        access = _shareable(case_id=case_id, by=by, at=at)
        grants = list(case.grants.exclude(grantee_id__in=without).select_related("grantee"))
        staying = [one for one in grants if datetime.fromisoformat(one.expires_at) > at and one.grantee.is_active]
        people_left = [
            {
                "certificate": queries.certificate(one.grantee_id), "purpose": one.purpose, "rights": list(one.rights),
                "expires_at": one.expires_at,
            }
            for one in staying
        ]  # fmt: skip
        rows = list(CaseText.objects.filter(case=case).order_by("pk"))
        with asking() as keep:
            made: dict[str, Any] = keep.rotate(
                token=token, case=str(case_id), access=access.said, people=people_left, texts=queries.texts(rows),
                event=event,
            )  # fmt: skip
        for row, sealed in zip(rows, made["texts"], strict=True):
            row.sealed = sealed
        CaseText.objects.bulk_update(rows, ["sealed"], batch_size=200)
        case.grants.exclude(grantee_id__in=[one.grantee_id for one in staying]).delete()
        cases.keep_grants(case, made["grants"])
        cases.keep_officers(case, made["officers"])
        case.key_version = made["version"]
        case.save(update_fields=["key_version"])
    with asking() as keep:
        keep.settle(case=str(case_id), version=made["version"])


# Conflicts of interest


def declare_ties(*, values: Sequence[str], by: Actor, at: datetime) -> None:
    """Keep what a supporter declares of themselves as tokens: places, family names, employers.

    It takes the place of what was declared before; ties that are not declared any more are a matter for the log review.
    """
    policies.check_can_support(by)
    tokens = _tokens(values, events.TIES_DECLARED, by=by, at=at)
    with transaction.atomic():
        before = Tie.objects.select_for_update().filter(account_id=by.account_id)
        taken_back = len({bytes(one.token) for one in before} - set(tokens))
        if taken_back:
            audit.record(events.TIES_TAKEN_BACK, by=by, at=at, subject=by.actor_id, facts={"number": taken_back})
        before.delete()
        Tie.objects.bulk_create([Tie(account_id=by.account_id, token=token) for token in tokens])


def exclude(*, case_id: UUID, values: Sequence[str], by: Actor, at: datetime) -> None:
    """Keep whom the person doesn't want to meet as tokens: nobody from there, nobody called so.

    It holds for whoever has the case already too; refused where nobody would be left who could pass it on. What is said
    under force changes nothing: else the person could be cut off from everybody who knows them.
    """
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if not access.speaks_for_person:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))
    tokens = _tokens(values, events.TIES_EXCLUDED, by=by, at=at)
    if access.grant is not None:
        kept_away = Tie.objects.filter(token__in=tokens).values_list("account_id", flat=True)
        _check_no_orphan(access.case, without=list(kept_away))
    if access.is_forced:
        return
    with transaction.atomic():
        Exclusion.objects.filter(case=access.case).delete()
        Exclusion.objects.bulk_create([Exclusion(case=access.case, token=token) for token in tokens])


def _tokens(values: Sequence[str], kind: Any, *, by: Actor, at: datetime) -> list[bytes]:
    if len(values) > 20:
        raise Invalid(_("Högst 20 rader."))
    event = stored(kind, by=by, at=at)
    with asking() as keep:
        found: list[bytes] = keep.tokens(person=by.actor_id, values=list(values), event=event)
    return sorted(set(found))


def check_no_conflict(case: Case, account_id: UUID) -> None:
    """Raise a refusal where the person has withdrawn from the case or is among those whom it must not reach."""
    if queries.has_withdrawn(case, account_id):
        raise NotAllowed(_("Kollegan har dragit sig ur ärendet. Det går inte att ändra."))
    policies.check_not_excluded(queries.is_excluded(case, account_id))


def withdraw(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Withdraw from a case for a conflict of interest, for ever; refused where nobody would be left."""
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if access.grant is not None:
        _check_no_orphan(access.case, without=[by.account_id])
    with transaction.atomic():
        Withdrawal.objects.get_or_create(case_id=case_id, account_id=by.account_id, defaults={"withdrawn_at": at})
        CaseGrant.objects.filter(case_id=case_id, grantee_id=by.account_id).delete()
        audit.record(events.WITHDRAWN, by=by, at=at, subject=str(case_id))


def _shareable(*, case_id: UUID, by: Actor, at: datetime) -> cases.Access:
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if access.grant is None or "share" not in access.grant.rights:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))
    return access


def _check_no_orphan(case: Case, *, without: Sequence[UUID]) -> None:
    holders = case.grants.exclude(grantee_id__in=without).filter(rights__contains=["share"], grantee__is_active=True)
    policies.check_no_orphan(holders_who_share=holders.count(), officer_pairs=case.officer_seals.count())


# Emergencies


def ask_emergency(*, handle: str, ground: str, by: Actor, at: datetime) -> UUID:
    """Ask two officers to let one read a case for an hour, for one of the listed reasons."""
    policies.check_can_support(by)
    if ground not in policies.GROUNDS:
        raise Invalid(_("Välj en av grunderna."))
    policies.check_no_overdue_review(queries.has_overdue_review(by.account_id, at=at))
    case = Case.objects.filter(handle=" ".join(handle.lower().split()), kind=Case.Kind.ORDINARY).first()
    if case is None:
        raise Refused(_("Det finns inget sådant ärende att öppna så."))
    check_no_conflict(case, by.account_id)
    with transaction.atomic():
        made = Emergency.objects.create(
            case=case, reader_id=by.account_id, ground=ground, version=case.key_version, asked_at=at
        )
        audit.record(events.EMERGENCY_ASKED, by=by, at=at, subject=str(case.pk), facts={"ground": ground})
    return made.pk


def help_emergency(*, emergency_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take one of the two layers off as an officer; with the second one the colleague reads for an hour."""
    policies.check_is_officer(by)
    found = Emergency.objects.select_related("case").filter(pk=emergency_id, opened_at=None).first()
    if found is None:
        raise LookupError("no such emergency")
    check_no_conflict(found.case, found.reader_id)
    if found.version != found.case.key_version:
        raise Refused(_("Ärendets nyckel är bytt sedan dess. Be kollegan fråga på nytt."))
    subject = f"case:{found.case_id}:{found.version}"
    if not found.opened_once or found.officers.startswith(str(by.account_id)):
        seals = {one.officers: one for one in found.case.officer_seals.all()}
        seal = seals[policies.pair_to_open(seals, officer=by.account_id, chosen=found.officers)]
        event = stored(events.OFFICER_OPENED_FIRST, by=by, at=at, subject=subject)
        with asking() as keep:
            inner = keep.take_outer(
                token=token, sealed=bytes(seal.sealed), officers=seal.officers, subject=subject, event=event
            )
        Emergency.objects.filter(pk=emergency_id).update(officers=seal.officers, opened_once=inner)
        return
    event = stored(events.OFFICER_OPENED_SECOND, by=by, at=at, subject=subject)
    exports.sign_log(at)
    with asking() as keep:
        keep.break_glass(
            token=token, sealed=bytes(found.opened_once), officers=found.officers, case=str(found.case_id),
            version=found.version, reader=queries.certificate(found.reader_id), event=event,
        )  # fmt: skip
    with transaction.atomic():
        Emergency.objects.filter(pk=emergency_id).update(opened_at=at, opened_once=b"")
        facts = {"reader": str(found.reader_id)}
        audit.record(events.EMERGENCY_OPENED, by=by, at=at, subject=str(found.case_id), facts=facts)


def review_emergency(*, emergency_id: UUID, by: Actor, at: datetime) -> None:
    """Note that an emergency was reviewed by somebody who took no part in it."""
    policies.check_is_officer(by)
    with transaction.atomic():
        found = Emergency.objects.select_for_update().exclude(opened_at=None).filter(pk=emergency_id).first()
        if found is None:
            raise LookupError("no such emergency")
        policies.check_reviewer(by.account_id, reader=found.reader_id, officers=found.officers)
        found.reviewed_by, found.reviewed_at = by.account_id, at
        found.save(update_fields=["reviewed_by", "reviewed_at"])
        audit.record(events.EMERGENCY_REVIEWED, by=by, at=at, subject=str(found.case_id))
        if not queries.has_overdue_review(found.reader_id, at=at):
            # Who reviewed stands in the event before; an officer looks after no accounts.
            people_actions.resume_account(account_id=found.reader_id, by=SYSTEM, at=at)


def suspend_unreviewed(*, by: Actor, at: datetime) -> int:
    """Shut the accounts of those whose emergency nobody reviewed within a day; return how many were shut now."""
    readers = set(queries.unreviewed_since(at).values_list("reader_id", flat=True))
    return sum(people_actions.suspend_account(account_id=one, by=by, at=at) for one in readers)
