"""The test run: makes a throw-away PostgreSQL (or uses a server), prepares an installation in it, then runs pytest.

    python -m tests.run [--database-url URL | --ordinary-server] [--soak] [pytest arguments]
    python -m tests.run --only-django COMMAND ...    runs one Django command against the prepared installation
    python -m tests.run --installation operator ...  prepares the operator's installation instead of the centre's

What only the operator has (``OPERATORS_TESTS``) runs against an installation of the operator, in a process of its own.

The tests connect as the application role, as the product does. A template database is made once; tests that need
committed data get a copy of it.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from samsyn.config import database
from samsyn.config.cluster import Cluster
from samsyn.config.keys import create_missing
from samsyn.config.messages import compile_catalogue
from tests import ordinary_server

# The centre has no cases, and the operator's desk asks its own questions; the rules of the house hold for both installations.
OPERATORS_ROOMS = (
    "tests/aggregates",
    "tests/cases",
    "tests/contacts/exposed_line",
    "tests/visitors",
    "tests/rules/bad_input/test_visitor_addresses.py",
)
OPERATORS_TESTS = (
    *OPERATORS_ROOMS,
    "tests/rules/bad_input/test_faults.py",
    "tests/rules/bad_input/test_staff_addresses.py",
    "tests/rules/test_events.py",
    "tests/rules/test_every_url_declares_access.py",
    "tests/rules/test_field_classes.py",
)


# What pytest answers when a selection leaves nothing to run.
NO_TESTS = 5


def take(arguments: list[str], name: str) -> str | None:
    """Remove ``name VALUE`` from the arguments and return the value."""
    if name not in arguments:
        return None
    at = arguments.index(name)
    value = arguments[at + 1]
    del arguments[at : at + 2]
    return value


def main() -> int:
    """Return the exit status of what was run."""
    arguments = sys.argv[1:]
    installation = take(arguments, "--installation")
    at_the_operator = 0
    paths = [argument for argument in arguments if argument.startswith("tests")]
    only_django = "--only-django" in arguments
    if installation is None and paths and all(path.startswith(OPERATORS_ROOMS) for path in paths):
        installation = "operator"
    if installation is None and not only_django and (not paths or "tests" in paths):
        others = [argument for argument in sys.argv[1:] if argument != "tests"]
        at_the_operator = subprocess.call(
            [sys.executable, "-m", "tests.run", "--installation", "operator", *others, *OPERATORS_TESTS]
        )
        if at_the_operator == NO_TESTS:
            at_the_operator = 0
    if installation != "operator":
        installation = "centre"
        if not only_django:
            arguments += [f"--ignore={room}" for room in OPERATORS_ROOMS]
    server = take(arguments, "--database-url") or os.environ.get("TEST_DATABASE_URL")
    compile_catalogue()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samsyn-test-")))
        folder.chmod(0o711)
        if "--ordinary-server" in arguments:
            arguments.remove("--ordinary-server")
            programs = ordinary_server.binaries()
            if programs is None:
                print("There is no PostgreSQL 15 or later on this machine.", file=sys.stderr)
                return 1
            server = stack.enter_context(ordinary_server.started(programs, folder / "ordinary"))
        if server is None:
            cluster = stack.enter_context(Cluster(folder / "cluster", durable=False))
            server = cluster.url()
            os.environ["SAMSYN_TEST_CLUSTER"] = "embedded"
        name = f"samsyn_test_{secrets.token_hex(4)}"
        keys = folder / "keys"
        create_missing(keys)
        environment = {
            "SAMSYN_INSTALLATION": installation,
            "SAMSYN_KEY_DIR": str(keys),
            "SAMSYN_STATIC_DIR": str(folder / "static"),
            "DJANGO_SETTINGS_MODULE": "samsyn.config.settings",
        }
        addresses = database.prepare(server, name=name, secret_folder=folder / "passwords")
        stack.callback(drop, server, name)
        database.migrate(addresses, environment=environment)
        working = environment | addresses.environment()
        database.run("collectstatic", "--noinput", "--verbosity=0", environment=working)
        if not only_django:
            # No test waits for what hardly any test is about: code lists and question sets lie in the template.
            for command in ("load_vocabulary", "load_questions"):
                database.run(command, "--verbosity=0", environment=working)
            empty_log(addresses.owner)
        os.environ.update(
            environment
            | addresses.environment()
            | {"TEST_ADMIN_URL": server, "TEST_OWNER_URL": addresses.owner, "TEST_DATABASE_NAME": name}
        )
        if only_django:
            arguments.remove("--only-django")
            return subprocess.call([sys.executable, "-m", "samsyn", *arguments])
        # One browser serves all tests, and its driver keeps an event loop in this thread; our code is not asynchronous.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        import pytest

        return int(pytest.main(arguments)) or at_the_operator


def empty_log(owner: str) -> None:
    """Let the tests begin with a log in which nothing has happened."""
    with psycopg.connect(owner) as connection:
        for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
            trigger = f"{table}_append_only"
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            connection.execute(f"TRUNCATE {table}")
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def drop(server: str, name: str) -> None:
    """Remove the test's databases and roles from the server: a foreign server is left as it was."""
    with psycopg.connect(server, autocommit=True) as admin:
        copies = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall()
        for (copy,) in copies:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))
        for kind in ("app", "public", "owner"):
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_{kind}")))


if __name__ == "__main__":
    sys.exit(main())
