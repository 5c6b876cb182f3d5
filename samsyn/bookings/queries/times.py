"""Reads: free times, a host's week, one booking, a host's hours. Frozen rows; addresses are never among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, Count, Q
from django.db.models.functions import Cast, Extract
from django.utils.translation import get_language

from samsyn.bookings import availability, calendars, local_times
from samsyn.bookings.models import (
    Booking,
    DayException,
    Feed,
    Host,
    Kind,
    Participant,
    WeeklyRule,
)
from samsyn.people import queries as people
from samsyn.people.actors import Actor
from samsyn.people.roles import GRANTS, Permission


@dataclass(frozen=True)
class KindRow:
    """A kind of meeting."""

    code: str
    title: str
    minutes: int
    before_minutes: int
    after_minutes: int
    notice_hours: int
    lead_days: int
    capacity: int
    most_a_day: int
    is_public: bool

    @property
    def standard(self) -> availability.Standard:
        """Return what the kind demands of a time."""
        return availability.Standard(
            minutes=self.minutes,
            before_minutes=self.before_minutes,
            after_minutes=self.after_minutes,
            notice=timedelta(hours=self.notice_hours),
            lead=timedelta(days=self.lead_days),
            most_a_day=self.most_a_day,
        )


@dataclass(frozen=True)
class HostRow:
    """Somebody who can be met."""

    id: int
    account_id: UUID
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Meeting:
    """A booking as staff see it: when, of which kind, with whom of the staff. Nothing about who comes."""

    id: UUID
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    capacity: int
    seats_taken: int
    host_ids: tuple[int, ...]
    series_id: UUID | None
    reference: UUID | None
    opened_at: datetime | None
    origin: str
    changed_at: datetime
    made_at: datetime


@dataclass(frozen=True)
class HoursRow:
    """Weekly hours of a host."""

    id: UUID
    weekday: int
    first_minute: int
    last_minute: int
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class ExceptionRow:
    """A dated exception; without a host it is everybody's."""

    id: UUID
    host: int | None
    day: date
    first_minute: int
    last_minute: int
    is_open: bool


@dataclass(frozen=True)
class FeedRow:
    """A calendar address, without its secret."""

    id: UUID
    tells_meetings: bool
    made_at: datetime


def kinds(*, only_public: bool = False) -> tuple[KindRow, ...]:
    """Return the kinds of meetings, the shortest first, in the active language."""
    rows = Kind.objects.filter(is_public=True) if only_public else Kind.objects.all()
    return tuple(_kind(row) for row in rows.order_by("minutes", "code"))


def kind(code: str) -> KindRow:
    """Return one kind; raise LookupError if there is none."""
    row = Kind.objects.filter(pk=code).first()
    if row is None:
        raise LookupError("no such kind")
    return _kind(row)


def _kind(row: Kind) -> KindRow:
    is_english = (get_language() or "sv").startswith("en")
    return KindRow(
        code=row.code,
        title=row.title_en if is_english else row.title_sv,
        minutes=row.minutes,
        before_minutes=row.before_minutes,
        after_minutes=row.after_minutes,
        notice_hours=row.notice_hours,
        lead_days=row.lead_days,
        capacity=row.capacity,
        most_a_day=row.most_a_day,
        is_public=row.is_public,
    )


def hosts(*, kind: str | None = None) -> tuple[HostRow, ...]:
    """Return who can be met (for a kind), by the names that colleagues know."""
    names = {row.id: row.pseudonym for row in people.accounts() if row.is_active}
    rows = Host.objects.all() if kind is None else Host.objects.filter(kinds__contains=[kind])
    found = [
        HostRow(row.pk, row.account_id, names[row.account_id], tuple(row.kinds))
        for row in rows
        if row.account_id in names
    ]
    return tuple(sorted(found, key=lambda row: row.name))


def own_host(by: Actor) -> HostRow | None:
    """Return the actor as somebody who can be met, or None."""
    row = Host.objects.filter(account_id=by.account_id).first()
    return HostRow(row.pk, row.account_id, by.pseudonym, tuple(row.kinds)) if row else None


