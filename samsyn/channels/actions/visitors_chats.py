"""The operator's chats with visitors in the figures of availability: what became of them, when they are over.

The centre has no such room. No event tells of the counting: the log keeps for ever, and tells of no visit.
"""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction

from samsyn.channels import call_facts, call_states, policies
from samsyn.channels.models import CallFact

if TYPE_CHECKING:
    from samsyn.visitors import chats


@transaction.atomic
def count_visitors_chats() -> int:
    """Keep the facts of the chats that have ended since the last time; return how many."""
    if not apps.is_installed("samsyn.visitors"):
        return 0
    from samsyn.visitors import chats

    over = chats.ended_since()
    CallFact.objects.bulk_create(CallFact(**_fact(one)) for one in over)
    return len(over)


def _fact(chat: "chats.Ended") -> dict[str, str | int | bool]:
    times = {call_states.ARRIVED: chat.begun_at}
    if chat.answered_at is not None:
        times[call_states.ANSWERED] = chat.answered_at
    times[call_states.MISSED if chat.was_missed else call_states.ENDED] = chat.ended_at
    # The chat takes nobody in while it is closed.
    return call_facts.fact(
        call_states.fold(times), channel=call_states.CHAT, queue=policies.DEFAULT_QUEUE, is_out_of_hours=False
    )
