"""Visitors at their browsers, a supporter at the desk, and work that a script would have done."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import html5lib
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg import sql

from samsyn.audit.models import Event
from samsyn.people import keeping
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role
from samsyn.privacy import floods
from samsyn.privacy.custody import base, bundles
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.rights import Certificate
from samsyn.privacy.custody.server import UNSIGNED_SINCE
from samsyn.privacy.custody.store import Store
from samsyn.visitors import actions, codes, sealing
from samsyn.visitors.actions import Left
from samsyn.visitors.views import pages
from tests.custody.conftest import CHEAP

SUPPORTER = Actor(UUID(int=201), "Stödjare 1", "Stödlinjen", Regime.OPERATOR, frozenset({Role.SUPPORTER}))
COLLEAGUE = Actor(UUID(int=203), "Stödjare 2", "Stödlinjen", Regime.OPERATOR, frozenset({Role.SUPPORTER}))
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


@dataclass
class Desk:
    """The keeper, in this process, with the log of the test's own transaction, and who sits at the desk with what keys."""

    folder: Path
    # Where a test doesn't say what time it is, the clock on the wall does.
    now: datetime | None = None
    tokens: dict[UUID, bytes] = field(default_factory=dict)
    ways: dict[UUID, dict[str, object]] = field(default_factory=dict)
    certificates: dict[UUID, Certificate] = field(default_factory=dict)
    supporters_now: set[UUID] = field(default_factory=set)
    free: dict[str, base.StoredEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.restart()
        officers = {UUID(int=210 + number): self._enrolled(UUID(int=210 + number)) for number in range(3)}
        publics = {str(one): made["public"] for one, made in officers.items()}
        self.keeper.found_officers(officers=publics, person="system", event=self._event("officers_founded", "system"))  # type: ignore[arg-type]
        self.sit_down(SUPPORTER.account_id)

    def restart(self) -> None:
        """Let a keeper begin with what lies in its folder, and nothing in memory."""
        self.keeper = Keeper(
            installation="operator", store=Store(self.folder), source=self, clock=self.clock, passphrase_cost=CHEAP,
            code_cost=CHEAP,
        )  # fmt: skip
        assert self.keeper.open_service()

    def clock(self) -> datetime:
        return self.now or datetime.now(UTC)

    def sit_down(self, person: UUID) -> None:
        """Give somebody keys that two officers vouch for, and a place at the desk."""
        made = self._enrolled(person)
        signatures = {}
        for number in (210, 211):
            officer = str(UUID(int=number))
            signatures[officer] = self.keeper.certify(
                token=self.tokens[UUID(int=number)], person=str(person), public=made["public"],  # type: ignore[arg-type]
                event=self._event("keys_certified", officer, str(person)),
            )  # fmt: skip
        self.certificates[person] = Certificate(
            installation="operator", person=str(person), public=made["public"], signatures=signatures  # type: ignore[arg-type]
        )  # fmt: skip
        self.supporters_now.add(person)
        self.unlock(person)

    def unlock(self, person: UUID) -> bytes:
        opened = self.keeper.unlock(
            person=str(person), wrap=self.ways[person], secret=b"one", ways=2, pairs=3,
            event=self._event("keys_asked", str(person)),
        )  # fmt: skip
        self.tokens[person] = opened["token"]  # type: ignore[assignment]
        return self.tokens[person]

    def _enrolled(self, person: UUID) -> dict[str, object]:
        made = self.keeper.enrol(
            person=str(person), way=bundles.PASSPHRASE, secret=b"one", event=self._event("keys_made", str(person))
        )
        self.tokens[person], self.ways[person] = made["token"], made["wrap"]  # type: ignore[assignment]
        return made

    def _event(self, kind: str, actor: str, subject: str = "") -> str:
        made = str(uuid4())
        self.free[made] = base.StoredEvent(kind, actor, subject, self.clock())
        return made

    # What the keeper reads for itself

    def event(self, event_id: str) -> base.StoredEvent | None:
        row = Event.objects.filter(pk=event_id).first()
        return base.StoredEvent(row.kind, row.actor_id, row.subject, row.at) if row else self.free.get(event_id)

    def unsigned_since(self) -> datetime | None:
        with connection.cursor() as cursor:
            cursor.execute(UNSIGNED_SINCE)
            since: datetime | None = cursor.fetchone()[0]
        return since

    def is_on_duty(self, person: str) -> bool:
        return True

    def erased(self) -> set[str]:
        return set()

    def supporters(self, installation: str) -> list[Certificate]:
        return [self.certificates[one] for one in sorted(self.supporters_now)]


@pytest.fixture(autouse=True)
def desk(db: None, tmp_path: Path, now: datetime) -> Iterator[Desk]:
    """A desk with one supporter, at the time of the tests; ``desk.now = None`` is the time on the wall."""
    before = keeping.keeper
    made = Desk(tmp_path / "keeper", now=now)
    keeping.keeper = lambda: made.keeper
    yield made
    keeping.keeper = before


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: object) -> Iterator[None]:
    """Let each test have its own folder of keys, which it may destroy."""
    import shutil

    from samsyn.privacy import keys

    own = tmp_path / "keys"
    shutil.copytree(settings.SAMSYN_KEY_DIR, own)  # type: ignore[attr-defined]
    settings.SAMSYN_KEY_DIR = own  # type: ignore[attr-defined]
    pages.without_script.minute = -1
    yield
    keys.read.cache_clear()


@pytest.fixture(autouse=True)
def cheap_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive keys from words with hardly any memory, as the keeper's do in its tests; what they cost is tested by itself."""
    monkeypatch.setattr(sealing, "WORDS", sealing.Cost(memory=64, passes=1))


@pytest.fixture(scope="session")
def narrow_role() -> sql.Identifier:
    """The role of the visitors' pages, which the test's own connection may take on."""
    theirs, ours = (sql.Identifier(urlsplit(os.environ[name]).username or "") for name in (
        "PUBLIC_DATABASE_URL", "DATABASE_URL"
    ))  # fmt: skip
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(ours))
        admin.execute(sql.SQL("GRANT {} TO {}").format(theirs, ours))
    return theirs


class Visitor(Client):
    """A browser at the visitors' site that reads strictly; its pages ask the database as they do in an installation."""

    def __init__(self, role: sql.Identifier) -> None:
        super().__init__(headers={"host": settings.SAMSYN_PUBLIC_HOST})
        self.role = role

    def request(self, **request: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SET ROLE {}").format(self.role))
        answer = super().request(**request)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        if answer.content and answer.get("Content-Type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.content.decode())
        return answer


@pytest.fixture
def visitor(db: None, narrow_role: sql.Identifier) -> Client:
    return Visitor(narrow_role)


@pytest.fixture
def left(db: None, now: datetime) -> Left:
    """A box with one message."""
    return actions.leave_message(text=TEXT, edition="ar", shown=work("write", now), at=now)
