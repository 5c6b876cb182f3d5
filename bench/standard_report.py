"""What the standard report costs: ``python -m bench.standard_report [--contacts 100000]``.

Counts every table of the report for a quarter, the year to date and all years from the facts, protects and audits it.
The baseline in the same run is the obvious way: fetch the rows and count them in loops. Makes its own PostgreSQL in a
temporary folder, and takes it away again.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bench.audit import line, seconds
from bench.house import house

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
GOAL = 2.0


def in_loops(facts: Mapping[str, Sequence[Mapping[str, Any]]], axes: Sequence[Any]) -> int:
    """Count every value of every axis by quarter, row by row."""
    found: dict[tuple[Any, ...], int] = {}
    for axis in axes:
        for row in facts[axis.facts or axis.unit]:
            when = (row["year"], row["quarter"])
            value = row[axis.variable] if axis.variable else None
            for one in value if isinstance(value, list) else [value]:
                place = (axis.unit, axis.variable, one, *when)
                found[place] = found.get(place, 0) + 1
    return len(found)


def measure(wanted: int) -> None:
    """Fill the database and print the figures."""
    from django.core.management import call_command
    from django.db import connection

    from samsyn.config.demonstration import world
    from samsyn.contacts import actions, queries
    from samsyn.contacts.models import ContactFact
    from samsyn.statistics import counting, drafting
    from samsyn.statistics.definitions.loader import standard_report
    from samsyn.statistics.periods import Quarter

    call_command("load_vocabulary", verbosity=0)
    while ContactFact.objects.count() < wanted:
        made = world.generate(seed=ContactFact.objects.count(), scale=4.0)
        actions.add_facts(**vars(made))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    report, quarter = standard_report(), Quarter(2026, 2)
    counts = counting.count(report.definitions, last=quarter)
    print(f"{ContactFact.objects.count():,} contacts, {len(counts.axes)} axes, {len(report.tables)} tables")

    def ours() -> None:
        counting.count(report.definitions, last=quarter)

    def loops() -> None:
        facts = {name: list(queries.facts(name, first=(2014, 1), last=(2026, 2))) for name in queries.FACTS}
        in_loops(facts, counts.axes)

    def whole() -> None:
        fresh = counting.count(report.definitions, last=quarter)
        drafting.prepare(report, quarter=quarter, frozen_at=AT, counts=fresh, earlier=(), choices={})

    peer = seconds(loops, turns=3)
    counted = seconds(ours, turns=5)
    line("counting the standard report", counted, peer=peer, of="fetching and counting in loops")
    took = seconds(whole, turns=3)
    line("counting, protecting and auditing it", took, peer=peer, of="fetching and counting in loops")
    print(f"goal: counted in under {GOAL} s: {'ok' if counted < GOAL else 'TOO SLOW'}")


def main() -> None:
    """Make a database of its own and measure in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    options = parser.parse_args()
    with house():
        measure(options.contacts)


if __name__ == "__main__":
    main()
