"""Releases with their counts, and what the public reads. Numbers are written once: triggers (second migration) hold it."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify

RELEASES = "statistical_releases"
ASKED = "asked_tables"


class Release(models.Model):
    """A standard report for a quarter: drafted by one person, approved by another, published, never changed."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        SUBMITTED = "submitted", _("Väntar på godkännande")
        APPROVED = "approved", _("Godkänd")
        PUBLISHED = "published", _("Publicerad")
        DISCARDED = "discarded", _("Kasserad")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    is_preliminary = models.BooleanField()
    freeze_at = models.DateTimeField()
    # How many releases were published when this one was audited: it can only become the next one after those.
    place = models.PositiveIntegerField()
    revision = models.PositiveSmallIntegerField(default=0)
    revision_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="revisions")
    revision_note = models.CharField(max_length=300, blank=True)
    report_code = models.CharField(max_length=40)
    report_version = models.PositiveSmallIntegerField()
    # Leaf counts by quarter and what they mean: later releases are protected together with these.
    leaves = models.JSONField()
    structure = models.JSONField()
    audit_tried = models.PositiveIntegerField()
    audit_recovered = models.PositiveIntegerField()
    audit_unsafe = models.PositiveIntegerField()
    audit_low = models.FloatField(null=True)
    audit_high = models.FloatField(null=True)
    audit_seconds = models.FloatField()
    drafted_by_id = models.UUIDField()
    drafted_by = models.CharField(max_length=60)
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_by = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    # Set by whoever may publish: at this time the clock's work publishes it in their name.
    publish_at = models.DateTimeField(null=True)
    timed_by_id = models.UUIDField(null=True)
    timed_by = models.CharField(max_length=60, blank=True, default="")
    published_by_id = models.UUIDField(null=True)
    published_by = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True)

    privacy = classify(
        retention=RELEASES,
        identifying=("drafted_by", "approved_by", "timed_by", "published_by"),
        statistical=("leaves", "year", "quarter"),
        technical=(
            "id", "status", "is_preliminary", "freeze_at", "place", "revision", "revision_of", "revision_note",
            "report_code", "report_version", "structure", "audit_tried", "audit_recovered", "audit_unsafe",
            "audit_low", "audit_high", "audit_seconds", "drafted_by_id", "drafted_at", "submitted_at",
            "approved_by_id", "approved_at", "publish_at", "timed_by_id", "published_by_id", "published_at",
        ),
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(approved_by_id=None) | ~Q(approved_by_id=F("drafted_by_id")),
                name="release_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(published_by_id=None) | ~Q(published_by_id=F("drafted_by_id")),
                name="release_published_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "published"])
                | Q(approved_by_id__isnull=False, approved_at__isnull=False, submitted_at__isnull=False)
                & ~Q(approved_by=""),
                name="release_approved_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "published"])
                | Q(audit_recovered=0, audit_unsafe=0, audit_tried__gte=0),
                name="release_nothing_recoverable",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_by_id__isnull=False, published_at__isnull=False),
                name="release_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(timed_by_id=None) | ~Q(timed_by_id=F("drafted_by_id")),
                name="release_timed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None, timed_by_id=None, timed_by="")
                | (
                    Q(publish_at__isnull=False, timed_by_id__isnull=False, status__in=["approved", "published"])
                    & ~Q(timed_by="")
                ),
                name="release_time_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(publish_at=None) | Q(published_at__gte=F("publish_at")),
                name="release_never_before_its_time",
            ),
            models.CheckConstraint(
                condition=Q(revision=0, revision_of=None, revision_note="")
                | (Q(revision__gt=0, revision_of__isnull=False) & ~Q(revision_note="")),
                name="release_revision_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "approved", "published", "discarded"]),
                name="release_status_known",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4, year__gte=2014), name="release_quarter_known"
            ),
            # One after the other: each is protected against everything before it.
            models.UniqueConstraint(fields=["place"], condition=Q(status="published"), name="release_one_at_a_place"),
            models.UniqueConstraint(
                fields=["report_code", "year", "quarter", "revision"],
                condition=Q(status="published"),
                name="release_revision_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-q{self.quarter} revision {self.revision} ({self.status})"


class Cell(models.Model):
    """A count of a release: its value, whether it is shown, and if not, why."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cells")
    name = models.CharField(max_length=400)
    first = models.PositiveSmallIntegerField()
    last = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField()
    reason = models.CharField(max_length=10, blank=True)
    threshold = models.PositiveSmallIntegerField()
    protects_zeros = models.BooleanField()

    privacy = classify(
        retention=RELEASES,
        statistical=("name", "first", "last", "value"),
        technical=("id", "release", "reason", "threshold", "protects_zeros"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["release", "name", "first", "last"], name="cell_once_in_a_release"),
            models.CheckConstraint(condition=Q(reason__in=["", "primary", "secondary"]), name="cell_reason_known"),
            # The last wall: a small count without a reason to be hidden can't be stored at all.
            models.CheckConstraint(
                condition=~Q(reason="") | Q(value=0, protects_zeros=False) | Q(value__gte=F("threshold")),
                name="cell_small_is_hidden",
            ),
        ]

    def __str__(self) -> str:
        return f"cell {self.pk}"


class ReleaseTable(models.Model):
    """A table of a release as the analyst sees it, hidden values included."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    document = models.JSONField()
    public_document = models.JSONField()

    privacy = classify(
        retention=RELEASES,
        statistical=("document", "public_document"),
        technical=("id", "release", "kind", "code", "position"),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["release", "kind", "code"], name="table_once_in_a_release"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.release_id}"


class PublishedTable(models.Model):
    """What the public reads, whole: with the files made of it, all that the public site's database role may open."""

    class Source(models.TextChoices):
        RELEASE = "release", _("Publicering")
        HISTORY = "history", _("Historisk serie")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=10, choices=Source)
    quarter = models.CharField(max_length=7)
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    document = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    privacy = classify(
        retention=RELEASES,
        statistical=("document", "quarter"),
        technical=("id", "source", "revision", "kind", "code", "position", "content_hash", "published_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["source", "quarter", "kind", "code", "revision"], name="published_table_once"
            ),
            models.CheckConstraint(condition=Q(source__in=["release", "history"]), name="published_source_known"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["source", "-quarter", "kind", "-revision"], name="published_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.kind} {self.code} revision {self.revision}"


class PublishedFile(models.Model):
    """A file made at publication and handed out as it is: the same bytes for as long as the release is public."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quarter = models.CharField(max_length=7)
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    # Empty: the whole report.
    code = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2)
    format = models.CharField(max_length=10, choices=Format)
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    privacy = classify(
        retention=RELEASES,
        statistical=("content", "quarter"),
        technical=(
            "id", "revision", "kind", "code", "language", "format", "content_hash", "published_at",
        ),
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["quarter", "kind", "code", "language", "format", "revision"], name="published_file_once"
            ),
            models.CheckConstraint(condition=Q(language__in=["sv", "en"]), name="published_file_language_known"),
            models.CheckConstraint(condition=Q(format__in=["pdf"]), name="published_file_format_known"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.kind} {self.code or 'report'} {self.language} {self.format}"


class AskedTable(models.Model):
    """A table that somebody asked for: who, when and what, never what the answer was. Written once (fifth migration)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField()
    asked_by = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    question = models.JSONField()
    # The units that were counted: the question's filters in the quarters in which its variables were recorded.
    population = models.JSONField()
    size = models.PositiveIntegerField()
    # All facts of the unit at that time: how much any population can have grown since.
    facts_then = models.PositiveIntegerField()
    is_exact = models.BooleanField(default=False)
    is_refused = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)

    privacy = classify(
        retention=ASKED,
        identifying=("asked_by", "reason"),
        statistical=("unit", "question", "population", "size", "facts_then"),
        technical=("id", "asked_at", "asked_by_id", "is_exact", "is_refused"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(is_exact=False, is_refused=False, reason="") | (Q(is_exact=True) & ~Q(reason="")),
                name="asked_exact_says_why",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=["contact", "matter", "person", "mentioned"]), name="asked_unit_known"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["unit", "-asked_at"], name="asked_latest")]

    def __str__(self) -> str:
        return f"asked table {self.pk}"


class NearTables(models.Model):
    """Two asked tables whose populations differ by so few that the one minus the other is about somebody."""

    asked = models.ForeignKey(AskedTable, on_delete=models.CASCADE, related_name="near")
    earlier = models.ForeignKey(AskedTable, on_delete=models.CASCADE, related_name="near_later")
    only_asked = models.PositiveSmallIntegerField()
    only_earlier = models.PositiveSmallIntegerField()

    privacy = classify(
        retention=ASKED, statistical=("only_asked", "only_earlier"), technical=("id", "asked", "earlier")
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["asked", "earlier"], name="near_tables_once"),
            models.CheckConstraint(condition=~Q(only_asked=0, only_earlier=0), name="near_tables_differ"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_id} near {self.earlier_id}"


class PublishedTime(models.Model):
    """What the public may know of a release that is not public yet: its quarter, and the time that has been set."""

    quarter = models.CharField(max_length=7, primary_key=True)
    at = models.DateTimeField()

    privacy = classify(retention=RELEASES, statistical=("quarter",), technical=("at",))

    def __str__(self) -> str:
        return f"{self.quarter} at {self.at}"
