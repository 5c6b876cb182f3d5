"""An event as the rules see it: who did what to which random id, when. Never what was told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class InLog(Protocol):
    """What an event of the log has."""

    kind: str
    at: datetime
    actor_id: str
    subject: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True)
class Seen:
    """One event; ``id`` is what a decision about it names."""

    id: str
    kind: str
    at: datetime
    actor: str
    subject: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def says(self, name: str) -> str:
        """Return a fact as text; "" where it has none."""
        return str(self.facts.get(name, ""))


READS = frozenset({"case_read"})
WRITES = frozenset({"case_written", "case_closed", "case_code_changed", "case_key_replaced"})
# What somebody does in a case that it takes a right to do; each of them has to be explained.
ACCESSES = READS | WRITES | {"case_shared", "case_revoked", "case_export_asked", "case_exported"}
# What explanations rest on: kept in the log for ever, read as far back as a grant can last.
GROUNDS = frozenset(
    {
        *("case_created", "case_shared", "case_revoked", "case_withdrawn", "case_not_opened"),
        *("case_code_opened", "case_code_opened_under_duress", "emergency_opened", "duty_begun", "duty_ended"),
    }
)
