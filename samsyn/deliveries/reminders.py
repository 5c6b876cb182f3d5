"""Where a deliverer is told that something waits at the portal. The mail says no more than that, and has no link."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from samsyn.audit import actions as audit
from samsyn.channels import actions as channels
from samsyn.deliveries import events
from samsyn.deliveries.models import ReminderAddress
from samsyn.deliveries.policies import Sender
from samsyn.people.actors import Actor

WAITING = "something_waits"


def address_of(sender: Sender) -> str:
    """Return the address that an organisation gave, or nothing."""
    found = ReminderAddress.objects.filter(deliverer_id=sender.deliverer_id).first()
    return found.address if found else ""


@transaction.atomic
def set_address(*, address: str, sender: Sender, at: datetime) -> None:
    """Keep an organisation's address for reminders in the place of the one before; an empty one is forgotten."""
    if address == address_of(sender):
        return
    ReminderAddress.objects.filter(deliverer_id=sender.deliverer_id).delete()
    if address:
        ReminderAddress.objects.create(deliverer_id=sender.deliverer_id, address=address, given_at=at)
    facts = {"deliverer": sender.code}
    audit.record(events.ADDRESS_CHANGED, by=sender.by, at=at, subject=str(sender.deliverer_id), facts=facts)


def tell(codes: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Write to those of the deliverers that gave an address, once each; the mail goes out if the transaction does."""
    if not settings.SAMSYN_SENDS_MAIL:
        return
    with translation.override("sv"):
        for one in ReminderAddress.objects.filter(deliverer__code__in=set(codes)).order_by("deliverer__code"):
            channels.send_neutral_mail(to=one.address, kind=WAITING, context={}, by=by, at=at)
