"""Instruments and templates with their versions. Triggers (second migration) keep published versions as they are."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify

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


class Template(models.Model):
    """A call template under one code through all its versions."""

    code = models.CharField(max_length=60, primary_key=True)

    privacy = classify(retention=KEPT, technical=("code",))

    def __str__(self) -> str:
        return self.code


class TemplateVersion(Version):
    """What a template says: for whom, for which main concerns, how long, and on which law it rests.

    No sector means every sector, no situations means every main concern. ``law`` holds keys of data/law.toml.
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    title_sv = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    sector = models.CharField(max_length=60, blank=True)
    situations = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    standard_minutes = models.PositiveSmallIntegerField()
    law = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    privacy = classify(
        retention=KEPT,
        identifying=VERSION_IDENTIFYING,
        technical=(
            *VERSION_TECHNICAL,
            *("template", "title_sv", "title_en", "sector", "situations", "standard_minutes", "law"),
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
