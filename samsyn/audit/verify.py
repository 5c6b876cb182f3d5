"""Verification: recompute the log from its events, hold it against every signature, and name what is wrong first.

What it can't see: an event that was never recorded, and a log whose key has been stolen. A log that was cut off
together with its last checkpoints is seen only by a checkpoint that was kept elsewhere (the witness).
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from samsyn.audit import checkpoints, merkle, notes
from samsyn.audit.canonical import from_row
from samsyn.audit.findings import Finding, Problem, Report
from samsyn.audit.models import Checkpoint

_PIECE = 10_000
_MOST_TOLD = 100
# Exchanged places are searched for by trial within a subtree of at most this many leaves: about 0.3 s of hashing.
_LARGEST_SEARCH = 64
_MOST_CANDIDATES = 1_000

_COLUMNS = "e.id, e.kind, e.at, e.actor_id, e.pseudonym, e.role, e.subject, e.facts"


@dataclass(frozen=True)
class _Truth:
    """A size and root that somebody signed; from the log itself with its subtrees, from a witness without."""

    size: int
    root: bytes
    frontier: merkle.Frontier | None = None
    is_witness: bool = False


@dataclass
class _Reading:
    """What has been read of the log so far."""

    hashes: list[bytes | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    total: int = 0
    # The first empty place; past one single place the tree may still be computed, past more it is closed.
    hole: int | None = None
    hole_is_untold: bool = False
    is_closed: bool = False
    # Events that don't match their leaf: what they say now, to see whether they only changed places.
    strangers: list[tuple[int, bytes, UUID, str]] = field(default_factory=list)
    size: int = 0

    def find(self, finding: Finding) -> None:
        self.total += 1
        self.findings.append(finding)
        if len(self.findings) > 2 * _MOST_TOLD:
            self.findings = sorted(self.findings, key=lambda f: f.place)[:_MOST_TOLD]

    def known(self) -> int:
        """How many leaves from the beginning are all there."""
        return len(self.hashes) if self.hole is None else self.hole


def verify(*, verifier: notes.Verifier, witness: str | None = None) -> Report:
    """Recompute everything and report what is wrong; ``witness`` is a checkpoint that was kept elsewhere."""
    reading = _Reading()
    # Checkpoints first: what is appended while we read can then only be beyond them.
    rows = list(Checkpoint.objects.order_by("size"))
    truths = _signed(rows, verifier, reading)
    if witness is not None:
        truths += _witnessed(witness, verifier, reading)
    for row in _places():
        _read_place(row, reading)
    _settle_strangers(reading)
    _hold_against(sorted(truths, key=lambda truth: (truth.size, truth.is_witness)), reading)
    own = [truth for truth in truths if not truth.is_witness]
    signed = max(own, key=lambda truth: truth.size, default=None)
    return Report(
        size=reading.size,
        waiting=_waiting(),
        checkpoints=len(rows),
        signed_size=signed.size if signed else 0,
        signed_at=next((row.signed_at for row in reversed(rows) if signed and row.size == signed.size), None),
        findings=tuple(sorted(reading.findings, key=lambda finding: finding.place)[:_MOST_TOLD]),
        total=reading.total,
    )


def _signed(rows: Sequence[Checkpoint], verifier: notes.Verifier, reading: _Reading) -> list[_Truth]:
    """Return what was truly signed, and find checkpoints that were forged or altered."""
    truths = []
    for row in rows:
        try:
            said = checkpoints.opened(row.note, verifier=verifier)
        except notes.BadNote:
            reading.find(Finding(problem=Problem.FORGED_CHECKPOINT, index=row.size))
            continue
        frontier: merkle.Frontier | None = None
        with suppress(ValueError):
            frontier = merkle.Frontier.from_bytes(bytes(row.frontier), said.size)
        if frontier is not None and frontier.root() != said.root:
            frontier = None
        stored = (row.size, bytes(row.root), row.signed_at)
        if frontier is None or stored != (said.size, said.root, said.signed_at):
            reading.find(Finding(problem=Problem.ALTERED_CHECKPOINT, index=row.size))
        truths.append(_Truth(size=said.size, root=said.root, frontier=frontier))
    return truths


def _witnessed(witness: str, verifier: notes.Verifier, reading: _Reading) -> list[_Truth]:
    try:
        said = checkpoints.opened(witness, verifier=verifier)
    except notes.BadNote:
        reading.find(Finding(problem=Problem.UNREADABLE_WITNESS, index=0))
        return []
    return [_Truth(size=said.size, root=said.root, is_witness=True)]


def _places() -> Iterator[tuple[Any, ...]]:
    """Read every leaf with its event, in order, in pieces."""
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT l.index, l.hash, l.event_id, {_COLUMNS} FROM audit_leaf l"  # noqa: S608 (no outside text)
                " LEFT JOIN audit_event e ON e.id = l.event_id WHERE l.index > %s ORDER BY l.index LIMIT %s",
                [after, _PIECE],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < _PIECE:
            return
        after = rows[-1][0]


def _read_place(row: tuple[Any, ...], reading: _Reading) -> None:
    """Hold one leaf against its event and against the place before it."""
    index, leaf, event_id, *event = row
    leaf = bytes(leaf)
    if index != reading.size:
        _find_gap(reading.size, index, reading)
    reading.size = index + 1
    if not reading.is_closed:
        reading.hashes.append(leaf)
    if event[0] is None:
        reading.find(Finding(problem=Problem.MISSING_EVENT, index=index, event_id=event_id))
        return
    try:
        now = merkle.leaf_hash(from_row(event))
    except (TypeError, ValueError):
        now = b""
    if now != leaf:
        reading.strangers.append((index, now, event_id, event[1]))


def _find_gap(first: int, end: int, reading: _Reading) -> None:
    if reading.hole is None:
        reading.hole = first
        if end - first == 1:
            # Told later, when a checkpoint may say which event stood here.
            reading.hashes.append(None)
            reading.hole_is_untold = True
            return
    reading.is_closed = True
    reading.find(Finding(problem=Problem.EMPTY_PLACE, index=first, last=end - 1))


def _settle_strangers(reading: _Reading) -> None:
    """Tell an event that was altered from one that only stands in another's place."""
    if not reading.strangers:
        return
    wanted = {now for _index, now, _id, _kind in reading.strangers}
    places = {leaf: index for index, leaf in enumerate(reading.hashes) if leaf in wanted}
    for index, now, event_id, kind in reading.strangers:
        belongs_at = places.get(now)
        problem = Problem.ALTERED_EVENT if belongs_at is None else Problem.MISPLACED_EVENT
        reading.find(Finding(problem=problem, index=index, event_id=event_id, kind=kind, belongs_at=belongs_at))


