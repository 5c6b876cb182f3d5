"""Reads: which table is in force, and its bytes."""

import gzip
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from samsyn.anonymity.models import PopulationTable


@dataclass(frozen=True)
class TableRow:
    """The table that the meter counts on, without its counts."""

    id: UUID
    version: str
    source: str
    counted_on: date
    read_on: date
    is_made_up: bool
    total: int


def table_in_force() -> TableRow | None:
    """Return the latest real table, or else the latest made-up one, or nothing."""
    found = PopulationTable.objects.order_by("is_made_up", "-counted_on", "-loaded_at").values(
        "id", "version", "source", "counted_on", "read_on", "is_made_up", "total"
    )
    row = found.first()
    return TableRow(**row) if row else None


@lru_cache(maxsize=2)  # a table never changes
def compressed(table_id: UUID) -> bytes:
    """Return a table's packed bytes, compressed with gzip; raise PopulationTable.DoesNotExist."""
    found = PopulationTable.objects.get(pk=table_id)
    return gzip.compress(bytes(found.packed), 9, mtime=0)
