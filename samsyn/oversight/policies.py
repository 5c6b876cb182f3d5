"""Who may read the log."""

from django.utils.translation import gettext_lazy as _

from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import NotAllowed
from samsyn.people.roles import Permission


def can_read_log(actor: Actor) -> bool:
    """Tell whether the actor may read the log and check it; the system itself may, at night."""
    return actor is SYSTEM or actor.may(Permission.READ_LOG)


def check_can_read_log(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may read the log."""
    if not can_read_log(actor):
        raise NotAllowed(_("Bara den som granskar loggen får läsa den."))
