"""Calls while they go on and shortly after, and the facts that they leave. Who called is nowhere."""

import uuid
from typing import Any, ClassVar

from django.db import models

from samsyn.privacy.classes import classify


class Call(models.Model):
    """One call to a queue; its state is what ``call_states.fold`` makes of its events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Keyed: with the provider's own name of a call its lists of numbers could be asked who called.
    reference_hash = models.BinaryField(unique=True)
    adapter = models.CharField(max_length=20)
    channel = models.CharField(max_length=40)
    queue = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, default="")
    is_stuck = models.BooleanField(default=False)
    is_out_of_hours = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    # An id of a room above, which alone knows what it means.
    reference = models.UUIDField(null=True, unique=True)

    privacy = classify(
        retention="calls",
        sensitive=(
            "reference_hash", "arrived_at", "answered_at", "ended_at", "heard_at", "settled_at", "taken_by",
            "reference",
        ),
        technical=("id", "adapter", "channel", "queue", "state", "outcome", "is_stuck", "is_out_of_hours"),
    )  # fmt: skip

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["state", "arrived_at"], name="call_state")]

    def __str__(self) -> str:
        return f"call {self.pk}"


class CallEvent(models.Model):
    """The earliest time at which a kind of event happened to a call: what is told twice stands once."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    happened_at = models.DateTimeField()

    privacy = classify(retention="calls", sensitive=("happened_at",), technical=("id", "call", "kind"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["call", "kind"], name="kind_of_event_once_in_a_call"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of call {self.call_id}"


class CallFact(models.Model):
    """One call that is over, without day, clock or anybody. The id is random and points nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    hour_band = models.CharField(max_length=20)
    channel = models.CharField(max_length=40)
    queue = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20)
    wait_band = models.CharField(max_length=20)
    length_band = models.CharField(max_length=20)
    is_out_of_hours = models.BooleanField()
    is_stuck = models.BooleanField()

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "year", "quarter", "hour_band", "channel", "queue", "outcome", "wait_band", "length_band", "is_out_of_hours",
        "is_stuck",
    )  # fmt: skip
    privacy = classify(retention="call_facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="call_fact_period")]

    def __str__(self) -> str:
        return f"call {self.year} quarter {self.quarter}"


class Presence(models.Model):
    """Whether an adviser takes calls just now; what was before is not kept."""

    account_id = models.UUIDField(primary_key=True)
    pseudonym = models.CharField(max_length=60)
    is_here = models.BooleanField()
    since = models.DateTimeField()

    privacy = classify(
        retention="presence", identifying=("account_id", "pseudonym"), sensitive=("since",), technical=("is_here",)
    )

    def __str__(self) -> str:
        return f"presence of {self.pk}"
