"""Rules of the chat. Pure: nothing here touches the database."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Permission, Regime

# Whoever writes from the public site: nobody in particular.
VISITOR = Actor(UUID(int=1), "Besökare", "", Regime.AUTHORITY, frozenset())
# More than this nobody can answer within an hour; who comes then is told so instead of waiting.
MOST_WAITING = 40
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
