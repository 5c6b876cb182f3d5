"""Question sets with their versions, and which are asked beside the main one for a time."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify
from samsyn.questions.models.versions import KEPT, VERSION_IDENTIFYING, VERSION_TECHNICAL, Version, version_constraints


class Instrument(models.Model):
    """A question set under one name through all its versions."""

    code = models.CharField(max_length=40, primary_key=True)
    title_sv = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)

    privacy = classify(retention=KEPT, technical=("code", "title_sv", "title_en"))

    def __str__(self) -> str:
        return self.code


class InstrumentVersion(Version):
    """A version of a question set; ``reminder`` is what the adviser reads before the first question."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    reminder_sv = models.CharField(max_length=200)
    reminder_en = models.CharField(max_length=200)

    privacy = classify(
        retention=KEPT,
        identifying=VERSION_IDENTIFYING,
        technical=(*VERSION_TECHNICAL, "instrument", "reminder_sv", "reminder_en"),
    )

    class Meta:
        constraints = version_constraints("instrument")

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.number} ({self.status})"


class Section(models.Model):
    """A heading of a question set, such as "Vem ringer"."""

    version = models.ForeignKey(InstrumentVersion, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title_sv = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)

    privacy = classify(retention=KEPT, technical=("id", "version", "code", "position", "title_sv", "title_en"))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="section_code_once")]

    def __str__(self) -> str:
        return self.code


class Question(models.Model):
    """A question in one version: concept, wording, options, condition. Answers point here and so keep their version.

    ``concept`` is what is asked about and stays the same through versions; ``options`` empty means the whole code list.
    """

    class Unit(models.TextChoices):
        CONTACT = "contact", _("kontakten")
        MATTER = "matter", _("ärendet")
        PERSON = "person", _("den utsatta personen")

    class Kind(models.TextChoices):
        SINGLE = "single", _("ett svar")
        MULTIPLE = "multiple", _("flera svar")
        SELECT = "select", _("ett svar ur lång lista")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(InstrumentVersion, on_delete=models.CASCADE, related_name="questions")
    concept = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    unit = models.CharField(max_length=10, choices=Unit)
    section = models.CharField(max_length=40)
    row = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    list_code = models.CharField(max_length=40)
    options = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    wording_sv = models.CharField(max_length=120)
    wording_en = models.CharField(max_length=120)
    hint_sv = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=200, blank=True)
    states = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    required_at_close = models.BooleanField(default=False)
    core = models.BooleanField(default=False)
    local = models.BooleanField(default=False)
    more = models.BooleanField(default=False)
    condition_question = models.CharField(max_length=40, blank=True)
    condition_values = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    privacy = classify(
        retention=KEPT,
        technical=(
            *("id", "version", "concept", "code", "unit", "section", "row", "position", "kind", "list_code", "options"),
            *("wording_sv", "wording_en", "hint_sv", "hint_en", "states", "required_at_close", "core", "local"),
            *("more", "condition_question", "condition_values"),
        ),
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="question_code_once"),
            models.UniqueConstraint(
                fields=["version", "position"], name="question_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(core=True, local=True), name="question_core_is_never_local"),
            models.CheckConstraint(
                condition=Q(condition_question="", condition_values=[])
                | ~Q(condition_question="") & ~Q(condition_values=[]),
                name="question_condition_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class InForce(models.Model):
    """A question set that is asked beside the main one for a time, of the contacts that its sample rule picks.

    Whoever plans it (a measurement period) writes this row; whoever asks knows nothing of why. ``seen`` counts contacts
    where every nth is asked, ``start`` is the first one, ``days`` are the days that were drawn.
    """

    class Sample(models.TextChoices):
        EVERY = "every", _("varje kontakt")
        NTH = "nth", _("var n:te kontakt")
        DAYS = "days", _("dragna dagar")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(db_index=True)
    sample = models.CharField(max_length=10, choices=Sample)
    nth = models.PositiveSmallIntegerField(default=1)
    start = models.PositiveSmallIntegerField(default=0)
    days = ArrayField(models.DateField(), default=list, blank=True)
    seen = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    privacy = classify(
        retention=KEPT,
        technical=("id", "version", "first_on", "last_on", "sample", "nth", "start", "days", "seen", "ended_at"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=models.F("first_on")), name="in_force_dates_in_order"),
            models.CheckConstraint(
                condition=Q(nth__gte=1) & Q(start__lt=models.F("nth")), name="in_force_nth_is_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.first_on}"
