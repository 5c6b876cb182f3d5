"""A person's own keys: made, unlocked, locked, vouched for, brought back."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, policies, queries
from samsyn.cases.keeper import asking
from samsyn.cases.models import Certification, DutyShift, Keyring, KeyWay, Recovery, RecoverySeal
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.privacy.custody import bundles

PASSKEY, PASSPHRASE = bundles.PASSKEY, bundles.PASSPHRASE


def make_keys(
    *, way: str, secret: bytes, by: Actor, at: datetime, credential: bytes = b"", question: bytes = b""
) -> bytes:
    """Make the person's keys under a first secret and return the token of this browser; raise Refused if there are some."""
    policies.check_has_keys(by)
    if queries.keys_of(by.account_id).exists:
        raise Refused(_("Du har redan nycklar."))
    event = stored(events.KEYS_MADE, by=by, at=at)
    with asking() as keep:
        made = keep.enrol(person=str(by.account_id), way=way, secret=secret, event=event)
    with transaction.atomic():
        ring = Keyring.objects.create(account_id=by.account_id, public=made["public"], made_at=at)
        _add_way(ring, made["wrap"], credential=credential, question=question, at=at)
        _replace_recovery(ring, made["recovery"])
    token: bytes = made["token"]
    return token


def add_way(
    *, way: str, secret: bytes, token: bytes, by: Actor, at: datetime, credential: bytes = b"", question: bytes = b""
) -> None:
    """Add a way to unlock, and seal the keys to the officers of today."""
    policies.check_has_keys(by)
    event = stored(events.KEY_WAY_ADDED, by=by, at=at)
    with asking() as keep:
        made = keep.add_way(token=token, way=way, secret=secret, event=event)
    with transaction.atomic():
        ring = Keyring.objects.get(pk=by.account_id)
        _add_way(ring, made["wrap"], credential=credential, question=question, at=at)
        _replace_recovery(ring, made["recovery"])


def unlock(*, way: str, secret: bytes, by: Actor, at: datetime, credential: bytes = b"") -> bytes:
    """Open the person's keys and return the token that only this browser keeps."""
    policies.check_has_keys(by)
    policies.check_no_overdue_review(queries.has_overdue_review(by.account_id, at=at))
    found = queries.way(by.account_id, kind=way, credential=credential)
    if found is None:
        raise Refused(_("Det sättet att låsa upp finns inte."))
    known = queries.keys_of(by.account_id)
    event = stored(events.KEYS_ASKED, by=by, at=at)
    try:
        with asking() as keep:
            opened = keep.unlock(
                person=str(by.account_id), wrap=_wrap(found), secret=secret, ways=len(known.ways), pairs=known.pairs,
                event=event,
            )  # fmt: skip
    except Refused:
        stored(events.KEYS_REFUSED, by=by, at=at)
        raise
    token: bytes = opened["token"]
    return token


def lock(*, token: bytes, by: Actor, at: datetime) -> None:
    """Forget the keys of this browser."""
    with asking() as keep:
        keep.lock(token=token)
    stored(events.KEYS_LOCKED, by=by, at=at)


def is_unlocked(*, token: bytes, by: Actor) -> bool:
    """Say whether this browser's keys are open."""
    try:
        with asking() as keep:
            return bool(keep.is_unlocked(token=token, person=str(by.account_id)))
    except Refused:
        return False


def begin_duty(*, by: Actor, at: datetime) -> None:
    """Go on duty."""
    policies.check_can_support(by)
    with transaction.atomic():
        _row, is_new = DutyShift.objects.get_or_create(
            account_id=by.account_id, ended_at=None, defaults={"begun_at": at}
        )
        if is_new:
            audit.record(events.DUTY_BEGUN, by=by, at=at)


def end_duty(*, by: Actor, at: datetime) -> None:
    """Go off duty; the keys lock at once."""
    policies.check_can_support(by)
    with transaction.atomic():
        if DutyShift.objects.filter(account_id=by.account_id, ended_at=None).update(ended_at=at):
            audit.record(events.DUTY_ENDED, by=by, at=at)
    with asking() as keep:
        keep.lock_person(person=str(by.account_id))


def found_officers(*, officers: Mapping[UUID, bytes], by: Actor, at: datetime) -> None:
    """Write the first three officers into the keeper's own list, once for ever."""
    policies_ok = by.is_system or by.may(Permission.MANAGE_KEYS)
    if not policies_ok:
        raise NotAllowed(_("Bara nyckelansvariga gör det här."))
    event = stored(events.OFFICERS_FOUNDED, by=by, at=at)
    with asking() as keep:
        keep.found_officers(
            officers={str(one): public for one, public in officers.items()}, person=by.actor_id, event=event
        )


