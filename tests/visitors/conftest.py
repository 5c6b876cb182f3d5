"""Visitors at their browsers, a supporter at the desk, and work that a script would have done."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role
from samsyn.visitors import actions, codes, floods
from samsyn.visitors.actions import Left
from samsyn.visitors.views import site

SUPPORTER = Actor(UUID(int=201), "Stödjare 1", "Stödlinjen", Regime.OPERATOR, frozenset({Role.SUPPORTER}))
OUTSIDER = Actor(UUID(int=202), "Analytiker 1", "Stödlinjen", Regime.OPERATOR, frozenset({Role.ANALYST}))
TEXT = "Min bror läser min telefon. Vad kan jag göra?"


def solved(challenge: str) -> str:
    """Return the number that a browser's script would have found."""
    bits = int(challenge.split(".")[2])
    return next(str(answer) for answer in range(10**7) if floods.has_zeros(challenge, str(answer), bits))


def work(purpose: str, at: datetime) -> floods.Shown:
    """Work that was shown just now."""
    now = int(at.timestamp())
    challenge = floods.new_challenge(purpose, now=now, key=codes.own_key("work"), bits=4)
    return floods.check(challenge, solved(challenge), purpose=purpose, now=now, key=codes.own_key("work"))


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: object) -> Iterator[None]:
    """Let each test have its own folder of keys, which it may destroy."""
    import shutil

    from samsyn.privacy import keys

    own = tmp_path / "keys"
    shutil.copytree(settings.SAMSYN_KEY_DIR, own)  # type: ignore[attr-defined]
    settings.SAMSYN_KEY_DIR = own  # type: ignore[attr-defined]
    site.without_script.minute = -1
    yield
    keys.read.cache_clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


@pytest.fixture
def left(db: None, now: datetime) -> Left:
    """A box with one message."""
    return actions.leave_message(text=TEXT, edition="ar", shown=work("write", now), at=now)
