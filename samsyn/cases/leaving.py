"""Somebody leaves the screen or the house: their keys are forgotten, and no case is left without anybody who can open it."""

import logging
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samsyn.cases import officers, policies
from samsyn.cases.keeper import asking
from samsyn.cases.models import Case, CaseGrant
from samsyn.people.refusals import Refused
from samsyn.people.roles import Role

log = logging.getLogger("samsyn.cases")


def orphaned_without(account_id: UUID, *, at: datetime) -> list[Case]:
    """Return the ordinary cases that nobody could open and pass on without this person."""
    mine = CaseGrant.objects.filter(grantee_id=account_id).values("case_id")
    found = []
    for case in Case.objects.filter(pk__in=mine, kind=Case.Kind.ORDINARY).order_by("handle"):
        others = case.grants.exclude(grantee_id=account_id).filter(
            rights__contains=["share"],
            grantee__is_active=True,
            grantee__assignments__role=Role.SUPPORTER.value,
            grantee__assignments__ended_at=None,
        )
        holders = {one.grantee_id for one in others if datetime.fromisoformat(one.expires_at) > at}
        try:
            policies.check_no_orphan(holders_who_share=len(holders), officer_pairs=case.officer_seals.count())
        except Refused:
            found.append(case)
    return found


def why_not(account_id: UUID, role: Role | None, at: datetime) -> str:
    """Say what must be done before somebody stops supporting; "" where nothing stands in the way."""
    if role in {None, Role.KEY_OFFICER} and (said := _too_few_officers(account_id)):
        return said
    if role not in {None, Role.SUPPORTER}:
        return ""
    number = len(orphaned_without(account_id, at=at))
    if not number:
        return ""
    return ngettext(
        "%(number)s ärende skulle bli utan någon som kan öppna det. Be personen dela det med rätt att dela vidare, eller"
        " radera det.",
        "%(number)s ärenden skulle bli utan någon som kan öppna dem. Be personen dela dem med rätt att dela vidare, eller"
        " radera dem.",
        number,
    ) % {"number": number}


def _too_few_officers(account_id: UUID) -> str:
    """Say that fewer than three of the officers whom the keeper trusts would remain; "" where it trusts this one no more."""
    holders = officers.with_the_role()
    if not any(one.pk == account_id for one in holders):
        return ""
    try:
        trusted = officers.trusted()
    except Refused as refused:
        return str(refused.message)
    remain = sum(one.pk in trusted and one.pk != account_id for one in holders)
    if account_id not in trusted or remain >= policies.OFFICERS_NEEDED:
        return ""
    return _(
        "Personen är en av de nyckelansvariga som nyckelvakten litar på, och färre än tre skulle bli kvar. Låt de två andra sätta"
        " in en efterträdare först, under Nycklar."
    )


def forget(account_id: UUID, is_gone: bool) -> None:
    """Lock the person's keys; a case that a caller's code opened is kept for its hour unless the person is gone."""
    try:
        with asking() as keep:
            keep.lock_person(person=str(account_id), keeps_held=not is_gone)
    except Refused:
        log.error("the keeper did not answer when a screen was locked; it forgets keys that are idle by itself")
