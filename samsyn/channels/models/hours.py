"""Queues and when they are open."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from samsyn.privacy.classes import classify


class Queue(models.Model):
    """Where calls wait."""

    code = models.CharField(primary_key=True, max_length=40)
    title_sv = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)
    closes_on_holidays = models.BooleanField(default=True)

    privacy = classify(retention="opening_hours", technical=("code", "title_sv", "title_en", "closes_on_holidays"))

    def __str__(self) -> str:
        return f"queue {self.code}"


class OpeningHours(models.Model):
    """A span of each week by the clock in Stockholm; Monday is 0, minutes count from midnight."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    first_minute = models.PositiveSmallIntegerField()
    last_minute = models.PositiveSmallIntegerField()

    privacy = classify(retention="opening_hours", technical=("id", "queue", "weekday", "first_minute", "last_minute"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, first_minute__lt=F("last_minute"), last_minute__lte=1440),
                name="opening_hours_are_within_a_day",
            ),
            models.UniqueConstraint(fields=["queue", "weekday", "first_minute"], name="opening_hours_said_once"),
        ]

    def __str__(self) -> str:
        return f"hours of {self.queue_id}"


class OpeningException(models.Model):
    """What holds on one date instead of the week and of holidays: closed, or open a span. It says no reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    is_open = models.BooleanField()
    first_minute = models.PositiveSmallIntegerField(default=0)
    last_minute = models.PositiveSmallIntegerField(default=1440)

    privacy = classify(
        retention="opening_exceptions",
        technical=("id", "queue", "day", "is_open", "first_minute", "last_minute"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(first_minute__lt=F("last_minute"), last_minute__lte=1440),
                name="opening_exception_is_within_a_day",
            ),
            models.UniqueConstraint(fields=["queue", "day"], name="one_opening_exception_for_each_day"),
        ]

    def __str__(self) -> str:
        return f"exception of {self.queue_id}"
