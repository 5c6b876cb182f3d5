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


def check_can_review(actor: Actor, *, person: str, unit: str) -> None:
    """Raise NotAllowed unless the actor may decide about what this person of this unit did."""
    check_can_read_log(actor)
    if person == actor.actor_id or unit == actor.organisation:
        raise NotAllowed(_("Ingen granskar sig själv eller sin egen enhet. Lämna det till en granskare från en annan."))


def check_can_see_overdue(actor: Actor) -> None:
    """Raise NotAllowed unless the actor looks after keys: to them an overdue review goes."""
    if not actor.may(Permission.MANAGE_KEYS):
        raise NotAllowed(_("Bara nyckelansvariga gör det här."))
