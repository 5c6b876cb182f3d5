"""A chat is begun, answered, written in and ended. At the end its words are erased at once."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import chat_policies as policies
from samsyn.channels import events
from samsyn.channels.models import Chat, ChatMessage
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import sealing

PURPOSE = "chat"
# What woken streams listen to; the payload is the chat's random id.
WAKE = "samsyn_chat"


def token_hash(token: str) -> bytes:
    """Return what is stored of a visitor's cookie. It is 256 random bits: no key is needed against guessing."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def begin_chat(*, language: str, at: datetime) -> str:
    """Let somebody wait for an answer and return the token that opens the chat: it is shown this once."""
    policies.check_takes_one_more(Chat.objects.filter(ended_at=None, adviser_id=None).count())
    token = secrets.token_urlsafe(32)
    chat = Chat.objects.create(token_hash=token_hash(token), language=language, begun_at=at, active_at=at)
    audit.record(events.CHAT_BEGUN, by=policies.VISITOR, at=at, subject=str(chat.pk))
    return token


@transaction.atomic
def answer_chat(*, chat_id: UUID, by: Actor, at: datetime) -> None:
    """Take a chat that waits; raise Refused if a colleague was first, LookupError if there is none."""
    policies.check_can_answer(by)
    chat = _open(chat_id=chat_id)
    if chat.adviser_id not in (None, by.account_id):
        raise Refused(_("En kollega har redan svarat."))
    if chat.adviser_id is None:
        chat.adviser_id, chat.answered_at, chat.active_at = by.account_id, at, at
        chat.save(update_fields=["adviser_id", "answered_at", "active_at"])
        audit.record(events.CHAT_ANSWERED, by=by, at=at, subject=str(chat.pk))
        _wake(chat.pk)


@transaction.atomic
def write_as_visitor(*, token: str, own_id: UUID, text: str, at: datetime) -> int:
    """Add what the visitor wrote and return its number; the same own_id again adds nothing."""
    return _write(_open(token_hash=token_hash(token)), own_id=own_id, text=text, is_advisers=False, at=at)


@transaction.atomic
def write_as_adviser(*, chat_id: UUID, own_id: UUID, text: str, by: Actor, at: datetime) -> int:
    """Add what the adviser wrote in their own chat and return its number; the same own_id again adds nothing."""
    policies.check_can_answer(by)
    return _write(_open(pk=chat_id, adviser_id=by.account_id), own_id=own_id, text=text, is_advisers=True, at=at)


@transaction.atomic
def end_chat(*, at: datetime, token: str = "", chat_id: UUID | None = None, by: Actor = policies.VISITOR) -> None:
    """End a chat as its visitor (by token) or its adviser (by id). All that was written is erased in the same moment."""
    chat = _open(pk=chat_id, adviser_id=by.account_id) if chat_id else _open(token_hash=token_hash(token))
    chat.messages.all().delete()
    chat.ended_at = chat.active_at = at
    chat.save(update_fields=["ended_at", "active_at"])
    audit.record(events.CHAT_ENDED, by=by, at=at, subject=str(chat.pk))
    _wake(chat.pk)


def _open(**which: object) -> Chat:
    """Return the locked chat; raise LookupError if there is none, Refused if it is over."""
    if "chat_id" in which:
        which["pk"] = which.pop("chat_id")
    chat = Chat.objects.select_for_update().filter(**which).first()
    if chat is None:
        raise LookupError("no such chat")
    if chat.ended_at is not None:
        raise Refused(_("Chatten är avslutad."))
    return chat


def _write(chat: Chat, *, own_id: UUID, text: str, is_advisers: bool, at: datetime) -> int:
    before = chat.messages.filter(own_id=own_id).values_list("number", flat=True).first()
    if before is not None:
        return before
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid(_("Skriv något först."))
    if len(said) > policies.LONGEST_MESSAGE or any(not (sign.isprintable() or sign == "\n") for sign in said):
        raise Invalid(_("Meddelandet är för långt eller har tecken som inte kan visas."))
    if chat.last_number >= policies.MOST_MESSAGES:
        raise Refused(_("Chatten har blivit för lång. Avsluta den och börja en ny."))
    chat.last_number += 1
    chat.active_at = at
    ChatMessage.objects.create(
        chat=chat,
        number=chat.last_number,
        own_id=own_id,
        is_advisers=is_advisers,
        written_at=at,
        sealed=sealing.seal(PURPOSE, said),
    )
    chat.save(update_fields=["last_number", "active_at"])
    _wake(chat.pk)
    return chat.last_number


def _wake(chat_id: UUID) -> None:
    """Wake those who listen, when the transaction is through and not before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [WAKE, str(chat_id)])
