"""Bookings: ``python -m bench.bookings [--rounds 100]``: rivals for one time beside check-then-insert, and free times.

Makes its own PostgreSQL in a temporary folder, and takes it away again.
"""

import argparse
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from uuid import UUID

from bench.audit import line, seconds
from bench.house import house

RIVALS = 40


def compete(rounds: int, attempt: Callable[[int, datetime], bool], name: str, start: datetime) -> None:
    """Let forty want each of so many times at once; print how often not exactly one got it."""
    from django.db import connection

    from samsyn.bookings.models import Participant

    wins: Counter[int] = Counter()
    took = []
    for number in range(rounds):
        starts_at = start + timedelta(hours=number)
        barrier = threading.Barrier(RIVALS)

        def rival(place: int, starts_at: datetime = starts_at, barrier: threading.Barrier = barrier) -> None:
            try:
                connection.ensure_connection()
                barrier.wait()
                attempt(place, starts_at)
            finally:
                connection.close()

        threads = [threading.Thread(target=rival, args=(place,)) for place in range(RIVALS)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took.append(time.perf_counter() - begun)
        # A meeting with two hosts has two participants; the first host is in every one.
        won = Participant.objects.filter(booking__starts_at=starts_at, host_id=HOSTS[0], is_blocking=True).count()
        wins[won] += 1
    wrong = sum(count for won, count in wins.items() if won != 1)
    spread = ", ".join(f"{won} booked: {count}" for won, count in sorted(wins.items()))
    print(f"{name:<58}{wrong:4} of {rounds} rounds wrong ({spread}); a round {median(took) * 1000:.0f} ms")


HOSTS: list[int] = []


def rivals(rounds: int) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from samsyn.bookings import actions
    from samsyn.bookings.models import Booking, Host, Kind, Participant
    from samsyn.people.actors import Actor
    from samsyn.people.roles import Regime, Role

    call_command("load_bookings", verbosity=0)
    by = Actor(UUID(int=31), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))
    HOSTS[:] = [Host.objects.create(account_id=UUID(int=n), kinds=["advice"]).pk for n in (1, 2)]
    one, other = HOSTS
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)

    def ours(hosts: list[int], starts_at: datetime) -> bool:
        try:
            actions.book(kind="advice", hosts=hosts, starts_at=starts_at, by=by, at=now)
        except actions.Taken:
            return False
        return True

    compete(rounds, lambda _place, at: ours([one], at), "one host, constraint", start)
    there = start + timedelta(hours=rounds + 1)
    compete(rounds, lambda place, at: ours([one, other][:: 1 if place % 2 else -1], at), "two hosts, any order", there)
    kind = Kind.objects.get(pk="advice")
    with psycopg_owner() as owner:
        owner.execute("ALTER TABLE bookings_participant DROP CONSTRAINT host_is_booked_once_at_a_time")

    def naive(_place: int, starts_at: datetime) -> bool:
        ends_at = starts_at + timedelta(minutes=30)
        with transaction.atomic():
            if Participant.objects.filter(host_id=one, blocked__overlap=(starts_at, ends_at)).exists():
                return False
            booking = Booking.objects.create(
                kind=kind, state="confirmed", starts_at=starts_at, ends_at=ends_at, capacity=1, origin="staff",
                made_at=now, changed_at=now,
            )  # fmt: skip
            Participant.objects.create(booking=booking, host_id=one, blocked=(starts_at, ends_at))
        return True

    compete(rounds, naive, "one host, check then insert (baseline)", there + timedelta(hours=rounds + 1))
    connection.close()


def psycopg_owner():  # type: ignore[no-untyped-def]
    import psycopg

    return psycopg.connect(os.environ["BENCH_OWNER_URL"], autocommit=True)


