"""A call out of the queue becomes a contact: what is known of the call stands there already."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.channels import actions as channels
from samsyn.channels import queries as calls
from samsyn.contacts import actions, policies, queries
from samsyn.contacts.models import Contact
from samsyn.people.actors import Actor


@dataclass(frozen=True)
class CallLine:
    """What the desk says of the call: queue, wait, length, out of hours, each as text."""

    parts: tuple[str, ...]


@transaction.atomic
def answer_call(*, call_id: UUID, by: Actor, at: datetime) -> UUID:
    """Take a call out of the queue and open a contact for it; return the contact's id.

    Raise LookupError for a call that isn't there, Refused where a colleague has it or nobody can answer it any more.
    """
    return _open_for(call_id, channel="phone", is_live=True, by=by, at=at)


@transaction.atomic
def answer_chat(*, chat_id: UUID, by: Actor, at: datetime) -> UUID:
    """Open a contact for the adviser's own chat or mailbox, once; return the contact's id.

    Raise LookupError for a chat that isn't the adviser's or was counted already, Refused for one that is registered.
    """
    chat = calls.own_chat(chat_id=chat_id, by=by, at=at)
    if chat.call_id is None or not chat.is_answered:
        raise LookupError("nobody has answered")
    return _open_for(
        chat.call_id, channel=policies.MAILBOX if chat.is_mailbox else "chat", is_live=not chat.is_mailbox, by=by, at=at
    )


def _open_for(call_id: UUID, *, channel: str, is_live: bool, by: Actor, at: datetime) -> UUID:
    contact_id = actions.open_contact(by=by, at=at, channel=channel)
    state = channels.take_call(call_id=call_id, reference=contact_id, by=by, at=at)
    if is_live and state.answered_at is not None:
        # Who lifts the receiver first and presses afterwards has talked since then.
        Contact.objects.filter(pk=contact_id).update(opened_at=min(state.answered_at, at))
    return contact_id


@transaction.atomic
def open_called_back(*, call_back_id: UUID, by: Actor, at: datetime) -> UUID:
    """Open a contact for somebody who answered when called back, and return its id: promise and number are gone then.

    Raise LookupError for a promise that isn't there, Refused for one that is over.
    """
    channels.record_attempt(call_back_id=call_back_id, result="reached", by=by, at=at)
    return actions.open_contact(by=by, at=at)


def call_line(draft: queries.Draft) -> CallLine | None:
    """Return what is known of the call that a contact was opened for, while the call is kept."""
    call = calls.taken_call(reference=draft.id)
    if call is None:
        return None
    length = None if call.channel == "mailbox" else call.length
    parts = [calls.queue_title(call.queue), *said_of(wait=call.wait, length=length)]
    if call.is_out_of_hours:
        parts.append(_("utanför öppettid"))
    return CallLine(tuple(parts))


def said_of(*, wait: timedelta | None, length: timedelta | None) -> list[str]:
    """Return how long somebody waited and how long the conversation was, as far as it is known, as text."""
    said = []
    if wait is not None:
        said.append(_("väntade %(time)s") % {"time": calls.clock(wait)})
    if length is not None:
        said.append(_("varade %(time)s") % {"time": calls.clock(length)})
    return said
