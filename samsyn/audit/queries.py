"""Reads of the log: events in the order of the log, proofs, and its state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from samsyn.audit import checkpoints, merkle, notes
from samsyn.audit.canonical import canonical, facts_of, from_row
from samsyn.audit.events import kinds
from samsyn.audit.models import Checkpoint, Event, Leaf

_COLUMNS = "e.id, e.kind, e.at, e.actor_id, e.pseudonym, e.role, e.subject, e.facts"


@dataclass(frozen=True)
class LoggedEvent:
    """An event as it stands in the log; ``index`` is None until the sequencer has given it a place."""

    index: int | None
    event_id: UUID
    kind: str
    at: datetime
    actor_id: str
    pseudonym: str
    role: str
    subject: str
    facts: Mapping[str, str | int]
    # What it says now is what it said when it got its place. True while it has none.
    is_unaltered: bool
    # Its place is left, and nothing else: ``at`` is then the time at which it got the place.
    is_missing: bool = False

    @property
    def who(self) -> str:
        """Return the pseudonym; the system, which is nobody, is named in the active language."""
        return gettext("Systemet") if self.role == "system" else self.pseudonym

    def sentence(self) -> str:
        """Tell the event in the active language; a kind that is no longer declared is told by its code."""
        if self.is_missing:
            return gettext("Händelsen är borta ur loggen")
        kind = kinds().get(self.kind)
        if kind is None:
            return f"{self.who}: {self.kind}"
        try:
            return kind.as_sentence(actor=self.who, facts=self.facts)
        except (KeyError, TypeError, ValueError):
            return f"{self.who}: {self.kind}"

    def canonical(self) -> str:
        """The exact text that the tree hashes."""
        return canonical(
            event_id=self.event_id,
            kind=self.kind,
            at=self.at,
            actor_id=self.actor_id,
            pseudonym=self.pseudonym,
            role=self.role,
            subject=self.subject,
            facts=self.facts,
        ).decode()


@dataclass(frozen=True)
class Selection:
    """Which events to read; every condition that is given must hold."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""
    actor_id: str = ""


@dataclass(frozen=True)
class ActorInLog:
    """Somebody who has acted: the account's random id and the latest pseudonym in the log."""

    actor_id: str
    pseudonym: str


@dataclass(frozen=True)
class State:
    """The state of the log as far as one glance can tell; only ``verify`` tells whether it is whole."""

    size: int
    signed_size: int
    signed_at: datetime | None
    # The latest checkpoint carries a valid signature and covers no more than there is.
    is_signature_valid: bool


def latest_events(
    *, selection: Selection, before: int | None = None, after: int | None = None, limit: int
) -> tuple[LoggedEvent, ...]:
    """Read placed events, latest place first, below ``before`` or just above ``after``.

    Where an event is gone but for its place, the place is shown as long as nothing but the place is asked for.
    """
    conditions, values = _conditions(selection)
    order = "DESC"
    if before is not None:
        conditions.append("l.index < %s")
        values.append(before)
    elif after is not None:
        conditions.append("l.index > %s")
        values.append(after)
        order = "ASC"
    where = " AND ".join(conditions) or "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.event_id, l.sequenced_at, l.index, l.hash, {_COLUMNS} FROM audit_leaf l"  # noqa: S608 (fixed texts only)
            f" LEFT JOIN audit_event e ON e.id = l.event_id WHERE {where} ORDER BY l.index {order} LIMIT %s",
            [*values, limit],
        )
        rows = cursor.fetchall()
    events = [
        _missing(row[0], row[1], row[2]) if row[4] is None else _logged(row[2], bytes(row[3]), row[4:]) for row in rows
    ]
    return tuple(events if order == "DESC" else reversed(events))


