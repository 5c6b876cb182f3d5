"""Calls: what a provider tells, an adviser who answers, and the clock that closes and counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import call_facts, call_states, events, policies, queries
from samsyn.channels.adapters import Event
from samsyn.channels.call_states import CallState
from samsyn.channels.models import Call, CallEvent, CallFact, Presence
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused

# Calls that the clock looks at in one transaction.
_BATCH = 200


@transaction.atomic
def take_events(*, told: Sequence[Event], at: datetime) -> UUID:
    """Keep what a provider tells of one call and return the call's id; what is known already changes nothing.

    A provider's events are no person's acts and leave no line in the log.
    """
    call = _call_of(told[0], at)
    if call.settled_at is None:
        for event in told:
            if event.reference != told[0].reference or event.adapter != told[0].adapter:
                raise ValueError("events of several calls")
            _keep(call, event.kind, event.at, at)
        queue = next((event.metadata["queue"] for event in told if "queue" in event.metadata), None)
        if queue and queries.is_queue(queue):
            call.queue = queue
        _refold(call)
    return call.pk


@transaction.atomic
def take_call(*, call_id: UUID, reference: UUID, by: Actor, at: datetime) -> CallState:
    """Let the adviser have the call, and return its state; ``reference`` is the id of what is opened for it above.

    Raise LookupError for a call that isn't there, Refused for one that a colleague has, or that ended unanswered.
    """
    policies.check_can_take_calls(by)
    call = Call.objects.select_for_update().filter(pk=call_id).first()
    if call is None or call.settled_at is not None:
        raise LookupError("no such call")
    if call.taken_by is not None:
        raise Refused(_("Samtalet har redan tagits."))
    if call.state == call_states.CLOSED and call.outcome != call_states.ANSWERED:
        raise Refused(_("Samtalet är redan slut. Ingen hann svara."))
    if call.answered_at is None:
        _keep(call, call_states.ANSWERED, max(at, call.arrived_at), at)
    call.taken_by = by.account_id
    call.reference = reference
    state = _refold(call)
    audit.record(events.CALL_TAKEN, by=by, at=at, subject=str(call.pk))
    return state


@transaction.atomic
def note_call(*, told: Event, by: Actor, at: datetime) -> UUID:
    """Keep a call that a person notes by hand and return its id."""
    policies.check_can_take_calls(by)
    call_id = take_events(told=(told,), at=at)
    audit.record(events.CALL_NOTED, by=by, at=at, subject=str(call_id))
    return call_id


@transaction.atomic
def set_presence(*, is_here: bool, by: Actor, at: datetime) -> None:
    """Say whether the adviser takes calls now."""
    policies.check_can_take_calls(by)
    Presence.objects.update_or_create(
        account_id=by.account_id, defaults={"pseudonym": by.pseudonym, "is_here": is_here, "since": at}
    )
    audit.record(events.PRESENCE_SET, by=by, at=at)


def sweep_calls(*, by: Actor, at: datetime) -> tuple[int, int]:
    """Close calls whose end was lost, count those that nobody will tell more of; return how many of each."""
    return _close_stuck(by=by, at=at), _settle(by=by, at=at)


def _close_stuck(*, by: Actor, at: datetime) -> int:
    closed = 0
    # By id, so that a call whose time has not come is passed once and not found again.
    last = UUID(int=0)
    while True:
        with transaction.atomic():
            rows = list(
                Call.objects.select_for_update(skip_locked=True)
                .filter(pk__gt=last, arrived_at__lte=at - call_states.LONGEST_WAIT)
                .exclude(state=call_states.CLOSED)
                .order_by("pk")[:_BATCH]
            )
            states = [(call, _state(call)) for call in rows]
            stuck = [one for one in states if call_states.is_overdue(one[1], at=at, channel=one[0].channel)]
            for call, state in stuck:
                _keep(call, call_states.closing_kind(state, channel=call.channel), at, at)
                _refold(call)
            if stuck:
                audit.record(events.CALLS_CLOSED, by=by, at=at, facts={"calls": len(stuck)})
        closed += len(stuck)
        if len(rows) < _BATCH:
            return closed
        last = rows[-1].pk


def _settle(*, by: Actor, at: datetime) -> int:
    settled = 0
    while True:
        with transaction.atomic():
            rows = list(
                Call.objects.select_for_update(skip_locked=True)
                .filter(
                    state=call_states.CLOSED,
                    settled_at=None,
                    ended_at__lte=at - call_states.SETTLES_AFTER,
                    heard_at__lte=at - call_states.SETTLES_AFTER,
                )
                .order_by("pk")[:_BATCH]
            )
            CallFact.objects.bulk_create(
                CallFact(
                    **call_facts.fact(
                        _state(call), channel=call.channel, queue=call.queue, is_out_of_hours=call.is_out_of_hours
                    )
                )
                for call in rows
            )
            Call.objects.filter(pk__in=[call.pk for call in rows]).update(settled_at=at)
            if rows:
                audit.record(events.CALLS_COUNTED, by=by, at=at, facts={"calls": len(rows)})
        settled += len(rows)
        if len(rows) < _BATCH:
            return settled


@transaction.atomic
def add_call_facts(*, rows: Iterable[Mapping[str, str | int | bool]]) -> None:
    """Store facts of calls that were counted already, given as columns (``CallFact.COLUMNS``) and values."""
    CallFact.objects.bulk_create(CallFact(**row) for row in rows)


# Steps that several actions share


def _call_of(event: Event, at: datetime) -> Call:
    """Return the locked call that an event is about; two who make it at once get the same."""
    mark = queries.reference_hash(event.adapter, event.reference)
    found = Call.objects.select_for_update().filter(reference_hash=mark).first()
    if found is None:
        new = Call(
            reference_hash=mark,
            adapter=event.adapter,
            channel=event.channel,
            queue=policies.DEFAULT_QUEUE,
            state=call_states.WAITING,
            arrived_at=event.at,
            heard_at=at,
        )
        Call.objects.bulk_create([new], ignore_conflicts=True)
        found = Call.objects.select_for_update().get(reference_hash=mark)
    return found


def _keep(call: Call, kind: str, happened_at: datetime, at: datetime) -> None:
    """Keep the earliest time of a kind of event."""
    row, is_new = CallEvent.objects.get_or_create(call=call, kind=kind, defaults={"happened_at": happened_at})
    is_earlier = happened_at < row.happened_at
    if is_earlier:
        row.happened_at = happened_at
        row.save(update_fields=["happened_at"])
    if is_new or is_earlier:
        call.heard_at = max(call.heard_at, at)


def _state(call: Call) -> CallState:
    return call_states.fold({row.kind: row.happened_at for row in call.events.all()})


def _refold(call: Call) -> CallState:
    state = _state(call)
    call.state = state.state
    call.outcome = state.outcome
    call.is_stuck = state.is_stuck
    call.arrived_at = state.arrived_at
    call.answered_at = state.answered_at
    call.ended_at = state.ended_at
    # A mailbox has no hours.
    call.is_out_of_hours = call.channel != call_states.MAILBOX and not queries.hours(queue=call.queue).is_open(
        state.arrived_at
    )
    call.save()
    return state
