"""Letters: taken in by the clock, read, answered with a neutral text, erased."""

import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import events, letter_policies
from samsyn.channels.actions.outbox import send_neutral_mail
from samsyn.channels.letter_reading import Words
from samsyn.channels.models import Letter
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid
from samsyn.privacy import sealing

PURPOSE = "letter"
# The neutral mail that answers: we don't write, call us.
ANSWER = "letter_answer"


@transaction.atomic
def take_letter(
    *, place: str, words: Words | None, refusal: str, arrived_at: datetime, by: Actor, at: datetime
) -> bool:
    """Keep a letter, or the refusal that stands for it; return False if the same place of the mailbox was taken before.

    ``place`` is the mailbox's own number of the letter; only a keyed digest of it is kept.
    """
    mark = sealing.mark("letter_place", place)
    if Letter.objects.filter(mark=mark).exists():
        return False
    sealed = None
    if words is not None:
        said = {"sender": words.sender, "subject": words.subject, "text": words.text}
        sealed = sealing.seal(PURPOSE, json.dumps(said))
    made = Letter.objects.bulk_create(
        [
            Letter(
                mark=mark,
                sealed=sealed,
                found=list(words.found) if words else [],
                files=min(words.files, 999) if words else 0,
                refusal=refusal,
                arrived_at=min(arrived_at, at),
            )
        ]
    )
    kind = events.LETTER_TAKEN if words is not None else events.LETTER_REFUSED
    audit.record(kind, by=by, at=at, subject=str(made[0].pk), facts={} if words else {"why": refusal})
    return True


@transaction.atomic
def open_letter(*, letter_id: UUID, by: Actor, at: datetime) -> Words:
    """Return a letter's words, after the log has it that somebody read them; raise LookupError where there are none."""
    letter_policies.check_can_read_letters(by)
    letter = Letter.objects.filter(pk=letter_id).exclude(sealed=None).first()
    if letter is None:
        raise LookupError("no such letter")
    audit.record(events.LETTER_READ, by=by, at=at, subject=str(letter.pk))
    return _words(letter)


@transaction.atomic
def answer_letter(*, letter_id: UUID, by: Actor, at: datetime) -> None:
    """Ask the sender to call, in the one neutral text that there is for it, and erase the letter."""
    letter_policies.check_can_read_letters(by)
    letter = _locked(letter_id)
    words = _words(letter)
    try:
        validate_email(words.sender)
    except ValidationError as error:
        raise Invalid(_("Brevet har ingen avsändare som går att svara. Radera det när du är klar.")) from error
    # Which language the sender reads is not known, and isn't asked of the letter.
    with translation.override(settings.LANGUAGE_CODE):
        send_neutral_mail(to=words.sender, kind=ANSWER, context={}, by=by, at=at)
    audit.record(events.LETTER_ANSWERED, by=by, at=at, subject=str(letter.pk))
    letter.delete()


@transaction.atomic
def erase_letter(*, letter_id: UUID, by: Actor, at: datetime) -> None:
    """Erase a letter that is dealt with, or the refusal that has been seen."""
    letter_policies.check_can_read_letters(by)
    letter = _locked(letter_id)
    audit.record(events.LETTER_ERASED, by=by, at=at, subject=str(letter.pk))
    letter.delete()


def _locked(letter_id: UUID) -> Letter:
    letter = Letter.objects.select_for_update().filter(pk=letter_id).first()
    if letter is None:
        raise LookupError("no such letter")
    return letter


def _words(letter: Letter) -> Words:
    if letter.sealed is None:
        raise LookupError("a refused letter has no words")
    said = json.loads(sealing.unseal(PURPOSE, bytes(letter.sealed)))
    return Words(files=letter.files, found=tuple(letter.found), **said)
