"""A house with people in it, its log lines, and an open contact."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from samsyn.contacts.models import Contact
from tests.rules import hostile
from tests.rules.hostile import House, Lines


@pytest.fixture
def house(db: None) -> House:
    cache.clear()
    return hostile.made(timezone.now())


@pytest.fixture
def lines() -> Iterator[Lines]:
    with Lines() as found:
        yield found


@pytest.fixture
def adviser(house: House) -> Client:
    return house.browser("adviser")


@pytest.fixture
def contact(adviser: Client) -> Contact:
    assert adviser.post("/desk/").status_code == 302
    return Contact.objects.get()
