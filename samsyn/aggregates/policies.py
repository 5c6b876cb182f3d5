"""Rules of agreements, packages and composed cases. Pure: nothing here touches the database."""

from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from samsyn.deliveries import periods
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission

# Counts from 1 to below this are hidden (statistics.md); the receiver's door refuses packages that say less.
THRESHOLD = 5
# A purpose is a sentence; "x" or "test" is none.
SHORTEST_PURPOSE = 20


def check_can_make(actor: Actor) -> None:
    """Raise NotAllowed unless the actor proposes agreements and makes packages."""
    if not actor.may(Permission.DRAFT_RELEASE):
        raise NotAllowed(_("Bara analytikern föreslår överenskommelser och räknar kvartalspaket."))


def check_can_approve(actor: Actor, *, made_by: UUID) -> None:
    """Raise NotAllowed unless the actor approves, and what somebody else has made."""
    if not actor.may(Permission.APPROVE_RELEASE):
        raise NotAllowed(_("Bara publicisten godkänner kvartalspaket och överenskommelser."))
    if actor.account_id == made_by:
        raise NotAllowed(_("Det behövs två olika personer: ingen godkänner det egna."))


def check_can_see(actor: Actor) -> None:
    """Raise NotAllowed unless the actor sees packages."""
    if not actor.is_system and not actor.may(Permission.SEE_STATISTICS_DRAFTS):
        raise NotAllowed(_("Bara analytikern och publicisten ser kvartalspaket."))


def check_periods(first: str, last: str) -> None:
    """Raise Invalid unless these are quarters in order."""
    try:
        are_quarters = {periods.frequency_of(first), periods.frequency_of(last)} == {periods.Frequency.QUARTER}
    except ValueError:
        are_quarters = False
    if not are_quarters or first > last:
        raise Invalid(_("Ange det första och det sista kvartalet, som 2026K3."))


def check_agreed(table: str, period: str, *, tables: list[str], first: str, last: str) -> None:
    """Raise Refused unless the agreement is about this table and quarter."""
    if table not in tables:
        raise Refused(_("Överenskommelsen gäller inte den tabellen."))
    if not first <= period <= last:
        raise Refused(_("Överenskommelsen gäller inte det kvartalet."))


def settled_on(period: str, *, days: int) -> date:
    """Return the first day on which a quarter can be counted: contacts are corrected for ``days`` after its end."""
    return periods.last_day(period) + timedelta(days=days + 1)


def check_settled(period: str, *, days: int, today: date) -> None:
    """Raise Refused while the quarter runs or may still be corrected."""
    if today < settled_on(period, days=days):
        raise Refused(_("Kvartalet är inte färdigt än: registreringar kan fortfarande rättas."))


# Composed cases


def check_can_compose(actor: Actor) -> None:
    """Raise NotAllowed unless the actor composes cases and clears what others compose."""
    if not actor.may(Permission.COMPOSE_CASES):
        raise NotAllowed(_("Bara stödjare och samordnare sätter samman och prövar fall."))


def check_can_clear(actor: Actor, *, composed_by: UUID, cleared_by: UUID | None) -> None:
    """Raise NotAllowed unless the actor clears cases, and has neither composed nor cleared this one."""
    check_can_compose(actor)
    if actor.account_id == composed_by:
        raise NotAllowed(_("Det behövs två andra: ingen prövar det egna."))
    if actor.account_id == cleared_by:
        raise NotAllowed(_("Du har redan prövat fallet. Nu behövs en tredje person."))


def check_is_composer(actor: Actor, *, composed_by: UUID) -> None:
    """Raise NotAllowed unless the actor has composed the case: a colleague who changed it could clear their own words."""
    check_can_compose(actor)
    if actor.account_id != composed_by:
        raise NotAllowed(_("Bara den som har satt samman fallet ändrar det."))


def check_can_drop(actor: Actor, *, composed_by: UUID, is_returned: bool) -> None:
    """Raise NotAllowed unless the actor composed the case; what was sent back anybody takes away, should the composer be gone."""
    check_can_compose(actor)
    if not is_returned and actor.account_id != composed_by:
        raise NotAllowed(_("Bara den som har satt samman fallet tar bort det, om det inte är skickat tillbaka."))
