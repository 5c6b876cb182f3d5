"""The way from the room to the keeper of keys, and its refusals in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.privacy.custody import refusals
from samsyn.privacy.custody.client import Client
from samsyn.privacy.custody.refusals import KeyRefused


class KeysLocked(Refused):
    """The person's keys are not open: the page leads to where they are unlocked."""

    status = 401


_WORDS: dict[str, tuple[type[Refused], Promise]] = {
    refusals.LOCKED: (KeysLocked, _("Dina nycklar är låsta. Lås upp dem och försök igen.")),
    refusals.WRONG_SECRET: (Refused, _("Det stämmer inte. Kontrollera och försök igen.")),
    refusals.EXPIRED: (NotAllowed, _("Din tid med ärendet är slut.")),
    refusals.NO_RIGHT: (NotAllowed, _("Din behörighet i ärendet räcker inte till det.")),
    refusals.ERASED: (NotAllowed, _("Ärendet är raderat och går inte att läsa.")),
    refusals.OUTDATED: (NotAllowed, _("Ärendets nyckel är bytt. Din behörighet gäller inte längre.")),
    refusals.NOT_READY: (
        NotAllowed,
        _("Innan du öppnar ett ärende behöver du två sätt att låsa upp och tre nyckelansvariga som kan hjälpa dig."),
    ),
    refusals.NOT_CERTIFIED: (NotAllowed, _("Nycklarna är inte intygade av två nyckelansvariga än.")),
    refusals.TOO_MANY: (Refused, _("Det blev för många försök. Vänta till i morgon, eller be en kollega.")),
    refusals.OFF_DUTY: (NotAllowed, _("Du är inte i tjänst. Gå i tjänst och försök igen.")),
    refusals.SAME_PERSON: (NotAllowed, _("Det behövs två olika personer.")),
    refusals.TOO_EARLY: (Refused, _("Det har inte gått ett dygn än. Den som nycklarna tillhör ska hinna säga ifrån.")),
    refusals.CLOSED: (
        Refused,
        _("Nyckelvakten är stängd tills raderingarna är gjorda på nytt efter en återläsning. Säg till driften."),
    ),
    refusals.TOO_LONG: (Refused, _("Texten är för lång. Dela upp den.")),
    refusals.EXISTS: (Refused, _("Det finns redan.")),
}
_OTHER = _("Nyckeln gick inte att använda. Inget är ändrat.")
_UNAVAILABLE = _("Nyckelvakten svarar inte, så inget ärende kan öppnas. Säg till driften.")


def keeper() -> Any:
    """Return the keeper: a process of its own behind a socket."""
    return Client(Path(settings.SAMSYN_KEEPER_SOCKET))


def stored(kind: EventKind, /, *, by: Actor, at: datetime, subject: str = "", **facts: str | int) -> str:
    """Store an event before the key use that it allows, whatever becomes of that, and return its id."""
    with transaction.atomic(durable=True):
        return str(audit.record(kind, by=by, at=at, subject=subject, facts=facts))


def in_words(refused: KeyRefused) -> Refused:
    """Return the keeper's refusal as a person reads it."""
    if refused.reason == refusals.UNAVAILABLE:
        return Refused(_UNAVAILABLE, status=503)
    kind, words = _WORDS.get(refused.reason, (Refused, _OTHER))
    return kind(words)


@contextmanager
def asking() -> Iterator[Any]:
    """Give the keeper, and turn its refusals into sentences."""
    try:
        yield keeper()
    except KeyRefused as refused:
        raise in_words(refused) from refused
