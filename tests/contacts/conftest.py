"""A desk with code lists and questions in place, and the people who may or may not work at it."""

from datetime import datetime
from uuid import UUID

import pytest

from samsyn.contacts import actions, queries
from samsyn.contacts.actions import Saved
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role


def person(number: int, pseudonym: str, *roles: Role) -> Actor:
    return Actor(UUID(int=number), pseudonym, "Centret", Regime.AUTHORITY, frozenset(roles))


ADVISER = person(31, "Rådgivare 3", Role.ADVISER)
COLLEAGUE = person(32, "Rådgivare 4", Role.ADVISER)
ANALYST = person(33, "Analytiker 1", Role.ANALYST)


@pytest.fixture
def desk(db: None) -> None:
    """A desk whose code lists and questions lie in the test database."""


@pytest.fixture
def opened(desk: None, now: datetime) -> UUID:
    """An open contact of the adviser."""
    return actions.open_contact(by=ADVISER, at=now)


def save(contact_id: UUID, at: datetime, by: Actor = ADVISER, **answers: str | tuple[str, ...]) -> int:
    """Save answers; ``p1_sex`` stands for the field ``p1-sex``."""
    groups = {
        name.replace("_", "-", 1) if name[0] == "p" and name[1].isdigit() else name: (
            value if isinstance(value, tuple) else (value,)
        )
        for name, value in answers.items()
    }
    return actions.save_answers(contact_id=contact_id, saved=Saved(answers=groups), by=by, at=at)


def counts() -> dict[str, int]:
    """Return the number of facts of each unit."""
    everything = {"first": (2014, 1), "last": (2100, 4)}
    return {unit: queries.facts(unit, **everything).count() for unit in queries.FACTS}  # type: ignore[arg-type]
