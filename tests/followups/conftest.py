"""A line that sends mail, contacts that close with an agreement, and what went out, unsealed as the mail server gets it."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from samsyn.channels.actions import outbox
from samsyn.channels.mails import Written
from samsyn.channels.models import OutgoingMail
from samsyn.contacts import actions as contacts
from samsyn.contacts.actions import Saved
from samsyn.followups import actions
from samsyn.followups.policies import Agreed
from samsyn.people.actors import Actor
from samsyn.privacy import sealing

ADDRESS = "anna.q7canary@kommun.example"
PHONE = "+46701740605"
HOST = "statistik.localhost"


@pytest.fixture
def line(db: None, settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True


def agreed(*, to: str = ADDRESS, way: str = "link", direct: bool = False, months: tuple[int, ...] = ()) -> Agreed:
    return Agreed(to=to, way=way, asks_direct=direct, months=months)


def call(by: Actor, at: datetime, *, wish: Agreed | None = None, **answers: str) -> UUID:
    """Open a contact, agree, and close it; ``treatment="4"`` is asked at the desk."""
    contact_id = contacts.open_contact(by=by, at=at)
    if wish is not None:
        actions.note_wish(contact_id=contact_id, agreed=wish, by=by, at=at)
    direct = {f"direct-{name}": (value,) for name, value in answers.items()}
    groups = {"sector": ("school",), "outcome": ("answered",), **direct}
    contacts.close_contact(contact_id=contact_id, saved=Saved(answers=groups), by=by, at=at + timedelta(minutes=9))
    return contact_id


def sent() -> list[Written]:
    """Return what waits for the mail server, the oldest first."""
    rows = OutgoingMail.objects.order_by("queued_at")
    return [outbox._unpacked(sealing.unseal(outbox.PURPOSE, bytes(row.sealed))) for row in rows]


def path_of(mail: Written) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.body)
    assert found, mail.body
    return found[1]


def token_of(mail: Written) -> str:
    return path_of(mail).rstrip("/").rpartition("/")[2]


@pytest.fixture
def public() -> Client:
    """A browser that keeps no cookies of ours, with real protection of forms."""
    return Client(headers={"host": HOST}, enforce_csrf_checks=True)
