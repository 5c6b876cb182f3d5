"""When bookings go: addresses with the meeting, the bookings some weeks later. Kinds and weekly hours stay in use."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.bookings.models import Attendee, Booking, DayException, Series, SpentForm, WaitingEntry
from samsyn.privacy.retention import RetentionRule

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


def _erase(rows: QuerySet[Model], size: int) -> dict[str, int]:
    """Delete at most ``size`` rows; return the numbers by model."""
    chosen = list(
        rows.order_by("pk").select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:size]
    )
    if not chosen:
        return {}
    gone = dict(rows.model._default_manager.filter(pk__in=chosen).delete()[1])
    if rows.model is Booking:
        gone |= Series.objects.filter(bookings=None).delete()[1]
    return gone


def _rule(
    code: str, title: object, days: int, decision: str, rows: Callable[[datetime], QuerySet[Model]]
) -> RetentionRule:
    return RetentionRule(
        code=code,
        title=title,  # type: ignore[arg-type]
        keep=timedelta(days=days),
        decision=decision,
        due=lambda at: rows(at).count(),
        erase_batch=lambda at, size: _erase(rows(at), size),
    )


RULES = (
    _rule("booking_addresses", _("Adresser till den som har bokat"), ADDRESS_DAYS, "booking_addresses", _addresses),
    _rule("booking_waiting", _("Väntelistan"), WAITING_DAYS, "booking_addresses", _waiting),
    _rule("bookings", _("Bokade tider"), BOOKING_DAYS, "bookings", _bookings),
    _rule("booking_exceptions", _("Undantag från veckotider"), EXCEPTION_DAYS, "bookings", _exceptions),
    _rule(
        "booking_forms",
        _("Använda formulär för bokning"),
        0,
        "bookings",
        lambda at: SpentForm.objects.filter(expires_at__lte=at),
    ),
    RetentionRule(code="booking_rules", title=_("Mötesslag och veckotider"), keep=None, decision="booking_rules"),
)