def free_slots(
    *,
    kind: KindRow,
    hosts: Collection[int],
    first_day: date,
    last_day: date,
    at: datetime,
    ignoring: UUID | None = None,
) -> list[availability.Slot]:
    """Return the free times of these hosts: three queries and the arithmetic of ``availability``.

    A booking that is about to move (``ignoring``) isn't in its own way.
    """
    first, last = local_times.minute_of(first_day, 0), local_times.minute_of(last_day, 1440)
    return availability.free_slots(
        hosts=sorted(hosts),
        rules=[
            availability.Rule(*row)
            for row in WeeklyRule.objects.filter(host__in=hosts).values_list(
                "host_id", "weekday", "first_minute", "last_minute", "first_day", "last_day"
            )
        ],
        exceptions=[
            availability.Exceptional(*row)
            for row in DayException.objects.filter(
                Q(host__in=hosts) | Q(host=None), day__gte=first_day, day__lte=last_day
            ).values_list("host_id", "day", "first_minute", "last_minute", "is_open")
        ],
        taken=[
            availability.Taken(*row)
            for row in Participant.objects.exclude(booking=ignoring)
            .filter(
                Q(booking__held_until=None) | Q(booking__held_until__gt=at),
                host__in=hosts,
                is_blocking=True,
                blocked__overlap=(first - timedelta(days=1), last + timedelta(days=1)),
            )
            .values_list("host_id", _seconds("blocked__startswith"), _seconds("blocked__endswith"))
        ],
        standard=kind.standard,
        at=at,
        first_day=first_day,
        last_day=last_day,
    )


def _seconds(moment: str) -> Cast:
    """Return a moment of the database as seconds since 1970: a number is read much faster than a time."""
    # Without UTC it would be counted on the clock in Stockholm.
    return Cast(Extract(moment, "epoch", tzinfo=UTC), BigIntegerField())


def meetings(*, host: int, first: datetime, last: datetime, at: datetime) -> tuple[Meeting, ...]:
    """Return a host's held and confirmed bookings that begin in a span, the earliest first."""
    return _meetings(
        Q(participants__host=host, starts_at__gte=first, starts_at__lt=last)
        & (Q(state=Booking.CONFIRMED) | Q(state=Booking.HELD, held_until__gt=at)),
        at=at,
    )


def meeting(booking_id: UUID, *, by: Actor) -> Meeting:
    """Return one booking; raise LookupError for one that a supervisor from outside has no part in."""
    found = _meetings(Q(pk=booking_id))
    if not found:
        raise LookupError("no such booking")
    own = own_host(by)
    if not by.may(Permission.BOOK_TIMES) and (own is None or own.id not in found[0].host_ids):
        raise LookupError("not this person's booking")
    return found[0]


def meetings_of(reference: UUID) -> tuple[Meeting, ...]:
    """Return the bookings that an upper room has made for one of its own ids."""
    return _meetings(Q(reference=reference))


def meetings_where(**conditions: object) -> tuple[Meeting, ...]:
    """Return bookings by their own columns, for the room's actions."""
    return _meetings(Q(**conditions))


def open_sessions(*, kind: KindRow, at: datetime, until: datetime | None = None) -> tuple[Meeting, ...]:
    """Return the confirmed meetings with places for several where one is left, within the kind's notice and lead."""
    found = _meetings(
        Q(
            kind=kind.code,
            state=Booking.CONFIRMED,
            starts_at__gt=at,
            starts_at__gte=at + timedelta(hours=kind.notice_hours),
            starts_at__lte=at + timedelta(days=kind.lead_days),
            capacity__gt=1,
        ),
        at=at,
    )
    return tuple(one for one in found if one.seats_taken < one.capacity and (until is None or one.starts_at < until))


