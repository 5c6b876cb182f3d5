"""The database itself keeps a delivery as it was checked; only its standing moves, and only forwards."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION deliveries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('accepted', 'replaced') THEN
            RAISE EXCEPTION 'a delivery that counted is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(OLD) - 'state' - 'decided_at' - 'replaced_by' <> to_jsonb(NEW) - 'state' - 'decided_at' - 'replaced_by' THEN
        RAISE EXCEPTION 'a delivery stays as it was checked' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = OLD.state
        OR (OLD.state = 'checked' AND NEW.state IN ('accepted', 'withdrawn'))
        OR (OLD.state = 'accepted' AND NEW.state IN ('replaced', 'withdrawn')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a delivery does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER delivery_guard BEFORE UPDATE OR DELETE ON deliveries_delivery
    FOR EACH ROW EXECUTE FUNCTION deliveries_guard();
"""
BACKWARD = "DROP TRIGGER delivery_guard ON deliveries_delivery; DROP FUNCTION deliveries_guard();"


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
