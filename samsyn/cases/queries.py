"""Reads: what the keeper needs to know of rows, and lists limited to the person who asks."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from samsyn.cases import policies, words
from samsyn.cases.models import (
    Case,
    CaseCode,
    CaseExport,
    CaseGrant,
    CaseText,
    Certification,
    ContactOverride,
    DutyShift,
    Emergency,
    Keyring,
    KeyWay,
    Recovery,
    ShareRequest,
    Tie,
)
from samsyn.people import queries as people
from samsyn.people.actors import Actor
from samsyn.people.models import Account, RoleAssignment


@dataclass(frozen=True)
class CaseRow:
    """A case in a supporter's list: no word of what it is about."""

    id: UUID
    handle: str
    is_open: bool
    last_contact_on: date
    follow_up_on: date | None
    rights: tuple[str, ...]
    purpose: str
    expires_at: datetime


@dataclass(frozen=True)
class Keys:
    """How far a person has come with keys of their own."""

    exists: bool = False
    ways: tuple[str, ...] = ()
    pairs: int = 0
    signatures: int = 0
    passkeys: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_ready(self) -> bool:
        """Say whether the person may open cases once unlocked."""
        return len(self.ways) >= 2 and self.pairs == 3 and self.signatures >= 2


def keys_of(account_id: UUID) -> Keys:
    """Return the state of a person's keys."""
    ring = Keyring.objects.filter(pk=account_id).first()
    if ring is None:
        return Keys()
    ways = list(ring.ways.order_by("made_at"))
    return Keys(
        exists=True,
        ways=tuple(way.way for way in ways),
        pairs=ring.recovery.count(),
        signatures=ring.certifications.count(),
        passkeys=tuple((bytes(way.credential), bytes(way.question)) for way in ways if way.credential),
    )


def certificate(account_id: UUID) -> dict[str, Any]:
    """Return whose public keys these are, with the officers' signatures; raise LookupError if there are none."""
    ring = Keyring.objects.filter(pk=account_id).first()
    if ring is None:
        raise LookupError("no keys")
    signatures = {str(one.officer_id): bytes(one.signature) for one in ring.certifications.all()}
    return {"person": str(account_id), "public": bytes(ring.public), "signatures": signatures}


def way(account_id: UUID, *, kind: str, credential: bytes = b"") -> KeyWay | None:
    """Return the way to unlock that is asked for."""
    found = KeyWay.objects.filter(keyring_id=account_id, way=kind)
    if kind == "passkey":
        found = found.filter(credential=credential)
    return found.order_by("-made_at").first()


def access(grant: CaseGrant) -> dict[str, Any]:
    """Return a grant as the keeper checks it, with the certificate of whoever gave it."""
    return {
        "grant": {
            "granter": str(grant.granter_id),
            "version": grant.version,
            "purpose": grant.purpose,
            "rights": list(grant.rights),
            "expires_at": grant.expires_at,
            "sealed": bytes(grant.sealed),
            "signature": bytes(grant.signature),
        },
        "granter": certificate(grant.granter_id),
    }


def texts(rows: Iterable[CaseText]) -> list[dict[str, Any]]:
    """Return encrypted texts as the keeper opens them."""
    return [
        {
            "object": row.object,
            "kind": row.kind,
            "version": row.version,
            "author": str(row.author_id),
            "sealed": bytes(row.sealed),
        }
        for row in rows
    ]


def code_row(locator: bytes) -> dict[str, Any] | None:
    """Return the row of a code, or None: the keeper makes both look the same."""
    code = CaseCode.objects.filter(locator=locator).first()
    if code is None:
        return None
    layers = {"by_code": code.by_code, "duress": code.duress, "recovery": code.recovery}
    wraps = {name: bytes(value) for name, value in layers.items()}
    return {"case": str(code.case_id), "salt": bytes(code.salt), "uses": code.uses, **wraps}


def my_cases(*, by: Actor, at: datetime) -> tuple[CaseRow, ...]:
    """Return the cases with a grant in force for the person, the latest contact first."""
    grants = (
        CaseGrant.objects.filter(grantee_id=by.account_id).select_related("case").order_by("-case__last_contact_on")
    )
    rows = [
        CaseRow(
            id=grant.case_id,
            handle=grant.case.handle,
            is_open=grant.case.is_open,
            last_contact_on=grant.case.last_contact_on,
            follow_up_on=grant.case.follow_up_on,
            rights=tuple(grant.rights),
            purpose=grant.purpose,
            expires_at=datetime.fromisoformat(grant.expires_at),
        )
        for grant in grants
    ]
    return tuple(row for row in rows if row.expires_at > at)


