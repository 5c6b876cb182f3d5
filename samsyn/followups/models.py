"""What was promised at the call, links that hold once, follow-ups of single matters, and the facts that they leave."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify

LINK, PHONE = "link", "phone"


class Wish(models.Model):
    """What a professional agreed to during a call that is not closed yet. Closing turns it into a plan."""

    contact_id = models.UUIDField(primary_key=True)
    sealed_to = models.BinaryField()
    way = models.CharField(max_length=10)
    asks_direct = models.BooleanField(default=False)
    months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    noted_at = models.DateTimeField()

    privacy = classify(
        retention="follow_up_wishes",
        identifying=("sealed_to",),
        sensitive=("asks_direct", "months", "noted_at"),
        technical=("contact_id", "way"),
    )

    def __str__(self) -> str:
        return f"wish of {self.contact_id}"


class Invitation(models.Model):
    """A link to the direct follow-up that holds once. It knows no contact, no address and no adviser."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mark = models.BinaryField(unique=True)
    version_id = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    privacy = classify(
        retention="follow_up_invitations", sensitive=("mark",), technical=("id", "version_id", "expires_at")
    )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class FollowUp(models.Model):
    """The follow-up of the effects in one matter, by the professional's consent."""

    class State(models.TextChoices):
        ACTIVE = "active"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    # None where nothing could come back to the matter: neither words nor a booked time.
    matter_id = models.UUIDField(null=True)
    version_id = models.UUIDField()
    way = models.CharField(max_length=10)
    consented_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    ended_at = models.DateTimeField(null=True, db_index=True)

    privacy = classify(
        retention="follow_ups",
        sensitive=("matter_id", "consented_on", "ended_at"),
        technical=("id", "number", "version_id", "way", "state"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | ~Q(state="active") & Q(ended_at__isnull=False),
                name="follow_up_that_is_over_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.number}"


class ContactDetails(models.Model):
    """Where to reach the professional, sealed, apart from everything else; gone when the follow-up is over."""

    follow_up = models.OneToOneField(FollowUp, primary_key=True, on_delete=models.CASCADE, related_name="details")
    sealed = models.BinaryField()

    privacy = classify(retention="follow_ups", identifying=("sealed",), technical=("follow_up",))

    def __str__(self) -> str:
        return f"details of {self.follow_up_id}"


class Occasion(models.Model):
    """One planned time of a follow-up: so many months after the call."""

    class State(models.TextChoices):
        PLANNED = "planned"
        ASKED = "asked"
        REMINDED = "reminded"
        ANSWERED = "answered"
        MISSED = "missed"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="occasions")
    month = models.PositiveSmallIntegerField()
    due_on = models.DateField(db_index=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    mark = models.BinaryField(null=True, unique=True)
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="follow_ups",
        sensitive=("mark", "due_on", "asked_at", "expires_at"),
        technical=("id", "follow_up", "month", "state"),
    )

    class Meta:
        ordering = ["month"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["follow_up", "month"], name="follow_up_month_once"),
        ]

    def __str__(self) -> str:
        return f"occasion {self.pk}"


class EffectAnswer(models.Model):
    """An answer of an occasion: codes, or the state that says why there are none. It goes with the follow-up."""

    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="answers")
    code = models.CharField(max_length=60)
    state = models.CharField(max_length=20)
    values = ArrayField(models.CharField(max_length=60), default=list)

    privacy = classify(retention="follow_ups", sensitive=("state", "values"), technical=("id", "occasion", "code"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["occasion", "code"], name="effect_answer_once"),
        ]

    def __str__(self) -> str:
        return f"answer to {self.code}"


class Batched(models.Model):
    """A fact that waits, without any time, until five are there; then the five get the quarter of that day together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField(null=True)
    quarter = models.PositiveSmallIntegerField(null=True)
    instrument_version = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.year} quarter {self.quarter}"


class DirectFact(Batched):
    """One professional's answers about one call. Which call is known to nobody."""

    asked_by = models.CharField(max_length=10)  # the adviser at the desk, or a link
    treatment = models.CharField(max_length=20)
    competence = models.CharField(max_length=20)
    problem = models.CharField(max_length=20)
    availability = models.CharField(max_length=20)

    QUESTIONS: ClassVar[tuple[str, ...]] = ("treatment", "competence", "problem", "availability")
    privacy = classify(
        retention="follow_up_facts",
        statistical=("year", "quarter", "instrument_version", "asked_by", *QUESTIONS),
        technical=("id",),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(year=None, quarter=None) | Q(year__isnull=False, quarter__isnull=False),
                name="direct_fact_quarter_is_whole",
            ),
        ]


class EffectFact(Batched):
    """What one occasion of one follow-up told, without the follow-up."""

    month = models.PositiveSmallIntegerField()
    done = ArrayField(models.CharField(max_length=60))
    done_by = ArrayField(models.CharField(max_length=60))
    changed = models.CharField(max_length=20)
    hindered = ArrayField(models.CharField(max_length=60))

    QUESTIONS: ClassVar[tuple[str, ...]] = ("done", "done_by", "changed", "hindered")
    privacy = classify(
        retention="follow_up_facts",
        statistical=("year", "quarter", "instrument_version", "month", *QUESTIONS),
        technical=("id",),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(year=None, quarter=None) | Q(year__isnull=False, quarter__isnull=False),
                name="effect_fact_quarter_is_whole",
            ),
        ]
