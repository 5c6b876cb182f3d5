"""A composed case stays as it was taken in, until it goes with its delivery or a later one takes its place."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION deliveries_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a case stays as it was taken in' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER case_guard BEFORE UPDATE ON deliveries_deliveredcase
    FOR EACH ROW EXECUTE FUNCTION deliveries_guard_case();
"""
BACKWARD = "DROP TRIGGER case_guard ON deliveries_deliveredcase; DROP FUNCTION deliveries_guard_case();"


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0005_deliveredcase")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
