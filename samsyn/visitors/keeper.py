"""The way from this room to the keeper of keys: the supporter's half from the browser, the event first, refusals in words."""

import base64
import binascii
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.requests import StaffRequest
from samsyn.privacy.custody import refusals
from samsyn.privacy.custody.client import Client
from samsyn.privacy.custody.refusals import KeyRefused

# The cookie of the page on which supporters unlock their keys (the room of cases lies above this one).
COOKIE = "__Host-samsyn-keys"
TOKEN_SIZE = 32
View = TypeVar("View", bound=Callable[..., HttpResponse])


class KeysLocked(Refused):
    """The supporter's keys are not open: the page leads to where they are unlocked."""

    status = 401


class NobodyReads(Exception):
    """No message can be taken: the keeper is away, or no supporter could open it."""


_WORDS: dict[str, tuple[type[Refused], Promise]] = {
    refusals.LOCKED: (KeysLocked, _("Dina nycklar är låsta. Lås upp dem och försök igen.")),
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
_OTHER = _("Nyckeln gick inte att använda. Inget är ändrat.")
_UNAVAILABLE = _("Nyckelvakten svarar inte, så inget kan läsas. Säg till driften.")


def keeper() -> Any:
    """Return the keeper: a process of its own behind a socket."""
    return Client(Path(settings.SAMSYN_KEEPER_SOCKET))


def stored(kind: EventKind, *, by: Actor, at: datetime, subject: str) -> str:
    """Store an event before the key use that it allows, whatever becomes of that, and return its id."""
    with transaction.atomic(durable=True):
        return str(audit.record(kind, by=by, at=at, subject=subject))


@contextmanager
def asking() -> Iterator[Any]:
    """Give the keeper to a supporter's act, and turn its refusals into sentences."""
    try:
        yield keeper()
    except KeyRefused as refused:
        if refused.reason == refusals.UNAVAILABLE:
            raise Refused(_UNAVAILABLE, status=503) from refused
        kind, words = _WORDS.get(refused.reason, (Refused, _OTHER))
        raise kind(words) from refused


def window() -> tuple[str, bytes]:
    """Return the day and the public half to which what is written now is sealed; raise NobodyReads."""
    try:
        said = keeper().window()
    except KeyRefused as refused:
        raise NobodyReads from refused
    return said["day"], said["public"]


def token(request: StaffRequest) -> bytes:
    """Return the token of this browser's open keys; raise KeysLocked if it has none."""
    try:
        value = base64.urlsafe_b64decode(
            request.COOKIES.get(COOKIE, "")[:100].encode("ascii", errors="replace") + b"=="
        )
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != TOKEN_SIZE:
        raise KeysLocked("")
    return value


def with_keys(view: View) -> View:
    """Lead a supporter with locked keys to where they are unlocked, and back."""

    @wraps(view)
    def wrapped(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KeysLocked:
            return redirect(f"{reverse('cases:keys')}?{urlencode({'next': request.path})}")

    return wrapped  # type: ignore[return-value]
