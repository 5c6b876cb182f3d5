"""A round that is closed stays as it was, and the public's role reads closed rounds only: nobody's name is in the view."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION deliveries_round_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a round of the survey is never deleted, and never changed when it is closed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - 'closed_at' - 'closed_by' - 'from_figures'
        <> to_jsonb(NEW) - 'closed_at' - 'closed_by' - 'from_figures' THEN
        RAISE EXCEPTION 'a round stays as it was opened' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_guard BEFORE UPDATE OR DELETE ON deliveries_round
    FOR EACH ROW EXECUTE FUNCTION deliveries_round_guard();
CREATE FUNCTION deliveries_reply_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'who was asked stays asked' USING ERRCODE = 'restrict_violation';
    END IF;
    -- The lock waits for whoever closes the round just now.
    SELECT closed_at INTO closed FROM deliveries_round WHERE id = NEW.round_id FOR SHARE;
    IF closed IS NOT NULL OR (TG_OP = 'UPDATE' AND (OLD.round_id, OLD.deliverer_id) <> (NEW.round_id, NEW.deliverer_id)) THEN
        RAISE EXCEPTION 'a closed round takes no answer' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_guard BEFORE INSERT OR UPDATE OR DELETE ON deliveries_reply
    FOR EACH ROW EXECUTE FUNCTION deliveries_reply_guard();
CREATE VIEW deliveries_closed_round AS
    SELECT id, package, version, year, opened_at, closed_at, from_figures FROM deliveries_round WHERE closed_at IS NOT NULL;
CREATE VIEW deliveries_closed_reply AS
    SELECT p.round_id, d.name, d.county, p.answers FROM deliveries_reply p
    JOIN deliveries_round r ON r.id = p.round_id JOIN deliveries_deliverer d ON d.id = p.deliverer_id
    WHERE r.closed_at IS NOT NULL;
"""
BACKWARD = """
DROP VIEW deliveries_closed_reply;
DROP VIEW deliveries_closed_round;
DROP TRIGGER reply_guard ON deliveries_reply; DROP FUNCTION deliveries_reply_guard();
DROP TRIGGER round_guard ON deliveries_round; DROP FUNCTION deliveries_round_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0003_survey_rounds")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
