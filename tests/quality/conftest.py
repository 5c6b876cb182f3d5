"""A line with code lists and questions, and a plan of a measurement."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from samsyn.contacts import actions as contacts
from samsyn.contacts.actions import Saved
from samsyn.people.actors import Actor
from samsyn.quality.policies import ExtraQuestion, Plan

QUESTIONS = (
    ExtraQuestion("Har ni en handlingsplan?", "Do you have a plan of action?", "yes_no"),
    ExtraQuestion("Vad har hindrat er?", "What has hindered you?", "effect_hinder", is_multiple=True),
)


@pytest.fixture
def line(db: None) -> None:
    """A line whose code lists and questions lie in the test database."""


def plan(first_on: date, *, days: int = 14, sample: str = "every", **more: int) -> Plan:
    return Plan("Två veckor", "Two weeks", first_on, first_on + timedelta(days=days - 1), sample, QUESTIONS, **more)


def call(by: Actor, at: datetime, *, outcome: str = "answered", **answers: str) -> UUID:
    """Open and close a contact; ``q1`` stands for the first extra question."""
    contact_id = contacts.open_contact(by=by, at=at)
    given = {f"extra-{name}" if name[0] == "q" else name: (value,) for name, value in answers.items()}
    groups = {"sector": ("school",), "outcome": (outcome,), **given}
    contacts.close_contact(contact_id=contact_id, saved=Saved(answers=groups), by=by, at=at + timedelta(minutes=9))
    return contact_id
