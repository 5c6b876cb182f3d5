"""The three tables of the log. Rows are inserted and never changed: the database refuses everything else.

There are no foreign keys: a log must be readable when half of it is gone, and ``verify`` says what is missing.
The room of field classes lies above this one, so each model says its classes in plain words that ``privacy`` reads.
"""

import uuid

from django.db import models

_Classes = dict[str, str | tuple[str, ...]]


class Event(models.Model):
    """One thing that somebody did, in codes and random ids."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    pseudonym = models.CharField(max_length=100)
    role = models.CharField(max_length=128)
    subject = models.CharField(max_length=100, blank=True)
    facts = models.JSONField(default=dict)

    privacy: _Classes = {
        "retention": "audit_log",
        "identifying": ("actor_id", "pseudonym"),
        "technical": ("id", "kind", "at", "role", "subject", "facts"),
    }

    class Meta:
        """The ways in which the log is read."""

        indexes = [
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["kind", "at"], name="audit_event_kind"),
            models.Index(fields=["actor_id", "pseudonym", "at"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Leaf(models.Model):
    """The place of an event in the tree, and the hash of what the event said when it got its place."""

    index = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    hash = models.BinaryField(max_length=32)
    sequenced_at = models.DateTimeField()

    privacy: _Classes = {
        "retention": "audit_log",
        "technical": ("index", "event_id", "hash", "sequenced_at"),
    }

    class Meta:
        """A place is counted from zero."""

        constraints = [
            models.CheckConstraint(condition=models.Q(index__gte=0), name="audit_leaf_index_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the log's size and root. The frontier lets the next one read only what is new."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    signed_at = models.DateTimeField()
    note = models.TextField()

    privacy: _Classes = {
        "retention": "audit_log",
        "technical": ("size", "root", "frontier", "signed_at", "note"),
    }

    class Meta:
        """A size is counted from zero."""

        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="audit_checkpoint_size_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.size}"
