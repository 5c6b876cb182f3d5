"""Many who want one time, in processes' worth of connections of their own: exactly one wins, always."""

import subprocess
import sys

from tests.conftest import CommittedDatabase

RIVALS = """
import sys, threading
import django
django.setup()
from collections import Counter
from datetime import timedelta
from uuid import UUID
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from samsyn.bookings import actions
from samsyn.bookings.models import Booking, Host, Participant
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role

rounds, rivals = map(int, sys.argv[1:])
call_command("load_bookings", verbosity=0)
by = Actor(UUID(int=31), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))
now = timezone.now()
start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
one, other = (Host.objects.create(account_id=UUID(int=n), kinds=["advice"]).pk for n in (1, 2))
for number in range(rounds):
    starts_at = start + timedelta(hours=number)
    if number % 2:
        # The time is held already, and the hold has just lapsed.
        actions.book(kind="advice", hosts=[one, other], starts_at=starts_at, by=by, at=now,
                     held_until=now + timedelta(seconds=1))
    barrier = threading.Barrier(rivals)
    said = Counter()
    def rival(place):
        hosts = ([one], [one, other], [other, one])[place % 3]
        connection.ensure_connection()
        barrier.wait()
        try:
            actions.book(kind="advice", hosts=hosts, starts_at=starts_at, by=by, at=now + timedelta(seconds=1))
            said["won"] += 1
        except actions.Taken:
            said["taken"] += 1
        except Exception as error:
            said[type(error).__name__] += 1
        finally:
            connection.close()
    threads = [threading.Thread(target=rival, args=(place,)) for place in range(rivals)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(dict(sorted(said.items())), Booking.objects.filter(starts_at=starts_at, state="confirmed").count())
"""


def test_exactly_one_of_forty_wins_also_against_two_hosts_in_opposite_order(
    committed_database: CommittedDatabase,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RIVALS, "3", "40"],
        env=committed_database.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["{'taken': 39, 'won': 1} 1"] * 3
