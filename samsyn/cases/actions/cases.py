"""Cases and their texts: made, found, read, written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, policies, queries, referrals
from samsyn.cases.keeper import asking
from samsyn.cases.models import Case, CaseCode, CaseGrant, CaseText, OfficerSeal
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.privacy import spoken_codes

# Texts of which a case has one, in its latest version; notes are many.
REFERRALS = "referrals"
SINGLE = ("network", "goals", REFERRALS, "plan", "rules", "summary")
NOTE = "note"
# That a case by code is closed lies encrypted in it, so that each of its layers has an end of its own.
CLOSED = "closed"
# In a note's text: the person decides about it when another supporter is to read it.
ASKS_FIRST = "asks_first"


@dataclass(frozen=True)
class Note:
    """A note as it was written; ``is_withheld``: the person wants to be asked first, and its text isn't here."""

    object: str
    version: int
    author_id: UUID
    said: Mapping[str, Any]
    is_withheld: bool = False


@dataclass(frozen=True)
class OpenCase:
    """A case while it is open on somebody's screen."""

    id: UUID
    handle: str
    kind: str
    is_open: bool
    concerns_child: bool
    rights: tuple[str, ...]
    notes: tuple[Note, ...]
    single: Mapping[str, Any]
    unreadable: int
    erase_on: object
    held_until: datetime | None
    wants_new_code: bool

    def may(self, right: str) -> bool:
        """Say whether the person may do this in the case."""
        return right in self.rights


@dataclass(frozen=True)
class Access:
    """How the person gets in: by a grant, or by a key held for a while; perhaps by the caller's forced words."""

    case: Case
    grant: CaseGrant | None
    held_until: datetime | None = None
    is_forced: bool = False
    wants_new_code: bool = False

    @property
    def rights(self) -> tuple[str, ...]:
        """Return what the person may do; who reads in an emergency only reads."""
        if self.grant is not None:
            return tuple(self.grant.rights)
        return ("read", "write") if self.case.kind == Case.Kind.BY_CODE else ("read",)

    @property
    def speaks_for_person(self) -> bool:
        """Say whether the person's own wishes about the case come this way: who may share it, or has the caller's code."""
        return "share" in self.rights or self.case.kind == Case.Kind.BY_CODE

    @property
    def said(self) -> dict[str, Any] | None:
        """Return it as the keeper asks for it."""
        return queries.access(self.grant) if self.grant else None


def new_handle() -> str:
    """Return two words that nobody's case has."""
    while True:
        handle = spoken_codes.new_code(words=2)
        if not Case.objects.filter(handle=handle).exists():
            return handle


def create_case(*, concerns_child: bool, token: bytes, by: Actor, at: datetime) -> UUID:
    """Open an ordinary case for the person alone, with the officers as the way out of an emergency."""
    policies.check_can_support(by)
    case_id = uuid4()
    event = stored(events.CASE_CREATED, by=by, at=at, subject=str(case_id), kind="ordinary")
    with asking() as keep:
        made = keep.create_case(
            token=token, case=str(case_id), event=event,
            people=[to_seal(by.account_id, purpose="support", rights=("read", "write", "share"),
                            days=policies.OWNER_DAYS, at=at)],
        )  # fmt: skip
    today = timezone.localdate(at)
    with transaction.atomic():
        case = Case.objects.create(
            id=case_id, kind=Case.Kind.ORDINARY, handle=new_handle(), concerns_child=concerns_child, opened_on=today,
            last_contact_on=today, erase_on=policies.erase_on("ordinary", today),
        )  # fmt: skip
        keep_grants(case, made["grants"])
        keep_officers(case, made["officers"])
    return case_id


def access_to(*, case_id: UUID, by: Actor, at: datetime) -> Access:
    """Return how the person gets into a case; raise LookupError, the same for no case and for no right, and record it.

    Refused is raised instead where a tie, declared at any time, meets somebody whom the case's person doesn't want to meet.
    """
    policies.check_can_support(by)
    policies.check_no_overdue_review(queries.has_overdue_review(by.account_id, at=at))
    case = queries.case_of(case_id)
    access = _way_in(case, by=by, at=at) if case is not None else None
    is_excluded = access is not None and queries.is_excluded(access.case, by.account_id)
    if access is not None and not is_excluded:
        return access
    with transaction.atomic():
        audit.record(events.CASE_DENIED, by=by, at=at, subject=str(case_id))
    policies.check_not_excluded(is_excluded)
    raise LookupError("no such case")


