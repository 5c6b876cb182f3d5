"""Series: several times booked at once by a rule, and what is done to one of them, to it and those after it, or to all."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.bookings import events, local_times, notices, policies, series
from samsyn.bookings.actions import booking as single
from samsyn.bookings.actions import public
from samsyn.bookings.models import Attendee, Booking, Series
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused

Scope = Literal["one", "following", "all"]


class SomeTaken(Refused):
    """Some times of a series are taken; ``starts`` are those on the clock."""

    def __init__(self, starts: Sequence[datetime]) -> None:
        days = ", ".join(f"{start:%Y-%m-%d %H.%M}" for start in starts)
        super().__init__(_("Inget bokades. De här tiderna är inte lediga: %(days)s.") % {"days": days})
        self.starts = tuple(starts)


def moments(first: datetime, repeats: series.Repeats) -> list[datetime]:
    """Return the moments of a series by the clock in Stockholm; raise Invalid for what the clock or a person can't keep."""
    try:
        return [moment(local) for local in series.times(first, repeats)]
    except series.TooLong as error:
        raise policies.too_long_series() from error
    except series.NoTimes as error:
        raise Invalid(_("Regeln för serien ger inga möten. Kontrollera den.")) from error


def moment(local: datetime, *, fold: int | None = None) -> datetime:
    """Return the moment of a time on the clock; raise Invalid with the reason where there is none, or two."""
    try:
        return local_times.exact(local, fold=fold)
    except local_times.NoSuchTime as error:
        raise Invalid(
            _("Klockan %(time)s finns inte den %(day)s: då ställs klockan fram en timme.")
            % {"time": f"{local:%H.%M}", "day": f"{local:%Y-%m-%d}"}
        ) from error
    except local_times.TwoSuchTimes as error:
        raise Invalid(
            _("Klockan %(time)s inträffar två gånger den %(day)s: då ställs klockan tillbaka. Välj vilken.")
            % {"time": f"{local:%H.%M}", "day": f"{local:%Y-%m-%d}"}
        ) from error


@transaction.atomic
def book_series(
    *,
    kind: str,
    hosts: Sequence[int],
    first: datetime,
    repeats: series.Repeats,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
    reference: UUID | None = None,
) -> list[UUID]:
    """Book every time of a series, or none; ``first`` is a time on the clock. Raise SomeTaken with those that are taken."""
    policies.check_can_book(by)
    starts = moments(first, repeats)
    made = Series.objects.create(rule=series.as_rrule(first, repeats), first_start=first.isoformat(timespec="minutes"))
    booked, taken = [], []
    for starts_at in starts:
        try:
            booked.append(
                single.book(
                    kind=kind, hosts=hosts, starts_at=starts_at, by=by, at=at, minutes=minutes, reference=reference
                )
            )
        except single.Taken:
            taken.append(local_times.on_the_clock(starts_at))
    if taken:
        raise SomeTaken(taken)
    Booking.objects.filter(pk__in=booked).update(series=made)
    audit.record(events.SERIES_MADE, by=by, at=at, subject=str(made.pk), facts={"times": len(booked)})
    return booked


def cancel_of_series(*, booking_id: UUID, scope: Scope, by: Actor, at: datetime) -> list[UUID]:
    """Cancel a time, it and those after it, or all that are still to come; return their ids. Who comes is told."""

    def one(chosen: Booking) -> None:
        single.cancel(booking_id=chosen.pk, by=by, at=at)
        _tell(chosen, notices.cancelled, by=by, at=at)

    return _each(booking_id, scope, at, one)


def move_of_series(
    *, booking_id: UUID, starts_at: datetime, scope: Scope, by: Actor, at: datetime, minutes: int | None = None
) -> list[UUID]:
    """Move a time, and with it those after it or all to come by as much on the clock; all or none.

    Return their ids. Who comes is told.
    """
    found = Booking.objects.filter(pk=booking_id).first()
    if found is None:
        raise LookupError("no such booking")
    step = local_times.on_the_clock(starts_at) - local_times.on_the_clock(found.starts_at)

    def one(chosen: Booking) -> None:
        there = starts_at
        if chosen.pk != booking_id:
            there = moment(local_times.on_the_clock(chosen.starts_at) + step)
        single.move(booking_id=chosen.pk, starts_at=there, by=by, at=at, minutes=minutes)
        _tell(chosen, notices.changed, by=by, at=at)

    # Later ones first when they move ahead: none runs into the next one's old time.
    return _each(booking_id, scope, at, one, latest_first=step > timedelta(0))


def _tell(booking: Booking, tell: Callable[..., None], *, by: Actor, at: datetime) -> None:
    """Mail those who have confirmed that they come."""
    for attendee in Attendee.objects.select_related("booking").filter(booking=booking.pk, confirmed_at__isnull=False):
        tell(attendee, address=public.address_of(attendee), by=by, at=at)


@transaction.atomic
def _each(
    booking_id: UUID, scope: Scope, at: datetime, act: Callable[[Booking], None], *, latest_first: bool = False
) -> list[UUID]:
    found = Booking.objects.filter(pk=booking_id).first()
    if found is None:
        raise LookupError("no such booking")
    chosen = [found]
    if scope != "one" and found.series_id is not None:
        since = found.starts_at if scope == "following" else at
        chosen = [
            *Booking.objects.filter(series_id=found.series_id, state=Booking.CONFIRMED, starts_at__gte=since).order_by(
                "-starts_at" if latest_first else "starts_at"
            )
        ]
    for one in chosen:
        act(one)
    return [one.pk for one in chosen]
