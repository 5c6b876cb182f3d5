"""An operator's installation with its people, their keys, and a keeper in this process that reads the same log."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from samsyn.cases import queries
from samsyn.cases.actions import cases, codes, keys
from samsyn.people import actions as people
from samsyn.people import keeping
from samsyn.people import queries as people_queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.privacy.custody import base
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.server import UNSIGNED_SINCE
from samsyn.privacy.custody.store import Store
from tests.custody.conftest import CHEAP, sign_log

PEOPLE = {
    "anna": Role.SUPPORTER,
    "bo": Role.SUPPORTER,
    "cia": Role.SUPPORTER,
    "officer1": Role.KEY_OFFICER,
    "officer2": Role.KEY_OFFICER,
    "officer3": Role.KEY_OFFICER,
    "administrator": Role.SYSTEM_ADMINISTRATOR,
}
OFFICERS = ("officer1", "officer2", "officer3")
PASSPHRASE = b"sex ord som ingen annan vet"


class Log:
    """The log and the shifts as the keeper's own connection would read them, inside the test's transaction."""

    def event(self, event_id: str) -> base.StoredEvent | None:
        try:
            known = UUID(event_id)
        except ValueError:
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, actor_id, subject, at FROM audit_event WHERE id = %s", [known])
            row = cursor.fetchone()
        return base.StoredEvent(*row) if row else None

    def unsigned_since(self) -> datetime | None:
        with connection.cursor() as cursor:
            cursor.execute(UNSIGNED_SINCE)
            since: datetime | None = cursor.fetchone()[0]
        return since

    def is_on_duty(self, person: str) -> bool:
        return queries.is_on_duty(UUID(person))

    def erased(self) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT subject FROM audit_event WHERE kind = 'case_erased'")
            return {subject for (subject,) in cursor.fetchall()}


@dataclass
class House:
    """The operator at a time that the test sets."""

    keeper: Keeper
    now: datetime = datetime(2026, 9, 16, 8, 30, tzinfo=UTC)
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, bytes] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return people_queries.actor_of(self.accounts[name])

    def id(self, name: str) -> UUID:
        return self.accounts[name].pk

    def later(self, **time: float) -> None:
        """Let time pass; the log is signed as it passes, as the clock's work does."""
        if timedelta(**time) < timedelta(minutes=1):
            self.now += timedelta(**time)
        else:
            self.is_now(self.now + timedelta(**time))

    def is_now(self, at: datetime) -> None:
        """Let it be this time; what was stored before is signed."""
        self.now = at
        sign_log(at)

    def who(self, name: str) -> dict[str, object]:
        self.later(milliseconds=1)  # no two things at once: the log's order is told by time
        return {"token": self.tokens[name], "by": self.actor(name), "at": self.now}

    def enrol(self, name: str) -> None:
        by = self.actor(name)
        self.tokens[name] = keys.make_keys(way=keys.PASSPHRASE, secret=PASSPHRASE, by=by, at=self.now)
        self.add_passkey(name)

    def add_passkey(self, name: str) -> None:
        keys.add_way(
            way=keys.PASSKEY, secret=b"k" * 32, token=self.tokens[name], by=self.actor(name), at=self.now,
            credential=name.encode(), question=b"q" * 32,
        )  # fmt: skip

    def unlock(self, *names: str) -> None:
        for name in names:
            self.tokens[name] = keys.unlock(way=keys.PASSPHRASE, secret=PASSPHRASE, by=self.actor(name), at=self.now)

    def certify(self, name: str) -> None:
        for officer in OFFICERS[:2]:
            self.unlock(officer)
            keys.certify(account_id=self.id(name), **self.who(officer))  # type: ignore[arg-type]

    def case(self, owner: str = "anna") -> UUID:
        return cases.create_case(concerns_child=False, **self.who(owner))  # type: ignore[arg-type]

    def note(self, case_id: UUID, name: str = "anna", text: str = "Det som berättades") -> None:
        cases.add_note(case_id=case_id, kind="support", text=text, **self.who(name))  # type: ignore[arg-type]

    def read(self, case_id: UUID, name: str = "anna") -> list[str]:
        opened = cases.open_case(case_id=case_id, **self.who(name))  # type: ignore[arg-type]
        return [str(note.said["text"]) for note in opened.notes]


