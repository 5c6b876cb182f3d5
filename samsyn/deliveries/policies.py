"""Rules of delivering. Pure: nothing here touches the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from samsyn.audit.actors import Actor as Logged
from samsyn.deliveries import periods
from samsyn.deliveries.checking.findings import Fault
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Permission

# What goes from where to where; the trigger of the second migration holds the same.
TRANSITIONS: dict[str, frozenset[str]] = {
    "refused": frozenset(),
    "checked": frozenset({"accepted", "withdrawn"}),
    "accepted": frozenset({"replaced", "withdrawn"}),
    "replaced": frozenset(),
    "withdrawn": frozenset(),
}


@dataclass(frozen=True)
class Machine:
    """A system that acts for its organisation; the log knows it by the key that it proved itself with."""

    actor_id: str
    pseudonym: str
    role: str = "system_of_deliverer"


@dataclass(frozen=True)
class Sender:
    """Whoever sends: a person or a system, always for exactly one organisation."""

    deliverer_id: UUID
    code: str
    is_test: bool
    by: Logged


@dataclass(frozen=True)
class Agreed:
    """What an organisation delivers of one table."""

    id: int
    package: str
    version: str
    table: str
    frequency: str
    first_period: str
    last_period: str
    due_days: int

    def wants(self, period: str) -> bool:
        """Say whether a period falls under the agreement."""
        if periods.frequency_of(period) != self.frequency:
            return False
        first = periods.first_day(period)
        is_before_end = not self.last_period or first <= periods.first_day(self.last_period)
        return periods.first_day(self.first_period) <= first and is_before_end


def can_deliver(actor: Actor) -> bool:
    """Say whether this person delivers for an organisation."""
    return actor.may(Permission.DELIVER)


def check_can_deliver(actor: Actor) -> None:
    """Raise NotAllowed unless this person delivers for an organisation."""
    if not can_deliver(actor):
        raise NotAllowed(_("Bara den som är uppgiftslämnare lämnar siffror."))


def check_can_manage(actor: Actor) -> None:
    """Raise NotAllowed unless this person looks after deliverers; the system itself does when it is set up."""
    if not actor.is_system and not actor.may(Permission.MANAGE_DELIVERERS):
        raise NotAllowed(_("Bara analytikern sköter uppgiftslämnare."))


def check_can_read_cases(actor: Actor) -> None:
    """Raise NotAllowed unless this person reads composed cases."""
    if not actor.may(Permission.READ_COMPOSED_CASES):
        raise NotAllowed(_("Bara centrets personal läser sammansatta fall."))


def check_transition(before: str, after: str) -> None:
    """Raise Refused unless a delivery may go from one state to the other."""
    if after not in TRANSITIONS[before]:
        raise Refused(_("Leveransen har redan fått ett annat läge. Ingenting ändrades."))


def period_faults(period: str, *, agreed: Iterable[Agreed], is_test: bool, today: date) -> list[Fault]:
    """Return what is wrong with delivering a period of a table today; a vendor may try any period that is over."""
    if periods.last_day(period) >= today:
        return [Fault("period_not_over", 2, "period")]
    if is_test:
        return []
    known = list(agreed)
    if any(one.wants(period) for one in known):
        return []
    first = min(known, key=lambda one: periods.first_day(one.first_period), default=None)
    named: dict[str, str | int] = {
        "frequency": _FREQUENCIES[first.frequency] if first else "–",
        "first": first.first_period if first else "–",
    }
    return [Fault("period_not_agreed", 2, "period", named)]


_FREQUENCIES = {"month": "månad/month", "quarter": "kvartal/quarter", "year": "år/year"}
