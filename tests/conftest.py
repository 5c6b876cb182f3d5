"""Fixtures that every room's tests use."""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import hypothesis
import psycopg
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg import sql

from samsyn.config.database import address
from samsyn.people.actors import Actor
from samsyn.people.roles import Regime, Role

# Rooms that only the operator has: ``python -m tests.run --installation operator tests/visitors``.
collect_ignore = (
    [] if os.environ.get("SAMSYN_INSTALLATION") == "operator" else ["aggregates", "contacts/exposed_line", "visitors"]
)

# How long an example takes says what else the machine does; speed is shown by bench/.
hypothesis.settings.register_profile("samsyn", deadline=None)
hypothesis.settings.load_profile("samsyn")
# Two runs of the suite and a demonstration each may share two cores: what comes late is not wrong.
expect.set_options(timeout=30_000)

# Chromium without its own traffic: nothing leaves the machine.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long versions of load, kill and volume tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs to --soak: they are deselected, with a count, not skipped in silence."""
    if config.getoption("--soak"):
        return
    long_ones = [item for item in items if item.get_closest_marker("soak")]
    if long_ones:
        config.hook.pytest_deselected(items=long_ones)
        items[:] = [item for item in items if item not in long_ones]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Use the database that the runner migrated as its owner; here we are only the application role."""
    yield


@dataclass(frozen=True)
class CommittedDatabase:
    """A copy of the migrated database for tests that commit, kill or work in several processes."""

    name: str
    owner_url: str
    application_url: str
    public_url: str
    admin_url: str

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works in this database."""
        return {**os.environ, "DATABASE_URL": self.application_url, "PUBLIC_DATABASE_URL": self.public_url}

    def owner(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.owner_url, autocommit=True)


@pytest.fixture
def committed_database() -> Iterator[CommittedDatabase]:
    """Give a fresh copy of the test database, dropped afterwards."""
    template = os.environ["TEST_DATABASE_NAME"]
    server = os.environ["TEST_ADMIN_URL"]
    copy = f"{template}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as admin:
        # A copy needs a template that nobody is connected to; our own session comes back by itself.
        from django.db import connections

        connections.close_all()
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [template],
        )
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(copy), sql.Identifier(template), sql.Identifier(f"{template}_owner")
            )
        )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(copy)))
        for kind in ("app", "public"):
            role = sql.Identifier(f"{template}_{kind}")
            admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(copy), role))
    yield CommittedDatabase(
        name=copy,
        owner_url=address(os.environ["TEST_OWNER_URL"], database=copy),
        application_url=address(os.environ["DATABASE_URL"], database=copy),
        public_url=address(os.environ["PUBLIC_DATABASE_URL"], database=copy),
        admin_url=address(server, database=copy),
    )
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))


@pytest.fixture
def now() -> datetime:
    """A fixed Wednesday morning in the autumn of the demonstration."""
    return datetime(2026, 9, 16, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "Chromium is missing: script/test installs it or says how"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(SWITCHES))
        yield browser
        browser.close()


def somebody(number: int, pseudonym: str, *roles: Role) -> Actor:
    """A person of the tests: the same id always means the same person."""
    return Actor(UUID(int=number), pseudonym, "Centret", Regime.AUTHORITY, frozenset(roles))


@pytest.fixture
def adviser() -> Actor:
    return somebody(101, "Rådgivare 3", Role.ADVISER)


@pytest.fixture
def team_lead() -> Actor:
    return somebody(102, "Samordnare 1", Role.TEAM_LEAD)


@pytest.fixture
def analyst() -> Actor:
    return somebody(103, "Analytiker 1", Role.ANALYST)


@pytest.fixture
def publisher() -> Actor:
    return somebody(104, "Publicist 1", Role.PUBLISHER)


@pytest.fixture
def log_reviewer() -> Actor:
    return somebody(105, "Loggranskare 1", Role.LOG_REVIEWER)


@pytest.fixture
def administrator() -> Actor:
    return somebody(106, "Administratör 1", Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def outsider() -> Actor:
    """Somebody with an account and no role."""
    return somebody(107, "Utan roll 1")
