"""What is done by the clock: links to occasions that are due, one reminder, and silence taken for an answer."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from samsyn.audit import actions as audit
from samsyn.channels import permits
from samsyn.followups import events, links, mail, policies
from samsyn.followups.actions.answers import OPEN, end_if_nothing_is_left
from samsyn.followups.models import LINK, FollowUp, Occasion
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused
from samsyn.privacy import keys, sealing

log = logging.getLogger("samsyn.followups")


def ask_due(*, by: Actor, at: datetime) -> int:
    """Send the links and reminders that are due, put aside what nobody answered, and return how many were sent.

    Each occasion is a transaction of its own: one address that refuses holds nobody else back, and it is tried again.
    """
    today = timezone.localdate(at)
    silent = Q(state__in=OPEN, expires_at__lte=at) | Q(
        state=Occasion.State.PLANNED, due_on__lte=today - policies.ASKED_FOR
    )
    active = Occasion.objects.filter(follow_up__state=FollowUp.State.ACTIVE)
    for occasion_id in active.filter(silent).values_list("id", flat=True):
        _put_aside(occasion_id, by=by, at=at)
    by_link = active.filter(follow_up__way=LINK)
    due = by_link.filter(state=Occasion.State.PLANNED, due_on__lte=today)
    again = by_link.filter(state=Occasion.State.ASKED, asked_at__lte=at - policies.REMIND_AFTER)
    sent = 0
    if not settings.SAMSYN_SENDS_MAIL or permits.are_asked():
        return sent
    for occasion_id in [*due.values_list("id", flat=True), *again.values_list("id", flat=True)]:
        try:
            sent += _ask(occasion_id, by=by, at=at)
        except (keys.KeyUnusable, sealing.Unsealable, Refused) as error:
            log.error("a follow-up could not be asked, trying again: %s", type(error).__name__)
    return sent


@transaction.atomic
def _ask(occasion_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Send a fresh link; the one before it, if any, holds no more. Return whether it was still to be sent."""
    occasion = _locked(occasion_id)
    if occasion is None or occasion.state not in {Occasion.State.PLANNED, Occasion.State.ASKED}:
        return False
    token, occasion.mark = links.new()
    is_first = occasion.state == Occasion.State.PLANNED
    if is_first:
        occasion.asked_at, occasion.expires_at = at, at + policies.ASKED_FOR
    occasion.state = Occasion.State.ASKED if is_first else Occasion.State.REMINDED
    occasion.save()
    to = sealing.unseal(links.ADDRESS, bytes(occasion.follow_up.details.sealed))
    mail.send_link(to=to, kind=mail.EFFECT if is_first else mail.REMINDER, token=token, by=by, at=at)
    audit.record(events.ASKED, by=by, at=at, subject=str(occasion.follow_up_id))
    return True


@transaction.atomic
def _put_aside(occasion_id: UUID, *, by: Actor, at: datetime) -> None:
    occasion = _locked(occasion_id)
    if occasion is None:
        return
    occasion.state, occasion.mark = Occasion.State.MISSED, None
    occasion.save(update_fields=["state", "mark"])
    audit.record(events.MISSED, by=by, at=at, subject=str(occasion.follow_up_id))
    end_if_nothing_is_left(occasion.follow_up, by=by, at=at)


def _locked(occasion_id: UUID) -> Occasion | None:
    return (
        Occasion.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("follow_up__details")
        .filter(id=occasion_id, state__in=OPEN, follow_up__state=FollowUp.State.ACTIVE)
        .first()
    )
