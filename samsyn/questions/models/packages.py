"""Packages of standard questions for others' systems, what was decided in them, and who has them in use."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify
from samsyn.questions.models.versions import KEPT


class Package(models.Model):
    """A package of standard questions for others' systems, under one code through all its versions."""

    code = models.CharField(max_length=40, primary_key=True)
    title_sv = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)

    privacy = classify(retention=KEPT, technical=("code", "title_sv", "title_en"))

    def __str__(self) -> str:
        return self.code


class PackageVersion(models.Model):
    """A version of a package; ``content`` is the plain data of ``exchange.package.Package`` without status and dates."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("utkast")
        CONSULTATION = "consultation", _("på remiss")
        DECIDED = "decided", _("beslutad")
        IN_USE = "in_use", _("i bruk")
        RETIRED = "retired", _("avvecklad")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    status = models.CharField(max_length=15, choices=Status, default=Status.DRAFT)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=1)

    privacy = classify(
        retention=KEPT,
        identifying=("edited_by", "decided_by"),
        technical=(
            *("id", "package", "version", "status", "valid_from", "valid_to", "content", "content_hash", "created_at"),
            *("edited_at", "decided_at", "revision"),
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "version"], name="package_version_once"),
            models.UniqueConstraint(
                fields=["package"], condition=Q(status__in=["draft", "consultation"]), name="package_one_open_version"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "consultation", "decided", "in_use", "retired"]),
                name="package_version_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "consultation"])
                | ~Q(valid_from=None) & ~Q(decided_at=None) & ~Q(decided_by=""),
                name="package_decided_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="package_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.version} ({self.status})"


class BankItem(models.Model):
    """A concept, code list or variable in the version that was decided: no package ever says it otherwise."""

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    decided_in = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="items")

    privacy = classify(retention=KEPT, technical=("id", "kind", "code", "version", "content_hash", "decided_in"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code", "version"], name="bank_item_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.version}"


class Implementation(models.Model):
    """Who has which version in which system since when: the denominator of everything that is delivered."""

    class Route(models.TextChoices):
        PORTAL = "portal", _("webbportal")
        REST = "rest", _("API")
        SFTP = "sftp", _("SFTP")
        NONE = "none", _("lämnar inte än")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package_version = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="implementations")
    municipality = models.CharField(max_length=10)  # a code of the list
    system = models.CharField(max_length=80)
    route = models.CharField(max_length=10, choices=Route)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)

    privacy = classify(
        retention=KEPT,
        identifying=("recorded_by",),
        technical=("id", "package_version", "municipality", "system", "route", "from_on", "to_on", "recorded_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package_version", "municipality", "system"],
                condition=Q(to_on=None),
                name="implementation_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="implementation_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.package_version_id}"
