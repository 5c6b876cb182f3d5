"""Reads: the queue, a call that something above belongs to, presence, and the facts of calls."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from samsyn.channels import call_states, policies
from samsyn.channels.adapters import Capabilities, known
from samsyn.channels.models import Call, CallEvent, Presence
from samsyn.channels.queries.chat import conversations
from samsyn.people.actors import Actor
from samsyn.privacy import sealing

# A call that was answered and that nobody registered stands on the board so long.
TO_REGISTER = timedelta(hours=12)
# Who has not said anything for so long is not here.
PRESENT = timedelta(hours=10)


@dataclass(frozen=True)
class Waiting:
    """A line of the queue board; ``id`` is the call's, or the conversation's where it is a chat or a mailbox.

    ``state`` is a call's, or of a conversation: waiting, new_words (one's own awaits an answer), own (one's own), closed
    (one's own, over and not registered). ``waited`` is None where nobody waits.
    """

    id: UUID
    channel: str
    queue: str
    state: str
    arrived_at: datetime
    waited: timedelta | None
    is_out_of_hours: bool
    can: Capabilities
    # Nobody may sit at the page of a chat any more.
    is_perhaps_away: bool = False


@dataclass(frozen=True)
class TakenCall:
    """What the desk shows of the call that it was opened for."""

    queue: str
    channel: str
    wait: timedelta | None
    length: timedelta | None
    is_out_of_hours: bool
    is_stuck: bool


def board(*, by: Actor, at: datetime) -> tuple[Waiting, ...]:
    """Return who waits, the longest first, then what nobody has registered: calls, and chats and mailboxes beside them.

    A call that nobody has taken stands there, waiting or answered and unregistered; of conversations those that wait for
    anybody, and one's own.
    """
    policies.check_can_take_calls(by)
    rows = Call.objects.filter(taken_by=None, settled_at=None).filter(
        Q(state__in=[call_states.WAITING, call_states.TALKING])
        | Q(state=call_states.CLOSED, outcome=call_states.ANSWERED, ended_at__gte=at - TO_REGISTER)
    )
    found = [
        Waiting(
            row.pk,
            row.channel,
            row.queue,
            row.state,
            row.arrived_at,
            max((row.answered_at or at) - row.arrived_at, timedelta()),
            row.is_out_of_hours,
            known.can(row.adapter),
        )
        for row in rows.exclude(channel__in=call_states.WRITTEN)
    ]
    found += [
        Waiting(
            row.id,
            row.channel,
            row.queue,
            row.state,
            row.awaits_since or row.begun_at,
            max(at - row.awaits_since, timedelta()) if row.awaits_since else None,
            row.is_out_of_hours,
            known.can(row.channel),
            row.is_perhaps_away,
        )
        for row in conversations(by=by, at=at)
    ]
    return tuple(sorted(found, key=lambda row: (row.waited is None, row.arrived_at)))


def taken_call(*, reference: UUID) -> TakenCall | None:
    """Return the call that belongs to something above, while it is kept."""
    call = Call.objects.filter(reference=reference).first()
    if call is None:
        return None
    times = dict(CallEvent.objects.filter(call=call).values_list("kind", "happened_at"))
    state = call_states.fold(times)
    return TakenCall(call.queue, call.channel, state.wait, state.length, call.is_out_of_hours, state.is_stuck)


def clock(time: timedelta) -> str:
    """Return a wait or a length as text: minutes and seconds, from an hour on hours, from two days on days."""
    seconds = int(time.total_seconds())
    if seconds < 3_600:
        return f"{seconds // 60:02}:{seconds % 60:02}"
    if seconds < 2 * 86_400:
        return _("%(n)s tim") % {"n": seconds // 3_600}
    return _("%(n)s dygn") % {"n": seconds // 86_400}


def reference_hash(adapter: str, reference: str) -> bytes:
    """Return what stands for the provider's own name of a call."""
    return sealing.mark("call_reference", f"{adapter}\0{reference}")


def answered(*, adapter: str, references: Collection[str]) -> frozenset[str]:
    """Return those of a provider's calls that somebody has answered."""
    marks = {reference_hash(adapter, reference): reference for reference in references}
    rows = Call.objects.filter(reference_hash__in=list(marks), answered_at__isnull=False)
    return frozenset(marks[bytes(mark)] for mark in rows.values_list("reference_hash", flat=True))


def present(*, at: datetime) -> tuple[str, ...]:
    """Return the pseudonyms of those who take calls now."""
    rows = Presence.objects.filter(is_here=True, since__gte=at - PRESENT).order_by("pseudonym")
    return tuple(rows.values_list("pseudonym", flat=True))


def is_present(*, by: Actor, at: datetime) -> bool:
    """Say whether this adviser takes calls now."""
    return Presence.objects.filter(pk=by.account_id, is_here=True, since__gte=at - PRESENT).exists()
