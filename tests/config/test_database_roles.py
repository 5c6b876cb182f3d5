"""The application never works as superuser and never changes the schema, embedded or not."""

import os

import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db
def test_application_role_is_neither_superuser_nor_owner_of_anything() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE intruder (a int)", "TRUNCATE django_session", "CREATE ROLE intruder"]
)
def test_application_role_is_refused_what_only_the_owner_may_do(statement: str) -> None:
    with (
        psycopg.connect(os.environ["DATABASE_URL"]) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute(statement)


def test_public_role_reads_nothing_but_what_is_published() -> None:
    with psycopg.connect(os.environ["PUBLIC_DATABASE_URL"], autocommit=True) as public:
        tables = public.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        readable = {
            name
            for (name,) in tables
            if public.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'public."{name}"']).fetchone() == (True,)
        }
        # Who delivers what is a public register, without a figure or a person: the page of what can be had is made of it.
        registers = {"deliveries_deliverer", "deliveries_agreement"}
        assert all(name.startswith("statistics_published") for name in readable - registers), readable
        views = public.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'").fetchall()
        # What is decided in the bank of packages: no draft, nobody's name.
        # Of the survey of methods: closed rounds and what organisations answered in them.
        survey = {"deliveries_closed_round", "deliveries_closed_reply"}
        assert {name for (name,) in views} - survey == {"questions_decided_package", "questions_package_in_use"}
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            for (name,) in [*tables, *views]:
                row = public.execute("SELECT has_table_privilege(%s, %s)", [f'public."{name}"', right]).fetchone()
                assert row == (False,), (name, right)
