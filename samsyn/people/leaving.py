"""What other rooms have to say when somebody leaves the screen or the house.

A room that has something to say has a module ``leaving`` with these two functions, found as retention rules are:

``why_not(account_id, role, at)`` returns a sentence that says what must be done first, or ""; ``role`` is the one that ends,
or None where the account is closed. ``forget(account_id, is_gone)`` drops what the person had open: for a while where the
screen is locked, for good where the person is gone.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from uuid import UUID

from django.apps import apps

from samsyn.people.refusals import Refused
from samsyn.people.roles import Role


def _rooms() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if app.name.startswith("samsyn.") and app.name != "samsyn.people" and find_spec(f"{app.name}.leaving"):
            yield import_module(f"{app.name}.leaving")


def check(account_id: UUID, *, role: Role | None, at: datetime) -> None:
    """Raise Refused with what must be done before the person leaves."""
    for room in _rooms():
        said = room.why_not(account_id, role, at)
        if said:
            raise Refused(said)


def forget(account_id: UUID, *, is_gone: bool) -> None:
    """Drop what the person had open in other rooms; never fails, because a screen is locked whatever happens."""
    for room in _rooms():
        room.forget(account_id, is_gone)
