"""Databases and roles of an installation: an owner that migrates, an application that works, a reader for the public.

Run with an administrator's address; the administrator is never used to serve a page. No Django here except in
``migrate``, which runs as the owner in a process of its own.
"""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

INSTALLATIONS = ("centre", "operator")
LOWEST_VERSION = 150000


class DatabaseError(Exception):
    """The database cannot be prepared; the message says what to do."""


@dataclass(frozen=True)
class Addresses:
    """The three ways into one installation's database."""

    owner: str
    application: str
    public: str

    def environment(self) -> dict[str, str]:
        """Return the environment variables that the settings read (the owner's address is for migrations only)."""
        return {"DATABASE_URL": self.application, "PUBLIC_DATABASE_URL": self.public}


def address(base: str, *, database: str, user: str | None = None, password: str | None = None) -> str:
    """Return ``base`` with another database and, if given, another role."""
    parts = urlsplit(base)
    place = parts.netloc.rpartition("@")[2]
    if user is None:
        credentials = parts.netloc.rpartition("@")[0]
    else:
        credentials = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    netloc = f"{credentials}@{place}" if credentials else place
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


def _password(folder: Path, name: str) -> str:
    """Return the role's password, made once and kept in a file that only its owner may read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{name}.password"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(32))
    return file.read_text(encoding="ascii").strip()


def prepare(admin_url: str, *, name: str, secret_folder: Path) -> Addresses:
    """Make database and roles called after ``name`` if they are missing, and return their addresses.

    Raise DatabaseError if the server is too old or the administrator may not make roles.
    """
    roles = {kind: f"{name}_{kind}" for kind in ("owner", "app", "public")}
    passwords = {kind: _password(secret_folder, role) for kind, role in roles.items()}
    try:
        admin = psycopg.connect(admin_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseError(f"No connection to the database server: {error}") from error
    with admin:
        if admin.info.server_version < LOWEST_VERSION:
            raise DatabaseError("PostgreSQL 15 or later is needed.")
        row = admin.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        superuser, may_make_roles, may_make_databases = row.fetchone() or (False, False, False)
        if not superuser and not (may_make_roles and may_make_databases):
            raise DatabaseError("The role in DATABASE_URL must be allowed to make roles and databases.")
        for kind, role in roles.items():
            known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
            admin.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(passwords[kind])))
            if not known and not superuser:
                admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(roles["owner"])
                )
            )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        for kind in ("app", "public"):
            admin.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(roles[kind]))
            )
    return Addresses(
        *(address(admin_url, database=name, user=roles[k], password=passwords[k]) for k in ("owner", "app", "public"))
    )


def run(*command: str, environment: dict[str, str]) -> str:
    """Run one Samsyn command in a process of its own and return what it printed; raise DatabaseError if it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "samsyn", *command], env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise DatabaseError(f"`samsyn {command[0]}` failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def migrate(addresses: Addresses, *, environment: dict[str, str]) -> None:
    """Migrate as the owner, then give the other roles exactly what they need; raise DatabaseError on failure."""
    owner = environment | {"DATABASE_URL": addresses.owner, "PUBLIC_DATABASE_URL": addresses.public}
    run("migrate", "--verbosity=0", environment=owner)
    run("grant", environment=owner)