def _meetings(condition: Q, *, at: datetime | None = None) -> tuple[Meeting, ...]:
    """Return the bookings; with ``at`` a place that nobody confirmed in time is counted as free."""
    seats = Q(attendees__confirmed_at__isnull=False) | Q(attendees__held_until__gt=at) if at else Q()
    chosen = Booking.objects.filter(condition).values("pk")
    rows = (
        Booking.objects.filter(pk__in=chosen)
        .annotate(
            host_ids=ArrayAgg("participants__host_id", distinct=True, default=[]),
            seats_taken=Count("attendees", filter=seats, distinct=True),
        )
        .order_by("starts_at", "pk")
    )
    return tuple(
        Meeting(
            id=row.pk,
            kind=row.kind_id,
            state=row.state,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            sequence=row.sequence,
            capacity=row.capacity,
            seats_taken=row.seats_taken,
            host_ids=tuple(row.host_ids),
            series_id=row.series_id,
            reference=row.reference,
            opened_at=row.opened_at,
            origin=row.origin,
            changed_at=row.changed_at,
            made_at=row.made_at,
        )
        for row in rows
    )


def hours(*, host: int, on: date) -> tuple[HoursRow, ...]:
    """Return a host's weekly hours that hold on a day or later."""
    rows = WeeklyRule.objects.filter(Q(last_day=None) | Q(last_day__gte=on), host=host)
    return tuple(
        HoursRow(row.pk, row.weekday, row.first_minute, row.last_minute, row.first_day, row.last_day)
        for row in rows.order_by("weekday", "first_minute")
    )


def exceptions(*, host: int | None, since: date) -> tuple[ExceptionRow, ...]:
    """Return a host's dated exceptions and everybody's from a day on."""
    rows = DayException.objects.filter(Q(host=host) | Q(host=None), day__gte=since).order_by("day", "first_minute")
    return tuple(
        ExceptionRow(row.pk, row.host_id, row.day, row.first_minute, row.last_minute, row.is_open) for row in rows
    )


def feeds(*, host: int) -> tuple[FeedRow, ...]:
    """Return a host's calendar addresses that are in force."""
    rows = Feed.objects.filter(host=host, revoked_at=None).order_by("made_at")
    return tuple(FeedRow(row.pk, row.tells_meetings, row.made_at) for row in rows)


def titles() -> Mapping[str, str]:
    """Return the kinds' titles by code."""
    return {row.code: row.title for row in kinds()}


def host_names(rows: Sequence[HostRow]) -> Mapping[int, str]:
    """Return names by number."""
    return {row.id: row.name for row in rows}


def feed(secret_hash: bytes, *, at: datetime) -> bytes:
    """Return the calendar behind a secret address; raise LookupError for one that is revoked or never was."""
    row = Feed.objects.filter(secret_hash=secret_hash, revoked_at=None).first()
    if row is None:
        raise LookupError("no such calendar")
    taken = Participant.objects.select_related("booking").filter(
        Q(booking__held_until=None) | Q(booking__held_until__gt=at),
        host=row.host_id,
        is_blocking=True,
        booking__ends_at__gt=at - timedelta(days=30),
    )
    spans = [
        calendars.Span(
            uid=str(uuid5(row.pk, str(one.booking_id))),
            starts_at=one.booking.starts_at if row.tells_meetings else one.blocked.lower,
            ends_at=one.booking.ends_at if row.tells_meetings else one.blocked.upper,
            sequence=one.booking.sequence,
            changed_at=one.booking.changed_at,
        )
        for one in taken
    ]
    return calendars.feed(spans=spans, tells_meetings=row.tells_meetings)


@dataclass(frozen=True)
class Candidate:
    """An account that can be met, or could be."""

    account_id: UUID
    name: str
    kinds: tuple[str, ...]


def candidates() -> tuple[Candidate, ...]:
    """Return the accounts whose roles let them be met."""
    known = {row.account_id: tuple(row.kinds) for row in Host.objects.all()}
    return tuple(
        Candidate(row.id, row.pseudonym, known.get(row.id, ()))
        for row in people.accounts()
        if row.is_active and any(Permission.KEEP_OWN_TIMES in GRANTS[role] for role in row.roles)
    )
