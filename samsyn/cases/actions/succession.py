"""A successor for a key officer who leaves or lost every way in: two steps of the two who stay."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, officers, policies, queries
from samsyn.cases.keeper import asking
from samsyn.cases.models import (
    Certification,
    Emergency,
    Keyring,
    OfficerSeal,
    Recovery,
    RecoverySeal,
    Succession,
    SuccessionSeal,
)
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import Refused


def begin_succession(*, gone: UUID, successor: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take the first step: sign who comes for whom, renew certificates, open the outer layer of what the two share."""
    policies.check_is_officer(by)
    trusted = officers.trusted()
    policies.check_succession(
        gone=gone, successor=successor, by=by.account_id, trusted=trusted,
        candidates=[one.pk for one in officers.office().candidates],
    )  # fmt: skip
    first, second = sorted(str(one) for one in trusted if one != gone)
    if str(by.account_id) != first:
        raise Refused(_("Den andra av er två börjar, du tar det andra steget."))
    rings = list(Keyring.objects.exclude(pk__in=[*trusted, successor]).order_by("pk"))
    seals = _sealed_to(f"{first} {second}", apart_from=successor)
    event = stored(events.SUCCESSION_BEGUN, by=by, at=at, subject=f"{gone}:{successor}")
    with asking() as keep:
        made: dict[str, Any] = keep.begin_succession(
            token=token, gone=str(gone), successor=str(successor), public=_public(successor), event=event,
            certificates=[queries.certificate(ring.pk) for ring in rings],
            seals=[{"subject": _subject(one), "sealed": bytes(one.sealed)} for one in seals],
        )  # fmt: skip
    renewed = {ring.pk: sign for ring, sign in zip(rings, made["signatures"], strict=True) if sign}
    with transaction.atomic():
        Succession.objects.all().delete()
        found = Succession.objects.create(
            gone_id=gone, successor_id=successor, begun_by=by.account_id, begun_at=at, signature=made["signature"],
            renewed=list(renewed),
        )  # fmt: skip
        _keep_signatures(renewed, by=by, at=at)
        for one, sealed in zip(seals, made["seals"], strict=True):
            one.succession, one.sealed = found, sealed
        SuccessionSeal.objects.bulk_create([one for one in seals if one.sealed])


def finish_succession(*, succession_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take the second step: the keeper trusts the successor, and what three must share is sealed to the new three.

    What came between the two steps is sealed to the two who stay alone; replacing a case's key, or adding a way to unlock,
    seals it to all three.
    """
    policies.check_is_officer(by)
    begun = Succession.objects.filter(pk=succession_id).first()
    if begun is None:
        raise LookupError("no such succession")
    if begun.begun_by == by.account_id or begun.gone_id == by.account_id:
        raise Refused(_("Den andra av er två tar det andra steget."))
    subject = f"{begun.gone_id}:{begun.successor_id}"
    event = stored(events.OFFICER_REPLACED, by=by, at=at, subject=subject)
    with transaction.atomic():
        found = Succession.objects.select_for_update().get(pk=succession_id)
        seals = list(found.seals.select_related("case"))
        with asking() as keep:
            made: dict[str, Any] = keep.finish_succession(
                token=token, gone=str(found.gone_id), successor=str(found.successor_id),
                public=_public(found.successor_id), signature=bytes(found.signature), event=event,
                certificates=[queries.certificate(one) for one in found.renewed],
                seals=[{"subject": _subject(one), "sealed": bytes(one.sealed)} for one in seals],
            )  # fmt: skip
        _keep_signatures(dict(zip(found.renewed, made["signatures"], strict=True)), by=by, at=at)
        _forget(found.gone_id, successor=found.successor_id)
        for one, by_pair in zip(seals, made["seals"], strict=True):
            _replace(one, by_pair or {})
        found.delete()


def stop_succession(*, succession_id: UUID, by: Actor, at: datetime) -> None:
    """Drop an exchange of which only the first step was taken."""
    policies.check_is_officer(by)
    with transaction.atomic():
        found = Succession.objects.select_for_update().filter(pk=succession_id).first()
        if found is None:
            raise LookupError("no such succession")
        audit.record(events.SUCCESSION_STOPPED, by=by, at=at, subject=f"{found.gone_id}:{found.successor_id}")
        found.delete()


def _public(account_id: UUID) -> bytes:
    return bytes(Keyring.objects.get(pk=account_id).public)


def _sealed_to(pair: str, *, apart_from: UUID) -> list[SuccessionSeal]:
    """Return all that is sealed to the two who stay, not yet kept: people's keys, and cases' for an emergency."""
    people = RecoverySeal.objects.filter(officers=pair).exclude(keyring_id=apart_from)
    cases = OfficerSeal.objects.filter(officers=pair).select_related("case")
    return [
        *(SuccessionSeal(keyring_id=one.keyring_id, sealed=bytes(one.sealed)) for one in people),
        *(SuccessionSeal(case=one.case, version=one.case.key_version, sealed=bytes(one.sealed)) for one in cases),
    ]


def _subject(one: SuccessionSeal) -> str:
    return f"person:{one.keyring_id}" if one.keyring_id else f"case:{one.case_id}:{one.version}"


def _keep_signatures(signed: Mapping[UUID, bytes], *, by: Actor, at: datetime) -> None:
    for account_id, signature in signed.items():
        Certification.objects.update_or_create(
            keyring_id=account_id, officer_id=by.account_id, defaults={"signature": signature, "signed_at": at}
        )


def _forget(gone: UUID, *, successor: UUID) -> None:
    """Drop whatever waits for the one who left, who no longer counts; helping a colleague begins anew without them."""
    with_them = Q(officers__contains=str(gone))
    Certification.objects.filter(officer_id=gone).delete()
    RecoverySeal.objects.filter(with_them | Q(keyring_id=successor)).delete()
    OfficerSeal.objects.filter(with_them).delete()
    fresh: dict[str, Any] = {"officers": "", "opened_once": b""}
    Recovery.objects.filter(with_them, ended_at=None, for_the_person=b"").update(**fresh)
    Emergency.objects.filter(with_them, opened_at=None).update(**fresh)


def _replace(one: SuccessionSeal, by_pair: Mapping[str, bytes]) -> None:
    """Keep the new seals of a person, or of a case whose key is still the one that was sealed."""
    if one.keyring_id:
        RecoverySeal.objects.filter(keyring_id=one.keyring_id, officers__in=by_pair).delete()
        RecoverySeal.objects.bulk_create(
            [RecoverySeal(keyring_id=one.keyring_id, officers=pair, sealed=sealed) for pair, sealed in by_pair.items()]
        )
    elif one.case is not None and one.case.key_version == one.version:
        OfficerSeal.objects.filter(case=one.case, officers__in=by_pair).delete()
        OfficerSeal.objects.bulk_create(
            [OfficerSeal(case=one.case, officers=pair, sealed=sealed) for pair, sealed in by_pair.items()]
        )
