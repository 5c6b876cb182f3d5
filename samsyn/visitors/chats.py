"""A chat is begun, taken, written in and ended; at its end the words and the keys are erased in the same moment.

Only the supporter's acts are recorded. The visitor's half of the chat's key follows from a cookie that is stored nowhere;
the supporter's half is opened by the keeper, on one stored event a conversation.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.people import keeping
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import floods, spoken_codes
from samsyn.privacy.custody import chats as custody
from samsyn.privacy.custody import envelope
from samsyn.privacy.custody import sealing as people
from samsyn.privacy.custody.derivation import expand
from samsyn.ui import signs_of_life
from samsyn.visitors import actions, chat_bells, chat_policies, codes, events, keeper, policies, sealing
from samsyn.visitors.models import Chat, ReadingWindow

TOKEN_SIZE = 32


class Full(Exception):
    """More wait than can be answered, or the chat is closed."""


@dataclass(frozen=True, repr=False)
class Begun:
    """What a visitor's browser keeps while the chat lasts, and the word that ends it when somebody comes."""

    token: str
    alarm_word: str


@dataclass(frozen=True)
class Ended:
    """A chat that is over: when it began, was answered and ended, and whether somebody sat there whom nobody answered."""

    begun_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    was_missed: bool


def begin_chat(*, edition: str, shown: floods.Shown, at: datetime) -> Begun:
    """Let somebody wait for an answer; raise Full, AlreadySent or keeper.NobodyReads."""
    if not chat_policies.is_open(at):
        raise Full
    token, chat_id = secrets.token_bytes(TOKEN_SIZE), uuid4()
    word, key = spoken_codes.new_code(words=1), secrets.token_bytes(envelope.KEY_SIZE)
    day, public = keeper.window()
    info = custody.chat_info(installation=settings.SAMSYN_INSTALLATION, chat=str(chat_id))
    with transaction.atomic():
        if waiting(at).count() >= chat_policies.MOST_WAITING:
            raise Full
        actions.spend(shown)
        Chat.objects.create(
            id=chat_id,
            token_hash=token_hash(token.hex()),
            edition=edition,
            alarm_hash=codes.alarm_hash(word, box=str(chat_id)),
            key_for_visitor=sealing.closed(key, key=_visitors_half(token.hex()), place=str(chat_id)),
            key_for_desk=people.seal(key, to=public, info=info),
            window=ReadingWindow.objects.get_or_create(day=day)[0],
            begun_at=at,
            active_at=at,
            seen_at=at,
        )
    return Begun(token.hex(), word)


def take_chat(*, chat_id: UUID, token: bytes, by: Actor, at: datetime) -> None:
    """Take a chat that waits, or open one's own anew; raise Refused if a colleague was first."""
    policies.check_can_answer(by)
    with transaction.atomic():
        chat = _locked(pk=chat_id)
        if chat.supporter_id not in (None, by.account_id):
            raise Refused(_("En kollega har redan svarat."))
        if chat.supporter_id is None and signs_of_life.has_gone(chat.seen_at, at=at):
            raise Refused(_("Besökaren har lämnat kön."))
        day = chat.window.day.isoformat() if chat.window else ""
    # Whoever cannot open it takes it from nobody: the key first, the place in the queue afterwards.
    event = keeping.stored(events.CHAT_OPENED, by=by, at=at, subject=str(chat_id))
    with keeper.asking() as keep:
        keep.take_chat(token=token, chat=str(chat_id), day=day, key=bytes(chat.key_for_desk), event=event)
    with transaction.atomic():
        chat = _locked(pk=chat_id)
        if chat.supporter_id not in (None, by.account_id):
            raise Refused(_("En kollega har redan svarat."))
        Chat.objects.filter(pk=chat_id).update(
            supporter_id=by.account_id, active_at=at, answered_at=chat.answered_at or at
        )
        chat_bells.ring(chat_id, chat_bells.VISITOR)
        chat_bells.ring_queue()


def note_sign_of_life(*, token: str, at: datetime) -> None:
    """Note that somebody sits at the page of a chat that lasts; who had left the queue stands there again, in the old place."""
    lasting = Chat.objects.filter(token_hash=token_hash(token), ending="")
    lasting.exclude(seen_at__gt=at - signs_of_life.SELDOM).update(seen_at=at)


