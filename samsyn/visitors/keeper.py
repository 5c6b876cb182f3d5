"""The way from this room to the keeper of keys: what is sealed to the desk, and the keeper's refusals in words."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from samsyn.people import keeping
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.requests import StaffRequest
from samsyn.privacy.custody import refusals
from samsyn.privacy.custody.refusals import KeyRefused

View = TypeVar("View", bound=Callable[..., HttpResponse])


class NobodyReads(Exception):
    """No message can be taken: the keeper is away, or no supporter could open it."""


WORDS: keeping.Words = {
    refusals.LOCKED: keeping.LOCKED,
    refusals.UNSIGNED: keeping.UNSIGNED,
    refusals.NOT_READY: (
        NotAllowed,
        _("Innan du läser behöver du två sätt att låsa upp dina nycklar och tre nyckelansvariga som kan hjälpa dig."),
    ),
    refusals.NO_RIGHT: (
        NotAllowed,
        _("Nycklarna till meddelandena är inte delade med dig än. Det sker när en kollega öppnar ett meddelande."),
    ),
    refusals.TOO_MANY: (Refused, _("Det blev för många på kort tid. Vänta en stund, eller be en kollega.")),
    refusals.CLOSED: (Refused, _("Nyckelvakten är stängd efter en återläsning. Säg till driften.")),
}
asking = partial(keeping.asking, WORDS, away=_("Nyckelvakten svarar inte, så inget kan läsas. Säg till driften."))


def window() -> tuple[str, bytes]:
    """Return the day and the public half to which what is written now is sealed; raise NobodyReads."""
    try:
        said = keeping.keeper().window()
    except KeyRefused as refused:
        raise NobodyReads from refused
    return said["day"], said["public"]


def with_keys(view: View) -> View:
    """Lead a supporter with locked keys to where they are unlocked, and back."""

    @wraps(view)
    def wrapped(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KeysLocked:
            return redirect(f"{reverse('cases:keys')}?{urlencode({'next': request.path})}")

    return wrapped  # type: ignore[return-value]