def made_around(folder: Path) -> House:
    """Return a house without people around the keeper of this folder."""
    keeper = Keeper(
        installation="operator", store=Store(folder), source=Log(), clock=lambda: house.now,
        steady=lambda: ("boot", house.now.timestamp()), passphrase_cost=CHEAP, code_cost=CHEAP,
    )  # fmt: skip
    house = House(keeper)
    keeping.keeper = lambda: keeper
    return house


def made(folder: Path) -> House:
    """Make the house: three officers, three supporters with certified keys, an administrator without any."""
    house = made_around(folder)
    assert house.keeper.open_service()
    people.set_up_installation(name="operator", by=SYSTEM, at=house.now)
    organisation = people.create_organisation(
        name="Stödlinjen", kind="operator", regime=Regime.OPERATOR, by=SYSTEM, at=house.now
    )
    for number, (name, role) in enumerate(PEOPLE.items(), start=1):
        account = people.create_account(
            name=name, pseudonym=f"Stödjare {number}", organisation=organisation, by=SYSTEM, at=house.now
        )
        people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=house.now)
        house.accounts[name] = account
    for officer in OFFICERS:
        house.enrol(officer)
    publics = {house.id(name): queries.certificate(house.id(name))["public"] for name in OFFICERS}
    keys.found_officers(officers=publics, by=SYSTEM, at=house.now)
    for name in ("anna", "bo", "cia"):
        house.enrol(name)
        house.certify(name)
    return house


@dataclass(frozen=True)
class New:
    """The house as it was made: its rows by table, the keeper's folder and memory, who is in it and with what keys open."""

    house: House
    rows: dict[str, bytes]

    def again(self, folder: Path) -> House:
        """Put the same house into this test's database and folder."""
        shutil.copytree(self.house.keeper.store.folder, folder)
        house = made_around(folder)
        with connection.cursor() as cursor:
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        for name in ("_sessions", "_used", "_opened", "is_closed"):
            setattr(house.keeper, name, deepcopy(getattr(self.house.keeper, name)))
        house.accounts, house.tokens = deepcopy(self.house.accounts), dict(self.house.tokens)
        house.now = self.house.now
        return house


def counts() -> dict[str, int]:
    """Return the number of rows of each table."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture(scope="session")
def new(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> New:
    """The house, made once a session by the people in it, and taken out of the database again."""
    before, made_here = keeping.keeper, transaction.atomic()
    made_here._from_testcase = True  # what is durable elsewhere may stand in it, as in each test's own transaction
    with django_db_blocker.unblock(), made_here:
        empty = {table for table, count in counts().items() if count == 0}
        house = made(tmp_path_factory.mktemp("house") / "keeper")
        rows = {}
        with connection.cursor() as cursor:
            for table in sorted(table for table, count in counts().items() if count and table in empty):
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    rows[table] = b"".join(copy)
        transaction.set_rollback(True)
    keeping.keeper = before
    return New(house, rows)


@pytest.fixture
def house(db: None, new: New, tmp_path: Path) -> Iterator[House]:
    before = keeping.keeper
    yield new.again(tmp_path / "keeper")
    keeping.keeper = before


@pytest.fixture
def line(house: House) -> House:
    """The house with two supporters on duty."""
    for name in ("anna", "bo"):
        keys.begin_duty(by=house.actor(name), at=house.now)
    return house


def give(house: House) -> codes.GivenCode:
    """Let anna open a case by code for a child, with words for duress and for recovery."""
    return codes.create_by_code(concerns_child=True, with_duress=True, with_recovery=True, **house.who("anna"))  # type: ignore[arg-type]


def open_with(house: House, code: str, name: str = "bo") -> codes.OpenedByCode:
    """Let a supporter on duty open with the caller's words."""
    return codes.open_by_code(code=code, **house.who(name))  # type: ignore[arg-type]