def _hold_against(truths: Sequence[_Truth], reading: _Reading) -> None:
    """Compute the root at every signed size; stop at the first that differs, since all later ones follow from it."""
    frontier = merkle.Frontier()
    agreed = 0
    for truth in truths:
        if truth.size > reading.known():
            if reading.hole_is_untold and truth.size <= len(reading.hashes):
                _name_hole(truth, reading)
            elif reading.hole is None:
                _find_cut(truth, reading)
            break
        while frontier.size < truth.size:
            leaf = reading.hashes[frontier.size]
            assert leaf is not None  # noqa: S101 (known() ends before the first hole)
            frontier.append(leaf)
        if frontier.root() != truth.root:
            _find_rewriting(truth, agreed, reading)
            break
        agreed = truth.size
    if reading.hole_is_untold and reading.hole is not None:
        reading.find(Finding(problem=Problem.EMPTY_PLACE, index=reading.hole, last=reading.hole))


def _name_hole(truth: _Truth, reading: _Reading) -> None:
    """Find the event whose place is empty: the one without a place that would make the signed root come out."""
    hole = reading.hole
    assert hole is not None  # noqa: S101 (only called with one)
    reading.hole_is_untold = False
    # The path from a place doesn't depend on what stands there, so each candidate costs a few hashes.
    others = [leaf or b"" for leaf in reading.hashes[: truth.size]]
    path = merkle.inclusion_path(others, hole)
    for event_id, kind, leaf in _candidates():
        if merkle.verify_inclusion(leaf=leaf, index=hole, size=truth.size, path=path, expected=truth.root):
            reading.find(
                Finding(problem=Problem.EMPTY_PLACE, index=hole, last=hole, event_id=event_id, kind=kind),
            )
            return
    reading.find(Finding(problem=Problem.EMPTY_PLACE, index=hole, last=hole))


