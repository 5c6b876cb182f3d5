"""Rules of bookings. Pure: nothing here touches the database."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.bookings import series
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission, Regime

# Whoever books for themselves on the public site: nobody in particular.
VISITOR = Actor(UUID(int=1), "Besökare", "", Regime.AUTHORITY, frozenset())
# Long enough to open one's mail, short enough that a time that nobody confirms is soon free again.
HOLD = timedelta(minutes=30)
# An offer of the waiting list is answered within a working day.
OFFER = timedelta(hours=24)
MOST_HOSTS = 8
# An address may have so many bookings that wait for confirmation; all addresses together so many.
MOST_UNCONFIRMED = 2
MOST_UNCONFIRMED_IN_ALL = 40
MOST_FEEDS = 5

# (from, to): which states a booking can leave for which.
TRANSITIONS = frozenset({("held", "confirmed"), ("held", "lapsed"), ("held", "cancelled"), ("confirmed", "cancelled")})

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})+\Z")


def check_can_book(actor: Actor) -> None:
    """Raise NotAllowed unless the actor books times; what the public books has rules of its own."""
    if not (actor.is_system or actor == VISITOR or actor.may(Permission.BOOK_TIMES)):
        raise NotAllowed(_lazy("Bara rådgivare bokar tider."))


def check_can_keep_own_times(actor: Actor) -> None:
    """Raise NotAllowed unless the actor has times of their own."""
    if not actor.may(Permission.KEEP_OWN_TIMES):
        raise NotAllowed(_lazy("Din roll har inga egna tider."))


def check_can_manage(actor: Actor) -> None:
    """Raise NotAllowed unless the actor decides on kinds of meetings and on others' times."""
    if not (actor.is_system or actor.may(Permission.MANAGE_TIMES)):
        raise NotAllowed(_lazy("Bara samordnare bestämmer mötesslag och andras tider."))


def check_can_change_times_of(account_id: UUID | None, actor: Actor) -> None:
    """Raise NotAllowed for another's times, or everybody's (None), unless the actor manages them."""
    if account_id is not None and account_id == actor.account_id:
        check_can_keep_own_times(actor)
    else:
        check_can_manage(actor)


def check_transition(before: str, after: str) -> None:
    """Raise Refused if a booking can't go from the one state to the other."""
    if (before, after) not in TRANSITIONS:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))


def check_span(*, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raise Invalid unless the time lies ahead and has a plausible length."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(_("Tiden saknar tidszon."))
    if starts_at <= at:
        raise Invalid(_("Tiden har redan börjat. Välj en senare."))
    if not timedelta(minutes=5) <= ends_at - starts_at <= timedelta(hours=8):
        raise Invalid(_("Ett möte är mellan 5 minuter och 8 timmar långt."))
    if starts_at > at + timedelta(days=800):
        raise Invalid(_("Tiden ligger för långt fram."))


def check_address(address: str) -> str:
    """Return the address as it is written to; raise Invalid for anything that is none, or that no mail program takes."""
    address = address.strip()
    if len(address) > 200 or ".." in address or not _ADDRESS.match(address):
        raise Invalid(_("E-postadressen ser inte ut som en adress. Kontrollera den."))
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.lower()}"


def check_minutes(first_minute: int, last_minute: int) -> None:
    """Raise Invalid unless a span lies within a day."""
    if not 0 <= first_minute < last_minute <= 1440:
        raise Invalid(_("Sluttiden måste vara senare än starttiden, samma dag."))


def too_long_series() -> Invalid:
    """Return what a series with too many meetings is answered."""
    return Invalid(_("En serie har högst %(most)s möten.") % {"most": series.MOST_TIMES})


def check_standard(
    *, minutes: int, around: tuple[int, int], lead_days: int, notice_hours: int, capacity: int, most_a_day: int
) -> None:
    """Raise Invalid unless a kind's standard can be kept."""
    is_sound = (
        5 <= minutes <= 480
        and all(0 <= room <= 240 for room in around)
        and 1 <= lead_days <= 366
        and 0 <= notice_hours <= 24 * 30
        and 1 <= capacity <= 200
        and 1 <= most_a_day <= 50
    )
    if not is_sound:
        raise Invalid(_("Något av måtten är orimligt. Kontrollera längd, luft, varsel och platser."))
    if notice_hours >= lead_days * 24:
        raise Invalid(_("Varslet kan inte vara längre än hur långt fram det går att boka."))
