"""Staff at their browsers, the address of every view, and pictures of the database: for tests that send rubbish."""

import io
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver

from samsyn.config.logs import JsonLines
from samsyn.people import actions as people
from samsyn.people.access import Access, access_of
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.roles import Regime, Role

NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STAFF = {
    "adviser": Role.ADVISER,
    "supporter": Role.SUPPORTER,
    "lead": Role.TEAM_LEAD,
    "analyst": Role.ANALYST,
    "publisher": Role.PUBLISHER,
    "reviewer": Role.LOG_REVIEWER,
    "officer": Role.KEY_OFFICER,
    "administrator": Role.SYSTEM_ADMINISTRATOR,
    "deliverer": Role.DELIVERER,
    "supervisor": Role.SUPERVISOR,
}
# A session keeps the time of the last activity; that is no data of anybody's.
PASSING = frozenset({"django_session"})


@dataclass
class House:
    """An installation with one person of each kind."""

    accounts: dict[str, Any] = field(default_factory=dict)

    def browser(self, name: str = "", *, language: str = "sv", **more: Any) -> Client:
        """Return the browser of somebody who has signed in, or of a stranger."""
        host = settings.SAMSYN_STAFF_HOST
        client = Client(raise_request_exception=False, headers={"host": host}, **more)
        if name:
            account = self.accounts[name]
            if account.language != language:
                people.choose_language(account_id=account.pk, language=language)
                account.refresh_from_db()
            client.force_login(account, backend=BACKEND)
            session = client.session
            session[FACTOR] = True
            session.save()
            client.get("/people/roles/")  # from here on it is the person's only session
        return client


def made(at: datetime) -> House:
    """Make the organisation and its people."""
    kind = settings.SAMSYN_INSTALLATION
    regime = Regime.OPERATOR if kind == "operator" else Regime.AUTHORITY
    people.set_up_installation(name=kind, by=SYSTEM, at=at)
    organisation = people.create_organisation(name="Huset", kind=kind, regime=regime, by=SYSTEM, at=at)
    house = House()
    for number, (name, role) in enumerate(STAFF.items(), start=1):
        account = people.create_account(
            name=name, pseudonym=f"Person {number}", organisation=organisation, by=SYSTEM, at=at
        )
        people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=at)
        house.accounts[name] = account
    return house


def picture() -> dict[str, str]:
    """Return a digest of every table that we may read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
            "AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall() if name not in PASSING]
        digests = " UNION ALL ".join(
            f"SELECT '{name}', count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') "
            f"FROM {name} t"
            for name in tables
        )
        cursor.execute(digests)
        return dict(cursor.fetchall())


def writes() -> dict[str, int]:
    """Return how often the test's transaction has written to each table, what was taken back included.

    A look at these costs a fraction of a ``picture``: where they stand still nothing can have changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relid::regclass::text, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: number for name, number in cursor.fetchall() if name not in PASSING}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the tables that are not as they were."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


class Lines:
    """What the installation logs, as it is written."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(JsonLines())

    def __enter__(self) -> "Lines":
        logging.getLogger().addHandler(self.handler)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self.handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@dataclass(frozen=True)
class View:
    """An address with its holes, and whom it is for."""

    route: str
    access: Access
    is_regex: bool


def views(urlconf: str) -> list[View]:
    """Return every view of a site."""

    def under(patterns: list[Any], prefix: str) -> Iterator[View]:
        for one in patterns:
            whole = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from under(one.url_patterns, whole)
            elif isinstance(one, URLPattern):
                access = access_of(one.callback)
                assert access is not None, whole
                yield View(whole, access, "(?P<" in whole)

    return list(under(import_module(urlconf).urlpatterns, ""))


REGIME = Path(__file__).parent / "regime.txt"


def walked(site: str) -> list[View]:
    """Return the views of a site (staff, public, visitor) to walk here: what both installations have is walked at the centre."""
    found = views(f"samsyn.config.urls_{site}")
    if settings.SAMSYN_INSTALLATION == "centre":
        return found
    own = {line.removeprefix(f"operator address {site}:/") for line in REGIME.read_text(encoding="utf-8").splitlines()}
    return [view for view in found if view.route in own]


def filled(view: View, **values: str) -> str:
    """Return the view's address with its holes filled by the kind of hole (uuid, slug, int, str) or by its name."""
    if view.is_regex:
        route = re.sub(r"\(\?P<(\w+)>((?:[^()\[\]]|\[[^\]]*\])+)\)", lambda m: values[m[1]], view.route)
        return "/" + route.replace("^", "").replace("$", "").replace("\\.", ".")
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: values.get(m[2], values[m[1] or "str"]), view.route)


def fields(page: str) -> dict[str, list[str]]:
    """Return the names of all controls of a page with what they hold."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", page):
        name = re.search(r'\bname="([^"]*)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found
