"""Channels: ``python -m bench.channels [--events 10000] [--calls 100]``: shuffled webhooks, and real calls by SIPp.

Makes its own PostgreSQL in a temporary folder, and takes it away again. The baseline of the first part obeys each event
as it comes, as a program does that trusts in order.
"""

import argparse
import os
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bench.house import house


def shuffled(events: int) -> None:
    from samsyn.channels import actions, call_states
    from samsyn.channels.models import Call, CallFact
    from samsyn.people.actors import SYSTEM
    from tests.channels.test_shuffled import DAY, stories

    chance = random.Random(46)
    told, right = stories(chance, events // 5)
    doubled = told + told
    chance.shuffle(doubled)
    begun = time.perf_counter()
    for event in doubled:
        actions.take_events(told=(event,), at=DAY + timedelta(hours=1))
    took = time.perf_counter() - begun
    for hours in (4, 10, 40, 80):
        actions.sweep_calls(by=SYSTEM, at=DAY + timedelta(hours=hours))
    stuck = Call.objects.exclude(state=call_states.CLOSED).count()
    counted = Counter(CallFact.objects.values_list("outcome", flat=True))
    wrong = sum(abs(counted[kind] - right[kind]) for kind in set(counted) | set(right))
    print(f"{len(doubled):,} events, shuffled and doubled, 5 % of the ends lost, {events // 5:,} calls")
    print(f"  ours: {stuck} stuck, {wrong} counted wrong; {took / len(doubled) * 1000:.1f} ms an event")
    latest: dict[str, str] = {}
    became: Counter[str] = Counter()
    for event in doubled:
        before = latest.get(event.reference, "")
        if event.kind == call_states.ENDED:
            became[call_states.ANSWERED if before == call_states.ANSWERED else call_states.ABANDONED] += 1
        latest[event.reference] = event.kind
    open_still = sum(kind != call_states.ENDED for kind in latest.values())
    off = sum(abs(became[kind] - right[kind]) for kind in set(became) | set(right))
    print(f"  baseline, each event obeyed as it comes: {open_still} stuck, {off} counted wrong")


def rung(calls: int, folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from samsyn.channels.models import Call, OpeningException
    from samsyn.contacts.models import Contact
    from tests.channels import sipp

    for name in ("load_vocabulary", "load_questions", "load_channels"):
        call_command(name, verbosity=0)
    today = timezone.localdate()
    for day in (today, today + timedelta(days=1)):
        OpeningException.objects.create(queue_id="professionals", day=day, is_open=True)
    Call.objects.all().delete()
    environment = dict(os.environ)
    with sipp.line(environment) as port:
        somebody = sipp.adviser(environment, calls, 0.5)
        try:
            heard = sipp.call(port, calls, a_second=5, talk_ms=500, folder=folder)
        finally:
            somebody.terminate()
            somebody.communicate()
    rows = Call.objects.filter(state="closed", outcome="answered")
    kept = sorted((row.answered_at - row.arrived_at).total_seconds() for row in rows if row.answered_at)
    apart = [abs(ours - theirs) for ours, theirs in zip(kept, heard.rang, strict=False)]
    print(f"SIPp: {heard.succeeded} of {calls} calls went through, {heard.failed} failed")
    print(
        f"  {len(kept)} calls kept as answered, {Contact.objects.count()} contacts open, the others thrown away as drafts"
    )
    print(f"  waits from {min(kept):.2f} to {max(kept):.2f} s; SIPp's own differ by {max(apart):.2f} s at most")
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=100)
    chosen = parser.parse_args()
    with house() as folder:
        from django.core.management import call_command

        call_command("load_channels", verbosity=0)
        shuffled(chosen.events)
        (folder / "sipp").mkdir()
        rung(chosen.calls, folder / "sipp")


if __name__ == "__main__":
    main()
