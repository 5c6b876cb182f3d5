"""Rules of the box of messages. Pure: nothing here touches the database."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed
from samsyn.people.roles import Permission

LONGEST_TEXT = 4_000
# The desk reads a message for so long; then its key is destroyed.
READING_TIME = timedelta(days=14)
# A box that nobody has opened or written in for so long goes.
BOX_TIME = timedelta(days=90)
WRONG_TRIES_A_DAY = 3
LOCATOR_WORDS, SECRET_WORDS = 2, 4
CODE_WORDS = LOCATOR_WORDS + SECRET_WORDS
# Whoever goes the way without script shares this many a minute with all others: people need few, floods need many.
WITHOUT_SCRIPT_A_MINUTE = 30


def can_answer(actor: Actor) -> bool:
    """Say whether the actor reads and answers visitors' messages."""
    return actor.may(Permission.ANSWER_VISITORS)


def check_can_answer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor reads and answers visitors' messages."""
    if not can_answer(actor):
        raise NotAllowed(_lazy("Bara stödjare läser och besvarar besökares meddelanden."))


def check_text(text: str) -> None:
    """Raise Invalid for a text that is empty or too long."""
    if not text.strip():
        raise Invalid(_lazy("Skriv något först."))
    if len(text) > LONGEST_TEXT:
        raise Invalid(_lazy("Texten är för lång. Dela den i två."))
