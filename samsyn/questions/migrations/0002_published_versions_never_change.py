"""The database itself keeps published versions as they are, whoever asks and by whatever way."""

from django.db import migrations

VERSION_GUARD = """
CREATE FUNCTION questions_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.status = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.status NOT IN ('draft', 'published') THEN
            RAISE EXCEPTION 'a draft can only be published' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    before := to_jsonb(OLD) - 'status' - 'valid_to';
    after := to_jsonb(NEW) - 'status' - 'valid_to';
    IF OLD.status = 'published' AND NEW.status = 'retired' AND NEW.valid_to IS NOT NULL AND before = after THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
END $$;
"""

# The row lock makes an edit and a publication of the same version wait for each other.
CONTENT_GUARD = """
CREATE FUNCTION questions_guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO found FROM {versions} WHERE id = OLD.version_id FOR SHARE;
        IF found <> 'draft' THEN
            RAISE EXCEPTION 'the content of a published version never changes' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT status INTO found FROM {versions} WHERE id = NEW.version_id FOR SHARE;
        IF found <> 'draft' THEN
            RAISE EXCEPTION 'nothing is added to a published version' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
"""

TRIGGER = """
CREATE TRIGGER {table}_guard BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function}();
"""

GUARDED = (
    ("questions_instrumentversion", "questions_guard_version"),
    ("questions_templateversion", "questions_guard_version"),
    ("questions_section", "questions_guard_instrument_content"),
    ("questions_question", "questions_guard_instrument_content"),
    ("questions_templateitem", "questions_guard_template_content"),
)

FORWARD = "\n".join(
    [
        VERSION_GUARD,
        CONTENT_GUARD.format(name="instrument_content", versions="questions_instrumentversion"),
        CONTENT_GUARD.format(name="template_content", versions="questions_templateversion"),
        *(TRIGGER.format(table=table, function=function) for table, function in GUARDED),
    ]
)
BACKWARD = "\n".join(
    [
        *(f"DROP TRIGGER {table}_guard ON {table};" for table, _ in GUARDED),
        "DROP FUNCTION questions_guard_version();",
        "DROP FUNCTION questions_guard_instrument_content();",
        "DROP FUNCTION questions_guard_template_content();",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
