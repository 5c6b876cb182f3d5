"""Writes: a table of people is loaded once and never changed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from samsyn.anonymity import events, files, packing
from samsyn.anonymity.files import BadTable, Table
from samsyn.anonymity.models import PopulationTable
from samsyn.audit import actions as audit
from samsyn.audit.actors import Actor as LogActor
from samsyn.vocabulary import queries as vocabulary


@transaction.atomic
def load_table(*, table: Table, by: LogActor, at: datetime) -> bool:
    """Keep a table; say whether it was new. Raise BadTable for other municipalities than ours, or a version that differs."""
    known = {row.value for row in vocabulary.codes("municipality", on=timezone.localdate(at))}
    files.check_places(table, known=known)
    packed = packing.pack(table.counts)
    found = PopulationTable.objects.filter(version=table.version).first()
    if found is not None:
        if bytes(found.packed) != packed or found.counted_on != table.counted_on or found.source != table.source:
            raise BadTable(
                f"version {table.version} is loaded with other contents: give the table a version of its own"
            )
        return False
    PopulationTable.objects.create(
        version=table.version, source=table.source, counted_on=table.counted_on, read_on=table.read_on,
        is_made_up=table.is_made_up, total=table.total, packed=packed, loaded_at=at,
    )  # fmt: skip
    facts: dict[str, str | int] = {"version": table.version, "total": table.total, "is_made_up": int(table.is_made_up)}
    audit.record(events.TABLE_LOADED, by=by, at=at, facts=facts)
    return True
