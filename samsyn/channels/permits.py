"""May the person be contacted this way now? Asked before anything leaves the house, of every room that has a say.

A room that has one has a module ``outbound``, found as retention rules are, with ``permit(channel, to, by, at)``: it returns
until when the contact may go out, and raises Refused where it may not. At the centre no room has any: it writes to professionals.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

from samsyn.people.actors import Actor

# The ways of safe contact (``samsyn.cases.safe_contact``) in which this house reaches out.
EMAIL, PHONE = "email", "phone"


def _rooms() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if app.name.startswith("samsyn.") and find_spec(f"{app.name}.outbound"):
            yield import_module(f"{app.name}.outbound")


def are_asked() -> bool:
    """Say whether somebody must have asked the person's rules first: then nothing goes out by the clock."""
    return next(_rooms(), None) is not None


def ask(*, channel: str, to: str, by: Actor, at: datetime) -> datetime | None:
    """Return until when it may go out to this number or address, None for no limit; raise Refused where it may not.

    Asked once for each contact.
    """
    return min((room.permit(channel=channel, to=to, by=by, at=at) for room in _rooms()), default=None)
