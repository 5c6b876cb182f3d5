"""Book, hold, confirm, move and cancel a time. Hosts are locked in the order of their numbers, so that none waits in a ring."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit import actions as audit
from samsyn.bookings import events, policies
from samsyn.bookings.models import Booking, Host, Kind, Participant, WaitingEntry
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused

ORIGINS = ("staff", "contact", "public", "waiting")


class Taken(Refused):
    """Somebody else has the time."""

    def __init__(self) -> None:
        super().__init__(_lazy("Tiden är inte ledig längre. Välj en annan."))


@transaction.atomic
def book(
    *,
    kind: str,
    hosts: Sequence[int],
    starts_at: datetime,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    origin: str = "staff",
    reference: UUID | None = None,
    held_until: datetime | None = None,
) -> UUID:
    """Book a time of these hosts and return its id; with ``held_until`` it is only held until then.

    Without ``minutes`` the meeting has its kind's standard length. ``reference`` is an id of the caller's own room. Raise
    Taken if any of the hosts has something then: the database decides, and exactly one of several rivals wins.
    """
    policies.check_can_book(by)
    chosen = _kind(kind)
    ends_at = starts_at + timedelta(minutes=minutes or chosen.minutes)
    policies.check_span(starts_at=starts_at, ends_at=ends_at, at=at)
    if origin not in ORIGINS:
        raise ValueError(f"{origin!r} is no origin")
    if held_until is not None and held_until <= at:
        raise ValueError("a time is held until later")
    numbers = lock_hosts(hosts, kind=kind)
    release_lapsed(numbers, at=at)
    booking = Booking(
        kind=chosen,
        state=Booking.HELD if held_until else Booking.CONFIRMED,
        starts_at=starts_at,
        ends_at=ends_at,
        held_until=held_until,
        capacity=chosen.capacity,
        origin=origin,
        reference=reference,
        made_at=at,
        changed_at=at,
    )
    span = blocked(chosen, starts_at, ends_at)
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
            Participant.objects.bulk_create(
                Participant(booking=booking, host_id=number, blocked=span) for number in numbers
            )
    except IntegrityError as error:
        raise Taken from error
    audit.record(events.TIME_HELD if held_until else events.BOOKING_MADE, by=by, at=at, subject=str(booking.pk))
    return booking.pk


@transaction.atomic
def confirm_held(*, booking_id: UUID, by: Actor, at: datetime) -> None:
    """Let a held time stand; raise Refused if it has lapsed, even if nobody has taken it since."""
    booking = locked(booking_id)
    policies.check_transition(booking.state, Booking.CONFIRMED)
    if booking.held_until is None or booking.held_until <= at:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
    booking.state, booking.held_until, booking.changed_at = Booking.CONFIRMED, None, at
    booking.save(update_fields=["state", "held_until", "changed_at"])
    audit.record(events.BOOKING_CONFIRMED, by=by, at=at, subject=str(booking_id))


@transaction.atomic
def move(*, booking_id: UUID, starts_at: datetime, by: Actor, at: datetime, minutes: int | None = None) -> None:
    """Move a confirmed time; raise Taken if a host has something then. The old time stands in that case."""
    policies.check_can_book(by)
    booking = locked(booking_id)
    if booking.state != Booking.CONFIRMED:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
    length = timedelta(minutes=minutes) if minutes else booking.ends_at - booking.starts_at
    policies.check_span(starts_at=starts_at, ends_at=starts_at + length, at=at)
    release_lapsed([*booking.participants.values_list("host_id", flat=True)], at=at)
    booking.starts_at, booking.ends_at = starts_at, starts_at + length
    booking.sequence, booking.changed_at = booking.sequence + 1, at
    span = blocked(booking.kind, booking.starts_at, booking.ends_at)
    try:
        with transaction.atomic():
            booking.save(update_fields=["starts_at", "ends_at", "sequence", "changed_at"])
            booking.participants.update(blocked=span)
    except IntegrityError as error:
        raise Taken from error
    audit.record(events.BOOKING_MOVED, by=by, at=at, subject=str(booking_id))


@transaction.atomic
def cancel(*, booking_id: UUID, by: Actor, at: datetime) -> None:
    """Cancel a held or confirmed time: it is free at once."""
    policies.check_can_book(by)
    booking = locked(booking_id)
    policies.check_transition(booking.state, Booking.CANCELLED)
    booking.state, booking.held_until = Booking.CANCELLED, None
    booking.sequence, booking.changed_at = booking.sequence + 1, at
    booking.save(update_fields=["state", "held_until", "sequence", "changed_at"])
    booking.participants.update(is_blocking=False)
    audit.record(events.BOOKING_CANCELLED, by=by, at=at, subject=str(booking_id))


@transaction.atomic
def mark_opened(*, booking_id: UUID, reference: UUID, by: Actor, at: datetime) -> None:
    """Note that the contact of a booked time is open, and what it belongs to in the caller's room; once."""
    policies.check_can_book(by)
    booking = locked(booking_id)
    if booking.state != Booking.CONFIRMED or booking.opened_at is not None:
        raise Refused(_("Det finns redan en kontakt för den bokade tiden, eller så är den avbokad."))
    booking.opened_at, booking.reference = at, reference
    booking.save(update_fields=["opened_at", "reference"])
    audit.record(events.BOOKING_OPENED, by=by, at=at, subject=str(booking_id))


