"""Public forms that a program can't send in thousands: each is ours, used once, and costs a little work or a wait.

Nobody else is asked and nothing is stored about the visitor (``samsyn.privacy.floods``). Of forms without work, which
come from browsers without script, only so many are taken in an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from samsyn.bookings.models import SpentForm
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import floods, sealing

MOST_WITHOUT_WORK = 20
_PURPOSE = "booking"


@dataclass(frozen=True)
class Challenge:
    """A form's mark, and the wait without script."""

    form: str
    seconds: int = floods.SECONDS_WITHOUT_SCRIPT


def challenge(*, at: datetime) -> Challenge:
    """Return a new form's mark."""
    return Challenge(floods.new_challenge(_PURPOSE, now=int(at.timestamp()), key=_key()))


def spend(*, form: str, work: str, at: datetime) -> None:
    """Take a form once; raise Invalid or Refused for one that isn't ours, is old, was used, or cost nothing."""
    try:
        shown = floods.check(form, work, purpose=_PURPOSE, now=int(at.timestamp()), key=_key())
    except floods.NoWork:
        raise Invalid(
            _("Formuläret gick inte att läsa, eller är för gammalt. Ladda om sidan och försök igen.")
        ) from None
    except floods.TooSoon as soon:
        said = _("Vänta %(seconds)d sekunder och skicka igen: så skyddas bokningen mot program när skript är av.")
        raise Invalid(said % {"seconds": soon.seconds}) from None
    life = timedelta(seconds=floods.LIFE)
    if not shown.by_script:
        last_hour = at + life - timedelta(hours=1)
        if SpentForm.objects.filter(was_worked_for=False, expires_at__gt=last_hour).count() >= MOST_WITHOUT_WORK:
            raise Refused(_("Just nu går det bara att boka med skript påslaget. Försök igen om en stund."), status=429)
    _row, is_new = SpentForm.objects.get_or_create(
        mark=shown.id, defaults={"was_worked_for": shown.by_script, "expires_at": at + life}
    )
    if not is_new:
        raise Refused(_("Formuläret är redan skickat en gång. Ladda om sidan för att skicka ett nytt."))


def _key() -> bytes:
    return sealing.mark("booking_form", "")
