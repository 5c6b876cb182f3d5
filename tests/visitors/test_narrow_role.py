"""The visitors' pages work as a database role that knows their own tables and nothing else."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings

from samsyn.config.management.commands.grant import room_lists
from samsyn.visitors import grants
from tests.conftest import CommittedDatabase

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
PROGRAM = """
import json, django
django.setup()
from django.db import connections
from django.test import Client
said = []
for host, path in json.loads(input()):
    answer = Client(headers={"host": host}).get(path)
    said.append([answer.status_code, sorted(name for name in connections if connections[name].connection is not None)])
    connections.close_all()
print(json.dumps(said))
"""


def test_the_role_has_rights_to_the_visitors_tables_alone() -> None:
    with psycopg.connect(os.environ["PUBLIC_DATABASE_URL"], autocommit=True) as theirs:
        tables = [name for (name,) in theirs.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND"
                  " relnamespace = 'public'::regnamespace")]  # fmt: skip
        may = {
            (name, right)
            for name in tables
            for right in RIGHTS
            if theirs.execute("SELECT has_table_privilege(%s, %s)", [f'public."{name}"', right]).fetchone() == (True,)
        }
    assert len(tables) > 100
    published = {(name, "SELECT") for name in room_lists("PUBLIC_SELECT")}
    assert may - published == {(name, right) for name in grants.VISITORS for right in RIGHTS[:4]}
    # What is published at the centre is empty here, and says nothing of anybody.
    assert not {
        name for name, _right in may if name.startswith(("cases_", "people_", "audit_", "contacts_", "django_"))
    }


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM cases_case",
        "SELECT sealed FROM cases_casetext",
        "SELECT count(*) FROM cases_casecode",
        "SELECT pseudonym FROM people_account",
        "SELECT * FROM audit_event",
        "SELECT session_key FROM django_session",
        "INSERT INTO audit_event (id) VALUES (gen_random_uuid())",
        "DELETE FROM cases_case",
        "SET ROLE samsyn_operator_app",
    ],
)
def test_what_a_page_of_the_site_has_no_business_with_is_refused_by_the_database(statement: str) -> None:
    application = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])["user"]
    with psycopg.connect(os.environ["PUBLIC_DATABASE_URL"]) as theirs, pytest.raises(
        psycopg.errors.InsufficientPrivilege
    ):  # fmt: skip
        theirs.execute(statement.replace("samsyn_operator_app", str(application)).encode())


def test_pages_of_the_site_have_no_other_connection(committed_database: CommittedDatabase) -> None:
    """In a process of its own, as it runs: the visitors' page that asks the database, and the staff's."""
    asked = [[settings.SAMSYN_PUBLIC_HOST, "/sv/c/"], [settings.SAMSYN_STAFF_HOST, "/account/sign-in/"]]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=committed_database.environment(), input=json.dumps(asked), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    visitors, staff = json.loads(done.stdout)
    assert visitors == [200, ["public"]]
    assert staff == [200, ["default"]]
