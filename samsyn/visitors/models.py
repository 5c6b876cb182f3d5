"""Boxes of messages that nobody's name stands on, and what keeps floods away."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class ReadingWindow(models.Model):
    """A day on which something was written: the keeper of keys has its pair, and destroys it when the time is over.

    Its public half is asked for each time and never read here: whoever could change a row would read what comes next.
    """

    day = models.DateField(primary_key=True)

    privacy = classify(retention="visitor_reading_windows", technical=("day",))

    def __str__(self) -> str:
        return f"reading window {self.day}"


class Box(models.Model):
    """One visitor's messages, found by two words and opened by four others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    locator_hash = models.BinaryField(unique=True)
    salt = models.BinaryField()
    public_key = models.BinaryField()
    # The private half under the visitor's secret words.
    wrapped_key = models.BinaryField()
    alarm_hash = models.BinaryField()
    edition = models.CharField(max_length=12)
    # When either side last wrote or read: retention counts from here.
    used_on = models.DateField()

    privacy = classify(
        retention="visitor_boxes",
        sensitive=("locator_hash", "alarm_hash", "used_on", "edition"),
        technical=("id", "salt", "public_key", "wrapped_key"),
    )

    def __str__(self) -> str:
        return f"box {self.pk}"


class Message(models.Model):
    """A text in a box, encrypted; who works at the desk stands under a pseudonym, the visitor under nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="messages")
    # Null for the visitor.
    supporter_id = models.UUIDField(null=True)
    content = models.BinaryField()
    key_for_box = models.BinaryField()
    # Null when the reading time is over: then only the visitor's words open the text.
    key_for_desk = models.BinaryField(null=True)
    window = models.ForeignKey(ReadingWindow, null=True, on_delete=models.SET_NULL, related_name="messages")
    is_alarm = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    seen_by_visitor = models.BooleanField(default=False)

    privacy = classify(
        retention="visitor_boxes",
        identifying=("supporter_id",),
        sensitive=("content", "is_alarm", "written_at", "seen_by_visitor"),
        technical=("id", "box", "key_for_box", "key_for_desk", "window"),
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["written_at", "id"]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["box", "written_at"], name="message_of_a_box")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(is_alarm=False) | Q(supporter_id__isnull=True), name="only_a_visitor_raises_an_alarm"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Chat(models.Model):
    """A conversation while it lasts: waiting, taken by a supporter, over. When it is over its lines and keys are gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    edition = models.CharField(max_length=12)
    alarm_hash = models.BinaryField()
    # The chat's key: under the visitor's cookie, and sealed to the desk's pair of that day.
    key_for_visitor = models.BinaryField()
    key_for_desk = models.BinaryField()
    window = models.ForeignKey(ReadingWindow, null=True, on_delete=models.SET_NULL, related_name="chats")
    supporter_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField()
    # The latest sign that somebody sits at the visitor's page (``samsyn.ui.signs_of_life``).
    seen_at = models.DateTimeField(null=True)
    # Whether availability knows what became of it.
    is_counted = models.BooleanField(default=False)
    # What the desk has opened for it.
    reference = models.UUIDField(null=True)
    # How it ended: by whom, by the way out, by the word for somebody who came. Empty while it lasts.
    ending = models.CharField(max_length=10, default="")
    # The box that its visitor may come back to, where they wanted one.
    box = models.ForeignKey(Box, null=True, on_delete=models.SET_NULL, related_name="chats")
    # The number of the latest line: the next is given under the lock of this row.
    last_number = models.PositiveIntegerField(default=0)

    privacy = classify(
        retention="visitor_chats",
        identifying=("supporter_id",),
        sensitive=("alarm_hash", "begun_at", "answered_at", "active_at", "seen_at", "ending", "edition", "last_number"),
        technical=("id", "token_hash", "key_for_visitor", "key_for_desk", "window", "box", "reference", "is_counted"),
    )

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["ending", "begun_at"], name="visitor_chats_by_end")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(ending__in=["", "visitor", "desk", "left", "alarm", "silence"]), name="ending_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"chat {self.pk}"


class ChatLine(models.Model):
    """One line, encrypted. The writer's own number for it makes a second sending the same line."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    own_id = models.UUIDField()
    by_desk = models.BooleanField()
    sealed = models.BinaryField()

    privacy = classify(
        retention="visitor_chats",
        sensitive=("sealed", "by_desk"),
        technical=("id", "chat", "number", "own_id"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["chat", "number"], name="visitor_chat_numbers_its_lines"),
            models.UniqueConstraint(fields=["chat", "own_id"], name="visitor_chat_takes_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of chat {self.chat_id}"


class SpentChallenge(models.Model):
    """Work that was shown once and does not count again."""

    id = models.BinaryField(primary_key=True)
    expires_at = models.DateTimeField()

    privacy = classify(retention="visitor_floods", technical=("id", "expires_at"))

    def __str__(self) -> str:
        return "spent challenge"


class WrongTry(models.Model):
    """How often words were wrong on one day, by the keyed hash of the first two, whether a box has them or not."""

    locator_hash = models.BinaryField()
    day = models.DateField()
    count = models.PositiveSmallIntegerField(default=0)

    privacy = classify(retention="visitor_floods", sensitive=("locator_hash",), technical=("id", "day", "count"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["locator_hash", "day"], name="wrong_tries_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"wrong tries {self.day}"
