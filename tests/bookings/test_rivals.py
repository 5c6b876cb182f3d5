"""Many who want one time, in processes' worth of connections of their own: exactly one wins, always."""

import subprocess
import sys

from tests.bookings.conftest import told_by
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
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.splitlines() == ["{'taken': 39, 'won': 1} 1"] * 3


OFFERS = """
import sys, threading
import django
django.setup()
from collections import Counter
from datetime import timedelta
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from samsyn.bookings import actions, local_times, policies, proof
from samsyn.bookings.models import Attendee, Booking, Kind, SpentForm, WaitingEntry
from samsyn.people.actors import SYSTEM
from samsyn.people.queries import actor_named
from tests.followups.conftest import sent, token_of
from tests.rules import hostile

rivals = int(sys.argv[1])
call_command("load_bookings", verbosity=0)
now = timezone.now()
adviser, by = hostile.made(now).accounts["adviser"], actor_named("lead")
# One adviser with a single time in each of two weeks, for twelve who wait.
host = actions.set_host(account_id=adviser.pk, kinds=["advice"], by=by, at=now)
day = local_times.day_of(now) + timedelta(days=3)
actions.add_hours(host=host, weekday=day.weekday(), first_minute=600, last_minute=630, first_day=day,
                  last_day=day + timedelta(days=7), by=by, at=now)
for number in range(12):
    form = proof.challenge(at=now - timedelta(minutes=1)).form
    actions.join_waiting_list(kind="advice", address=f"p{number}@example.se", form=form, work="", at=now)
places = {mail.to: token_of(mail) for mail in sent()}
[actions.confirm_waiting(secret=secret, at=now) for secret in places.values()]

def at_once(*deeds):
    said, barrier = Counter(), threading.Barrier(len(deeds))
    def run(deed):
        connection.ensure_connection()
        barrier.wait()
        try:
            made = deed()
            said["done"] += made if isinstance(made, int) else 1
        except Exception as error:
            said[type(error).__name__] += 1
        finally:
            connection.close()
    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    [one.start() for one in threads]
    [one.join() for one in threads]
    return said

def offers(known=()):
    return [(mail.to, token_of(mail)) for mail in sent() if "/offer/" in mail.body and token_of(mail) not in known]

def many(deed):
    return at_once(*[deed] * rivals)

said = many(lambda: actions.make_offers(at=now, by=SYSTEM))
given = WaitingEntry.objects.exclude(offered=None).values_list("offered", flat=True)
print("given", dict(said), len(offers()), len(set(given)), Booking.objects.filter(state="held").count())

# Of two offers one is taken by forty at once, the other taken, declined and left by forty at once.
(to, one), (other_to, other) = offers()
said = many(lambda: actions.take_offer(secret=one, at=now))
print("taken", said["done"], said["LookupError"], Attendee.objects.count())
actions.leave_waiting_list(secret=places[to], at=now)
print("an old link of the list leaves what is taken", Booking.objects.filter(state="confirmed").count())
deeds = (lambda: actions.take_offer(secret=other, at=now), lambda: actions.decline_offer(secret=other, at=now),
         lambda: actions.leave_waiting_list(secret=places[other_to], at=now))
said = at_once(*[deeds[number % 3] for number in range(rivals)])
stands = Booking.objects.filter(state="confirmed").count()
print("torn", set(said) <= {"done", "LookupError"}, said["done"] in (1, 2), Attendee.objects.count() - stands,
      Booking.objects.filter(state="held").count())

# A time that comes free while two runs, a visitor and an adviser want it, as its offer has just lapsed.
free = Booking.objects.filter(state="confirmed").first()
actions.cancel(booking_id=free.pk, by=by, at=now)
known = {secret for _to, secret in offers()}
actions.make_offers(at=now, by=SYSTEM)
lapsing = [secret for _to, secret in offers(known)]
known |= set(lapsing)
later = now + policies.OFFER
deeds = (lambda: actions.make_offers(at=later, by=SYSTEM), lambda: actions.take_offer(secret=lapsing[0], at=later),
         lambda: actions.book(kind="advice", hosts=[host], starts_at=free.starts_at, by=by, at=later))
said = at_once(*[deeds[number % 3] for number in range(rivals)])
print("lapsed", set(said) <= {"done", "LookupError", "Refused", "Taken"},
      Booking.objects.filter(starts_at=free.starts_at, state__in=["held", "confirmed"]).count())
standing = Booking.objects.filter(state__in=["held", "confirmed"]).values_list("starts_at", flat=True)
print("each time once", len(standing) == len(set(standing)))

# A meeting for nine in which eight places are free, and ten wait for it: eight offers, then as many as places come back.
actions.set_host(account_id=adviser.pk, kinds=["advice", "training"], by=by, at=now)
Kind.objects.filter(pk="training").update(capacity=9, lead_days=30)
group = actions.book(kind="training", hosts=[host], starts_at=now + timedelta(days=10), by=by, at=now)
actions.invite(booking_id=group, address="staff@example.se", by=by, at=now)
SpentForm.objects.all().delete()  # of an hour ago: these are no flood
for number in range(10):
    form = proof.challenge(at=now - timedelta(minutes=1)).form
    actions.join_waiting_list(kind="training", address=f"g{number}@example.se", form=form, work="", at=now)
[actions.confirm_waiting(secret=token_of(mail), at=now) for mail in sent() if mail.to.startswith("g")]

def seats():
    return sorted(WaitingEntry.objects.filter(offered=group).values_list("offered_seat", flat=True))

known = {secret for _to, secret in offers()}
said = many(lambda: actions.make_offers(at=now, by=SYSTEM))
print("places", dict(said), len(offers(known)), seats())
links = [secret for _to, secret in offers(known)]
deeds = [lambda secret=secret: actions.take_offer(secret=secret, at=now) for secret in links[:4]]
deeds += [lambda secret=secret: actions.decline_offer(secret=secret, at=now) for secret in links[4:6]]
said = at_once(*[deed for deed in deeds for _time in range(rivals // len(deeds))])
coming = Attendee.objects.filter(booking=group, confirmed_at__isnull=False).count()
print("places taken", said["done"], said["LookupError"], coming, len(seats()))
known |= set(links)
print("places again", dict(many(lambda: actions.make_offers(at=now, by=SYSTEM))), len(offers(known)), len(seats()))
taken = [*Attendee.objects.filter(booking=group).values_list("seat", flat=True)]
print("each place once", sorted(taken))
"""


def test_no_offer_is_given_or_taken_twice_by_forty_at_once(committed_database: CommittedDatabase) -> None:
    assert told_by(committed_database, OFFERS, "40") == [
        "given {'done': 2} 2 2 2",
        "taken 1 39 1",
        "an old link of the list leaves what is taken 1",
        "torn True True 0 0",
        "lapsed True 1",
        "each time once True",
        "places {'done': 8} 8 [2, 3, 4, 5, 6, 7, 8, 9]",
        "places taken 6 30 5 2",
        "places again {'done': 2} 2 4",
        "each place once [1, 2, 3, 4, 5, 6, 7, 8, 9]",
    ]