def waiting(at: datetime) -> QuerySet[Chat]:
    """Return the chats whose visitors sit and wait."""
    return Chat.objects.filter(ending="", supporter_id=None).exclude(seen_at__lte=at - signs_of_life.GONE)


@transaction.atomic
def ended_since() -> tuple[Ended, ...]:
    """Return the chats that have ended since this was asked last: each is told once."""
    rows = list(Chat.objects.exclude(ending="").filter(is_counted=False).select_for_update(skip_locked=True))
    Chat.objects.filter(pk__in=[row.pk for row in rows]).update(is_counted=True)
    return tuple(_ended(row) for row in rows)


def is_calm(at: datetime) -> bool:
    """Say whether so few wait and come that nobody needs to show work for a chat."""
    lately = Chat.objects.filter(begun_at__gt=at - timedelta(minutes=1)).count()
    return floods.is_calm(waiting=waiting(at).count(), begun_in_a_minute=lately)


def say_as_visitor(*, token: str, own_id: UUID, text: str, at: datetime) -> int | None:
    """Add the visitor's line and return its number; the same own_id again adds nothing.

    Return None for the word that somebody came: it is over. Also for a line that comes after it: the answer that leads away
    was lost on its way.
    """
    said, mine = _well_formed(text), {"token_hash": token_hash(token)}
    if Chat.objects.filter(**mine, ending="alarm").exists():
        return None
    with transaction.atomic():
        chat = _locked(**mine)
        first = said.partition("\n")[0].split(" ")[0].strip(".,!?").casefold()
        if codes.alarm_hash(first, box=str(chat.id)) == bytes(chat.alarm_hash):
            erase_words(chat, ending="alarm", at=at)
            return None
        key = visitors_key(chat, token)
        sealed = envelope.close(said.encode(), key=key, context=context_of(chat.id, own_id, "visitor"))
        return _add(chat, own_id, sealed, at=at)


def say_as_supporter(*, chat_id: UUID, token: bytes, own_id: UUID, text: str, by: Actor, at: datetime) -> int:
    """Add a line of the supporter's in their own chat and return its number; the same own_id again adds nothing."""
    policies.check_can_answer(by)
    said = _well_formed(text)
    with keeper.asking() as keep:
        sealed = keep.close_line(token=token, chat=str(chat_id), own_id=str(own_id), text=said.encode())
    with transaction.atomic():
        return _add(_locked(pk=chat_id, supporter_id=by.account_id), own_id, sealed, by_desk=True, at=at)


@transaction.atomic
def end_as_visitor(*, token: str, at: datetime, has_left: bool = False) -> None:
    """End the visitor's chat; what was written is erased. Raise LookupError or Refused where there is none that lasts."""
    erase_words(_locked(token_hash=token_hash(token)), ending="left" if has_left else "visitor", at=at)


def end_with_words(*, token: str, at: datetime) -> "actions.Left":
    """End the visitor's chat and give words for a box to come back to: what was written is erased, not kept there."""
    chat = Chat.objects.filter(token_hash=token_hash(token), ending="").first()
    if chat is None:
        raise LookupError("no such chat")
    # The derivation takes its second before anything is locked.
    made = actions.prepared_box(edition=chat.edition, at=at)
    with transaction.atomic():
        chat = _locked(token_hash=token_hash(token))
        made.box.save(force_insert=True)
        Chat.objects.filter(pk=chat.pk).update(box=made.box)
        erase_words(chat, ending="visitor", at=at)
    return made.left


@transaction.atomic
def end_as_supporter(*, chat_id: UUID, by: Actor, at: datetime) -> None:
    """End the supporter's own chat; what was written is erased."""
    policies.check_can_answer(by)
    chat = _locked(pk=chat_id, supporter_id=by.account_id)
    audit.record(events.CHAT_ENDED, by=by, at=at, subject=str(chat_id))
    erase_words(chat, ending="desk", at=at)