def _way_in(case: Case, *, by: Actor, at: datetime) -> Access | None:
    if queries.has_withdrawn(case, by.account_id):
        return None
    grant = CaseGrant.objects.filter(case=case, grantee_id=by.account_id).first()
    with asking() as keep:
        held = keep.held(person=str(by.account_id), case=str(case.pk))
    if grant is not None and (datetime.fromisoformat(grant.expires_at) > at or held is None):
        return Access(case, grant)
    if held is None:
        return None
    return Access(case, None, held["until"], held["is_forced"], held["wants_new_code"])


def open_case(*, case_id: UUID, token: bytes, by: Actor, at: datetime, agreed: str = "") -> OpenCase:
    """Read a case: the event is stored, then the keeper opens its texts.

    A note about which the person wants to be asked first is shown to who wrote it, in an emergency, and where the person
    has just agreed (``agreed``: the note's name); to everybody else without its text.
    """
    access = access_to(case_id=case_id, by=by, at=at)
    case = access.case
    rows = list(CaseText.objects.filter(case=case).order_by("pk"))
    if agreed:
        if agreed not in {row.object for row in rows if row.kind == NOTE}:
            raise LookupError("no such note")
        stored(events.NOTE_AGREED, by=by, at=at, subject=str(case_id))
    event = stored(events.CASE_READ, by=by, at=at, subject=str(case_id))
    try:
        with asking() as keep:
            opened = keep.open_texts(
                token=token, case=str(case_id), access=access.said, texts=queries.texts(rows), event=event
            )
    except Refused:
        # So that a reviewer can tell a reading from an attempt: the event of a reading is stored before it happens.
        stored(events.CASE_NOT_OPENED, by=by, at=at, subject=str(case_id))
        raise
    latest: dict[str, Note] = {}
    unreadable = 0
    for row, text in zip(rows, opened, strict=True):
        if text is None:
            unreadable += 1
            continue
        note = Note(row.object, row.version, row.author_id, json.loads(text))
        if row.object not in latest or latest[row.object].version < row.version:
            latest[row.object] = note
    kinds = {row.object: row.kind for row in rows}
    return OpenCase(
        id=case.pk,
        handle=case.handle,
        kind=case.kind,
        is_open=case.is_open and CLOSED not in latest,
        concerns_child=case.concerns_child,
        rights=access.rights,
        notes=tuple(
            _as_agreed(note, access, agreed=agreed, by=by) for name, note in latest.items() if kinds[name] == NOTE
        ),
        single={name: note.said["value"] for name, note in latest.items() if kinds[name] in SINGLE},
        # In a case that opens by code there may be another layer; nobody is told of it.
        unreadable=unreadable if case.kind == Case.Kind.ORDINARY else 0,
        erase_on=case.erase_on,
        held_until=access.held_until,
        wants_new_code=access.wants_new_code,
    )


def _as_agreed(note: Note, access: Access, *, agreed: str, by: Actor) -> Note:
    is_emergency = access.grant is None and access.case.kind == Case.Kind.ORDINARY
    is_shown = note.author_id == by.account_id or note.object == agreed or is_emergency
    if is_shown or not note.said.get(ASKS_FIRST):
        return note
    return replace(note, said={**note.said, "text": ""}, is_withheld=True)


def add_note(
    *,
    case_id: UUID,
    kind: str,
    text: str,
    token: bytes,
    by: Actor,
    at: datetime,
    told_at: datetime | None = None,
    asks_first: bool = False,
) -> None:
    """Write a note into the timeline; it counts as a contact. ``told_at`` is when it was told, if that was earlier.

    ``asks_first``: the person wants to be asked before another supporter reads it.
    """
    said = {"at": (told_at or at).isoformat(), "kind": kind, "text": text, **({ASKS_FIRST: True} if asks_first else {})}
    write_text(case_id=case_id, object_name=uuid4().hex, kind=NOTE, said=said, version=1, token=token, by=by, at=at)


def correct_note(*, case_id: UUID, object_name: str, text: str, token: bytes, by: Actor, at: datetime) -> None:
    """Write a new version of one's own note; the earlier one stays."""
    opened = open_case(case_id=case_id, token=token, by=by, at=at)
    before = next((note for note in opened.notes if note.object == object_name), None)
    if before is None:
        raise LookupError("no such note")
    if before.author_id != by.account_id:
        raise NotAllowed(_("Bara den som skrev en anteckning rättar den."))
    write_text(
        case_id=case_id, object_name=object_name, kind=NOTE, said={**before.said, "text": text},
        version=before.version + 1, token=token, by=by, at=at,
    )  # fmt: skip


