"""Measurement periods, frozen when they are planned, and deviations with what became of them."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class Period(models.Model):
    """A time-limited measurement: extra questions to a sample of the contacts. ``report`` is written once, at its end."""

    class State(models.TextChoices):
        PLANNED = "planned"
        STOPPED = "stopped"
        REPORTED = "reported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    title_sv = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    first_on = models.DateField()
    last_on = models.DateField()
    sample = models.CharField(max_length=10)
    nth = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveIntegerField()
    days = ArrayField(models.DateField(), default=list)
    in_force_id = models.UUIDField(unique=True)
    version_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    planned_by = models.CharField(max_length=60)
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)

    privacy = classify(
        retention="measurement_periods",
        identifying=("planned_by",),
        statistical=("report",),
        technical=(
            *("id", "number", "title_sv", "title_en", "first_on", "last_on", "sample", "nth", "seed", "days"),
            *("in_force_id", "version_id", "state", "planned_at", "ended_at"),
        ),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(last_on__gte=models.F("first_on")), name="period_dates_in_order"),
            models.CheckConstraint(
                condition=Q(state="planned", report=None, ended_at=None)
                | ~Q(state="planned") & Q(report__isnull=False, ended_at__isnull=False),
                name="period_that_is_over_has_a_report",
            ),
        ]

    def __str__(self) -> str:
        return f"period {self.number}"


class Deviation(models.Model):
    """A departure from a template: which version, which line, of what kind and why, in codes; then what was decided.

    Whoever reported it is not kept, nor the call: it is the template that is looked at.
    """

    class Decision(models.TextChoices):
        OPEN = "open"
        KEEP = "keep"
        REVISE = "revise"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=60)
    template_version_id = models.UUIDField()
    template_number = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    reported_on = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="deviations",
        identifying=("decided_by",),
        statistical=("template", "template_number", "item", "kind", "reason", "decision"),
        technical=("id", "template_version_id", "reported_on", "decided_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(decision="open", decided_at=None) | ~Q(decision="open") & Q(decided_at__isnull=False),
                name="deviation_that_is_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"deviation {self.pk}"
