"""Whom an adviser has promised to call back. The number is sealed, and gone as soon as it has served."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class CallBack(models.Model):
    """A promise to call somebody back. Without a number it is done or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey("channels.Queue", on_delete=models.PROTECT, related_name="+")
    sealed_number = models.BinaryField(null=True)
    wished_part = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="call_backs",
        identifying=("sealed_number",),
        sensitive=("made_by", "made_at", "closed_at"),
        technical=("id", "queue", "wished_part", "outcome"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(closed_at=None, sealed_number__isnull=False, outcome="")
                | (Q(closed_at__isnull=False, sealed_number=None) & ~Q(outcome="")),
                name="call_back_keeps_a_number_while_it_is_open",
            ),
        ]

    def __str__(self) -> str:
        return f"call-back {self.pk}"


class CallBackAttempt(models.Model):
    """An attempt to call back, and how it went."""

    call_back = models.ForeignKey(CallBack, on_delete=models.CASCADE, related_name="attempts")
    result = models.CharField(max_length=20)
    tried_by = models.UUIDField()
    tried_at = models.DateTimeField()

    privacy = classify(
        retention="call_backs", sensitive=("tried_by", "tried_at"), technical=("id", "call_back", "result")
    )

    def __str__(self) -> str:
        return f"attempt of {self.call_back_id}"
