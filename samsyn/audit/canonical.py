"""The exact bytes of an event that the tree hashes."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def canonical(
    *,
    event_id: UUID,
    kind: str,
    at: datetime,
    actor_id: str,
    pseudonym: str,
    role: str,
    subject: str,
    facts: Mapping[str, str | int],
) -> bytes:
    """Write an event as canonical JSON: RFC 8785 for texts and whole numbers, times in UTC with six decimals."""
    record = {
        "actor": actor_id,
        "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "facts": dict(facts),
        "id": str(event_id),
        "kind": kind,
        "pseudonym": pseudonym,
        "role": role,
        "subject": subject,
        "v": 1,
    }
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def from_row(row: Sequence[Any]) -> bytes:
    """Write the canonical form of a row read as id, kind, at, actor_id, pseudonym, role, subject, facts (as text)."""
    event_id, kind, at, actor_id, pseudonym, role, subject, facts = row
    return canonical(
        event_id=event_id,
        kind=kind,
        at=at,
        actor_id=actor_id,
        pseudonym=pseudonym,
        role=role,
        subject=subject,
        facts=facts_of(facts),
    )


def facts_of(stored: Any) -> dict[str, str | int]:
    """Return the facts of a row as the driver gave them; raise ValueError or TypeError where they are spoilt."""
    return dict(json.loads(stored) if isinstance(stored, str) else stored)
