"""A visitor's chat becomes a contact at the operator's desk: its channel and its times, no word of what was written.

At the centre the room of visitors has no tables: what is here is asked for only where it has (``from_chat``).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.contacts import actions, queries
from samsyn.contacts.from_calls import CallLine, said_of
from samsyn.contacts.models import Contact
from samsyn.people.actors import Actor
from samsyn.visitors import chat_queries, chats

CHANNEL = "chat"


@transaction.atomic
def open_contact(*, chat_id: UUID, by: Actor, at: datetime) -> UUID:
    """Open a contact for the supporter's own chat and return its id; a second time return the first one's.

    Raise LookupError for a chat that isn't theirs or is gone.
    """
    known = chats.registered(chat_id=chat_id, by=by)
    if known is not None and Contact.objects.filter(pk=known).exists():  # it may have been discarded
        return known
    contact_id = actions.open_contact(by=by, at=at, channel=CHANNEL)
    chats.register_chat(chat_id=chat_id, reference=contact_id, by=by, at=at)
    times = chat_queries.times(reference=contact_id)
    if times is not None:
        Contact.objects.filter(pk=contact_id).update(opened_at=min(times.answered_at, at))
    return contact_id


def chat_line(draft: queries.Draft) -> CallLine | None:
    """Return what is known of the chat that a contact was opened for, while the chat's row is kept."""
    times = chat_queries.times(reference=draft.id)
    if times is None:
        return None
    return CallLine((_("Chatt med en besökare"), *said_of(wait=times.wait, length=times.length)))