def case_of(case_id: UUID) -> Case | None:
    """Return a case as the database knows it."""
    return Case.objects.filter(pk=case_id).first()


def has_withdrawn(case: Case, account_id: UUID) -> bool:
    """Say whether the supporter has withdrawn from the case, for ever."""
    return case.withdrawals.filter(account_id=account_id).exists()


def is_excluded(case: Case, account_id: UUID) -> bool:
    """Say whether the supporter has declared a tie to what the person doesn't want to meet."""
    return case.exclusions.filter(token__in=Tie.objects.filter(account_id=account_id).values("token")).exists()


def is_on_duty(account_id: UUID) -> bool:
    """Say whether the person has begun a shift and not ended it."""
    return DutyShift.objects.filter(account_id=account_id, ended_at=None).exists()


def supporters(*, apart_from: Sequence[UUID] = ()) -> list[Account]:
    """Return the colleagues with keys that two officers vouched for."""
    signed = Certification.objects.values_list("keyring_id", flat=True)
    certified = {one for one in signed if sum(other == one for other in signed) >= 2}
    found = Account.objects.filter(pk__in=certified, is_active=True, assignments__role="supporter")
    return list(found.filter(assignments__ended_at=None).exclude(pk__in=apart_from).distinct().order_by("pseudonym"))


def share_requests(*, by: Actor) -> list[ShareRequest]:
    """Return the sharings that wait for this person as the second one."""
    waiting = ShareRequest.objects.filter(approved_by=None).exclude(asked_by=by.account_id)
    return list(waiting.exclude(grantee_id=by.account_id).select_related("case", "grantee").order_by("asked_at"))


@dataclass(frozen=True)
class OverrideRow:
    """A contact against the rules as both who decide see it: which rule, why, no word of the case."""

    id: UUID
    handle: str
    channel: str
    ground: str
    why: str
    asked: str
    asked_at: datetime
    confirmed: str
    used_at: datetime | None


def waiting_overrides(*, at: datetime) -> QuerySet[ContactOverride]:
    """Return the contacts against the rules that still wait for a second person."""
    return ContactOverride.objects.filter(confirmed_by=None, asked_at__gt=at - policies.OVERRIDE_WAITS)


def overrides_to_confirm(*, by: Actor, at: datetime) -> list[OverrideRow]:
    """Return those that this person may confirm."""
    waiting = waiting_overrides(at=at).exclude(asked_by=by.account_id)
    return _overrides(waiting.exclude(case__withdrawals__account_id=by.account_id))


def overrides_of(case_id: UUID) -> list[OverrideRow]:
    """Return how a case's person was reached against the rules."""
    return _overrides(ContactOverride.objects.filter(case_id=case_id).exclude(used_at=None))


def is_override_asked(case_id: UUID, *, channel: str, by: Actor, at: datetime) -> bool:
    """Say whether this person waits for a second one, for this way."""
    return waiting_overrides(at=at).filter(case_id=case_id, channel=channel, asked_by=by.account_id).exists()


def _overrides(rows: QuerySet[ContactOverride]) -> list[OverrideRow]:
    found = list(rows.select_related("case").order_by("asked_at"))
    names = people.pseudonyms({one for row in found for one in (row.asked_by, row.confirmed_by) if one})
    return [
        OverrideRow(
            id=row.pk,
            handle=row.case.handle,
            channel=str(words.CHANNELS[row.channel]),
            ground=str(policies.OVERRIDE_GROUNDS[row.ground]),
            why=str(words.WHY_NOT[row.why]),
            asked=names.get(row.asked_by, ""),
            asked_at=row.asked_at,
            confirmed=names.get(row.confirmed_by, "") if row.confirmed_by else "",
            used_at=row.used_at,
        )
        for row in found
    ]


@dataclass(frozen=True)
class ExportRow:
    """A handing out as the two who decide see it: no word of the case."""

    id: UUID
    handle: str
    recipient: str
    fingerprint: str
    ground: str
    texts: int
    asked: str
    asked_at: datetime
    approved: str
    approved_at: datetime | None
    reason: str
    # Of a child's case only.
    guardian: str
    guardian_reads: str
    guardian_receives: bool


