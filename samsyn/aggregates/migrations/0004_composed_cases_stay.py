"""What no code can get around: a cleared composed case stays as it was cleared, and a change takes clearings away."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION aggregates_guard_composed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('cleared', 'stopped') THEN
        IF TG_OP = 'UPDATE' AND OLD.state = 'cleared' AND NEW.state = 'stopped'
            AND to_jsonb(OLD) - 'state' = to_jsonb(NEW) - 'state' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a cleared case stays as it was cleared' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.composed_by <> OLD.composed_by OR (
        (NEW.words, NEW.version) IS DISTINCT FROM (OLD.words, OLD.version) AND NEW.first_cleared_by IS NOT NULL
    ) OR (NEW.state = 'cleared' AND (OLD.state <> 'waiting' OR OLD.first_cleared_by IS NULL
        OR NEW.first_cleared_by <> OLD.first_cleared_by)) THEN
        RAISE EXCEPTION 'a case is cleared by two others, as it stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER composed_guarded BEFORE UPDATE OR DELETE ON aggregates_composedcase
    FOR EACH ROW EXECUTE FUNCTION aggregates_guard_composed();
CREATE FUNCTION aggregates_guard_new_composed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'waiting' OR NEW.first_cleared_by IS NOT NULL THEN
        RAISE EXCEPTION 'a case begins without clearings' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER composed_begins BEFORE INSERT ON aggregates_composedcase
    FOR EACH ROW EXECUTE FUNCTION aggregates_guard_new_composed();
"""
BACKWARD = """
DROP TRIGGER composed_begins ON aggregates_composedcase;
DROP FUNCTION aggregates_guard_new_composed();
DROP TRIGGER composed_guarded ON aggregates_composedcase;
DROP FUNCTION aggregates_guard_composed();
"""


class Migration(migrations.Migration):
    dependencies = [("aggregates", "0003_composedcase")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