# Steps that several actions share


def blocked(kind: Kind, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """Return the time that a meeting takes of its hosts, with the room around it."""
    return (
        starts_at - timedelta(minutes=kind.before_minutes),
        ends_at + timedelta(minutes=kind.after_minutes),
    )


def lock_hosts(hosts: Sequence[int], *, kind: str) -> list[int]:
    """Lock the hosts in the order of their numbers and return these; raise Invalid unless all can be met for the kind."""
    numbers = sorted(set(hosts))
    if not 1 <= len(numbers) <= policies.MOST_HOSTS:
        raise Invalid(_("Välj vem som ska vara med på mötet."))
    rows = Host.objects.select_for_update(no_key=True).filter(pk__in=numbers, kinds__contains=[kind]).order_by("pk")
    if [row.pk for row in rows] != numbers:
        raise Invalid(_("Den som valdes kan inte bokas för det mötesslaget."))
    return numbers


def release_lapsed(numbers: Sequence[int], *, at: datetime) -> None:
    """Let go of the hosts' held times whose time is up: a constraint can't look at the clock."""
    held = Booking.objects.filter(state=Booking.HELD, held_until__lte=at, participants__host__in=numbers)
    # Each before what hangs on it, as everywhere: erasing has bookings too, and waits for their entries.
    lapsed = [*held.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)]
    if not lapsed:
        return
    gone = Booking.objects.filter(pk__in=lapsed)
    # Whoever was offered one of them waits again, and the offer's link leads nowhere.
    WaitingEntry.objects.filter(offered__in=gone).update(
        state=WaitingEntry.WAITING, offered=None, offer_hash=None, lapsed_offers=F("lapsed_offers") + 1
    )
    Participant.objects.filter(booking__in=gone).update(is_blocking=False)
    gone.update(state=Booking.LAPSED, held_until=None, changed_at=at)


def locked(booking_id: UUID) -> Booking:
    """Return the locked booking, its hosts locked before it; raise LookupError if there is none."""
    hosts = Participant.objects.filter(booking_id=booking_id).values("host_id")
    [*Host.objects.select_for_update(no_key=True).filter(pk__in=hosts).order_by("pk")]
    booking = Booking.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=booking_id).first()
    if booking is None:
        raise LookupError("no such booking")
    return booking


def _kind(code: str) -> Kind:
    kind = Kind.objects.filter(pk=code).first()
    if kind is None:
        raise Invalid(_("Mötesslaget finns inte."))
    return kind
