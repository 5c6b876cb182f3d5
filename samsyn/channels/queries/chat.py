"""A chat as its visitor or its adviser sees it, and the queue."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samsyn.channels import chat_policies as policies
from samsyn.channels.actions.chat import PURPOSE, token_hash
from samsyn.channels.models import Chat
from samsyn.people.actors import Actor
from samsyn.privacy import sealing


@dataclass(frozen=True)
class ChatLine:
    """One message."""

    number: int
    is_advisers: bool
    written_at: datetime
    text: str


@dataclass(frozen=True)
class ChatShown:
    """A chat with what has been written; ``before`` counts those who have waited longer."""

    id: UUID
    state: str
    begun_at: datetime
    before: int
    lines: tuple[ChatLine, ...]


@dataclass(frozen=True)
class QueueRow:
    """A chat in the adviser's list: since when, nothing of what was written."""

    id: UUID
    is_own: bool
    language: str
    begun_at: datetime


def visitors_chat(*, token: str) -> ChatShown | None:
    """Return the chat that the token opens, or None."""
    chat = Chat.objects.filter(token_hash=token_hash(token)).first() if token else None
    return _shown(chat) if chat else None


def own_chat(*, chat_id: UUID, by: Actor) -> ChatShown:
    """Return the adviser's own chat; raise LookupError if it is a colleague's or there is none."""
    policies.check_can_answer(by)
    chat = Chat.objects.filter(pk=chat_id, adviser_id=by.account_id).first()
    if chat is None:
        raise LookupError("no such chat")
    return _shown(chat)


def open_chat_of_visitor(*, token: str) -> UUID | None:
    """Return the chat that the token opens while it goes on, or None; nothing of what was written is read."""
    chats = Chat.objects.filter(token_hash=token_hash(token), ended_at=None)
    return chats.values_list("pk", flat=True).first() if token else None


def open_chat_of_adviser(*, chat_id: UUID, by: Actor) -> UUID | None:
    """Return the adviser's own chat while it goes on, or None; raise LookupError if it is a colleague's or there is none."""
    policies.check_can_answer(by)
    ended = Chat.objects.filter(pk=chat_id, adviser_id=by.account_id).values_list("ended_at", flat=True)
    for ended_at in ended:
        return chat_id if ended_at is None else None
    raise LookupError("no such chat")


def queue(*, by: Actor) -> tuple[QueueRow, ...]:
    """Return the adviser's own open chats and those that wait, the longest waiting first."""
    policies.check_can_answer(by)
    chats = Chat.objects.filter(ended_at=None, adviser_id__isnull=True) | Chat.objects.filter(
        ended_at=None, adviser_id=by.account_id
    )
    return tuple(
        QueueRow(chat.pk, chat.adviser_id is not None, chat.language, chat.begun_at)
        for chat in chats.order_by("begun_at")
    )


def _shown(chat: Chat) -> ChatShown:
    state = "ended" if chat.ended_at else "waiting" if chat.adviser_id is None else "answered"
    before = 0
    if state == "waiting":
        before = Chat.objects.filter(ended_at=None, adviser_id=None, begun_at__lt=chat.begun_at).count()
    lines = tuple(
        ChatLine(one.number, one.is_advisers, one.written_at, sealing.unseal(PURPOSE, bytes(one.sealed)))
        for one in chat.messages.order_by("number")
    )
    return ChatShown(chat.pk, state, chat.begun_at, before, lines)
