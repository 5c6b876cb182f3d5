"""Channels: ``python -m bench.channels [--events 10000] [--calls 100]``: shuffled webhooks, and real calls by SIPp.

The webhooks go over HTTP to the server as it runs for real, with the provider's secret and from its address.

Makes its own PostgreSQL in a temporary folder, and takes it away again. The baseline of the first part obeys each event
as it comes, as a program does that trusts in order.
"""

import argparse
import http.client
import os
import random
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.house import house

if TYPE_CHECKING:
    from samsyn.channels.adapters import Event


SECRET = "a-secret-of-the-bench"  # noqa: S105
# As many at a time as the provider would deliver.
SENDERS = 8
_STEPS: dict[str, tuple[str, str, dict[str, str]]] = {
    "arrived": ("start", "created", {"direction": "incoming"}),
    "answered": ("connected", "start", {"result": "success"}),
    "ended": ("hangup", "ended", {}),
}


def open_around_now() -> None:
    """Open the line today and tomorrow."""
    from django.utils import timezone

    from samsyn.channels.models import OpeningException

    for day in (timezone.localdate(), timezone.localdate() + timedelta(days=1)):
        OpeningException.objects.create(queue_id="professionals", day=day, is_open=True)


def posted(event: "Event", shift: timedelta) -> tuple[str, str]:
    """Return address and form as the provider sends them: its own times, in UTC without saying so."""
    step, time_of, more = _STEPS[event.kind]
    at = (event.at + shift).replace(tzinfo=None).isoformat()
    form = {"callid": event.reference, "from": "+46700000001", "to": "+46100000000", time_of: at, **more}
    return f"/phone/{SECRET}/{step}/", urlencode(form)


def deliver(posts: Iterable[tuple[str, str]], port: int) -> Counter[int]:
    """Deliver forms to addresses over HTTP, several at a time, each until it is answered; return the statuses."""
    waiting, lock = iter(posts), threading.Lock()
    said: Counter[int] = Counter()

    def send() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Host": "centre.localhost", "Content-Type": "application/x-www-form-urlencoded"}
        while True:
            with lock:
                path, form = next(waiting, ("", ""))
            if not path:
                return
            while True:
                try:
                    line.request("POST", path, form, headers)
                    answer = line.getresponse()
                    answer.read()
                    break
                except (OSError, http.client.HTTPException):  # closed between two: the provider tries again
                    line.close()
            with lock:
                said[answer.status] += 1

    senders = [threading.Thread(target=send) for _number in range(SENDERS)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    return said


def shuffled(events: int) -> None:
    from django.utils import timezone

    from samsyn.channels import actions, call_states
    from samsyn.channels.models import Call, CallFact
    from samsyn.people.actors import SYSTEM
    from tests.channels.test_shuffled import DAY, stories
    from tests.desk_at_work import Web

    calls = bisect_left(range(events), events, key=lambda number: len(stories(random.Random(46), number)[0]))
    told, right = stories(random.Random(46), calls)
    doubled = told + told
    random.Random(47).shuffle(doubled)
    now = timezone.now()
    # All of it has happened when the first is delivered.
    posts = [posted(event, now - timedelta(hours=4) - DAY) for event in doubled]
    open_around_now()
    web = Web(
        os.environ
        | {"SAMSYN_PHONE_SECRET": SECRET, "SAMSYN_PHONE_ADDRESSES": "127.0.0.1/32", "SAMSYN_PHONE_CONNECT": "+4610"}
    )
    web.start()
    try:
        begun = time.perf_counter()
        said = deliver(posts, web.port)
        took = time.perf_counter() - begun
        forged = deliver([(path.replace(SECRET, "no" + SECRET), form) for path, form in posts[:100]], web.port)
    finally:
        web.stop()
    for hours in (4, 10, 40, 80):
        actions.sweep_calls(by=SYSTEM, at=now + timedelta(hours=hours))
    stuck = Call.objects.exclude(state=call_states.CLOSED).count()
    counted = Counter(CallFact.objects.values_list("outcome", flat=True))
    wrong = sum(abs(counted[kind] - right[kind]) for kind in set(counted) | set(right))
    lost = calls - sum(event.kind == call_states.ENDED for event in told)
    print(
        f"{len(told):,} webhook events of {calls:,} calls, {lost} ends lost; doubled and shuffled: {len(posts):,} over HTTP"
    )
    print(
        f"  answered {dict(said)} in {took:.0f} s, {took / len(posts) * 1000:.1f} ms each; 100 forged: {dict(forged)}"
    )
    print(f"  ours: {stuck} stuck, {wrong} counted wrong of {sum(counted.values()):,}")
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

    from samsyn.channels.models import Call, OpeningException
    from samsyn.contacts.models import Contact
    from tests.channels import sipp

    for name in ("load_vocabulary", "load_questions", "load_channels"):
        call_command(name, verbosity=0)
    OpeningException.objects.all().delete()
    open_around_now()
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
    with house(static=True) as folder:
        from django.core.management import call_command

        call_command("load_channels", verbosity=0)
        shuffled(chosen.events)
        (folder / "sipp").mkdir()
        rung(chosen.calls, folder / "sipp")


if __name__ == "__main__":
    main()
