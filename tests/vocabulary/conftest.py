"""The code lists of the data files, loaded for each test that asks for them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from samsyn.people.actors import SYSTEM
from samsyn.vocabulary import actions, queries
from samsyn.vocabulary.files import read


@pytest.fixture(autouse=True)
def no_copy_from_another_test() -> Iterator[None]:
    """A test's changes are rolled back: the process's copy must not outlive them."""
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def vocabulary(db: Any, now: datetime) -> None:
    actions.load(files=read(), by=SYSTEM, at=now)