@transaction.atomic
def register_chat(*, chat_id: UUID, reference: UUID, by: Actor, at: datetime) -> None:
    """Note that the desk opened something for the supporter's own chat, whether it lasts or is over."""
    chat = _own(chat_id, by)
    Chat.objects.filter(pk=chat.pk).update(reference=reference)
    audit.record(events.CHAT_REGISTERED, by=by, at=at, subject=str(chat_id))


@transaction.atomic
def registered(*, chat_id: UUID, by: Actor) -> UUID | None:
    """Return what the desk opened for the supporter's own chat; whoever asks at the same time waits for the transaction's end.

    Raise LookupError without such a chat.
    """
    return _own(chat_id, by).reference


def erase_words(chat: Chat, *, ending: str, at: datetime) -> int:
    """Erase a chat's lines and both halves of its key; return how many lines went. The caller holds the row."""
    gone = chat.lines.all().delete()[0]
    Chat.objects.filter(pk=chat.pk).update(
        ending=ending, active_at=at, key_for_visitor=b"", key_for_desk=b"", alarm_hash=b"", window=None
    )
    chat_bells.ring(chat.pk, chat_bells.VISITOR, chat_bells.DESK)
    if chat.supporter_id is None:
        chat_bells.ring_queue()
    return gone


def token_hash(token: str) -> bytes:
    """Return what is stored of a cookie. It is 256 random bits: no key is needed against guessing."""
    return hashlib.sha256(b"samsyn visitor chat v1" + token.encode()).digest()


def visitors_key(chat: Chat, token: str) -> bytes:
    """Return the chat's key as the visitor's cookie opens it."""
    return sealing.opened(bytes(chat.key_for_visitor), key=_visitors_half(token), place=str(chat.id))


def context_of(chat_id: UUID, own_id: UUID, author: str) -> bytes:
    """Return where a line belongs."""
    return custody.line_context(
        installation=settings.SAMSYN_INSTALLATION, chat=str(chat_id), own_id=str(own_id), author=author
    )


def _visitors_half(token: str) -> bytes:
    return expand(token.encode(), info=b"samsyn visitor chat key v1")


def _ended(chat: Chat) -> Ended:
    # Who went without a word was there until the last sign of life, not until the chat's time was out.
    had_gone = chat.answered_at is None and signs_of_life.has_gone(chat.seen_at, at=chat.active_at)
    return Ended(
        begun_at=chat.begun_at,
        answered_at=chat.answered_at,
        ended_at=chat.seen_at if had_gone and chat.seen_at else chat.active_at,
        was_missed=chat.answered_at is None and chat.ending == "silence" and not had_gone,
    )


def _well_formed(text: str) -> str:
    said = text.strip()
    if not chat_policies.is_well_formed(said):
        raise Invalid(_("Skriv något, men inte mer än 2 000 tecken."))
    return said


def _locked(**which: object) -> Chat:
    """Return the locked chat; raise LookupError if there is none, Refused if it is over."""
    chat = Chat.objects.select_for_update().filter(**which).first()
    if chat is None:
        raise LookupError("no such chat")
    if chat.ending:
        raise Refused(_("Chatten är avslutad."))
    return chat


def _own(chat_id: UUID, by: Actor) -> Chat:
    """Return the supporter's own chat, locked; raise LookupError if there is none."""
    policies.check_can_answer(by)
    chat = Chat.objects.select_for_update().filter(pk=chat_id, supporter_id=by.account_id).first()
    if chat is None:
        raise LookupError("no such chat")
    return chat


def _add(chat: Chat, own_id: UUID, sealed: bytes, *, at: datetime, by_desk: bool = False) -> int:
    before = chat.lines.filter(own_id=own_id).values_list("number", flat=True).first()
    if before is not None:
        return before
    if chat.last_number >= chat_policies.MOST_LINES:
        raise Refused(_("Chatten har blivit för lång. Avsluta den och börja en ny."))
    number = chat.last_number + 1
    chat.lines.create(number=number, own_id=own_id, by_desk=by_desk, sealed=sealed)
    Chat.objects.filter(pk=chat.pk).update(last_number=number, active_at=at, seen_at=chat.seen_at if by_desk else at)
    # Who wrote has the number in the answer; only the other side is called.
    chat_bells.ring(chat.pk, chat_bells.VISITOR if by_desk else chat_bells.DESK)
    return number
