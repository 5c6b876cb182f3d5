"""Calendar addresses: made, shown once, revoked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.bookings import events, policies
from samsyn.bookings.actions.public import hashed, new_secret
from samsyn.bookings.models import Feed, Host
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused


@transaction.atomic
def make_feed(*, tells_meetings: bool, by: Actor, at: datetime) -> str:
    """Make an address for the actor's own calendar and return its secret, which is shown this once."""
    policies.check_can_keep_own_times(by)
    host = Host.objects.select_for_update(no_key=True).filter(account_id=by.account_id).first()
    if host is None:
        raise Refused(_("Du kan inte bokas än. Be samordnaren lägga upp dig."))
    if host.feeds.filter(revoked_at=None).count() >= policies.MOST_FEEDS:
        raise Refused(_("Du har många kalenderadresser. Återkalla någon av dem först."))
    secret = new_secret()
    made = Feed.objects.create(host=host, secret_hash=hashed(secret), tells_meetings=tells_meetings, made_at=at)
    audit.record(events.FEED_MADE, by=by, at=at, subject=str(made.pk))
    return secret


@transaction.atomic
def revoke_feed(*, feed_id: UUID, by: Actor, at: datetime) -> None:
    """Let an own address answer nothing from now on; raise LookupError for another's."""
    policies.check_can_keep_own_times(by)
    found = Feed.objects.filter(pk=feed_id, host__account_id=by.account_id, revoked_at=None).first()
    if found is None:
        raise LookupError("no such address")
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    audit.record(events.FEED_REVOKED, by=by, at=at, subject=str(feed_id))
