"""At most two derivations at once in the whole installation, whatever the load and however many processes there are.

Sign-ins, visitors' words and the keeper's own derivations share the two places.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext_lazy as _

from samsyn.people.refusals import Refused
from samsyn.privacy.custody.derivation import PLACES

# Whoever has waited so long is told; a queue that only grows helps nobody.
PATIENCE = 15.0
_LOOK_AGAIN = 0.05


class Busy(Refused):
    """Everybody's words are tried two at a time, and the queue is long."""

    status = 503


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the two places; raise Busy when none gets free in time. A connection that dies gives its place back."""
    held = _take(time.monotonic() + PATIENCE)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [held])


def _take(until: float) -> int:
    while True:
        for number in PLACES:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
                if cursor.fetchone() == (True,):
                    return number
        if time.monotonic() > until:
            raise Busy(_("Det är många just nu. Försök igen om en minut."))
        time.sleep(_LOOK_AGAIN)
