"""Agreeing during the call, planning at its closing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import permits
from samsyn.followups import events, links, mail, policies
from samsyn.followups.models import LINK, ContactDetails, FollowUp, Invitation, Occasion, Wish
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused
from samsyn.privacy import sealing
from samsyn.questions import queries as questions

# Two plans made at once get two numbers ("nummer" in ASCII).
_NUMBER_LOCK = 0x6E756D6D6572


@transaction.atomic
def note_wish(*, contact_id: UUID, agreed: policies.Agreed, by: Actor, at: datetime) -> None:
    """Keep what the professional has agreed to until the call is closed; a new note replaces the one before."""
    policies.check_can_follow_up(by)
    if agreed.way == LINK and not settings.SAMSYN_SENDS_MAIL:
        raise Refused(_("Den här installationen skickar ingen e-post."))
    if agreed.way == LINK and permits.are_asked():
        raise Refused(_("Här går inget ut av sig självt: trygg kontakt prövas varje gång. Ring i stället."))
    policies.check_agreed(agreed)
    Wish.objects.update_or_create(
        contact_id=contact_id,
        defaults={
            "sealed_to": sealing.seal(links.ADDRESS, agreed.to),
            "way": agreed.way,
            "asks_direct": agreed.asks_direct,
            "months": sorted(set(agreed.months)),
            "noted_at": at,
        },
    )
    audit.record(events.AGREED, by=by, at=at, subject=str(contact_id))


@transaction.atomic
def forget_wish(*, contact_id: UUID, by: Actor, at: datetime) -> None:
    """Forget what was agreed during a call: the professional changed their mind, or the draft was thrown away."""
    policies.check_can_follow_up(by)
    gone, _by_model = Wish.objects.filter(contact_id=contact_id).delete()
    if gone:
        audit.record(events.AGREEMENT_FORGOTTEN, by=by, at=at, subject=str(contact_id))


@transaction.atomic
def plan_follow_up(*, contact_id: UUID, matter: UUID | None, by: Actor, at: datetime) -> UUID | None:
    """Turn what was agreed into a link and a plan, at the closing of the call; return the plan's id if there is one.

    Nothing that is made here knows the contact. Without an agreement nothing happens.
    """
    wish = Wish.objects.select_for_update().filter(contact_id=contact_id).first()
    if wish is None:
        return None
    policies.check_can_follow_up(by)
    to = sealing.unseal(links.ADDRESS, bytes(wish.sealed_to))
    wish.delete()
    # A call can always be closed: where mail was turned off since, the link is left out.
    if wish.asks_direct and settings.SAMSYN_SENDS_MAIL and not permits.are_asked():
        _invite(to, by=by, at=at)
    if not wish.months:
        return None
    today = timezone.localdate(at)
    follow_up = FollowUp.objects.create(
        number=_next_number(),
        matter_id=matter,
        version_id=questions.instrument_in_force("effect_follow_up", at=at).version_id,
        way=wish.way,
        consented_on=today,
    )
    ContactDetails.objects.create(follow_up=follow_up, sealed=sealing.seal(links.ADDRESS, to))
    Occasion.objects.bulk_create(
        Occasion(follow_up=follow_up, month=month, due_on=policies.due_on(today, month)) for month in wish.months
    )
    audit.record(events.PLANNED, by=by, at=at, subject=str(follow_up.id), facts={"occasions": len(wish.months)})
    return follow_up.id


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    highest: int | None = FollowUp.objects.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def _invite(to: str, *, by: Actor, at: datetime) -> None:
    token, mark = links.new()
    Invitation.objects.create(
        mark=mark,
        version_id=questions.instrument_in_force("direct_follow_up", at=at).version_id,
        expires_at=at + timedelta(days=policies.DIRECT_LINK_DAYS),
    )
    mail.send_link(to=to, kind=mail.DIRECT, token=token, by=by, at=at)
    audit.record(events.LINK_SENT, by=by, at=at)


@transaction.atomic
def read_details(*, follow_up_id: UUID, by: Actor, at: datetime) -> str:
    """Return where to call, for the one who is about to; the log says who read it.

    Raise LookupError if it is gone, Refused where nobody may be called now.
    """
    policies.check_can_follow_up(by)
    details = ContactDetails.objects.filter(follow_up_id=follow_up_id).first()
    if details is None:
        raise LookupError("no contact details")
    where = sealing.unseal(links.ADDRESS, bytes(details.sealed))
    permits.ask(channel=permits.PHONE, to=where, by=by, at=at)
    audit.record(events.DETAILS_READ, by=by, at=at, subject=str(follow_up_id))
    return where
