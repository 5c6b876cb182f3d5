"""Kinds of meetings, hosts with their times, bookings with what they block, and those who come.

Two bookings of one host at one time are impossible in the database, whoever writes: see ``Participant``.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from samsyn.privacy.classes import classify


def _same(column: str) -> Func:
    """Return the column as a range of one number: GiST compares it without btree_gist, which not every server has."""
    return Func(F(column), F(column), Value("[]"), function="int4range")


class Kind(models.Model):
    """A kind of meeting with its standard: length, room before and after, notice, how far ahead, how many may come."""

    code = models.CharField(primary_key=True, max_length=30)
    title_sv = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField()
    before_minutes = models.PositiveSmallIntegerField(default=0)
    after_minutes = models.PositiveSmallIntegerField(default=0)
    notice_hours = models.PositiveSmallIntegerField(default=0)
    lead_days = models.PositiveSmallIntegerField(default=90)
    capacity = models.PositiveSmallIntegerField(default=1)
    most_a_day = models.PositiveSmallIntegerField(default=8)
    is_public = models.BooleanField(default=False)

    privacy = classify(
        retention="booking_rules",
        technical=(
            "code", "title_sv", "title_en", "minutes", "before_minutes", "after_minutes", "notice_hours", "lead_days",
            "capacity", "most_a_day", "is_public",
        ),
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="kind_has_a_length"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=200), name="kind_has_places"),
        ]

    def __str__(self) -> str:
        return f"kind {self.code}"


class Host(models.Model):
    """An account that can be met: an adviser, or a supervisor from outside. The number serves the constraints."""

    id = models.AutoField(primary_key=True)
    account_id = models.UUIDField(unique=True)
    kinds = ArrayField(models.CharField(max_length=30), default=list)

    privacy = classify(retention="booking_rules", technical=("id", "account_id", "kinds"))

    def __str__(self) -> str:
        return f"host {self.pk}"


class WeeklyRule(models.Model):
    """When a host can be met each week, by the clock in Stockholm; two rules of a host never overlap."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.ForeignKey(Host, on_delete=models.CASCADE, related_name="rules")
    # Monday is 0; minutes count from midnight on the clock.
    weekday = models.PositiveSmallIntegerField()
    first_minute = models.PositiveSmallIntegerField()
    last_minute = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    privacy = classify(
        retention="booking_rules",
        technical=("id", "host", "weekday", "first_minute", "last_minute", "first_day", "last_day"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, first_minute__lt=F("last_minute"), last_minute__lte=1440),
                name="rule_is_within_a_day",
            ),
            ExclusionConstraint(
                name="rules_of_a_host_do_not_overlap",
                expressions=[
                    (_same("host"), RangeOperators.OVERLAPS),
                    (_same("weekday"), RangeOperators.OVERLAPS),
                    (Func(F("first_minute"), F("last_minute"), function="int4range"), RangeOperators.OVERLAPS),
                    (
                        Func(F("first_day"), F("last_day"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"rule of host {self.host_id}"


class DayException(models.Model):
    """A date on which a host, or everybody, is away, or can be met beside the weekly rules. It says no reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.ForeignKey(Host, null=True, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    first_minute = models.PositiveSmallIntegerField(default=0)
    last_minute = models.PositiveSmallIntegerField(default=1440)
    is_open = models.BooleanField(default=False)

    privacy = classify(
        retention="booking_exceptions",
        sensitive=("day", "first_minute", "last_minute", "is_open"),
        technical=("id", "host"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(first_minute__lt=F("last_minute"), last_minute__lte=1440), name="exception_is_within_a_day"
            ),
            models.UniqueConstraint(
                fields=["host", "day", "first_minute", "last_minute", "is_open"],
                nulls_distinct=False,
                name="exception_said_once",
            ),
        ]

    def __str__(self) -> str:
        return f"exception of host {self.host_id}"


class Series(models.Model):
    """Meetings that repeat, by the clock in Stockholm; each is a booking of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField(max_length=200)
    first_start = models.CharField(max_length=19)

    privacy = classify(retention="bookings", sensitive=("rule", "first_start"), technical=("id",))

    def __str__(self) -> str:
        return f"series {self.pk}"


class Booking(models.Model):
    """A time: held until it is confirmed or lapses, confirmed, cancelled, or lapsed."""

    HELD, CONFIRMED, CANCELLED, LAPSED = "held", "confirmed", "cancelled", "lapsed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    capacity = models.PositiveSmallIntegerField()
    # Rises with every change that a calendar must hear of (RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField(default=0)
    series = models.ForeignKey(Series, null=True, on_delete=models.SET_NULL, related_name="bookings")
    origin = models.CharField(max_length=20)
    # An id of a room above, which alone knows what it means.
    reference = models.UUIDField(null=True, db_index=True)
    opened_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    privacy = classify(
        retention="bookings",
        sensitive=("starts_at", "ends_at", "made_at", "changed_at", "opened_at", "reference"),
        technical=("id", "kind", "state", "held_until", "capacity", "sequence", "series", "origin"),
    )

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["starts_at"], name="booking_starts_at")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="booking_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(state="held", held_until__isnull=False)
                | Q(state__in=["confirmed", "cancelled", "lapsed"], held_until=None),
                name="booking_is_held_until_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"


class Participant(models.Model):
    """A host of a booking with the time that it takes, room before and after included."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="participants")
    host = models.ForeignKey(Host, on_delete=models.PROTECT, related_name="participations")
    blocked = DateTimeRangeField()
    is_blocking = models.BooleanField(default=True)

    privacy = classify(retention="bookings", sensitive=("blocked",), technical=("id", "booking", "host", "is_blocking"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["booking", "host"], name="host_once_in_a_booking"),
            ExclusionConstraint(
                name="host_is_booked_once_at_a_time",
                expressions=[(_same("host"), RangeOperators.OVERLAPS), ("blocked", RangeOperators.OVERLAPS)],
                condition=Q(is_blocking=True),
            ),
        ]

    def __str__(self) -> str:
        return f"host {self.host_id} of booking {self.booking_id}"


class Attendee(models.Model):
    """Somebody who comes: a sealed address to write to, and hashes of what they hold. No name, no reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="attendees")
    seat = models.PositiveSmallIntegerField()
    sealed_address = models.BinaryField()
    # Keyed; only to count how many unconfirmed bookings an address has.
    address_hash = models.BinaryField(db_index=True)
    language = models.CharField(max_length=5, default="sv")
    confirm_hash = models.BinaryField(null=True, unique=True)
    manage_hash = models.BinaryField(null=True, unique=True)
    code_hash = models.BinaryField(null=True, unique=True)
    confirmed_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    privacy = classify(
        retention="booking_addresses",
        identifying=("sealed_address", "address_hash"),
        sensitive=("confirm_hash", "manage_hash", "code_hash", "confirmed_at", "made_at"),
        technical=("id", "booking", "seat", "language", "held_until"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["booking", "seat"], name="seat_taken_once"),
            models.CheckConstraint(condition=Q(seat__gte=1), name="seat_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"attendee {self.pk}"


class WaitingEntry(models.Model):
    """Somebody who waits for a time of a kind, and the held booking that is offered just now."""

    WAITING, OFFERED, TAKEN, LEFT = "waiting", "offered", "taken", "left"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(Kind, on_delete=models.CASCADE, related_name="+")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=20, default="waiting")
    sealed_address = models.BinaryField()
    address_hash = models.BinaryField(db_index=True)
    language = models.CharField(max_length=5, default="sv")
    is_confirmed = models.BooleanField(default=False)
    leave_hash = models.BinaryField(unique=True)
    offer_hash = models.BinaryField(null=True, unique=True)
    # A held time, or a held place in a meeting for several, is offered to one at a time: what is given isn't given again.
    offered = models.ForeignKey(Booking, null=True, on_delete=models.SET_NULL, related_name="+")
    offered_seat = models.PositiveSmallIntegerField(default=1)
    lapsed_offers = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()

    privacy = classify(
        retention="booking_waiting",
        identifying=("sealed_address", "address_hash"),
        sensitive=("leave_hash", "offer_hash", "made_at", "priority"),
        technical=("id", "kind", "state", "language", "is_confirmed", "offered", "offered_seat", "lapsed_offers"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["offered", "offered_seat"], name="place_is_offered_once"),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_hash__isnull=False), name="offer_can_be_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"waiting {self.pk}"


class Feed(models.Model):
    """A secret address where a calendar reads a host's times; revoked, it answers nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.ForeignKey(Host, on_delete=models.CASCADE, related_name="feeds")
    secret_hash = models.BinaryField(unique=True)
    # Without it the feed says busy and nothing more.
    tells_meetings = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="booking_rules",
        sensitive=("secret_hash", "made_at", "revoked_at"),
        technical=("id", "host", "tells_meetings"),
    )

    def __str__(self) -> str:
        return f"feed {self.pk}"


class SpentForm(models.Model):
    """A public form that has been used: its proof of work counts once."""

    mark = models.BinaryField(primary_key=True)
    was_worked_for = models.BooleanField()
    expires_at = models.DateTimeField(db_index=True)

    privacy = classify(retention="booking_forms", technical=("mark", "was_worked_for", "expires_at"))

    def __str__(self) -> str:
        return "spent form"