def _find_cut(truth: _Truth, reading: _Reading) -> None:
    """The log is shorter than something signed; say which event lost its place where exactly one did."""
    first = len(reading.hashes)
    event_id, kind = None, ""
    if truth.size == first + 1:
        path = merkle.inclusion_path([*(leaf or b"" for leaf in reading.hashes), b""], first)
        for candidate, its_kind, leaf in _candidates():
            if merkle.verify_inclusion(leaf=leaf, index=first, size=truth.size, path=path, expected=truth.root):
                event_id, kind = candidate, its_kind
    problem = Problem.SHORTER_THAN_WITNESS if truth.is_witness else Problem.CUT_OFF
    reading.find(Finding(problem=problem, index=first, last=truth.size - 1, event_id=event_id, kind=kind))


def _find_rewriting(truth: _Truth, agreed: int, reading: _Reading) -> None:
    """Narrow down where the leaves depart from a signed root, by its subtrees and by the last root that agreed."""
    hashes = [leaf or b"" for leaf in reading.hashes[: truth.size]]
    first, end = agreed, truth.size
    if truth.frontier is not None:
        for (start, stop), node in zip(truth.frontier.spans(), truth.frontier.nodes, strict=True):
            if stop > agreed and merkle.root(hashes[start:stop]) != node:
                first, end = max(start, agreed), stop
                exchanged = _exchanged(hashes[start:stop], node, first - start)
                if exchanged:
                    _find_exchange(start + exchanged[0], start + exchanged[1], reading)
                    return
                break
    event_id, kind = _event_at(first)
    problem = Problem.CONTRADICTS_WITNESS if truth.is_witness else Problem.REWRITTEN
    reading.find(Finding(problem=problem, index=first, last=end - 1, event_id=event_id, kind=kind))


def _exchanged(leaves: list[bytes], node: bytes, first: int) -> tuple[int, int] | None:
    """Find two leaves that, in each other's place, give the signed subtree."""
    if len(leaves) > _LARGEST_SEARCH:
        return None
    for one in range(first, len(leaves)):
        for other in range(one + 1, len(leaves)):
            trial = list(leaves)
            trial[one], trial[other] = trial[other], trial[one]
            if merkle.root(trial) == node:
                return one, other
    return None


def _find_exchange(one: int, other: int, reading: _Reading) -> None:
    for index, belongs_at in ((one, other), (other, one)):
        event_id, kind = _event_at(index)
        reading.find(
            Finding(problem=Problem.MISPLACED_EVENT, index=index, event_id=event_id, kind=kind, belongs_at=belongs_at)
        )


def _event_at(index: int) -> tuple[UUID | None, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.event_id, coalesce(e.kind, '') FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id"
            " WHERE l.index = %s",
            [index],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (None, "")


def _candidates() -> Iterator[tuple[UUID, str, bytes]]:
    """Events that have no place, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM audit_event e"  # noqa: S608 (no outside text)
            " WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id) ORDER BY e.at, e.id LIMIT %s",
            [_MOST_CANDIDATES],
        )
        rows = cursor.fetchall()
    for row in rows:
        try:
            yield row[0], row[1], merkle.leaf_hash(from_row(row))
        except (TypeError, ValueError):
            continue


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)"
        )
        (count,) = cursor.fetchone()
    return int(count)
