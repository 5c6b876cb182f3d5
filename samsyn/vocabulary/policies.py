"""When a code may be closed."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed
from samsyn.people.roles import Permission


def can_close_code(actor: Actor) -> bool:
    """Tell whether the actor keeps the questions, and so the codes that answer them."""
    return actor.may(Permission.EDIT_QUESTIONS)


def check_can_close_code(actor: Actor) -> None:
    """Raise NotAllowed for everybody else."""
    if not can_close_code(actor):
        raise NotAllowed(_("Bara den som sköter frågorna får stänga en kod."))


def check_last_day(*, last_day: date, valid_from: date, valid_to: date | None, today: date) -> None:
    """Raise Invalid unless the code is open and the last day is today or later: what was valid stays so."""
    if valid_to is not None:
        raise Invalid(_("Koden är redan stängd. En stängd kod öppnas inte igen; lägg upp en ny."))
    if last_day < today:
        raise Invalid(_("Sista dagen har redan varit. Svar som getts sedan dess skulle bli ogiltiga."))
    if last_day < valid_from:
        raise Invalid(_("Sista dagen ligger före den dag då koden börjar gälla."))
