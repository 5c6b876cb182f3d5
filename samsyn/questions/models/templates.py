"""Call templates with their versions and lines."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify
from samsyn.questions.models.versions import KEPT, VERSION_IDENTIFYING, VERSION_TECHNICAL, Version, version_constraints


class Template(models.Model):
    """A call template under one code through all its versions."""

    code = models.CharField(max_length=60, primary_key=True)

    privacy = classify(retention=KEPT, technical=("code",))

    def __str__(self) -> str:
        return self.code


class TemplateVersion(Version):
    """What a template says: for whom, for which main concerns, how long, and on which law it rests.

    No sector means every sector, no situations means every main concern, no kind every kind of contact. ``law`` holds
    keys of data/law.toml. With an ``adaptation`` it is a variant: its lines and minutes are added to those of the template
    that fits, when the talk is adapted so or it is this caller (a code of the list adaptation or caller_role).
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    title_sv = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    sector = models.CharField(max_length=60, blank=True)
    situations = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    contact_kind = models.CharField(max_length=60, blank=True, default="")
    adaptation = models.CharField(max_length=24, blank=True, default="")
    standard_minutes = models.PositiveSmallIntegerField()
    law = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    privacy = classify(
        retention=KEPT,
        identifying=VERSION_IDENTIFYING,
        technical=(
            *VERSION_TECHNICAL,
            *("template", "title_sv", "title_en", "sector", "situations", "contact_kind", "adaptation"),
            *("standard_minutes", "law"),
        ),
    )

    class Meta:
        constraints = [
            *version_constraints("template"),
            models.CheckConstraint(
                condition=Q(standard_minutes__gte=1, standard_minutes__lte=180), name="template_minutes_sensible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.number} ({self.status})"


class TemplateItem(models.Model):
    """One line of a checklist: something to ask about, or something to inform of."""

    class Kind(models.TextChoices):
        ASK = "ask", _("fråga om")
        INFORM = "inform", _("informera om")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    text_sv = models.CharField(max_length=120)
    text_en = models.CharField(max_length=120)

    privacy = classify(retention=KEPT, technical=("id", "version", "kind", "code", "position", "text_sv", "text_en"))

    class Meta:
        ordering = ["kind", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="template_item_code_once")]

    def __str__(self) -> str:
        return self.code
