"""When bookings go: addresses with the meeting, the bookings some weeks later. Kinds and weekly hours stay in use."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.bookings.models import Attendee, Booking, DayException, Series, SpentForm, WaitingEntry
from samsyn.privacy.retention import RetentionRule, erase_rows

# A colleague looks back at the last weeks; after that a booking says only where somebody was.
BOOKING_DAYS = 30
# The address is good for changes until the meeting, and for "did it take place" the day after.
ADDRESS_DAYS = 1
EXCEPTION_DAYS = 30
WAITING_DAYS = 90


def _bookings(at: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(
        Q(ends_at__lte=at - timedelta(days=BOOKING_DAYS))
        | Q(state__in=[Booking.CANCELLED, Booking.LAPSED], changed_at__lte=at - timedelta(days=BOOKING_DAYS))
    )


def _addresses(at: datetime) -> QuerySet[Attendee]:
    """Return those whose meeting is over, was cancelled, or was never confirmed."""
    day = at - timedelta(days=ADDRESS_DAYS)
    return Attendee.objects.filter(
        Q(booking__ends_at__lte=day)
        | Q(booking__state__in=[Booking.CANCELLED, Booking.LAPSED], booking__changed_at__lte=day)
        | Q(confirmed_at=None, held_until__lte=day)
    )


def _waiting(at: datetime) -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(
        Q(made_at__lte=at - timedelta(days=WAITING_DAYS))
        | Q(state__in=[WaitingEntry.TAKEN, WaitingEntry.LEFT])
        | Q(is_confirmed=False, made_at__lte=at - timedelta(days=ADDRESS_DAYS))
    )


def _exceptions(at: datetime) -> QuerySet[DayException]:
    return DayException.objects.filter(day__lte=(at - timedelta(days=EXCEPTION_DAYS)).date())


def _erase_bookings(at: datetime, size: int) -> dict[str, int]:
    """Erase bookings, and the series that none is left of; return the numbers by model."""
    gone = erase_rows(_bookings(at), size)
    return gone | dict(Series.objects.filter(bookings=None).delete()[1]) if gone else gone


RULES = (
    RetentionRule.of_rows(
        "booking_addresses",
        _("Adresser till den som har bokat"),
        keep=timedelta(days=ADDRESS_DAYS),
        decision="booking_addresses",
        rows=_addresses,
    ),
    RetentionRule.of_rows(
        "booking_waiting",
        _("Väntelistan"),
        keep=timedelta(days=WAITING_DAYS),
        decision="booking_addresses",
        rows=_waiting,
    ),
    RetentionRule(
        code="bookings",
        title=_("Bokade tider"),
        keep=timedelta(days=BOOKING_DAYS),
        decision="bookings",
        due=lambda at: _bookings(at).count(),
        erase_batch=_erase_bookings,
    ),
    RetentionRule.of_rows(
        "booking_exceptions",
        _("Undantag från veckotider"),
        keep=timedelta(days=EXCEPTION_DAYS),
        decision="bookings",
        rows=_exceptions,
    ),
    RetentionRule.of_rows(
        "booking_forms",
        _("Använda formulär för bokning"),
        keep=timedelta(),
        decision="bookings",
        rows=lambda at: SpentForm.objects.filter(expires_at__lte=at),
    ),
    RetentionRule(code="booking_rules", title=_("Mötesslag och veckotider"), keep=None, decision="booking_rules"),
)
