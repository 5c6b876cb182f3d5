"""A chat between a professional and an adviser, or a mailbox: a chat that the professional comes back to with words.

What is written lives while the chat is open, in a mailbox a week, and no longer.
"""

import uuid
from typing import Any, ClassVar

from django.db import models

from samsyn.privacy.classes import classify


class Chat(models.Model):
    """One conversation: waiting, taken by an adviser, ended. Nobody's name; the visitor is known by a cookie's hash.

    A mailbox has the keyed hash of its words beside it, and a cookie only while somebody has it open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True, null=True)
    code_hash = models.BinaryField(unique=True, null=True)
    # What the queue and the figures know of it: a call of its own each time that its visitor came to the queue.
    call = models.OneToOneField("channels.Call", null=True, on_delete=models.SET_NULL, related_name="chat")
    language = models.CharField(max_length=5)
    begun_at = models.DateTimeField()
    adviser_id = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Since when what the visitor has written awaits an adviser's words.
    awaits_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField()
    # The latest sign that somebody sits at the visitor's page (``samsyn.ui.signs_of_life``); none for a mailbox.
    seen_at = models.DateTimeField(null=True)
    arrivals = models.PositiveSmallIntegerField(default=1)
    # The number of the latest message: the next is given under the lock of this row.
    last_number = models.PositiveIntegerField(default=0)

    privacy = classify(
        retention="chats",
        sensitive=(
            "begun_at", "answered_at", "awaits_since", "ended_at", "active_at", "seen_at", "arrivals", "last_number",
        ),
        technical=("id", "token_hash", "code_hash", "call", "language", "adviser_id"),
    )  # fmt: skip

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["ended_at", "begun_at"], name="chats_by_end")]

    def __str__(self) -> str:
        return f"chat {self.pk}"

    @property
    def is_mailbox(self) -> bool:
        """Say whether one comes back to it with words."""
        return self.code_hash is not None


class ChatMessage(models.Model):
    """One message, sealed. The writer's own number for it makes a second sending the same message."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    own_id = models.UUIDField()
    is_advisers = models.BooleanField()
    written_at = models.DateTimeField()
    sealed = models.BinaryField()

    privacy = classify(
        retention="chats",
        identifying=("sealed",),
        sensitive=("written_at", "is_advisers"),
        technical=("id", "chat", "number", "own_id"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["chat", "number"], name="chat_numbers_its_messages"),
            models.UniqueConstraint(fields=["chat", "own_id"], name="chat_takes_a_message_once"),
        ]

    def __str__(self) -> str:
        return f"message {self.number} of chat {self.chat_id}"
