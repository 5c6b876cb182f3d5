"""What no code can get around: an installation never changes, and forbidden pairs of roles are never held together."""

from django.db import migrations

from samsyn.people.roles import FORBIDDEN_PAIRS

# The pairs as they stand in roles.py; a later change of them needs a migration that runs this again.
PAIRS = ", ".join(
    f"('{one}', '{other}')" for pair in sorted(sorted(role.value for role in pair) for pair in FORBIDDEN_PAIRS)
    for one, other in (pair, pair[::-1])
)

FORWARD = f"""
CREATE FUNCTION people_installation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an installation never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER installation_stays BEFORE UPDATE OR DELETE ON people_installation
    FOR EACH ROW EXECUTE FUNCTION people_installation_stays();
CREATE TRIGGER installation_is_not_emptied BEFORE TRUNCATE ON people_installation
    FOR EACH STATEMENT EXECUTE FUNCTION people_installation_stays();

CREATE FUNCTION people_refuse_forbidden_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One assignment of an account at a time: two that are written together see each other.
    PERFORM 1 FROM people_account WHERE id = NEW.account_id FOR UPDATE;
    IF NEW.ended_at IS NULL AND EXISTS (
        SELECT 1 FROM people_roleassignment held
        WHERE held.account_id = NEW.account_id AND held.ended_at IS NULL AND held.id IS DISTINCT FROM NEW.id
          AND (held.role, NEW.role) IN (VALUES {PAIRS})
    ) THEN
        RAISE EXCEPTION 'two roles that nobody may hold together' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forbidden_pair BEFORE INSERT OR UPDATE ON people_roleassignment
    FOR EACH ROW EXECUTE FUNCTION people_refuse_forbidden_pair();
"""
BACKWARD = """
DROP TRIGGER forbidden_pair ON people_roleassignment;
DROP FUNCTION people_refuse_forbidden_pair();
DROP TRIGGER installation_is_not_emptied ON people_installation;
DROP TRIGGER installation_stays ON people_installation;
DROP FUNCTION people_installation_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
