"""The log as a reader meets it: days, sentences, and its state in one word."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from uuid import UUID

from django.utils.timezone import localdate

from samsyn.audit import checkpoints
from samsyn.audit import queries as log
from samsyn.audit.queries import LoggedEvent, Selection
from samsyn.oversight import events
from samsyn.people.roles import Role

# One screen and a half: enough to see a morning, small enough to read.
PAGE_SIZE = 50
_WAIT = timedelta(days=1)


class Health(StrEnum):
    """The log's state as far as the latest full check and the latest signature tell."""

    WHOLE = "whole"
    BROKEN = "broken"
    UNCHECKED = "unchecked"
    UNSIGNED = "unsigned"


@dataclass(frozen=True)
class LogState:
    """What stands beside the log: how it is, how large, signed and checked when."""

    health: Health
    size: int
    signed_size: int
    signed_at: datetime | None
    checked_at: datetime | None
    # Where the latest full check found the first fault.
    broken_at: int | None

    @property
    def unsigned(self) -> int:
        """How many places have come since the latest signature."""
        return max(0, self.size - self.signed_size)


@dataclass(frozen=True)
class Day:
    """The events of one day in the order of the log, latest first."""

    on: date
    events: tuple[LoggedEvent, ...]


@dataclass(frozen=True)
class LogPage:
    """One page of the log, and the places from which the next pages go on."""

    waiting: tuple[LoggedEvent, ...]
    days: tuple[Day, ...]
    older_before: int | None
    newer_after: int | None

    @property
    def is_empty(self) -> bool:
        """Nothing to show."""
        return not self.waiting and not self.days


@dataclass(frozen=True)
class ProvenEvent:
    """One event with the proof of its place, where it is signed already."""

    event: LoggedEvent
    roles: tuple[str, ...]
    proof: checkpoints.InclusionProof | None
    is_proven: bool
    signed_size: int


@dataclass(frozen=True)
class Person:
    """Somebody who has acted, under a neutral key that can stand in an address."""

    key: str
    pseudonym: str
    actor_id: str


def people() -> tuple[Person, ...]:
    """Everybody who has acted, by pseudonym."""
    return tuple(
        Person(key=sha256(actor.actor_id.encode()).hexdigest()[:8], pseudonym=actor.pseudonym, actor_id=actor.actor_id)
        for actor in log.actors()
    )


def log_page(*, selection: Selection, before: int | None, after: int | None, at: datetime) -> LogPage:
    """Read one page; what has come during the last day and waits for its place stands on the first page only."""
    found = log.latest_events(selection=selection, before=before, after=after, limit=PAGE_SIZE + 1)
    # Places are given every minute; a day back is found by index, where the whole log would be walked through.
    recent = replace(selection, since=max(selection.since or at - _WAIT, at - _WAIT))
    is_first = before is None and after is None
    goes_on_up = after is not None and len(found) > PAGE_SIZE
    has_more = len(found) > PAGE_SIZE
    shown = found[-PAGE_SIZE:] if after is not None else found[:PAGE_SIZE]
    older = shown[-1].index if shown and (has_more if after is None else True) else None
    newer = shown[0].index if shown and (before is not None or goes_on_up) else None
    return LogPage(
        waiting=log.waiting_events(selection=recent, limit=PAGE_SIZE) if is_first else (),
        days=_days(shown),
        older_before=older,
        newer_after=newer,
    )


def _days(found: Iterable[LoggedEvent]) -> tuple[Day, ...]:
    return tuple(Day(on=on, events=tuple(of_day)) for on, of_day in groupby(found, lambda event: localdate(event.at)))


def log_state() -> LogState:
    """Tell how the log is, from its latest signature and the latest full check."""
    state = log.state()
    whole = log.latest_event_of_kind(kind=events.LOG_FOUND_WHOLE.code)
    broken = log.latest_event_of_kind(kind=events.LOG_FOUND_BROKEN.code)
    latest = max((found for found in (whole, broken) if found), key=lambda found: found.at, default=None)
    # A fault that was found once is shown until a later check finds none.
    is_broken = latest is not None and latest is broken
    if is_broken or (state.signed_at is not None and not state.is_signature_valid):
        health = Health.BROKEN
    elif state.signed_at is None:
        health = Health.UNSIGNED
    elif latest is None or not latest.is_unaltered:
        health = Health.UNCHECKED
    else:
        health = Health.WHOLE
    place = latest.facts.get("index") if latest is not None and is_broken else None
    return LogState(
        health=health,
        size=state.size,
        signed_size=state.signed_size,
        signed_at=state.signed_at,
        checked_at=latest.at if latest else None,
        broken_at=place if isinstance(place, int) else None,
    )


def proven_event(*, event_id: UUID) -> ProvenEvent | None:
    """Read one event and prove its place; None where there is no such event."""
    found = log.event(event_id=event_id)
    if found is None:
        return None
    proof = log.inclusion_proof(event_id=event_id)
    try:
        is_proven = proof is not None and proof.holds(verifier=checkpoints.signer().verifier())
    except checkpoints.KeyMissing:
        is_proven = False
    return ProvenEvent(
        event=found,
        roles=_role_names(found.role),
        proof=proof,
        is_proven=is_proven,
        signed_size=log.state().signed_size,
    )


def _role_names(codes: str) -> tuple[str, ...]:
    """Roles in words; a role that no longer exists keeps its code."""
    known = {role.value: str(role.label) for role in Role}
    return tuple(known.get(code, code) for code in codes.split("+") if code and code != "none")
