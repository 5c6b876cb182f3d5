"""A request of the staff site, as the middleware hands it to a view that declares whom it is for."""

from datetime import datetime

from django.http import HttpRequest

from samsyn.people.actors import Actor
from samsyn.people.models import Account


class StaffRequest(HttpRequest):
    """A request with its person, its time, and whether the screen is locked."""

    actor: Actor
    account: Account | None
    received_at: datetime
    is_locked: bool
