"""What visitors and the desk do with messages. Only the desk's acts are recorded: the log keeps for ever, a visit doesn't."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.people import keeping, slots
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused
from samsyn.privacy import floods, spoken_codes
from samsyn.privacy.custody import windows
from samsyn.visitors import codes, events, keeper, policies, queries, sealing
from samsyn.visitors.codes import Code
from samsyn.visitors.models import Box, Message, ReadingWindow, WrongTry
from samsyn.visitors.tickets import OpenBox


class WrongWords(Exception):
    """No box opens with these words: the first two may be unknown, or the four wrong. Nobody is told which."""


class TooManyTries(Exception):
    """These first two words were tried too often today, whether a box has them or not."""


class AlreadySent(Exception):
    """The same form came twice; it was taken the first time."""


@dataclass(frozen=True, repr=False)
class Left:
    """What a visitor is told once, and never again by anybody."""

    code: Code
    alarm_word: str


@dataclass(frozen=True, repr=False)
class Prepared:
    """A box that is not stored yet, with its words."""

    box: Box
    left: Left


# Unknown first words are tried against this box, which nothing opens.
_NOBODYS = sealing.closed(secrets.token_bytes(sealing.KEY_SIZE), key=secrets.token_bytes(sealing.KEY_SIZE), place="")


def leave_message(*, text: str, edition: str, shown: floods.Shown, at: datetime) -> Left:
    """Make a box with its first message and return the words that open it; they are stored nowhere.

    Raise Invalid, AlreadySent, slots.Busy or keeper.NobodyReads. Nobody is named as the one who acts: there is no such name.
    """
    policies.check_text(text)
    made = prepared_box(edition=edition, at=at)
    with transaction.atomic():
        spend(shown)
        made.box.save(force_insert=True)
        _write(made.box, text, at=at)
    return made.left


def prepared_box(*, edition: str, at: datetime) -> Prepared:
    """Draw a box's words and keys, which takes a second; the caller saves the box. Raise slots.Busy."""
    code = codes.new_code()
    while Box.objects.filter(locator_hash=code.locator_hash).exists():
        code = codes.new_code()
    left = Left(code=code, alarm_word=spoken_codes.new_code(words=1))
    salt, pair, box_id = secrets.token_bytes(sealing.SALT_SIZE), sealing.new_pair(), uuid4()
    box = Box(
        id=box_id,
        locator_hash=code.locator_hash,
        salt=salt,
        public_key=pair.public,
        wrapped_key=sealing.closed(pair.private, key=_derived(code, salt), place=_place_of_key(box_id)),
        alarm_hash=codes.alarm_hash(left.alarm_word, box=str(box_id)),
        edition=edition,
        used_on=timezone.localdate(at),
    )
    return Prepared(box, left)


def open_box(*, code: Code, shown: floods.Shown, at: datetime) -> OpenBox:
    """Open a box with its words; raise WrongWords or TooManyTries, which say nothing about whether there is such a box."""
    with transaction.atomic():
        spend(shown)
    day, locator_hash = timezone.localdate(at), code.locator_hash
    tries = WrongTry.objects.filter(locator_hash=locator_hash, day=day).values_list("count", flat=True).first() or 0
    if tries >= policies.WRONG_TRIES_A_DAY:
        raise TooManyTries
    box = Box.objects.filter(locator_hash=locator_hash).first()
    # The same work for a box that isn't there, with a salt that is always the same for the same words.
    salt = bytes(box.salt) if box else codes.own_key(f"salt {code.locator}")[: sealing.SALT_SIZE]
    wrapped, place = (bytes(box.wrapped_key), _place_of_key(box.id)) if box else (_NOBODYS, "nobody's")
    try:
        private = sealing.opened(wrapped, key=_derived(code, salt), place=place)
    except sealing.DoesNotOpen:
        _count_wrong_try(locator_hash, at)
        raise WrongWords from None
    if box is None:
        raise WrongWords
    Box.objects.filter(pk=box.pk).update(used_on=day)
    Message.objects.filter(box=box, supporter_id__isnull=False, seen_by_visitor=False).update(seen_by_visitor=True)
    return OpenBox(box.id, private)


