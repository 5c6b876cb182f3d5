"""Writes of the log: record an event, give events their places, sign a checkpoint."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from samsyn.audit import checkpoints, merkle, notes
from samsyn.audit.actors import Actor
from samsyn.audit.canonical import from_row
from samsyn.audit.events import EventKind, kinds
from samsyn.audit.models import Checkpoint, Event

# One sequencer at a time in a database: an arbitrary number that nothing else locks ("audit" in ASCII).
SEQUENCER_LOCK = 0x6175646974
# Leaves are written in pieces, so that a first run over a large log holds little in memory.
_PIECE = 50_000
# A subject is a random id or a code, never words.
_SUBJECT = re.compile(r"[A-Za-z0-9_:./-]{0,100}\Z")


class NotInTransaction(Exception):
    """An event was recorded outside the transaction of the change that it tells of."""


class UnknownKind(Exception):
    """An event of a kind that no room has declared."""


class ClockWentBack(Exception):
    """The clock shows a time before the latest checkpoint, so no new one is signed."""


class BrokenLog(Exception):
    """The log contradicts its own latest checkpoint, so nothing more is signed; ``verify`` names what is wrong."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it was signed."""

    size: int
    root: bytes
    signed_at: datetime
    note: str


def record(
    kind: EventKind,
    *,
    by: Actor,
    at: datetime,
    subject: str = "",
    facts: Mapping[str, str | int] | None = None,
) -> UUID:
    """Store one event in the caller's transaction and return its random id.

    Raise NotInTransaction outside an atomic block, UnknownKind, events.BadFacts or ValueError for what isn't declared
    or isn't a code, and whatever the database raises: the caller lets it pass, and the change goes with the event.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{kind.code} is recorded outside a transaction")
    if kinds().get(kind.code) is not kind:
        raise UnknownKind(kind.code)
    said = dict(facts or {})
    kind.check_facts(said)
    if not _SUBJECT.match(subject):
        raise ValueError(f"{kind.code}: the subject is not an id")
    if at.tzinfo is None:
        raise ValueError(f"{kind.code}: the time has no time zone")
    event = Event(
        id=uuid4(),
        kind=kind.code,
        at=at,
        actor_id=by.actor_id,
        pseudonym=by.pseudonym,
        role=by.role,
        subject=subject,
        facts=said,
    )
    event.save(force_insert=True)
    return event.id


def sequence(*, at: datetime) -> int:
    """Give every committed event that has no place yet the next one, and return how many there were.

    Safe to run from several processes at once: they wait for each other. One run places events by time and id.
    """
    placed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn()
        cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM audit_leaf")
        (first,) = cursor.fetchone()
        while True:
            # Found by an anti-join, not by a running number: a long transaction may commit an old number late.
            cursor.execute(
                "SELECT e.id, e.kind, e.at, e.actor_id, e.pseudonym, e.role, e.subject, e.facts FROM audit_event e"
                " WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id) ORDER BY e.at, e.id LIMIT %s",
                [_PIECE],
            )
            rows = cursor.fetchall()
            with cursor.copy("COPY audit_leaf (index, event_id, hash, sequenced_at) FROM STDIN") as leaves:
                for index, row in enumerate(rows, start=first + placed):
                    leaves.write_row((index, row[0], merkle.leaf_hash(from_row(row)), at))
            placed += len(rows)
            if len(rows) < _PIECE:
                return placed


def checkpoint(*, at: datetime) -> Signed:
    """Sign the size and root of what has been placed; return the latest checkpoint again if nothing has come since.

    Raise checkpoints.KeyMissing without a key, ClockWentBack, or BrokenLog where the log contradicts what was signed.
    """
    signer = checkpoints.signer()
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn()
        latest = Checkpoint.objects.order_by("-size").first()
        frontier = _signed_frontier(latest, signer.verifier())
        cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM audit_leaf")
        (size,) = cursor.fetchone()
        if size < frontier.size:
            raise BrokenLog("the log is shorter than its latest checkpoint")
        if latest is not None and size == latest.size:
            return Signed(size=size, root=bytes(latest.root), signed_at=latest.signed_at, note=latest.note)
        if latest is not None and at < latest.signed_at:
            raise ClockWentBack
        while frontier.size < size:
            cursor.execute(
                "SELECT index, hash FROM audit_leaf WHERE index >= %s ORDER BY index LIMIT 50000", [frontier.size]
            )
            for index, leaf in cursor.fetchall():
                if index != frontier.size:
                    raise BrokenLog(f"the place {frontier.size} is empty")
                frontier.append(bytes(leaf))
        said = checkpoints.Checkpoint(origin=signer.name, size=size, root=frontier.root(), signed_at=at)
        note = signer.sign(said.text())
        Checkpoint(size=size, root=said.root, frontier=frontier.to_bytes(), signed_at=at, note=note).save(
            force_insert=True
        )
        return Signed(size=size, root=said.root, signed_at=at, note=note)


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])


def _signed_frontier(latest: Checkpoint | None, verifier: notes.Verifier) -> merkle.Frontier:
    """Return the right edge of the latest checkpoint's tree, held against its signature before it is built on."""
    if latest is None:
        return merkle.Frontier()
    try:
        said = checkpoints.opened(latest.note, verifier=verifier)
        frontier = merkle.Frontier.from_bytes(bytes(latest.frontier), latest.size)
    except (notes.BadNote, ValueError) as problem:
        raise BrokenLog(f"the checkpoint of {latest.size} events is not as it was signed") from problem
    if said.size != latest.size or frontier.root() != said.root:
        raise BrokenLog(f"the checkpoint of {latest.size} events is not as it was signed")
    return frontier
