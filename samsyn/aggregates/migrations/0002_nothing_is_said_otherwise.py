"""What no code can get around: what was counted stays as it was counted, and nothing leaves that one person alone let go."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION aggregates_guard_package() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a package is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.agreement_id, OLD."table", OLD.period, OLD.counts, OLD.statuses, OLD.hidden, OLD.tried, OLD.recovered,
        OLD.made_by, OLD.made_at) IS DISTINCT FROM (NEW.agreement_id, NEW."table", NEW.period, NEW.counts, NEW.statuses,
        NEW.hidden, NEW.tried, NEW.recovered, NEW.made_by, NEW.made_at) THEN
        RAISE EXCEPTION 'what was counted stays as it was counted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('made', 'made'), ('made', 'approved'), ('made', 'discarded'), ('approved', 'approved')
    ) OR NEW.number < OLD.number THEN
        RAISE EXCEPTION 'a package takes its steps in order' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER package_guarded BEFORE UPDATE OR DELETE ON aggregates_package
    FOR EACH ROW EXECUTE FUNCTION aggregates_guard_package();

CREATE FUNCTION aggregates_guard_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an agreement is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.receiver, OLD.purpose, OLD.organisation, OLD.tables, OLD.first_period, OLD.last_period, OLD.proposed_by,
        OLD.proposed_at) IS DISTINCT FROM (NEW.receiver, NEW.purpose, NEW.organisation, NEW.tables, NEW.first_period,
        NEW.last_period, NEW.proposed_by, NEW.proposed_at)
        OR (OLD.approved_by IS NOT NULL AND (OLD.approved_by, OLD.approved_at)
            IS DISTINCT FROM (NEW.approved_by, NEW.approved_at))
        OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was agreed stays as it was agreed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_guarded BEFORE UPDATE OR DELETE ON aggregates_agreement
    FOR EACH ROW EXECUTE FUNCTION aggregates_guard_agreement();
"""
BACKWARD = """
DROP TRIGGER agreement_guarded ON aggregates_agreement;
DROP FUNCTION aggregates_guard_agreement();
DROP TRIGGER package_guarded ON aggregates_package;
DROP FUNCTION aggregates_guard_package();
"""


class Migration(migrations.Migration):
    dependencies = [("aggregates", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
