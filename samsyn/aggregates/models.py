"""What is agreed with the centre, the packages made under it, and composed cases. Triggers (second, fourth migration) guard them.

Nothing here is about a person but those who agreed, made, composed, cleared and approved.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.deliveries.composed import parts
from samsyn.privacy.classes import classify

KEPT = "aggregates"

# What each who clears a composed case says of it, in the same words.
CHECKLIST: dict[str, Promise] = {
    "nobody": _("Jag känner inte igen något enskilt ärende i fallet."),
    "common": _("Ålder, utsatthet och relationer är tillsammans inte så ovanliga att de kan peka ut någon."),
    "harmless": _("Den som hotar lär sig ingenting av fallet som kan vändas mot den utsatta."),
}


class Agreement(models.Model):
    """What is handed to whom, for what and for which quarters; it holds when a second person has approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receiver = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300)
    organisation = models.CharField(max_length=20)  # our code at the receiver, which stands in every file
    tables = ArrayField(models.CharField(max_length=100))  # package/version/table
    first_period = models.CharField(max_length=7)
    last_period = models.CharField(max_length=7)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    privacy = classify(
        retention=KEPT,
        identifying=("proposed_by", "approved_by", "ended_by"),
        technical=(
            *("id", "receiver", "purpose", "organisation", "tables", "first_period", "last_period"),
            *("proposed_at", "approved_at", "ended_at"),
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="agreement_takes_two"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="agreement_approved_by_somebody",
            ),
            models.CheckConstraint(condition=Q(tables__len__gt=0), name="agreement_names_tables"),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.pk}"


class Package(models.Model):
    """A quarter's figures of one table as they leave the house: what is hidden was never stored."""

    class State(models.TextChoices):
        MADE = "made", _("väntar på godkännande")
        APPROVED = "approved", _("godkänt och undertecknat")
        DISCARDED = "discarded", _("kasserat")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="packages")
    table = models.CharField(max_length=100)  # package/version/table
    period = models.CharField(max_length=7)
    state = models.CharField(max_length=10, choices=State, default=State.MADE)
    counts = ArrayField(models.IntegerField())  # in the order of the table's cells; 0 where the status says hidden
    statuses = models.TextField()
    hidden = models.PositiveIntegerField()
    tried = models.PositiveIntegerField()  # by the attack, with what it could work out
    recovered = models.PositiveIntegerField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True, unique=True)  # of the signature: the receiver takes only higher ones
    content = models.BinaryField(default=b"")  # the signed package
    sha256 = models.CharField(max_length=64, blank=True)
    handed_over_at = models.DateTimeField(null=True)

    privacy = classify(
        retention=KEPT,
        identifying=("made_by", "decided_by"),
        statistical=("counts", "statuses", "content", "period", "table"),
        technical=(
            *("id", "agreement", "state", "hidden", "tried", "recovered", "made_at", "decided_at", "number", "sha256"),
            "handed_over_at",
        ),
    )

    class Meta:
        constraints = [
            # Two packages of a quarter could be subtracted from each other, under whatever agreement they were made.
            models.UniqueConstraint(
                fields=["table", "period"], condition=Q(state__in=["made", "approved"]), name="one_package_of_a_quarter"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(recovered=0, decided_by__isnull=False, number__isnull=False) & ~Q(decided_by=F("made_by")),
                name="package_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(state="approved") | Q(number=None, sha256="", handed_over_at=None),
                name="only_approved_packages_leave",
            ),
        ]

    def __str__(self) -> str:
        return f"Package {self.table} {self.period}"


class ComposedCase(models.Model):
    """A teaching case that nobody is in: words of a closed vocabulary, in the order of its parts.

    It points to no case and knows no day: the quarter in which a second person cleared it is its only time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("väntar på att två andra prövar det")
        RETURNED = "returned", _("skickat tillbaka")
        CLEARED = "cleared", _("prövat av två")
        STOPPED = "stopped", _("stoppat")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.CharField(max_length=20)
    words = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    composed_by = models.UUIDField()
    first_cleared_by = models.UUIDField(null=True)
    second_cleared_by = models.UUIDField(null=True)
    cleared_in = models.CharField(max_length=7, blank=True)  # a quarter
    doubts = ArrayField(models.CharField(max_length=20), default=list)  # what of the checklist did not hold

    privacy = classify(
        retention=KEPT,
        identifying=("composed_by", "first_cleared_by", "second_cleared_by"),
        statistical=("words", "cleared_in"),
        technical=("id", "version", "state", "doubts"),
    )

    class Meta:
        constraints = [
            # What the column can hold is the vocabulary: a note is none of its words.
            models.CheckConstraint(
                condition=Q(words__contained_by=parts.vocabulary()) & Q(words__len__range=(1, 30)),
                name="composed_of_known_words",
            ),
            models.CheckConstraint(condition=Q(version__in=list(parts.versions())), name="composed_in_a_version"),
            models.CheckConstraint(condition=Q(doubts__contained_by=list(CHECKLIST)), name="doubts_of_the_checklist"),
            models.CheckConstraint(
                condition=(Q(first_cleared_by=None) | ~Q(first_cleared_by=F("composed_by")))
                & (Q(second_cleared_by=None) | ~Q(second_cleared_by=F("composed_by")))
                & (Q(second_cleared_by=None) | Q(first_cleared_by__isnull=False))
                & (Q(second_cleared_by=None) | ~Q(second_cleared_by=F("first_cleared_by"))),
                name="cleared_by_two_others",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["cleared", "stopped"],
                    second_cleared_by__isnull=False,
                    cleared_in__regex=r"^20[0-9]{2}K[1-4]$",
                    doubts__len=0,
                )
                | Q(state="waiting", second_cleared_by=None, cleared_in="", doubts__len=0)
                | Q(state="returned", first_cleared_by=None, second_cleared_by=None, cleared_in="", doubts__len__gt=0),
                name="cleared_when_two_have",
            ),
        ]

    def __str__(self) -> str:
        return f"Composed case {self.pk}"
