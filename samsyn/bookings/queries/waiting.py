"""Reads of the waiting list and of links that wait for an answer."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from samsyn.bookings.models import Attendee, Booking, WaitingEntry
from samsyn.bookings.queries.times import Meeting, meetings_where


def waiting() -> Mapping[str, int]:
    """Return how many wait for a time, by kind."""
    rows = WaitingEntry.objects.filter(is_confirmed=True, state__in=[WaitingEntry.WAITING, WaitingEntry.OFFERED])
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def offered(offer_hash: bytes, *, at: datetime) -> Meeting:
    """Return the time behind an offer's link; raise LookupError if there is none any more."""
    entry = open_offers(at=at).filter(offer_hash=offer_hash).first()
    if entry is None or entry.offered_id is None:
        raise LookupError("no such offer")
    return meetings_where(pk=entry.offered_id)[0]


def open_offers(*, at: datetime) -> QuerySet[WaitingEntry]:
    """Return the entries whose offer can be taken: a held time, or a held place in a meeting for several."""
    place = held_places().filter(held_until__gt=at, booking=OuterRef("offered"), seat=OuterRef("offered_seat"))
    return WaitingEntry.objects.filter(
        Q(offered__held_until__gt=at) | Q(offered__state=Booking.CONFIRMED) & Exists(place)
    )


def held_places() -> QuerySet[Attendee]:
    """Return the places of meetings for several that offers hold: no link confirms them."""
    return Attendee.objects.filter(confirm_hash=None, confirmed_at=None, held_until__isnull=False)


def is_awaited(secret_hash: bytes, *, at: datetime) -> bool:
    """Say whether a link still confirms a held time."""
    return Attendee.objects.filter(confirm_hash=secret_hash, held_until__gt=at).exists()


def waits(secret_hash: bytes) -> bool:
    """Say whether a link confirms or leaves a place on the waiting list."""
    return WaitingEntry.objects.filter(leave_hash=secret_hash).exists()
