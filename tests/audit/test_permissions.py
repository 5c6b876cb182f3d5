"""The application adds to the log and reads it. The database refuses it all else, and the owner most of it."""

import psycopg
import pytest

from tests.audit.conftest import Log
from tests.conftest import CommittedDatabase

TABLES = ("audit_event", "audit_leaf", "audit_checkpoint")
CHANGES = (
    "UPDATE {} SET {column} = {column}",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE TRIGGER {}_append_only",
    "DROP TRIGGER {}_append_only ON {}",
    "DROP TABLE {}",
    "ALTER TABLE {} RENAME TO elsewhere",
    "CREATE RULE away AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE TRIGGER away BEFORE INSERT ON {} EXECUTE FUNCTION audit_refuse()",
    "GRANT ALL ON {} TO CURRENT_USER",
)
COLUMNS = {"audit_event": "role", "audit_leaf": "hash", "audit_checkpoint": "note"}


def refused(connection: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
    connection.rollback()


def test_the_application_can_neither_change_nor_empty_the_log(
    committed_log: Log, in_database: CommittedDatabase
) -> None:
    committed_log.write(3)
    committed_log.sign()
    with psycopg.connect(in_database.application_url) as application:
        for table in TABLES:
            for change in CHANGES[:-1]:
                refused(application, change.replace("{}", table).format(column=COLUMNS[table]))
            # PostgreSQL answers a grant without right with a warning; what counts is that nothing was granted.
            application.execute(CHANGES[-1].replace("{}", table))
            application.commit()
            refused(application, f"DELETE FROM {table}")
        refused(application, "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE sql AS ''")
        refused(application, "SET session_replication_role = replica")
        count = application.execute("SELECT count(*) FROM audit_leaf").fetchone()
    assert count == (3,)


def test_the_triggers_stop_even_the_owner(committed_log: Log, in_database: CommittedDatabase) -> None:
    committed_log.write(3)
    committed_log.sign()
    with psycopg.connect(in_database.owner_url) as owner:
        for table in TABLES:
            for change in CHANGES[:4]:
                refused(owner, change.replace("{}", table).format(column=COLUMNS[table]))


def test_the_triggers_stop_an_administrator_who_plays_replica(
    committed_log: Log, in_database: CommittedDatabase
) -> None:
    committed_log.write(3)
    committed_log.sign()
    with psycopg.connect(in_database.admin_url) as administrator:
        try:
            administrator.execute("SET session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            return  # on a server where the administrator is no superuser there is nothing to stop
        administrator.commit()
        for table in TABLES:
            refused(administrator, f"DELETE FROM {table}")


def test_the_public_role_does_not_see_the_log(in_database: CommittedDatabase) -> None:
    with psycopg.connect(in_database.public_url) as public:
        for table in TABLES:
            refused(public, f"SELECT 1 FROM {table}")
