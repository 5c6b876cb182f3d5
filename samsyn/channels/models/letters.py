"""E-mail that has come in, in quarantine: words only, sealed, until somebody has dealt with them or their time is up."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class Letter(models.Model):
    """A letter as it was taken from the mailbox, or the refusal that stands for one that wasn't."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Keyed: the mailbox's own number of the letter, so that one that is fetched twice stands once.
    mark = models.BinaryField(unique=True)
    sealed = models.BinaryField(null=True)
    found = ArrayField(models.CharField(max_length=20), default=list)
    files = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(max_length=20, default="")
    arrived_at = models.DateTimeField(db_index=True)

    privacy = classify(
        retention="letters",
        identifying=("sealed",),
        sensitive=("found", "arrived_at"),
        technical=("id", "mark", "files", "refusal"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=(Q(sealed=None) & ~Q(refusal="")) | Q(sealed__isnull=False, refusal=""),
                name="letter_has_words_or_a_refusal",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"
