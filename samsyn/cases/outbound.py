"""What ``channels.permits`` asks before anything leaves: has this person just asked the case's rules, for this very way?

The rules lie encrypted in the case, so nobody but somebody with the case open can ask them. Who has asked and got yes has a
clearance: theirs, for one contact, for minutes, and to the number or address alone that the person has said in that case.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samsyn.cases.models import ContactClearance
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed
from samsyn.privacy import sealing


def marked(to: str) -> bytes:
    """Return what a clearance keeps of a number or address: enough to know it again, for whoever has the key."""
    return sealing.mark("clearance", to.strip().casefold())


@transaction.atomic
def permit(*, channel: str, to: str, by: Actor, at: datetime) -> datetime:
    """Use up the clearance for this way and recipient and return until when it holds; raise NotAllowed where there is none."""
    found = (
        ContactClearance.objects.select_for_update()
        .filter(account_id=by.account_id, channel=channel, until__gt=at, used_at=None)
        .order_by("until")
        .first()
    )
    if found is None:
        raise NotAllowed(_("Det här når en person utanför huset. Öppna ärendet och kontrollera trygg kontakt först."))
    if bytes(found.recipient) != marked(to):
        raise NotAllowed(_("Numret eller adressen är inte den som personen har sagt. Se trygg kontakt i ärendet."))
    found.used_at = at
    found.save(update_fields=["used_at"])
    return found.until
