"""What the log costs: ``python -m bench.audit [--events 100000]`` prints ratios against a peer in the same run.

Makes its own PostgreSQL with durable commits in a temporary folder, and takes it away again.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import median
from typing import Any
from uuid import uuid4

from bench.house import house

AT = datetime(2026, 9, 16, 8, 30, tzinfo=UTC)


class Somebody:
    actor_id = "5b0c2c5e-4f0e-4f0b-9a55-0d7a5d1c9e01"
    pseudonym = "Rådgivare 3"
    role = "adviser"


def seconds(work: Callable[[], Any], *, turns: int = 5) -> float:
    """The median of some turns: one slow turn on a shared machine says nothing."""
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def line(name: str, ours: float, *, unit: str = "s", peer: float | None = None, of: str = "") -> None:
    ratio = "" if peer is None else f"   {ours / peer:6.2f} × {of} ({peer:.4g} {unit})"
    print(f"{name:<58}{ours:10.4g} {unit}{ratio}")


def recording() -> None:
    """record() against the bare INSERT that it comes down to."""
    from django.db import connection, transaction

    from samsyn.audit import actions as audit
    from samsyn.audit.events import declare

    kind = declare("bench_written", "%(actor)s skrev", facts=("number", "word"))
    somebody: Any = Somebody()
    count = 500
    sql = (
        "INSERT INTO audit_event (id, kind, at, actor_id, pseudonym, role, subject, facts)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    )
    row = (kind.code, AT, somebody.actor_id, somebody.pseudonym, somebody.role, "a-1", '{"number": 1, "word": "x"}')

    def bare_in_one() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for _ in range(count):
                cursor.execute(sql, [uuid4(), *row])

    def ours_in_one() -> None:
        with transaction.atomic():
            for _ in range(count):
                audit.record(kind, by=somebody, at=AT, subject="a-1", facts={"number": 1, "word": "x"})

    def bare_each() -> None:
        for _ in range(count):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [uuid4(), *row])

    def ours_each() -> None:
        for _ in range(count):
            with transaction.atomic():
                audit.record(kind, by=somebody, at=AT, subject="a-1", facts={"number": 1, "word": "x"})

    scale = 1000 / count
    line(
        "record(), in a running transaction",
        seconds(ours_in_one) * scale,
        unit="ms",
        peer=seconds(bare_in_one) * scale,
        of="bare INSERT",
    )
    line(
        "record(), with a durable commit each",
        seconds(ours_each) * scale,
        unit="ms",
        peer=seconds(bare_each) * scale,
        of="bare INSERT",
    )


def tree(size: int) -> None:
    """The tree against pymerkle, an independent implementation in the same language."""
    import pymerkle

    from samsyn.audit import merkle

    data = [sha256(str(number).encode()).digest() for number in range(size)]

    def ours() -> bytes:
        return merkle.root([merkle.leaf_hash(item) for item in data])

    def grown() -> bytes:
        frontier = merkle.Frontier()
        for item in data:
            frontier.append(merkle.leaf_hash(item))
        return frontier.root()

    def theirs() -> bytes:
        other = pymerkle.InmemoryTree(algorithm="sha256")
        for item in data:
            other.append_entry(item)
        root: bytes = other.get_root()
        return root

    assert ours() == theirs() == grown()
    peer = seconds(theirs, turns=3)
    line(f"root over {size} leaves", seconds(ours), peer=peer, of="pymerkle")
    line(f"frontier grown to {size} leaves", seconds(grown), peer=peer, of="pymerkle")


def whole_log(size: int) -> None:
    """Placing, signing, reading and verifying a large log."""
    from django.db import connection

    from samsyn.audit import actions as audit
    from samsyn.audit import checkpoints, queries
    from samsyn.audit.verify import verify

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (id, kind, at, actor_id, pseudonym, role, subject, facts)"
            " SELECT gen_random_uuid(), 'bench_written', %s::timestamptz - n * interval '7 seconds',"
            " 'actor-' || n %% 60, 'Rådgivare ' || n %% 60, 'adviser', 'a-1',"
            " jsonb_build_object('number', n, 'word', 'x') FROM generate_series(1, %s) n",
            [AT, size],
        )
        cursor.execute("ANALYZE")
    at = AT + timedelta(days=1)
    line(f"sequence() of {size} events at once", seconds(lambda: audit.sequence(at=at), turns=1))
    line("checkpoint() over all of them", seconds(lambda: audit.checkpoint(at=at), turns=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    line("sequence() with nothing to do", seconds(lambda: audit.sequence(at=at)))
    line("checkpoint() with nothing to do", seconds(lambda: audit.checkpoint(at=at)))
    everything = queries.Selection()
    line("page of 50 events, latest", seconds(lambda: queries.latest_events(selection=everything, limit=50)))
    line(
        "page of 50 events, far back", seconds(lambda: queries.latest_events(selection=everything, before=60, limit=50))
    )
    one = queries.Selection(actor_id="actor-7")
    line("page of 50 events by one person", seconds(lambda: queries.latest_events(selection=one, limit=50)))
    none = queries.Selection(kind="bench_never")
    line("page of events of a kind that never was", seconds(lambda: queries.latest_events(selection=none, limit=50)))
    line("events that wait", seconds(lambda: queries.waiting_events(selection=everything, limit=50)))
    line("everybody who has acted", seconds(queries.actors))
    event_id = queries.latest_events(selection=everything, limit=1)[0].event_id
    line("proof of one event", seconds(lambda: queries.inclusion_proof(event_id=event_id), turns=3))
    verifier = checkpoints.signer().verifier()
    took = seconds(lambda: verify(verifier=verifier), turns=3)
    line(f"verify() of {size} events", took)
    print(f"{'':<58}{size / took:10,.0f} events/s")
    assert verify(verifier=verifier).is_whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    with house():
        tree(options.events)
        recording()
        whole_log(options.events)


if __name__ == "__main__":
    main()
