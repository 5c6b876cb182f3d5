"""Mail on its way out. A row lives from the action that sends it until the mail server has taken it."""

import uuid

from django.db import models

from samsyn.privacy.classes import classify


class OutgoingMail(models.Model):
    """A mail that the clock's work will send: address, text and files sealed, the kind in clear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    sealed = models.BinaryField()
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # When the person may no longer be reached this way; nothing where nobody limits it.
    not_after = models.DateTimeField(null=True)

    privacy = classify(
        retention="outgoing_mail",
        identifying=("sealed",),
        technical=("id", "kind", "queued_at", "next_try_at", "tries", "not_after"),
    )

    def __str__(self) -> str:
        return f"mail {self.kind}"
