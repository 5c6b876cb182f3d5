"""The database itself refuses to change or empty the tables of the log, whoever asks.

ENABLE ALWAYS: the triggers also work where session_replication_role is `replica`. An owner can still disable a trigger or
drop a table; that leaves traces which `audit verify` finds. The application's role can do neither.
"""

from django.db import migrations

TABLES = ("audit_event", "audit_leaf", "audit_checkpoint")

FORWARD = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
"""
    for table in TABLES
)

BACKWARD = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES) + "DROP FUNCTION audit_refuse();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