def events_between(*, since: datetime, until: datetime, kinds: Iterable[str]) -> tuple[LoggedEvent, ...]:
    """Read the events of these kinds, placed or not, in the order of their times; ``until`` is not included."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.index, l.hash, {_COLUMNS} FROM audit_event e"  # noqa: S608 (fixed texts only)
            " LEFT JOIN audit_leaf l ON l.event_id = e.id"
            " WHERE e.kind = ANY(%s) AND e.at >= %s AND e.at < %s ORDER BY e.at, e.id",
            [sorted(kinds), since, until],
        )
        rows = cursor.fetchall()
    return tuple(_logged(row[0], None if row[1] is None else bytes(row[1]), row[2:]) for row in rows)


def first_root_after(moment: datetime) -> bytes | None:
    """Return the root of the first checkpoint that was signed at or after a time; None before there is one."""
    found = Checkpoint.objects.filter(signed_at__gte=moment).order_by("size").values_list("root", flat=True).first()
    return None if found is None else bytes(found)


def waiting_events(*, selection: Selection, limit: int) -> tuple[LoggedEvent, ...]:
    """Read events that have no place yet, latest first."""
    conditions, values = _conditions(selection)
    conditions.append("NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM audit_event e WHERE {' AND '.join(conditions)}"  # noqa: S608 (fixed texts only)
            " ORDER BY e.at DESC, e.id LIMIT %s",
            [*values, limit],
        )
        rows = cursor.fetchall()
    return tuple(_logged(None, None, row) for row in rows)


def event(*, event_id: UUID) -> LoggedEvent | None:
    """Read one event, or None where there is no such event."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.index, l.hash, {_COLUMNS} FROM audit_event e"  # noqa: S608 (fixed texts only)
            " LEFT JOIN audit_leaf l ON l.event_id = e.id WHERE e.id = %s",
            [event_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return _logged(row[0], None if row[1] is None else bytes(row[1]), row[2:])


def latest_event_of_kind(*, kind: str) -> LoggedEvent | None:
    """Read the latest event of a kind by its own time, placed or not."""
    found = Event.objects.filter(kind=kind).order_by("-at", "-id").values_list("id", flat=True).first()
    return None if found is None else event(event_id=found)


def actors() -> tuple[ActorInLog, ...]:
    """Everybody who has acted, by pseudonym."""
    # A loose index scan: one look-up for each actor instead of a walk through the whole log.
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE found AS ("
            " (SELECT actor_id FROM audit_event ORDER BY actor_id LIMIT 1)"
            " UNION ALL SELECT (SELECT e.actor_id FROM audit_event e WHERE e.actor_id > f.actor_id"
            " ORDER BY e.actor_id LIMIT 1) FROM found f WHERE f.actor_id IS NOT NULL)"
            " SELECT f.actor_id, (SELECT e.pseudonym FROM audit_event e WHERE e.actor_id = f.actor_id"
            " ORDER BY e.pseudonym DESC, e.at DESC LIMIT 1) FROM found f WHERE f.actor_id IS NOT NULL"
        )
        rows = cursor.fetchall()
    return tuple(sorted((ActorInLog(*row) for row in rows), key=lambda actor: (actor.pseudonym, actor.actor_id)))


def state() -> State:
    """Tell how large the log is and what was signed last."""
    latest = Checkpoint.objects.order_by("-size").first()
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    size = 0 if last is None else last + 1
    if latest is None:
        return State(size=size, signed_size=0, signed_at=None, is_signature_valid=False)
    try:
        said = checkpoints.opened(latest.note, verifier=checkpoints.signer().verifier())
        is_valid = said.size == latest.size <= size and said.signed_at == latest.signed_at
    except (notes.BadNote, checkpoints.KeyMissing):
        is_valid = False
    return State(size=size, signed_size=latest.size, signed_at=latest.signed_at, is_signature_valid=is_valid)


def latest_note() -> str | None:
    """The latest checkpoint as it was signed, to be kept elsewhere; None before the first."""
    return Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()


def inclusion_proof(*, event_id: UUID) -> checkpoints.InclusionProof | None:
    """Prove that an event stands in the log as last signed; None where it isn't under a checkpoint yet.

    The proof holds the hash of what the event says now, so the proof of an altered event doesn't hold.
    """
    found = event(event_id=event_id)
    latest = Checkpoint.objects.order_by("-size").first()
    if found is None or found.index is None or latest is None or found.index >= latest.size:
        return None
    hashes = _hashes(latest.size)
    if len(hashes) != latest.size:
        return None
    return checkpoints.InclusionProof(
        index=found.index,
        leaf=merkle.leaf_hash(found.canonical().encode()),
        path=tuple(merkle.inclusion_path(hashes, found.index)),
        note=latest.note,
    )


def consistency_proof(*, old_size: int) -> tuple[str, tuple[bytes, ...]] | None:
    """Prove that the log of ``old_size`` events is the beginning of the log as last signed: the note and the path."""
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is None or not 0 <= old_size <= latest.size:
        return None
    return latest.note, tuple(merkle.consistency_path(_hashes(latest.size), old_size))


def _hashes(size: int) -> Sequence[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_leaf WHERE index < %s ORDER BY index", [size])
        return [bytes(leaf) for (leaf,) in cursor.fetchall()]


def _conditions(selection: Selection) -> tuple[list[str], list[Any]]:
    given = (
        ("e.at >= %s", selection.since),
        ("e.at < %s", selection.until),
        ("e.kind = %s", selection.kind),
        ("e.actor_id = %s", selection.actor_id),
    )
    conditions = [condition for condition, value in given if value]
    return conditions, [value for _condition, value in given if value]


def _missing(event_id: UUID, sequenced_at: datetime, index: int) -> LoggedEvent:
    return LoggedEvent(
        index=index,
        event_id=event_id,
        kind="",
        at=sequenced_at,
        actor_id="",
        pseudonym="",
        role="",
        subject="",
        facts={},
        is_unaltered=False,
        is_missing=True,
    )


def _logged(index: int | None, leaf: bytes | None, row: Sequence[Any]) -> LoggedEvent:
    try:
        text, facts = from_row(row), facts_of(row[7])
    except (TypeError, ValueError):
        text, facts = b"", {}
    return LoggedEvent(
        index=index,
        event_id=row[0],
        kind=row[1],
        at=row[2],
        actor_id=row[3],
        pseudonym=row[4],
        role=row[5],
        subject=row[6],
        facts=facts,
        is_unaltered=leaf is None or merkle.leaf_hash(text) == leaf,
    )
