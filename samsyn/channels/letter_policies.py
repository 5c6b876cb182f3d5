"""Who reads what has come by e-mail. Pure."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed
from samsyn.people.roles import Permission


def can_read_letters(actor: Actor) -> bool:
    """Say whether the actor reads and answers letters."""
    return actor.may(Permission.REGISTER_CONTACT)


def check_can_read_letters(actor: Actor) -> None:
    """Raise NotAllowed unless the actor reads and answers letters."""
    if not can_read_letters(actor):
        raise NotAllowed(_lazy("Bara rådgivare läser inkommen e-post."))
