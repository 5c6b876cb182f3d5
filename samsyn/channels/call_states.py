"""What has become of a call, out of the events that are known of it. Pure: no Django.

Events come late, twice, in any order, or never. The state hangs on the set of them and on nothing else, so that neither
order nor repetition can change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

ARRIVED, QUEUED, OFFERED, ANSWERED, FORWARDED = "arrived", "queued", "offered", "answered", "forwarded"
ENDED, MISSED, FAILED = "ended", "missed", "failed"
# Ours alone: nobody told the end, and the clock closed the call.
LOST = "lost"
TOLD = frozenset({ARRIVED, QUEUED, OFFERED, ANSWERED, FORWARDED, ENDED, MISSED, FAILED})

WAITING, TALKING, CLOSED = "waiting", "talking", "closed"
ABANDONED = "abandoned"
OUTCOMES = (ANSWERED, ABANDONED, MISSED, FAILED)

CHAT, MAILBOX = "chat", "mailbox"
# Our own pages: who gives up says so or not, but no end can be lost on the way from a provider.
WRITTEN = frozenset({CHAT, MAILBOX})
# Nobody waits in a queue this long, and no call lasts this long: the end was lost.
LONGEST_WAIT = timedelta(hours=2)
LONGEST_CALL = timedelta(hours=6)
# So long words lie in a mailbox (``retention``); it is over for the queue when it is answered.
LONGEST_UNANSWERED = timedelta(days=7)
# A provider tries to deliver an event for up to a day (46elks); until then what is known may still change.
SETTLES_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class CallState:
    """A call as far as it is known: ``wait`` is None where nobody told when it came, ``length`` where it has no end."""

    state: str
    outcome: str
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait: timedelta | None
    length: timedelta | None
    is_stuck: bool


def fold(times: Mapping[str, datetime]) -> CallState:
    """Return the state of a call whose kinds of events first happened at these times; raise ValueError for none."""
    if not times:
        raise ValueError("a call without events")
    begun = [times[kind] for kind in (ARRIVED, QUEUED) if kind in times]
    arrived_at = min(begun) if begun else min(times.values())
    answered_at = times.get(ANSWERED)
    ends = [times[kind] for kind in (ENDED, MISSED, FAILED) if kind in times]
    is_stuck = not ends and LOST in times
    ended_at = max(ends) if ends else times.get(LOST)
    nothing = timedelta()
    wait = length = None
    if begun:
        until = answered_at or (None if is_stuck else ended_at)
        wait = max(until - arrived_at, nothing) if until else None
    if answered_at and ended_at and not is_stuck:
        length = max(ended_at - answered_at, nothing)
    state = CLOSED if ended_at else TALKING if answered_at else WAITING
    return CallState(state, _outcome(times), arrived_at, answered_at, ended_at, wait, length, is_stuck)


def _outcome(times: Mapping[str, datetime]) -> str:
    """Return how it ended, or nothing while it goes on. Whom somebody talked with was answered, whatever came after."""
    if not {ENDED, MISSED, FAILED, LOST} & set(times):
        return ""
    if ANSWERED in times:
        return ANSWERED
    return next((kind for kind in (FAILED, MISSED) if kind in times), ABANDONED)


def is_overdue(state: CallState, *, at: datetime, channel: str = "phone") -> bool:
    """Say whether an end must have been lost, or nobody ever answered."""
    if state.state == WAITING:
        return at - state.arrived_at >= (LONGEST_UNANSWERED if channel == MAILBOX else LONGEST_WAIT)
    return state.state == TALKING and state.answered_at is not None and at - state.answered_at >= LONGEST_CALL


def closing_kind(state: CallState, *, channel: str) -> str:
    """Return what closes a call that is overdue: whom nobody answered on our own pages was missed by us."""
    return MISSED if channel in WRITTEN and state.state == WAITING else LOST
