"""What every kind of version has: written as a draft, then published, never changed, at last replaced."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

KEPT = "question_sets"  # kept as long as figures rest on them; see retention.py
VERSION_IDENTIFYING = ("edited_by", "published_by")
VERSION_TECHNICAL = (
    "id",
    "number",
    "status",
    "valid_from",
    "valid_to",
    "level",
    "reason",
    "content_hash",
    "created_at",
    "edited_at",
    "published_at",
    "revision",
)


class Version(models.Model):
    """One version of something that is published: written as a draft, then never changed, at last replaced."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("utkast")
        PUBLISHED = "published", _("publicerad")
        RETIRED = "retired", _("ersatt")

    class Level(models.TextChoices):
        MAJOR = "major", _("Större ändring: svaren kan inte jämföras utan översättning")
        MINOR = "minor", _("Tillägg: det som fanns kan fortfarande jämföras")
        PATCH = "patch", _("Rättelse: samma innebörd")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # the last day, inclusive; set when the next version is published
    level = models.CharField(max_length=10, choices=Level, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=60)  # a pseudonym: accounts may go, versions stay
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=60, blank=True)
    # Counts the edits of a draft, so that two editors cannot overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def version_constraints(owner: str) -> list[models.BaseConstraint]:
    """Return what every kind of version obeys, with names that begin with ``owner``."""
    published = ~Q(valid_from=None) & ~Q(published_at=None) & ~Q(level="") & Q(content_hash__regex="^[0-9a-f]{64}$")
    return [
        models.UniqueConstraint(fields=[owner, "number"], name=f"{owner}_version_number_once"),
        models.UniqueConstraint(fields=[owner], condition=Q(status="draft"), name=f"{owner}_one_draft"),
        models.CheckConstraint(
            condition=Q(status="draft") | published & ~Q(published_by=""), name=f"{owner}_published_is_whole"
        ),
        models.CheckConstraint(
            condition=Q(status="retired", valid_to__isnull=False) | ~Q(status="retired") & Q(valid_to=None),
            name=f"{owner}_retired_has_an_end",
        ),
        models.CheckConstraint(
            condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name=f"{owner}_version_dates_in_order"
        ),
        models.CheckConstraint(
            condition=Q(status__in=["draft", "published", "retired"]), name=f"{owner}_version_status_known"
        ),
        models.CheckConstraint(
            condition=Q(level__in=["", "major", "minor", "patch"]), name=f"{owner}_version_level_known"
        ),
    ]
