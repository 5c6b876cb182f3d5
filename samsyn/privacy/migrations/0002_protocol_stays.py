"""The database itself refuses to change or empty the protocol of erasure, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION privacy_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the protocol of erasure is kept: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER privacy_erasurerecord_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON privacy_erasurerecord
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse();
ALTER TABLE privacy_erasurerecord ENABLE ALWAYS TRIGGER privacy_erasurerecord_append_only;
"""

BACKWARD = "DROP FUNCTION privacy_refuse() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
