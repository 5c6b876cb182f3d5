"""Nobody waits in a ring: what two connections lock of the same hosts and places is locked in the same order.

And what one has seen free is looked at again with its host locked. Each meeting below is made to happen: a thread stops
between looking and locking, until the others have locked theirs. PostgreSQL ends one of those who wait in a ring, and its
person would see a fault.
"""

from tests.bookings.conftest import told_by
from tests.conftest import CommittedDatabase

MEETINGS = """
import threading, time
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from samsyn.bookings import actions, local_times, policies, proof
from samsyn.bookings.models import Booking, Host, Kind, WaitingEntry
from samsyn.bookings.retention import RULES
from samsyn.people.actors import SYSTEM
from samsyn.people.queries import actor_named
from tests.followups.conftest import sent, token_of
from tests.rules import hostile

call_command("load_bookings", verbosity=0)
now = timezone.now()
house, by = hostile.made(now), actor_named("lead")
day = local_times.day_of(now) + timedelta(days=3)
numbers = [actions.set_host(account_id=house.accounts[name].pk, kinds=["advice"], by=by, at=now)
           for name in ("adviser", "supervisor")]


def open_hours(host, first, last):
    actions.add_hours(host=host, weekday=day.weekday(), first_minute=first, last_minute=last, first_day=day,
                      last_day=day, by=by, at=now)


class Running(threading.Thread):
    '''Does a deed in a connection of its own, and stops once after a statement that has these words.'''

    def __init__(self, deed, stops_after=""):
        super().__init__()
        self.deed, self.words = deed, stops_after
        self.stopped, self.may_go_on, self.said = threading.Event(), threading.Event(), ""
        self.start()
        if stops_after:
            assert self.stopped.wait(30), self.said

    def pause(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if self.words and all(word in sql for word in self.words.split()):
            self.words = ""
            self.stopped.set()
            assert self.may_go_on.wait(30)
        return result

    def run(self):
        try:
            with connection.execute_wrapper(self.pause):
                self.deed()
            self.said = "done"
        except Exception as error:
            self.said = type(error).__name__
        finally:
            connection.close()
            self.stopped.set()


def until_it_waits(one):
    '''Return when it waits for a lock of somebody, or has ended.'''
    one.may_go_on.set()
    with connection.cursor() as cursor:
        while one.is_alive():
            cursor.execute("SELECT count(*) FROM pg_stat_activity"
                           " WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)


def together(*running):
    '''Let them go on, each as soon as the one before it waits, and say how each ended.'''
    for one in running:
        until_it_waits(one)
    for one in running:
        one.join(30)
    return [one.said for one in running]


def secret_for(address):
    (mail,) = [one for one in sent() if one.to == address]
    return token_of(mail)


def a_place(name):
    form = proof.challenge(at=now - timedelta(minutes=1)).form
    actions.join_waiting_list(kind="advice", address=f"{name}@example.se", form=form, work="", at=now)
    secret = secret_for(f"{name}@example.se")
    actions.confirm_waiting(secret=secret, at=now)
    return secret


erase_bookings = next(rule.erase_batch for rule in RULES if rule.code == "bookings")
LOOKS = 'FROM "bookings_waitingentry"'
HOST = 'FROM "bookings_host" FOR NO KEY UPDATE'
TAKEN = 'FROM "bookings_participant" blocked'
PLACE = 'FROM "bookings_waitingentry" FOR UPDATE'
ERASED = 'FROM "bookings_booking" FOR UPDATE SKIP LOCKED'
LAPSING = 'UPDATE "bookings_waitingentry" SET'

# Somebody presses "leave" twice while a time is offered to them: the first looked before, the second after it.
open_hours(numbers[0], 600, 630)
place = a_place("a")
first = Running(lambda: actions.leave_waiting_list(secret=place, at=now), LOOKS)
assert actions.make_offers(at=now, by=SYSTEM) == 1
second = Running(lambda: actions.leave_waiting_list(secret=place, at=now), HOST)
print("left twice", sorted(together(first, second)), WaitingEntry.objects.count(),
      Booking.objects.filter(state="held").count())

# Somebody leaves whose offer has just lapsed, and is about to be offered the time anew.
place = a_place("b")
assert actions.make_offers(at=now, by=SYSTEM) == 1
later = now + policies.OFFER
leaves = Running(lambda: actions.leave_waiting_list(secret=place, at=later), LOOKS)
offers = Running(lambda: actions.make_offers(at=later, by=SYSTEM), PLACE)
print("left and offered", together(leaves, offers), WaitingEntry.objects.count(),
      Booking.objects.filter(state="held").count())

# Two change to a time that only the other's host has: each has locked the own host, and needs the other's.
open_hours(numbers[1], 720, 750)
secrets = []
for host, minute in zip(numbers, (600, 720)):
    booking = actions.book(kind="advice", hosts=[host], starts_at=local_times.minute_of(day, minute), by=by, at=now)
    actions.invite(booking_id=booking, address=f"h{host}@example.se", by=by, at=now)
    secrets.append(secret_for(f"h{host}@example.se"))
open_hours(numbers[0], 840, 870)
open_hours(numbers[1], 900, 930)
change = lambda secret, minute: lambda: actions.change_own(
    secret=secret, starts_at=local_times.minute_of(day, minute), at=now)
one = Running(change(secrets[0], 900), HOST)
other = Running(change(secrets[1], 840))
until_it_waits(other)
print("changed over cross", together(one, other),
      [*Booking.objects.filter(state="confirmed").order_by("starts_at").values_list("participants__host", flat=True)]
      == [numbers[0], numbers[1]])

# The day has room for one more: two ask for two times of it at once, each having seen that there is room.
other_day = day + timedelta(days=7)
actions.add_hours(host=numbers[0], weekday=day.weekday(), first_minute=600, last_minute=720, first_day=other_day,
                  last_day=other_day, by=by, at=now)
Kind.objects.filter(pk="advice").update(most_a_day=1)
forms = [proof.challenge(at=now - timedelta(minutes=1)).form for _one in range(2)]
ask = lambda number: lambda: actions.request_booking(
    kind="advice", starts_at=local_times.minute_of(other_day, 600 + 60 * number), address=f"d{number}@example.se",
    form=forms[number], work="", at=now)
one, other = Running(ask(0), TAKEN), Running(ask(1), TAKEN)
print("the last of a day", sorted(together(one, other)), Booking.objects.filter(state="held").count())

# Erasing takes a time that was offered and held and that no run let go of, and meets who leaves by the offer's link.
Kind.objects.filter(pk="advice").update(most_a_day=8)
long_after = now + timedelta(days=60)
erase = lambda: transaction.atomic(erase_bookings)(long_after, 100)
place = a_place("c")
assert actions.make_offers(at=now, by=SYSTEM) == 1
erasing = Running(erase, ERASED)
leaving = Running(lambda: actions.leave_waiting_list(secret=place, at=now))
print("erased and left", together(leaving, erasing), WaitingEntry.objects.count(),
      Booking.objects.filter(state="held").count())

# The same meets one who books, and lets go of it on the way.
open_hours(numbers[0], 1000, 1030)
place = a_place("d")
assert actions.make_offers(at=now, by=SYSTEM) == 1
booking = Running(lambda: actions.book(kind="advice", hosts=numbers, starts_at=long_after + timedelta(days=1), by=by,
                                       at=long_after), LAPSING)
erasing = Running(erase, ERASED)
print("erased and booked", together(booking, erasing), WaitingEntry.objects.get().state,
      Booking.objects.filter(state="held").count())

# And a run that takes offers back.
WaitingEntry.objects.all().delete()
place = a_place("e")
assert actions.make_offers(at=now, by=SYSTEM) == 1
erasing = Running(erase, ERASED)
offering = Running(lambda: actions.make_offers(at=long_after, by=SYSTEM))
print("erased and offered", together(offering, erasing), WaitingEntry.objects.get().state,
      Booking.objects.filter(state="held").count())
"""


def test_nobody_waits_in_a_ring(committed_database: CommittedDatabase) -> None:
    assert told_by(committed_database, MEETINGS) == [
        "left twice ['LookupError', 'done'] 0 0",
        "left and offered ['done', 'done'] 0 0",
        "changed over cross ['done', 'done'] True",
        "the last of a day ['Taken', 'done'] 1",
        "erased and left ['done', 'done'] 0 0",
        "erased and booked ['done', 'done'] waiting 0",
        "erased and offered ['done', 'done'] waiting 0",
    ]
