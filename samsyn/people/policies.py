"""Rules of accounts and roles. Pure: nothing here touches the database."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import FORBIDDEN_PAIRS, Permission, Role

_NAME = re.compile(r"[a-zåäö0-9][a-zåäö0-9._-]{1,39}\Z")
_PSEUDONYM = re.compile(r"[A-Za-zÅÄÖåäö][A-Za-zÅÄÖåäö -]{1,39} [0-9]{1,3}\Z")


def can_manage(actor: Actor) -> bool:
    """Say whether the actor looks after accounts; the system itself does when it is set up."""
    return actor.is_system or actor.may(Permission.MANAGE_ACCOUNTS)


def check_can_manage(actor: Actor) -> None:
    """Raise NotAllowed unless the actor looks after accounts."""
    if not can_manage(actor):
        raise NotAllowed(_lazy("Bara systemadministratören sköter konton."))


def check_not_oneself(actor: Actor, account_id: UUID) -> None:
    """Raise NotAllowed if the actor would change their own roles or account."""
    if actor.account_id == account_id:
        raise NotAllowed(_lazy("Ingen ändrar sitt eget konto eller sina egna roller."))


def forbidden_with(role: Role, held: Iterable[Role]) -> list[Role]:
    """Return the roles among those held that nobody may hold together with ``role``."""
    return [other for other in sorted(set(held)) if frozenset({role, other}) in FORBIDDEN_PAIRS]


def check_pair_is_allowed(role: Role, held: Iterable[Role]) -> None:
    """Raise Refused if the role may not be held together with one that is held."""
    clash = forbidden_with(role, held)
    if clash:
        raise Refused(
            _("%(role)s kan inte vara samma person som %(other)s.") % {"role": role.label, "other": clash[0].label}
        )


DELIVERING = "deliverer"


def check_role_fits(role: Role, *, kind: str) -> None:
    """Raise Invalid where somebody of another organisation would do our work, or one of ours deliver for another."""
    if (role is Role.DELIVERER) != (kind == DELIVERING):
        raise Invalid(_lazy("Uppgiftslämnare hör till organisationen som lämnar siffror, och bara de."))


def check_name(name: str) -> None:
    """Raise Invalid unless the normalised sign-in name is plain."""
    if not _NAME.match(name):
        raise Invalid(_lazy("Inloggningsnamnet ska ha 2–40 tecken: bokstäver, siffror, punkt, streck."))


def check_pseudonym(pseudonym: str) -> None:
    """Raise Invalid unless the pseudonym is a word and a number, so that it is nobody's name."""
    if not _PSEUDONYM.match(pseudonym):
        raise Invalid(_lazy("Pseudonymen ska vara ett ord och ett nummer, som «Rådgivare 3»."))
