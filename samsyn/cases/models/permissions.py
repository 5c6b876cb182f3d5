"""What is allowed for once: a sharing, an emergency, a case that leaves, a contact with the person."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.cases.models.cases import Case
from samsyn.privacy.classes import classify


class ShareRequest(models.Model):
    """A sharing that takes two persons: the right to share further, or somebody of another organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="share_requests")
    grantee = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    rights = ArrayField(models.CharField(max_length=10))
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)

    privacy = classify(
        retention="case", technical=("id", "case", "grantee", "rights", "asked_by", "asked_at", "approved_by")
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "grantee"], name="one_request_a_person"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")), name="two_persons_share"
            ),
        ]

    def __str__(self) -> str:
        return f"share request {self.pk}"


class Emergency(models.Model):
    """A case that somebody without a grant reads for an hour, because two officers let them; reviewed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="emergencies")
    reader = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    officers = models.CharField(max_length=80, default="")
    opened_once = models.BinaryField(default=bytes)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="case",
        sensitive=("opened_once",),
        technical=(
            "id",
            "case",
            "reader",
            "ground",
            "version",
            "officers",
            "asked_at",
            "opened_at",
            "reviewed_by",
            "reviewed_at",
        ),
    )

    def __str__(self) -> str:
        return f"emergency {self.pk}"


class ContactClearance(models.Model):
    """Somebody has asked the case's rules and may now contact the person this way: once, for minutes, where the person said.

    ``recipient`` is a keyed mark of that number or address, and none of any other; empty where none was said.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clearances")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)
    recipient = models.BinaryField(default=bytes)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="case", sensitive=("channel", "recipient", "until", "used_at"), technical=("id", "case", "account")
    )

    def __str__(self) -> str:
        return f"clearance of case {self.case_id}"


class ContactOverride(models.Model):
    """A contact against the rules of safe contact: one asks, another confirms, and it is used once or lapses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overrides")
    channel = models.CharField(max_length=10)
    ground = models.CharField(max_length=20)
    why = models.CharField(max_length=20)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="case",
        sensitive=("channel", "ground", "why", "used_at"),
        technical=("id", "case", "asked_by", "asked_at", "confirmed_by", "confirmed_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("asked_by")), name="two_persons_override"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(confirmed_at__isnull=False), name="override_used_when_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"


class CaseExport(models.Model):
    """A case on its way to somebody else: who asks, for whom, why, and an officer's signature. The copy is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exports")
    recipient = models.CharField(max_length=120)
    public = models.BinaryField()
    ground = models.CharField(max_length=20)
    manifest = models.CharField(max_length=64)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    signature = models.BinaryField(default=bytes)
    # Of a child's case: who the guardian is, whether they may read, whether the copy goes to them. Codes, never names.
    guardian = models.CharField(max_length=20, blank=True)
    guardian_reads = models.CharField(max_length=20, blank=True)
    guardian_receives = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)  # handed out, or declined

    privacy = classify(
        retention="case",
        sensitive=("recipient", "ground", "reason", "guardian", "guardian_reads", "guardian_receives"),
        technical=(
            *("id", "case", "public", "manifest", "asked_by", "asked_at", "approved_by", "approved_at", "signature"),
            "ended_at",
        ),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")), name="two_persons_export"
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="one_export_at_a_time"),
            models.CheckConstraint(
                condition=Q(guardian_receives=False) | Q(guardian_reads="may_read"), name="no_export_to_a_threat"
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