def free_times() -> None:
    from samsyn.bookings.availability import Rule, Standard, Taken, free_slots

    dice = random.Random(1)
    hosts = list(range(1, 21))
    first = date(2026, 9, 14)
    rules = [Rule(host, day, 540, 1020, first) for host in hosts for day in range(5)]
    taken = []
    for host in hosts:
        moments = sorted(dice.sample(range(90 * 24), 250))
        begins = int(datetime(2026, 9, 14, tzinfo=UTC).timestamp())
        taken += [Taken(host, begins + 3600 * hour, begins + 3600 * hour + 45 * 60) for hour in moments]
    last = first + timedelta(days=89)
    at = datetime(2026, 9, 13, tzinfo=UTC)
    standard = Standard(minutes=30, after_minutes=15)
    found: list[object] = []

    def compute() -> None:
        found[:] = free_slots(
            hosts=hosts,
            rules=rules,
            exceptions=[],
            taken=taken,
            standard=standard,
            at=at,
            first_day=first,
            last_day=last,
        )

    def quarters() -> None:
        """The peer: ask of each quarter of an hour whether any booking of the host is in the way."""
        own = {host: [one for one in taken if one.host == host] for host in hosts[:1]}
        count = 0
        for day in range(90):
            midnight = datetime(2026, 9, 14, tzinfo=UTC) + timedelta(days=day)
            for quarter in range(36, 67):
                begin = midnight + timedelta(minutes=15 * quarter)
                first, last = begin.timestamp(), (begin + timedelta(minutes=45)).timestamp()
                count += not any(one.begins < last and first < one.ends for one in own[1])

    peer = seconds(quarters, turns=3) * len(hosts)
    line(
        f"free times, 20 advisers, 90 days, {len(taken):,} bookings",
        seconds(compute),
        peer=peer,
        of="each quarter asked",
    )
    print(f"  {len(found):,} free times; {processor(compute) * 1000:.0f} ms of processor")


def processor(work: Callable[[], object], turns: int = 9) -> float:
    """The median of what some turns took of the processor: others' work on the machine is not in it."""
    took = []
    for _turn in range(turns):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return median(took)


def free_times_of_the_database() -> None:
    """The same with what is read for it: hosts, hours and bookings as they lie in the tables."""
    from django.core.management import call_command

    from samsyn.bookings import queries
    from samsyn.bookings.models import Booking, Host, Participant, WeeklyRule

    call_command("load_bookings", verbosity=0)
    dice = random.Random(1)
    first, begins = date(2026, 9, 14), datetime(2026, 9, 14, tzinfo=UTC)
    at = begins - timedelta(days=1)
    hosts = [Host.objects.create(account_id=UUID(int=n), kinds=["advice"]).pk for n in range(101, 121)]
    WeeklyRule.objects.bulk_create(
        WeeklyRule(host_id=host, weekday=day, first_minute=540, last_minute=1020, first_day=first)
        for host in hosts
        for day in range(5)
    )
    participants = []
    for host in hosts:
        for hour in dice.sample(range(90 * 24), 250):
            starts_at = begins + timedelta(hours=hour)
            booking = Booking(
                kind_id="advice", state="confirmed", starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30),
                capacity=1, origin="staff", made_at=at, changed_at=at,
            )  # fmt: skip
            blocked = (starts_at, starts_at + timedelta(minutes=45))
            participants.append(Participant(booking=booking, host_id=host, blocked=blocked))
    Booking.objects.bulk_create(one.booking for one in participants)
    Participant.objects.bulk_create(participants)
    kind = queries.kind("advice")

    def ask() -> list[object]:
        last = first + timedelta(days=89)
        return [*queries.free_slots(kind=kind, hosts=hosts, first_day=first, last_day=last, at=at)]

    line("the same out of the database", seconds(ask))
    print(f"  {len(ask()):,} free times; {processor(ask) * 1000:.0f} ms of processor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    chosen = parser.parse_args()
    free_times()
    with house():
        free_times_of_the_database()
        rivals(chosen.rounds)


if __name__ == "__main__":
    main()