def save_single(*, case_id: UUID, kind: str, value: Any, token: bytes, by: Actor, at: datetime) -> None:
    """Write a new version of the network, the goals, the referrals, the plan, the rules of contact or the summary."""
    if kind not in SINGLE:
        raise LookupError("no such text")
    write_text(
        case_id=case_id, object_name=kind, kind=kind, said={"value": value}, version=None, token=token, by=by, at=at
    )


def _is_closed(case: Case, *, token: bytes, by: Actor, at: datetime) -> bool:
    if not case.is_open:
        return True
    if not CaseText.objects.filter(case=case, kind=CLOSED).exists():
        return False
    # In which layer somebody closed it, only an open case can say.
    return not open_case(case_id=case.pk, token=token, by=by, at=at).is_open


def write_text(
    *,
    case_id: UUID,
    object_name: str,
    kind: str,
    said: Mapping[str, Any],
    version: int | None,
    token: bytes,
    by: Actor,
    at: datetime,
) -> None:
    """Encrypt a text of a case and keep it: a contact, so the case's last day moves; raise Refused in one that is closed.

    Without a version it becomes the next one, so that of two who save at once the later one's is the latest.
    """
    access = access_to(case_id=case_id, by=by, at=at)
    if _is_closed(access.case, token=token, by=by, at=at):
        raise Refused(_("Ärendet är avslutat."))
    event = stored(events.CASE_WRITTEN, by=by, at=at, subject=str(case_id), part=kind)
    today = timezone.localdate(at)
    with transaction.atomic():
        # The row waits for whoever replaces the key: no text ends up under the old one.
        case = Case.objects.select_for_update().get(pk=case_id)
        now = access_to(case_id=case_id, by=by, at=at)
        if version is None:
            version = CaseText.objects.filter(case=case, object=object_name).count() + 1
        text = {"object": object_name, "kind": kind, "version": version, "author": str(by.account_id)}
        with asking() as keep:
            (sealed,) = keep.close_texts(
                token=token, case=str(case_id), access=now.said, event=event,
                texts=[{**text, "text": json.dumps(said, ensure_ascii=False).encode()}],
            )  # fmt: skip
        CaseText.objects.create(
            case=case, object=object_name, kind=kind, version=version, author_id=by.account_id, sealed=sealed
        )
        case.last_contact_on = max(case.last_contact_on, today)
        case.erase_on = policies.erase_on(case.kind, case.last_contact_on)
        if kind == REFERRALS and case.kind == Case.Kind.ORDINARY:
            case.follow_up_on = referrals.next_day(referrals.from_data(said["value"]))
        case.save(update_fields=["last_contact_on", "erase_on", "follow_up_on"])


# What other actions of the room share


def to_seal(account_id: UUID, *, purpose: str, rights: tuple[str, ...], days: float, at: datetime) -> dict[str, Any]:
    """Return to whom, for what and until when a case key is sealed."""
    from datetime import timedelta

    until = (at + timedelta(days=days)).isoformat()
    return {
        "certificate": queries.certificate(account_id), "purpose": purpose, "rights": list(rights), "expires_at": until,
    }  # fmt: skip


def keep_grants(case: Case, grants: list[dict[str, Any]]) -> None:
    """Store grants as the keeper made them, each in place of the person's earlier one."""
    for grant in grants:
        CaseGrant.objects.update_or_create(
            case=case, grantee_id=UUID(grant["grantee"]),
            defaults={
                "granter_id": UUID(grant["granter"]), "version": grant["version"], "purpose": grant["purpose"],
                "rights": grant["rights"], "expires_at": grant["expires_at"], "sealed": grant["sealed"],
                "signature": grant["signature"],
            },
        )  # fmt: skip


def keep_officers(case: Case, seals: Mapping[str, bytes]) -> None:
    """Store the seals to the pairs of officers in place of earlier ones."""
    case.officer_seals.all().delete()
    OfficerSeal.objects.bulk_create(
        [OfficerSeal(case=case, officers=pair, sealed=sealed) for pair, sealed in seals.items()]
    )


def count_use(case_id: UUID) -> None:
    """Count an opening by code: the ratchet's word moves on."""
    CaseCode.objects.filter(pk=case_id).update(uses=F("uses") + 1)