@transaction.atomic
def write_again(*, box: OpenBox, text: str, shown: floods.Shown, at: datetime) -> bool:
    """Add the visitor's message to the open box; return True if it is the word that says that somebody came."""
    policies.check_text(text)
    row = _still_there(box.box_id)
    spend(shown)
    first = text.strip().partition("\n")[0].split(" ")[0].strip(".,!?").casefold()
    is_alarm = codes.alarm_hash(first, box=str(row.id)) == bytes(row.alarm_hash)
    _write(row, text, at=at, is_alarm=is_alarm)
    return is_alarm


@transaction.atomic
def forget_box(*, box: OpenBox) -> None:
    """Erase the box with everything in it, because the one who wrote wants so. Backups lose it with their own time."""
    Box.objects.filter(pk=box.box_id).delete()


@transaction.atomic
def answer(*, box_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """Answer a visitor. The words of the answer open with the visitor's words, and at the desk for the reading time."""
    policies.check_can_answer(by)
    policies.check_text(text)
    box = _still_there(box_id)
    audit.record(events.BOX_ANSWERED, by=by, at=at, subject=str(box.id))
    _write(box, text, at=at, by=by)


def read_box(*, box_id: UUID, token: bytes, by: Actor, at: datetime) -> "queries.DeskBox":
    """Store that the desk reads, then let the keeper open what the reading time still allows.

    Raise LookupError without such a box, keeping.KeysLocked where the supporter's keys are not open.
    """
    policies.check_can_answer(by)
    box = Box.objects.filter(pk=box_id).first()
    if box is None:
        raise LookupError("no such box")
    sealed = queries.sealed_for_desk(box)
    event = keeping.stored(events.BOX_READ, by=by, at=at, subject=str(box.id))
    with keeper.asking() as keep:
        texts = keep.open_messages(token=token, box=str(box.id), texts=sealed, event=event)
    opened = {
        UUID(str(one["message"])): text.decode() for one, text in zip(sealed, texts, strict=True) if text is not None
    }
    return queries.desk_box(box, opened)


# Steps that several actions share


def _place_of_key(box_id: UUID) -> str:
    return f"key {box_id}"


def _derived(code: Code, salt: bytes) -> bytes:
    with slots.place():
        return sealing.stretched(code.secret, salt=salt, pepper=codes.own_key("pepper"), cost=sealing.WORDS)


def spend(shown: floods.Shown) -> None:
    """Let the work count once; a form that is sent twice waits here for its twin and is then told so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visitors_spentchallenge (id, expires_at) VALUES (%s, to_timestamp(%s)) ON CONFLICT DO NOTHING",
            [shown.id, shown.expires],
        )
        if cursor.rowcount == 0:
            raise AlreadySent


def _count_wrong_try(locator_hash: bytes, at: datetime) -> None:
    row, _made = WrongTry.objects.get_or_create(locator_hash=locator_hash, day=timezone.localdate(at))
    WrongTry.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _still_there(box_id: UUID) -> Box:
    box = Box.objects.select_for_update().filter(pk=box_id).first()
    if box is None:
        raise Refused(_("Meddelandena finns inte längre."), status=404)
    return box


def _write(box: Box, text: str, *, at: datetime, by: Actor | None = None, is_alarm: bool = False) -> None:
    day, public = keeper.window()
    message_id = uuid4()
    info, context = queries.place_of(box.id, message_id, by_desk=by is not None)
    content, for_desk, key = windows.closed_for_both(text.encode(), window=public, info=info, context=context)
    Message.objects.create(
        id=message_id,
        box=box,
        supporter_id=by.account_id if by else None,
        content=content,
        key_for_box=sealing.sealed_to(bytes(box.public_key), key),
        key_for_desk=for_desk,
        window=ReadingWindow.objects.get_or_create(day=day)[0],
        is_alarm=is_alarm,
        written_at=at,
        seen_by_visitor=by is None,
    )
    Box.objects.filter(pk=box.pk).update(used_on=timezone.localdate(at))
