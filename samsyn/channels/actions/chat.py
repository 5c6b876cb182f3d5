"""A chat or a mailbox is begun, answered, written in and ended. At the end its words are erased at once.

Who waits in a chat and closes the page leaves the queue, which counts as a call that nobody waited out. The chat is there
until its time is out: whoever comes back to it comes to the queue again, in the old place, as a new call.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit import actions as audit
from samsyn.channels import call_states, events, findings
from samsyn.channels import chat_policies as policies
from samsyn.channels.actions import calls
from samsyn.channels.adapters import Delivery, known, own_pages
from samsyn.channels.models import Chat, ChatMessage
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import code_messages, floods, sealing, spoken_codes
from samsyn.ui import bells, signs_of_life

PURPOSE = "chat"
CODE = "mailbox_code"
_USED = _lazy("Formuläret är redan skickat en gång. Ladda om sidan för att skicka ett nytt.")


@dataclass(frozen=True, repr=False)
class Left:
    """A letter that was left: words to come back with, and the token that keeps it open until it is closed."""

    code: str
    token: str


def bell_of(chat_id: UUID) -> str:
    """Return the name of the bell that a chat's streams listen for."""
    return f"chat {chat_id}"


def token_hash(token: str) -> bytes:
    """Return what is stored of a visitor's cookie. It is 256 random bits: no key is needed against guessing."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def begin_chat(*, language: str, at: datetime, form: UUID | None = None) -> str:
    """Let somebody wait for an answer and return the token that opens the chat: it is shown this once.

    ``form`` is a paid form's number, which begins one chat and no second; raise Refused for one that was used. While it is
    calm (``is_calm``) a chat costs nothing and needs none.
    """
    policies.check_takes_one_more(waiting(at).count())
    token = _new_token()
    chat, is_new = Chat.objects.get_or_create(
        pk=form or uuid4(),
        defaults={
            "token_hash": token_hash(token), "language": language, "begun_at": at, "active_at": at, "seen_at": at
        },
    )  # fmt: skip
    if not is_new:
        raise Refused(_USED)
    _tell(chat, call_states.ARRIVED, at)
    audit.record(events.CHAT_BEGUN, by=policies.VISITOR, at=at, subject=str(chat.pk))
    return token


@transaction.atomic
def leave_letter(*, form: UUID, text: str, language: str, at: datetime) -> Left:
    """Take a letter into a mailbox of its own; ``form`` is the paid form's number, which makes one mailbox and no second.

    Raise Invalid for what is no letter, Refused for a form that was used and where too many lie unanswered.
    """
    policies.check_takes_one_more_letter(
        Chat.objects.filter(ended_at=None, awaits_since__isnull=False).exclude(code_hash=None).count()
    )
    left = Left(spoken_codes.new_code(words=policies.CODE_WORDS), _new_token())
    # Two who send the same form at once wait for each other here.
    chat, is_new = Chat.objects.get_or_create(
        pk=form,
        defaults={
            "token_hash": token_hash(left.token),
            "code_hash": spoken_codes.keyed_hash(CODE, left.code),
            "language": language,
            "begun_at": at,
            "active_at": at,
        },
    )
    if not is_new:
        raise Refused(_USED)
    _write(chat, own_id=uuid4(), text=text, is_advisers=False, at=at)
    _tell(chat, call_states.ARRIVED, at)
    audit.record(events.MAILBOX_BEGUN, by=policies.VISITOR, at=at, subject=str(chat.pk))
    return left


@transaction.atomic
def open_mailbox(*, code: str) -> str:
    """Return a new token for the mailbox of these words; whoever had it open has it no more.

    Raise Invalid for what are no words or nobody's: the two sound alike.
    """
    try:
        mark = spoken_codes.keyed_hash(CODE, spoken_codes.normalise(code, words=policies.CODE_WORDS))
    except spoken_codes.NotACode as error:
        raise Invalid(code_messages.message(error)) from error
    token = _new_token()
    if not Chat.objects.filter(code_hash=mark).update(token_hash=token_hash(token)):
        raise Invalid(_("Det finns inget meddelande med de orden. Det kan vara raderat."))
    return token


def close_mailbox(*, token: str) -> None:
    """Let the token open the mailbox no more; its words still do."""
    Chat.objects.filter(token_hash=token_hash(token)).exclude(code_hash=None).update(token_hash=None)


@transaction.atomic
def answer_chat(*, chat_id: UUID, by: Actor, at: datetime) -> None:
    """Take a chat that waits; raise Refused if a colleague was first, LookupError if there is none."""
    policies.check_can_answer(by)
    chat = _open(chat_id=chat_id)
    if chat.adviser_id == by.account_id:
        return
    is_free = policies.is_anybodys(
        adviser_id=chat.adviser_id, awaits_since=chat.awaits_since, is_mailbox=chat.is_mailbox, at=at
    )
    if not is_free:
        raise Refused(_("En kollega har redan svarat."))
    if chat.adviser_id is None and signs_of_life.has_gone(chat.seen_at, at=at):
        raise Refused(_("Den som skrev har lämnat kön."))
    chat.adviser_id = by.account_id
    if not chat.is_mailbox:  # who opens a letter has not answered it yet
        chat.answered_at = chat.active_at = at
        chat.awaits_since = None
        _tell(chat, call_states.ANSWERED, at)
    chat.save()
    audit.record(events.CHAT_ANSWERED, by=by, at=at, subject=str(chat.pk))
    bells.ring(bell_of(chat.pk))


def note_sign_of_life(*, token: str, at: datetime) -> None:
    """Note that somebody sits at the page of a chat; who had left the queue stands there again."""
    lasting = Chat.objects.filter(token_hash=token_hash(token), ended_at=None, code_hash=None)
    silent = lasting.exclude(seen_at__gt=at - signs_of_life.SELDOM)
    if not silent.exists():
        return
    with transaction.atomic():
        # After a restart all pages come back at once: none waits for the disk, because the next sign makes good a lost one.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        chat = silent.select_for_update().first()
        if chat is not None:
            _is_here(chat, at)


def sweep_chats(*, by: Actor, at: datetime) -> int:
    """Take those out of the queue who have gone without a word; return how many."""
    gone = Chat.objects.filter(
        ended_at=None, adviser_id=None, code_hash=None, call__isnull=False, seen_at__lte=at - signs_of_life.GONE
    )
    with transaction.atomic():
        rows = list(gone.select_for_update(skip_locked=True, of=("self",)))
        for chat in rows:
            _leave_queue(chat, at)
        if rows:
            audit.record(events.CHATS_ABANDONED, by=by, at=at, facts={"chats": len(rows)})
    return len(rows)


def waiting(at: datetime) -> QuerySet[Chat]:
    """Return the chats whose visitors sit and wait."""
    rows = Chat.objects.filter(ended_at=None, adviser_id=None, code_hash=None)
    return rows.exclude(seen_at__lte=at - signs_of_life.GONE)


def is_calm(at: datetime) -> bool:
    """Say whether so few wait and come that a chat costs nothing."""
    lately = Chat.objects.filter(code_hash=None, begun_at__gt=at - timedelta(minutes=1)).count()
    return floods.is_calm(waiting=waiting(at).count(), begun_in_a_minute=lately)


@transaction.atomic
def write_as_visitor(*, token: str, own_id: UUID, text: str, at: datetime) -> int:
    """Add what the visitor wrote and return its number; the same own_id again adds nothing."""
    chat = _open(token_hash=token_hash(token))
    if not chat.is_mailbox:
        _is_here(chat, at)
    return _write(chat, own_id=own_id, text=text, is_advisers=False, at=at)


@transaction.atomic
def write_as_adviser(*, chat_id: UUID, own_id: UUID, text: str, by: Actor, at: datetime) -> int:
    """Add what the adviser wrote in their own chat and return its number; the same own_id again adds nothing."""
    policies.check_can_answer(by)
    return _write(_open(pk=chat_id, adviser_id=by.account_id), own_id=own_id, text=text, is_advisers=True, at=at)


@transaction.atomic
def end_chat(*, at: datetime, token: str = "", chat_id: UUID | None = None, by: Actor = policies.VISITOR) -> None:
    """End a chat as its visitor (by token) or its adviser (by id). All that was written is erased in the same moment.

    Raise LookupError if there is none, or if its channel is not ended by us.
    """
    chat = _open(pk=chat_id, adviser_id=by.account_id) if chat_id else _open(token_hash=token_hash(token))
    if "end" not in known.can(call_states.MAILBOX if chat.is_mailbox else call_states.CHAT).commands:
        raise LookupError("the channel is not ended by us")
    if chat_id:
        policies.check_ends(is_mailbox=chat.is_mailbox, is_answered=chat.answered_at is not None)
    chat.messages.all().delete()
    chat.ended_at = chat.active_at = at
    chat.awaits_since = chat.seen_at = None
    chat.save(update_fields=["ended_at", "active_at", "awaits_since", "seen_at"])
    # Who had left the queue already was counted then.
    if chat.call_id is not None:
        _tell(chat, call_states.ENDED, at)
    audit.record(events.CHAT_ENDED, by=by, at=at, subject=str(chat.pk))
    bells.ring(bell_of(chat.pk))


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _is_here(chat: Chat, at: datetime) -> None:
    """Note a sign of life in a locked chat; who had left the queue comes to it again."""
    if chat.adviser_id is None and signs_of_life.has_gone(chat.seen_at, at=at):
        _leave_queue(chat, at)
        chat.arrivals += 1
        _tell(chat, call_states.ARRIVED, at)
    chat.seen_at = at
    chat.save(update_fields=["seen_at", "arrivals"])


def _leave_queue(chat: Chat, at: datetime) -> None:
    """Let the call end with the last sign of life; the chat itself stays as it is."""
    if chat.call_id is not None:
        _tell(chat, call_states.ENDED, chat.seen_at or at)
        chat.call_id = None
        chat.save(update_fields=["call"])


def _tell(chat: Chat, kind: str, at: datetime) -> None:
    """Tell the queue what happened, through the door that every provider uses."""
    mark = uuid4().hex
    adapter = (own_pages.mailbox if chat.is_mailbox else own_pages.chat)(mark)
    reference = str(chat.pk) if chat.arrivals == 1 else f"{chat.pk}.{chat.arrivals}"
    told = adapter.events(Delivery(mark, "", kind, urlencode({"reference": reference}).encode(), at))
    call_id = calls.take_events(told=told, at=at)
    if chat.call_id is None:
        chat.call_id = call_id
        chat.save(update_fields=["call"])


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
    # A number that points at somebody is covered before it is kept, as in letters.
    said, _numbers = findings.covered(said)
    if chat.last_number >= policies.MOST_MESSAGES:
        raise Refused(_("Chatten har blivit för lång. Avsluta den och börja en ny."))
    chat.last_number += 1
    chat.active_at = at
    if not is_advisers:
        chat.awaits_since = chat.awaits_since or at
    else:
        chat.awaits_since = None
        if chat.answered_at is None:
            chat.answered_at = at
            # For the queue a mailbox is over when it is answered: what is written to and fro has no length.
            _tell(chat, call_states.ANSWERED, at)
            _tell(chat, call_states.ENDED, at)
    ChatMessage.objects.create(
        chat=chat,
        number=chat.last_number,
        own_id=own_id,
        is_advisers=is_advisers,
        written_at=at,
        sealed=sealing.seal(PURPOSE, said),
    )
    chat.save(update_fields=["last_number", "active_at", "awaits_since", "answered_at"])
    bells.ring(bell_of(chat.pk))
    return chat.last_number
