"""May the person be contacted this way now? The rules are asked, and in need two persons let one contact go against them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, outbound, policies, queries, safe_contact
from samsyn.cases.actions import cases, sharing
from samsyn.cases.models import Case, ContactClearance, ContactOverride
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused


@dataclass(frozen=True)
class ContactAnswer:
    """Whether the person may be contacted ("" in ``why`` means yes), what was said, and until when a yes holds.

    ``against`` is the rule that two persons set aside for this one contact, or "".
    """

    why: str
    rules: safe_contact.Rules | None
    until: datetime | None = None
    against: str = ""
    may_ask: bool = False


def check_contact(
    *, case_id: UUID, channel: str, voicemail: bool, token: bytes, by: Actor, at: datetime
) -> ContactAnswer:
    """Say whether the person may be contacted this way now, and record the answer; a yes clears one contact."""
    opened = cases.open_case(case_id=case_id, token=token, by=by, at=at)
    rules = safe_contact.from_data(opened.single.get("rules"))
    why = safe_contact.why_not(rules, channel=channel, at=at, voicemail=voicemail)
    with transaction.atomic():
        # One yes at a time: an earlier one, used or not, holds no more.
        ContactClearance.objects.filter(account_id=by.account_id).delete()
        override = _taken(case_id, channel=channel, by=by, at=at) if why and not voicemail else None
        if override is not None and override.confirmed_at is not None:
            until = override.confirmed_at + safe_contact.CLEARED_FOR
            facts = {"ground": override.ground, "why": why, "confirmed_by": str(override.confirmed_by)}
            audit.record(events.CONTACT_OVERRIDDEN, by=by, at=at, subject=str(case_id), facts=facts)
        elif why or rules is None:
            audit.record(events.CONTACT_REFUSED, by=by, at=at, subject=str(case_id), facts={"why": why})
            may_ask = opened.kind == Case.Kind.ORDINARY and opened.may("write") and not voicemail
            return ContactAnswer(why, rules, may_ask=may_ask)
        else:
            until = safe_contact.lasts_until(rules, at=at)
            audit.record(events.CONTACT_MADE, by=by, at=at, subject=str(case_id))
        to = safe_contact.said_recipient(rules, channel=channel)
        ContactClearance.objects.create(
            case_id=case_id, account_id=by.account_id, channel=channel, until=until,
            recipient=outbound.marked(to) if to else b"",
        )  # fmt: skip
    return ContactAnswer("", rules, until, against=why)


def _taken(case_id: UUID, *, channel: str, by: Actor, at: datetime) -> ContactOverride | None:
    """Use up what a second person confirmed for this person, case and way, while it holds."""
    found = (
        ContactOverride.objects.select_for_update()
        .filter(case_id=case_id, asked_by=by.account_id, channel=channel, used_at=None)
        .filter(confirmed_at__gt=at - safe_contact.CLEARED_FOR)
        .first()
    )
    if found is not None:
        found.used_at = at
        found.save(update_fields=["used_at"])
    return found


def ask_override(*, case_id: UUID, channel: str, ground: str, token: bytes, by: Actor, at: datetime) -> None:
    """Ask a second person to let one contact go against the rules; raise Refused where the rules allow it anyway.

    Never in a case that only the caller's code opens: there the caller comes back by themselves, or not.
    """
    if ground not in policies.OVERRIDE_GROUNDS:
        raise Invalid(_("Välj en grund i listan."))
    opened = cases.open_case(case_id=case_id, token=token, by=by, at=at)
    policies.check_can_override(is_by_code=opened.kind == Case.Kind.BY_CODE, may_write=opened.may("write"))
    rules = safe_contact.from_data(opened.single.get("rules"))
    why = safe_contact.why_not(rules, channel=channel, at=at)
    if not why:
        raise Refused(_("Reglerna tillåter kontakten. Kontrollera på nytt."))
    with transaction.atomic():
        ContactOverride.objects.filter(case_id=case_id, asked_by=by.account_id, used_at=None).delete()
        ContactOverride.objects.create(
            case_id=case_id, channel=channel, ground=ground, why=why, asked_by=by.account_id, asked_at=at
        )
        facts = {"ground": ground, "why": why}
        audit.record(events.OVERRIDE_ASKED, by=by, at=at, subject=str(case_id), facts=facts)


def confirm_override(*, override_id: UUID, by: Actor, at: datetime) -> None:
    """Let a colleague's one contact go against the rules, as the second person."""
    policies.check_can_confirm_override(by)
    with transaction.atomic():
        waiting = queries.waiting_overrides(at=at).select_for_update(of=("self",))
        found = waiting.select_related("case").filter(pk=override_id).first()
        if found is None:
            raise LookupError("no such override")
        if found.asked_by == by.account_id:
            raise NotAllowed(_("Det behövs två olika personer."))
        sharing.check_no_conflict(found.case, by.account_id)
        found.confirmed_by, found.confirmed_at = by.account_id, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        facts = {"asked_by": str(found.asked_by), "ground": found.ground}
        audit.record(events.OVERRIDE_CONFIRMED, by=by, at=at, subject=str(found.case_id), facts=facts)