def _export(row: CaseExport) -> ExportRow:
    names = people.pseudonyms({one for one in (row.asked_by, row.approved_by) if one})
    digest = hashlib.sha256(bytes(row.public)).hexdigest()
    return ExportRow(
        id=row.pk,
        handle=row.case.handle,
        recipient=row.recipient,
        fingerprint=" ".join(digest[at : at + 4] for at in range(0, 16, 4)),
        ground=str(policies.EXPORT_GROUNDS[row.ground]),
        texts=row.case.texts.count(),
        asked=names.get(row.asked_by, ""),
        asked_at=row.asked_at,
        approved=names.get(row.approved_by, "") if row.approved_by else "",
        approved_at=row.approved_at,
        reason=str(policies.EXPORT_REASONS.get(row.reason, "")),
        guardian=str(policies.GUARDIANS.get(row.guardian, "")),
        guardian_reads=str(policies.GUARDIAN_READS.get(row.guardian_reads, "")),
        guardian_receives=row.guardian_receives,
    )


def export_of(case_id: UUID) -> ExportRow | None:
    """Return a case's handing out that is under way."""
    found = CaseExport.objects.filter(case_id=case_id, ended_at=None).select_related("case").first()
    return _export(found) if found else None


@dataclass(frozen=True)
class OfficerWork:
    """What waits for the officers."""

    uncertified: tuple[Keyring, ...]
    # Each with whose second step is waited for, by pseudonym; "" before the first one.
    recoveries: tuple[tuple[Recovery, str], ...]
    emergencies: tuple[tuple[Emergency, str], ...]
    unreviewed: tuple[Emergency, ...]
    exports: tuple[ExportRow, ...]


def _second(one: Recovery | Emergency) -> str:
    if not one.opened_once:
        return ""
    officer = UUID(one.officers.split(" ")[1])
    return people.pseudonyms({officer}).get(officer, "")


def officer_work(*, by: Actor) -> OfficerWork:
    """Return what waits for this officer."""
    mine = Certification.objects.filter(officer_id=by.account_id).values("keyring_id")
    recoveries = list(Recovery.objects.filter(ended_at=None).select_related("keyring__account"))
    emergencies = list(Emergency.objects.filter(opened_at=None).select_related("case", "reader"))
    return OfficerWork(
        uncertified=tuple(
            ring
            # Officers are vouched for by the keeper's own list.
            for ring in Keyring.objects.exclude(pk__in=mine)
            .exclude(account__assignments__in=RoleAssignment.objects.filter(role="key_officer", ended_at=None))
            .select_related("account")
            if ring.certifications.count() < 2
        ),
        recoveries=tuple((one, _second(one)) for one in recoveries),
        emergencies=tuple((one, _second(one)) for one in emergencies),
        unreviewed=tuple(
            Emergency.objects.exclude(opened_at=None).filter(reviewed_at=None).select_related("case", "reader")
        ),
        exports=tuple(
            _export(row)
            for row in CaseExport.objects.filter(ended_at=None, approved_by=None)
            .exclude(asked_by=by.account_id)
            .select_related("case")
            .order_by("asked_at")
        ),
    )


@dataclass(frozen=True)
class GrantRow:
    """Somebody who may open a case."""

    account_id: UUID
    pseudonym: str
    purpose: str
    rights: tuple[str, ...]
    expires_at: datetime
    is_over: bool


def grants_of(case_id: UUID, *, at: datetime) -> list[GrantRow]:
    """Return who may open a case, and whose time is over."""
    rows = CaseGrant.objects.filter(case_id=case_id).select_related("grantee").order_by("grantee__pseudonym")
    return [
        GrantRow(
            account_id=row.grantee_id,
            pseudonym=row.grantee.pseudonym,
            purpose=row.purpose,
            rights=tuple(row.rights),
            expires_at=datetime.fromisoformat(row.expires_at),
            is_over=datetime.fromisoformat(row.expires_at) <= at or not row.grantee.is_active,
        )
        for row in rows
    ]


def tie_count(account_id: UUID) -> int:
    """Return how many ties a person has declared; which, nobody can say."""
    return Tie.objects.filter(account_id=account_id).count()


def recovery_of(account_id: UUID) -> Recovery | None:
    """Return the person's recovery that is under way."""
    return Recovery.objects.filter(keyring_id=account_id, ended_at=None).first()


def unreviewed_since(at: datetime) -> QuerySet[Emergency]:
    """Return the emergencies that should have been reviewed by now and weren't."""
    return Emergency.objects.filter(opened_at__lte=at - policies.REVIEW_WITHIN, reviewed_at=None)


def has_overdue_review(account_id: UUID, *, at: datetime) -> bool:
    """Say whether an emergency that this person read in should have been reviewed by now and wasn't."""
    return unreviewed_since(at).filter(reader_id=account_id).exists()
