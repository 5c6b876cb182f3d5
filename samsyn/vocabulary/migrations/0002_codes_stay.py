"""The database itself keeps codes: what is published under a code must mean the same for ever, whoever asks."""

from django.db import migrations

KEPT = ("codelist", "source", "code", "listversion", "change", "scheme", "category", "crosswalk")
# table -> columns that never change once the row is there
FIXED = {
    "codelist": ("code",),
    "source": ("code",),
    "code": ("id", "code_list_id", "value", "valid_from"),
    "scheme": ("code",),
    "category": ("id", "scheme_id", "code"),
    "crosswalk": ("id", "scheme_id", "code_id", "category_id", "relation", "valid_from"),
}
NEVER_CHANGED = ("listversion", "change")
CLOSED_ONCE = ("code", "crosswalk")

FORWARD = """
CREATE FUNCTION vocabulary_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'code lists are kept: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE FUNCTION vocabulary_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a code is never changes: UPDATE on % is refused', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER vocabulary_{table}_is_kept BEFORE DELETE OR TRUNCATE ON vocabulary_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION vocabulary_refuse_removal();
ALTER TABLE vocabulary_{table} ENABLE ALWAYS TRIGGER vocabulary_{table}_is_kept;
"""
    for table in KEPT
) + "".join(
    f"""
CREATE TRIGGER vocabulary_{table}_is_fixed BEFORE UPDATE ON vocabulary_{table} FOR EACH ROW
    WHEN (({", ".join(f"OLD.{c}" for c in columns)}) IS DISTINCT FROM ({", ".join(f"NEW.{c}" for c in columns)}))
    EXECUTE FUNCTION vocabulary_refuse_change();
ALTER TABLE vocabulary_{table} ENABLE ALWAYS TRIGGER vocabulary_{table}_is_fixed;
"""
    for table, columns in FIXED.items()
) + "".join(
    f"""
CREATE TRIGGER vocabulary_{table}_never_changes BEFORE UPDATE ON vocabulary_{table} FOR EACH STATEMENT
    EXECUTE FUNCTION vocabulary_refuse_change();
ALTER TABLE vocabulary_{table} ENABLE ALWAYS TRIGGER vocabulary_{table}_never_changes;
"""
    for table in NEVER_CHANGED
) + "".join(
    f"""
CREATE TRIGGER vocabulary_{table}_closes_once BEFORE UPDATE ON vocabulary_{table} FOR EACH ROW
    WHEN (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to)
    EXECUTE FUNCTION vocabulary_refuse_change();
ALTER TABLE vocabulary_{table} ENABLE ALWAYS TRIGGER vocabulary_{table}_closes_once;
"""
    for table in CLOSED_ONCE
)

BACKWARD = "DROP FUNCTION vocabulary_refuse_removal() CASCADE; DROP FUNCTION vocabulary_refuse_change() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("vocabulary", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
