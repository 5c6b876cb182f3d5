"""Rules of the chat and of the mailbox, which is a chat that one can leave and come back to. No database here."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Permission, Regime

# Whoever writes from the public site: nobody in particular.
VISITOR = Actor(UUID(int=1), "Besökare", "", Regime.AUTHORITY, frozenset())
# More than this nobody can answer within an hour; who comes then is told so instead of waiting.
MOST_WAITING = 40
# Of those who begin while there are many: people without script need few, floods need many.
WITHOUT_SCRIPT_A_MINUTE = 10
# As many unanswered letters as advisers could answer within the week in which words are kept.
MOST_UNANSWERED = 200
# 66 bits: nobody tries codes, and none is short enough to be guessed.
CODE_WORDS = 6
# Who writes again waits so long for the adviser who knows the story; then any colleague may answer.
FOR_ITS_ADVISER = timedelta(days=1)
LONGEST_MESSAGE = 2_000
MOST_MESSAGES = 500


def can_answer(actor: Actor) -> bool:
    """Say whether the actor answers those who write."""
    return actor.may(Permission.REGISTER_CONTACT)


def check_can_answer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor answers those who write."""
    if not can_answer(actor):
        raise NotAllowed(_lazy("Bara rådgivare svarar i chatten."))


def check_takes_one_more(waiting: int) -> None:
    """Raise Refused when more wait than can be answered."""
    if waiting >= MOST_WAITING:
        raise Refused(_lazy("Det är många som väntar just nu. Ring i stället, eller försök igen om en stund."))


def check_takes_one_more_letter(unanswered: int) -> None:
    """Raise Refused when more lie unanswered than can be answered in time."""
    if unanswered >= MOST_UNANSWERED:
        raise Refused(_lazy("Just nu hinner vi inte svara på fler. Ring i stället."))


def is_anybodys(*, adviser_id: UUID | None, awaits_since: datetime | None, is_mailbox: bool, at: datetime) -> bool:
    """Say whether any adviser may answer: nobody has, or the one who did leaves a mailbox without an answer."""
    if adviser_id is None:
        return True
    return is_mailbox and awaits_since is not None and at - awaits_since >= FOR_ITS_ADVISER


def check_ends(*, is_mailbox: bool, is_answered: bool) -> None:
    """Raise Refused for an adviser who would erase an answer that may not have been read."""
    if is_mailbox and is_answered:
        raise Refused(_lazy("Svaret kan vara oläst. Det raderas av den som skrev, eller av sig självt."))
