"""The protocol of erasure. It says how much went and by which decision, never what or whose."""

import uuid

from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class ErasureRecord(models.Model):
    """One batch of rows that a retention rule erased, written in the transaction that erased them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField(max_length=60)
    # Model label -> number of rows; no ids, so that the protocol can't say who was there.
    rows = models.JSONField()
    total = models.PositiveIntegerField()
    decision = models.CharField(max_length=60)
    erased_at = models.DateTimeField()
    erased_by = models.CharField(max_length=100)

    privacy = classify(
        retention="erasure_records",
        identifying=("erased_by",),
        technical=("id", "rule", "rows", "total", "decision", "erased_at"),
    )

    class Meta:
        ordering = ["-erased_at", "rule"]
        indexes = [models.Index(fields=["-erased_at"], name="erasure_record_at")]
        constraints = [models.CheckConstraint(condition=Q(total__gte=1), name="erasure_record_of_something")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.total}"