def certify(*, account_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Sign that these are the colleague's keys; two officers do it before anything is sealed to them."""
    policies.check_is_officer(by)
    ring = Keyring.objects.filter(pk=account_id).first()
    if ring is None:
        raise LookupError("no keys")
    event = stored(events.KEYS_CERTIFIED, by=by, at=at, subject=str(account_id))
    with asking() as keep:
        signature = keep.certify(token=token, person=str(account_id), public=bytes(ring.public), event=event)
    Certification.objects.update_or_create(
        keyring=ring, officer_id=by.account_id, defaults={"signature": signature, "signed_at": at}
    )


def begin_recovery(*, passphrase: str, by: Actor, at: datetime) -> None:
    """Ask the officers for one's keys; a day must pass before they can help."""
    policies.check_has_keys(by)
    event = stored(events.RECOVERY_BEGUN, by=by, at=at)
    with asking() as keep:
        made = keep.begin_recovery(person=str(by.account_id), passphrase=bundles.spoken(passphrase), event=event)
    with transaction.atomic():
        Recovery.objects.filter(keyring_id=by.account_id, ended_at=None).update(ended_at=at)
        wrap = made["wrap"]
        Recovery.objects.create(
            keyring_id=by.account_id, reception=made["public"], salt=wrap["salt"], sealed=wrap["sealed"], begun_at=at
        )


def help_recovery(*, recovery_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take one of the two layers off: the first officer chooses the pair, the second one's step goes to the person."""
    policies.check_is_officer(by)
    found = Recovery.objects.filter(pk=recovery_id, ended_at=None).first()
    if found is None:
        raise LookupError("no recovery")
    person = str(found.keyring_id)
    if not found.opened_once or (found.officers.startswith(str(by.account_id)) and not found.for_the_person):
        seals = {one.officers: one for one in found.keyring.recovery.all()}
        seal = seals[policies.pair_to_open(seals, officer=by.account_id, chosen=found.officers)]
        event = stored(events.OFFICER_OPENED_FIRST, by=by, at=at, subject=f"person:{person}")
        with asking() as keep:
            inner = keep.take_outer(
                token=token, sealed=bytes(seal.sealed), officers=seal.officers, subject=f"person:{person}", event=event
            )
        Recovery.objects.filter(pk=recovery_id).update(officers=seal.officers, opened_once=inner)
        return
    event = stored(events.OFFICER_OPENED_SECOND, by=by, at=at, subject=f"person:{person}")
    with asking() as keep:
        sealed = keep.recover(
            token=token, sealed=bytes(found.opened_once), officers=found.officers, person=person,
            reception=bytes(found.reception), event=event,
        )  # fmt: skip
    Recovery.objects.filter(pk=recovery_id).update(for_the_person=sealed)


def finish_recovery(*, passphrase: str, by: Actor, at: datetime) -> bytes:
    """Take the keys that two officers opened, under the new passphrase; earlier ways to unlock are gone."""
    policies.check_has_keys(by)
    found = Recovery.objects.filter(keyring_id=by.account_id, ended_at=None).exclude(for_the_person=b"").first()
    if found is None:
        raise Refused(_("Två nyckelansvariga har inte hjälpt dig än."))
    event = stored(events.RECOVERY_FINISHED, by=by, at=at)
    wrap = {"way": PASSPHRASE, "salt": bytes(found.salt), "sealed": bytes(found.sealed)}
    with asking() as keep:
        done: dict[str, Any] = keep.finish_recovery(
            person=str(by.account_id), wrap=wrap, passphrase=bundles.spoken(passphrase),
            sealed=bytes(found.for_the_person), event=event,
        )  # fmt: skip
    with transaction.atomic():
        ring = found.keyring
        ring.ways.all().delete()
        _add_way(ring, done["wrap"], credential=b"", question=b"", at=at)
        _replace_recovery(ring, done["recovery"])
        Recovery.objects.filter(pk=found.pk).update(ended_at=at)
    token: bytes = done["token"]
    return token


def new_question() -> bytes:
    """Return what a passkey will be asked: 32 random bytes, one a passkey."""
    return secrets.token_bytes(32)


def _wrap(found: KeyWay) -> dict[str, Any]:
    return {"way": found.way, "salt": bytes(found.salt), "sealed": bytes(found.sealed)}


def _add_way(ring: Keyring, wrap: Mapping[str, Any], *, credential: bytes, question: bytes, at: datetime) -> None:
    KeyWay.objects.create(keyring=ring, credential=credential, question=question, made_at=at, **wrap)


def _replace_recovery(ring: Keyring, seals: Mapping[str, bytes]) -> None:
    if not seals:
        return
    ring.recovery.all().delete()
    RecoverySeal.objects.bulk_create(
        [RecoverySeal(keyring=ring, officers=pair, sealed=sealed) for pair, sealed in seals.items()]
    )
