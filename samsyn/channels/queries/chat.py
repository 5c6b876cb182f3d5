"""A chat or a mailbox as its visitor or its adviser sees it, and those that stand in the queue."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from samsyn.channels import call_states
from samsyn.channels import chat_policies as policies
from samsyn.channels import policies as calls
from samsyn.channels.actions.chat import PURPOSE, token_hash, waiting
from samsyn.channels.adapters import Capabilities, known
from samsyn.channels.models import Chat
from samsyn.people.actors import Actor
from samsyn.privacy import sealing
from samsyn.ui import signs_of_life


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
    is_mailbox: bool
    can: Capabilities
    is_answered: bool
    call_id: UUID | None
    can_be_registered: bool


@dataclass(frozen=True)
class Conversation:
    """A chat or a mailbox in the queue, as ``calls.Waiting`` says it: since when, nothing of what was written."""

    id: UUID
    channel: str
    queue: str
    state: str
    begun_at: datetime
    awaits_since: datetime | None
    is_out_of_hours: bool
    is_perhaps_away: bool


def visitors_chat(*, token: str, at: datetime) -> ChatShown | None:
    """Return the chat that the token opens, or None."""
    chat = Chat.objects.filter(token_hash=token_hash(token)).first() if token else None
    return _shown(chat, at) if chat else None


def own_chat(*, chat_id: UUID, by: Actor, at: datetime) -> ChatShown:
    """Return the adviser's own chat; raise LookupError if it is a colleague's or there is none."""
    policies.check_can_answer(by)
    chat = Chat.objects.filter(pk=chat_id, adviser_id=by.account_id).first()
    if chat is None:
        raise LookupError("no such chat")
    return _shown(chat, at)


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


def conversations(*, by: Actor, at: datetime) -> list[Conversation]:
    """Return the chats and mailboxes that any adviser may answer, and the adviser's own."""
    policies.check_can_answer(by)
    rows = Chat.objects.select_related("call").filter(
        Q(ended_at=None) | Q(adviser_id=by.account_id, call__taken_by=None, call__settled_at=None, call__isnull=False)
    )
    found = []
    for row in rows:
        waits = row.ended_at is None and (row.adviser_id is None or row.awaits_since is not None)
        is_free = policies.is_anybodys(
            adviser_id=row.adviser_id, awaits_since=row.awaits_since, is_mailbox=row.is_mailbox, at=at
        )
        if row.adviser_id == by.account_id:
            if row.ended_at and row.answered_at is None:
                continue  # nobody talked
            state = "closed" if row.ended_at else "new_words" if waits else "own"
        elif is_free and not signs_of_life.has_gone(row.seen_at, at=at):
            state = call_states.WAITING
        else:
            continue
        found.append(
            Conversation(
                row.pk,
                call_states.MAILBOX if row.is_mailbox else call_states.CHAT,
                row.call.queue if row.call else calls.DEFAULT_QUEUE,
                state,
                row.begun_at,
                (row.awaits_since or row.begun_at) if waits else None,
                row.call.is_out_of_hours if row.call else False,
                signs_of_life.is_perhaps_away(row.seen_at, at=at),
            )
        )
    return found


def _shown(chat: Chat, at: datetime) -> ChatShown:
    state = "ended" if chat.ended_at else "waiting" if chat.adviser_id is None else "answered"
    before = 0
    if state == "waiting" and not chat.is_mailbox:
        before = waiting(at).filter(begun_at__lt=chat.begun_at).count()
    lines = tuple(
        ChatLine(one.number, one.is_advisers, one.written_at, sealing.unseal(PURPOSE, bytes(one.sealed)))
        for one in chat.messages.order_by("number")
    )
    is_answered = chat.answered_at is not None
    call = chat.call
    return ChatShown(
        id=chat.pk,
        state=state,
        begun_at=chat.begun_at,
        before=before,
        lines=lines,
        is_mailbox=chat.is_mailbox,
        can=known.can(call_states.MAILBOX if chat.is_mailbox else call_states.CHAT),
        is_answered=is_answered,
        call_id=chat.call_id,
        can_be_registered=is_answered and call is not None and call.taken_by is None and call.settled_at is None,
    )
