"""Who delivers what since when, by which keys, and the deliveries themselves. Triggers (second migration) guard them.

Nothing here is about a person: figures are counts that the deliverer has added up, and what didn't pass is not kept.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samsyn.deliveries.composed import parts
from samsyn.privacy.classes import classify

REGISTER = "delivery_register"
RECEIPTS = "delivery_receipts"


class Deliverer(models.Model):
    """An organisation that sends us figures, or a vendor that tries its export out (``is_test``)."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("kommun")
        REGION = "region", _("region")
        OPERATOR = "operator", _("operatör av en stödlinje")
        OTHER = "other", _("annan organisation")
        VENDOR = "vendor", _("leverantör av verksamhetssystem")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20, unique=True)  # municipality code, or organisation number
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    county = models.CharField(max_length=2, blank=True)
    organisation = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    is_test = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    privacy = classify(
        retention=REGISTER,
        technical=("id", "code", "name", "kind", "county", "organisation", "is_test", "made_at"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="vendor", is_test=True) | ~Q(kind="vendor") & Q(is_test=False),
                name="only_vendors_test",
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-Za-z-]{2,20}$"), name="deliverer_code_is_plain"),
        ]

    def __str__(self) -> str:
        return self.code


class Agreement(models.Model):
    """What a deliverer delivers from which period on, in which version, how soon, and out of which kind of system."""

    class Frequency(models.TextChoices):
        MONTH = "month", _("månad")
        QUARTER = "quarter", _("kvartal")
        YEAR = "year", _("år")

    deliverer = models.ForeignKey(Deliverer, on_delete=models.PROTECT, related_name="agreements")
    package = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    table = models.CharField(max_length=40)
    frequency = models.CharField(max_length=10, choices=Frequency)
    first_period = models.CharField(max_length=7)
    last_period = models.CharField(max_length=7, blank=True)
    due_days = models.PositiveSmallIntegerField(default=30)
    system = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()

    privacy = classify(
        retention=REGISTER,
        technical=(
            *("id", "deliverer", "package", "version", "table", "frequency", "first_period", "last_period"),
            *("due_days", "system", "made_at"),
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deliverer", "package", "table"], condition=Q(last_period=""), name="one_open_agreement"
            ),
            models.UniqueConstraint(
                fields=["deliverer", "package", "table", "first_period"], name="agreement_begins_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package}/{self.version} {self.table}"


class Key(models.Model):
    """What a system proves itself with: a client secret (as its hash), an SSH key, or a key that signs packages."""

    class Kind(models.TextChoices):
        CLIENT = "client", _("klient för REST")
        SSH = "ssh", _("nyckel för SFTP")
        SIGNER = "signer", _("nyckel som undertecknar paket")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deliverer = models.ForeignKey(Deliverer, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind)
    # A hash of the secret, an OpenSSH public key, or a verifier of signed notes: nothing that opens anything.
    material = models.CharField(max_length=1000)
    fingerprint = models.CharField(max_length=64)
    last_number = models.BigIntegerField(default=0)  # of a signer: packages count upwards, so none is taken in twice
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy = classify(
        retention=REGISTER,
        sensitive=("material",),
        technical=("id", "deliverer", "kind", "fingerprint", "last_number", "made_at", "ended_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], condition=Q(ended_at=None), name="key_in_use_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint[:8]}"


class Delivery(models.Model):
    """One file as it was received: its receipt, and where it passed, its figures in the order of the table's cells.

    The figures of a delivery are one row, so there is never half of one. A file is not kept, only its digest.
    """

    class State(models.TextChoices):
        REFUSED = "refused", _("avvisad")
        CHECKED = "checked", _("kontrollerad")
        ACCEPTED = "accepted", _("godkänd")
        REPLACED = "replaced", _("ersatt")
        WITHDRAWN = "withdrawn", _("återtagen")

    class Door(models.TextChoices):
        PORTAL = "portal", _("webbportalen")
        FORM = "form", _("formuläret")
        REST = "rest", _("REST")
        SFTP = "sftp", _("SFTP")
        PACKAGE = "package", _("undertecknat paket")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deliverer = models.ForeignKey(Deliverer, on_delete=models.PROTECT, related_name="deliveries")
    is_test = models.BooleanField(default=False)
    door = models.CharField(max_length=10, choices=Door)
    state = models.CharField(max_length=10, choices=State)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)  # a pseudonym, or a key's short name
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    idempotency = models.CharField(max_length=64, blank=True)  # a hash of the sender's key
    reading = models.JSONField(default=dict)  # kind, encoding, delimiter, rows: how the file was read
    report = models.JSONField(default=dict)  # faults and warnings by rule and place, never a value of the file
    package = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=20, blank=True)
    table = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=7, blank=True)
    format_hash = models.CharField(max_length=64, blank=True)
    counts = ArrayField(models.IntegerField(), default=list)
    statuses = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)  # when it became accepted, replaced or withdrawn
    replaced_by = models.UUIDField(null=True)

    privacy = classify(
        retention=RECEIPTS,
        identifying=("received_by",),
        statistical=("counts", "statuses", "period", "deliverer"),
        technical=(
            *("id", "is_test", "door", "state", "received_at", "sha256", "size", "idempotency", "reading", "report"),
            *("package", "version", "table", "format_hash", "decided_at", "replaced_by"),
        ),
    )

    class Meta:
        indexes = [
            models.Index(fields=["deliverer", "-received_at"], name="delivery_latest"),
            models.Index(
                fields=["package", "table", "period"], condition=Q(state="accepted"), name="delivery_in_force"
            ),
        ]
        constraints = [
            # One figure counts: of a period in any version of the package, so that nothing is counted twice.
            models.UniqueConstraint(
                fields=["deliverer", "package", "table", "period"],
                condition=Q(state="accepted"),
                name="one_accepted_delivery",
            ),
            models.UniqueConstraint(
                fields=["deliverer", "idempotency"], condition=~Q(idempotency=""), name="delivery_idempotent"
            ),
            # What a vendor tries out never becomes a figure: statistics reads accepted deliveries only.
            models.CheckConstraint(
                condition=Q(is_test=False) | Q(state__in=["refused", "checked", "withdrawn"]),
                name="a_test_is_never_a_figure",
            ),
            models.CheckConstraint(
                condition=Q(state="refused", counts=[], statuses="") | ~Q(state="refused") & ~Q(statuses=""),
                name="refused_keeps_no_figures",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "checked", "accepted", "replaced", "withdrawn"]),
                name="delivery_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class DeliveredCase(models.Model):
    """A composed case as it was taken in with a delivery: words of a closed vocabulary, and no place for any other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="cases")
    version = models.CharField(max_length=20)
    words = ArrayField(models.CharField(max_length=40))

    privacy = classify(retention=RECEIPTS, statistical=("words",), technical=("id", "delivery", "version"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(words__contained_by=parts.vocabulary()) & Q(words__len__range=(1, 30)),
                name="delivered_of_known_words",
            ),
            models.CheckConstraint(condition=Q(version__in=list(parts.versions())), name="delivered_in_a_version"),
        ]

    def __str__(self) -> str:
        return f"Composed case {self.pk}"


class Reminder(models.Model):
    """That a deliverer was reminded of a period: when and by whom, not in which words."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reminders")
    period = models.CharField(max_length=7)
    reminded_at = models.DateTimeField()
    reminded_by = models.CharField(max_length=60)

    privacy = classify(
        retention=REGISTER, identifying=("reminded_by",), technical=("id", "agreement", "period", "reminded_at")
    )

    def __str__(self) -> str:
        return f"{self.period}"


