"""Public forms that a program can't send in thousands: each is signed, used once, and costs a little work.

The browser looks for a number whose SHA-256 with the form's salt begins with so many zero bits. Nobody else is asked,
nothing is stored about the visitor. Without script the form is sent after a short wait instead, and fewer of those
are taken in an hour.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from samsyn.bookings.models import SpentForm
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import sealing

# About 30,000 tries: a second on a telephone, a core's whole day for a million forms.
BITS = 15
GOOD_FOR = timedelta(hours=2)
# Whoever reads the page and writes an address needs longer than this; a program that waits sends few.
WAIT = timedelta(seconds=20)
MOST_WITHOUT_WORK = 20
_PURPOSE = "booking_form"


@dataclass(frozen=True)
class Challenge:
    """A form's mark and what its script has to solve."""

    form: str
    bits: int = BITS


def challenge(*, at: datetime) -> Challenge:
    """Return a new form's mark."""
    said = f"{int(at.timestamp())}.{secrets.token_hex(12)}"
    return Challenge(f"{said}.{_signature(said)}")


def spend(*, form: str, work: str, at: datetime) -> None:
    """Take a form once; raise Invalid or Refused for one that isn't ours, is old, was used, or cost nothing."""
    said, _dot, signature = form.rpartition(".")
    issued, _dot, salt = said.partition(".")
    if len(form) > 200 or not secrets.compare_digest(_signature(said).encode(), signature.encode()) or not salt:
        raise Invalid(_("Formuläret gick inte att läsa. Ladda om sidan och försök igen."))
    issued_at = datetime.fromtimestamp(int(issued), at.tzinfo)
    if not timedelta(0) <= at - issued_at <= GOOD_FOR:
        raise Invalid(_("Formuläret är för gammalt. Ladda om sidan och försök igen."))
    is_solved = solves(form, work)
    if not is_solved:
        if at - issued_at < WAIT:
            raise Invalid(_("Vänta tjugo sekunder och skicka igen: så skyddas bokningen mot program när skript är av."))
        taken = SpentForm.objects.filter(
            was_worked_for=False, expires_at__gt=at + GOOD_FOR - timedelta(hours=1)
        ).count()
        if taken >= MOST_WITHOUT_WORK:
            raise Refused(_("Just nu går det bara att boka med skript påslaget. Försök igen om en stund."), status=429)
    mark = hashlib.sha256(form.encode()).digest()
    _row, is_new = SpentForm.objects.get_or_create(
        mark=mark, defaults={"was_worked_for": is_solved, "expires_at": at + GOOD_FOR}
    )
    if not is_new:
        raise Refused(_("Formuläret är redan skickat en gång. Ladda om sidan för att skicka ett nytt."))


def solves(form: str, work: str) -> bool:
    """Say whether the number solves the form."""
    if not (work.isascii() and work.isdigit() and len(work) <= 12):
        return False
    digest = hashlib.sha256(f"{form}:{work}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def _signature(said: str) -> str:
    return sealing.mark(_PURPOSE, said).hex()[:40]
