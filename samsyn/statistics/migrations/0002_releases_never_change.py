"""What no code can get around: a release takes its steps in order, and what is published never changes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION statistics_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is published never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON statistics_publishedtable
    FOR EACH ROW EXECUTE FUNCTION statistics_refuse();
CREATE TRIGGER published_is_not_emptied BEFORE TRUNCATE ON statistics_publishedtable
    FOR EACH STATEMENT EXECUTE FUNCTION statistics_refuse();

CREATE FUNCTION statistics_guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status IN ('published', 'discarded') THEN
        RAISE EXCEPTION 'a finished release never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.status, NEW.status) NOT IN (
        ('draft', 'draft'), ('draft', 'submitted'), ('draft', 'discarded'), ('submitted', 'approved'),
        ('submitted', 'draft'), ('approved', 'draft'), ('approved', 'published')
    ) THEN
        RAISE EXCEPTION 'a release takes its steps in order' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.leaves, OLD.structure, OLD.freeze_at, OLD.year, OLD.quarter, OLD.audit_recovered, OLD.audit_unsafe,
        OLD.drafted_by_id) IS DISTINCT FROM (NEW.leaves, NEW.structure, NEW.freeze_at, NEW.year, NEW.quarter,
        NEW.audit_recovered, NEW.audit_unsafe, NEW.drafted_by_id) THEN
        RAISE EXCEPTION 'what was counted stays as it was counted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_guarded BEFORE UPDATE OR DELETE ON statistics_release
    FOR EACH ROW EXECUTE FUNCTION statistics_guard_release();

CREATE FUNCTION statistics_guard_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was counted stays as it was counted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT status FROM statistics_release WHERE id = NEW.release_id) <> 'draft' THEN
        RAISE EXCEPTION 'nothing is added to a release on its way' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cells_guarded BEFORE INSERT OR UPDATE OR DELETE ON statistics_cell
    FOR EACH ROW EXECUTE FUNCTION statistics_guard_cells();
CREATE TRIGGER tables_guarded BEFORE INSERT OR UPDATE OR DELETE ON statistics_releasetable
    FOR EACH ROW EXECUTE FUNCTION statistics_guard_cells();
"""
BACKWARD = """
DROP TRIGGER tables_guarded ON statistics_releasetable;
DROP TRIGGER cells_guarded ON statistics_cell;
DROP FUNCTION statistics_guard_cells();
DROP TRIGGER release_guarded ON statistics_release;
DROP FUNCTION statistics_guard_release();
DROP TRIGGER published_is_not_emptied ON statistics_publishedtable;
DROP TRIGGER published_stays ON statistics_publishedtable;
DROP FUNCTION statistics_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