class ReminderAddress(models.Model):
    """Where an organisation wants to be told that something waits: a table of its own, which the public's role can't read."""

    deliverer = models.OneToOneField(Deliverer, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    given_at = models.DateTimeField()

    privacy = classify(retention=REGISTER, identifying=("address",), technical=("id", "deliverer", "given_at"))

    def __str__(self) -> str:
        return str(self.pk)


class Round(models.Model):
    """A round of the survey (*enkätomgång*): which questions, of which year, from when to when it was open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    closes_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, blank=True)
    # Of those who didn't answer: how many have delivered cases with each method. Sums only, made when the round is closed.
    from_figures = models.JSONField(default=dict)

    privacy = classify(
        retention=REGISTER,
        identifying=("opened_by", "closed_by"),
        technical=("id", "package", "version", "year", "closes_on", "opened_at", "closed_at", "from_figures"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "year"], name="one_round_a_year"),
            models.UniqueConstraint(fields=["package"], condition=Q(closed_at=None), name="one_open_round"),
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.year}"


class Reply(models.Model):
    """That an organisation is asked in a round, and what it answers: codes by question. No answer yet is null."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="replies")
    deliverer = models.ForeignKey(Deliverer, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)
    reminded_at = models.DateTimeField(null=True)
    reminded_by = models.CharField(max_length=60, blank=True)

    privacy = classify(
        retention=REGISTER,
        identifying=("answered_by", "reminded_by"),
        technical=("id", "round", "deliverer", "answers", "answered_at", "reminded_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "deliverer"], name="asked_once_a_round"),
            models.CheckConstraint(
                condition=Q(answers__isnull=True, answered_at=None)
                | Q(answers__isnull=False, answered_at__isnull=False),
                name="an_answer_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
