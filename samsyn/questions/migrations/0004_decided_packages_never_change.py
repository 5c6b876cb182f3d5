"""The database itself keeps decided packages, their parts and the register's past as they are."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION questions_guard_package_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a version begins as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'only a draft is thrown away' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'consultation') THEN
        RETURN NEW;
    END IF;
    IF OLD.status = 'consultation' THEN
        before := to_jsonb(OLD) - 'status' - 'valid_from' - 'decided_at' - 'decided_by' - 'revision';
        after := to_jsonb(NEW) - 'status' - 'valid_from' - 'decided_at' - 'decided_by' - 'revision';
        IF NEW.status IN ('draft', 'decided') AND before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    before := to_jsonb(OLD) - 'status' - 'valid_to';
    after := to_jsonb(NEW) - 'status' - 'valid_to';
    IF before = after AND (OLD.status, NEW.status) IN
        (('decided', 'in_use'), ('decided', 'retired'), ('in_use', 'retired'))
        AND (NEW.valid_to IS NOT NULL) = (NEW.status = 'retired') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a decided version never changes' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION questions_guard_bank_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what has been decided never changes' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION questions_guard_implementation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.to_on IS NULL AND NEW.to_on IS NOT NULL
        AND to_jsonb(OLD) - 'to_on' = to_jsonb(NEW) - 'to_on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the register keeps its past' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER questions_packageversion_guard BEFORE INSERT OR UPDATE OR DELETE ON questions_packageversion
    FOR EACH ROW EXECUTE FUNCTION questions_guard_package_version();
CREATE TRIGGER questions_bankitem_guard BEFORE UPDATE OR DELETE ON questions_bankitem
    FOR EACH ROW EXECUTE FUNCTION questions_guard_bank_item();
CREATE TRIGGER questions_implementation_guard BEFORE UPDATE OR DELETE ON questions_implementation
    FOR EACH ROW EXECUTE FUNCTION questions_guard_implementation();
"""

BACKWARD = """
DROP TRIGGER questions_implementation_guard ON questions_implementation;
DROP TRIGGER questions_bankitem_guard ON questions_bankitem;
DROP TRIGGER questions_packageversion_guard ON questions_packageversion;
DROP FUNCTION questions_guard_implementation();
DROP FUNCTION questions_guard_bank_item();
DROP FUNCTION questions_guard_package_version();
"""


class Migration(migrations.Migration):
    dependencies = [("questions", "0003_bank_of_packages")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
