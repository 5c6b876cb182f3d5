"""The way from a room to the keeper of keys: the browser's half of the keys, the event first, refusals in words."""

import base64
import binascii
from collections.abc import Iterator, Mapping
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
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.privacy.custody import refusals
from samsyn.privacy.custody.client import Client
from samsyn.privacy.custody.refusals import KeyRefused

# Only this browser has it: not the database, not the session, not the keeper.
COOKIE = "__Host-samsyn-keys"
TOKEN_SIZE = 32
# What a room says for the keeper's reasons.
Words = Mapping[str, tuple[type[Refused], Promise]]
_OTHER = _("Nyckeln gick inte att använda. Inget är ändrat.")


class KeysLocked(Refused):
    """The person's keys are not open: the page leads to where they are unlocked."""

    status = 401


class LogUnsigned(Refused):
    """Nobody has signed the log for a quarter of an hour: nothing is read until somebody does."""

    status = 503


UNSIGNED = (
    LogUnsigned,
    _(
        "Loggen har inte undertecknats på en kvart, så inget går att läsa just nu. Det går att skriva och att börja"
        " nya ärenden. Säg till driften: läsningen öppnas av sig själv inom en minut från att loggen undertecknas igen."
    ),
)
LOCKED = (KeysLocked, _("Dina nycklar är låsta. Lås upp dem och försök igen."))


def keeper() -> Any:
    """Return the keeper: a process of its own behind a socket."""
    return Client(Path(settings.SAMSYN_KEEPER_SOCKET))


def stored(kind: EventKind, /, *, by: Actor, at: datetime, subject: str = "", **facts: str | int) -> str:
    """Store an event before the key use that it allows, whatever becomes of that, and return its id."""
    with transaction.atomic(durable=True):
        return str(audit.record(kind, by=by, at=at, subject=subject, facts=facts))


@contextmanager
def asking(words: Words, *, away: Promise) -> Iterator[Any]:
    """Give the keeper, and turn its refusals into the room's sentences; ``away`` is said when it does not answer."""
    try:
        yield keeper()
    except KeyRefused as refused:
        if refused.reason == refusals.UNAVAILABLE:
            raise Refused(away, status=503) from refused
        kind, said = words.get(refused.reason, (Refused, _OTHER))
        raise kind(said) from refused


def token(request: StaffRequest) -> bytes:
    """Return the token of this browser's open keys; raise KeysLocked if it has none."""
    said = request.COOKIES.get(COOKIE, "")[:100].encode("ascii", errors="replace")
    try:
        value = base64.urlsafe_b64decode(said + b"==")
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != TOKEN_SIZE:
        raise KeysLocked("")
    return value
