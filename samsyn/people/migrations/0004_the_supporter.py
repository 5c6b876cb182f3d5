"""The role of those who support exposed persons, and the pairs that nobody holds, as they now stand."""

from django.db import migrations, models

from samsyn.people.roles import FORBIDDEN_PAIRS, Role

PAIRS = ", ".join(
    f"('{one}', '{other}')" for pair in sorted(sorted(role.value for role in pair) for pair in FORBIDDEN_PAIRS)
    for one, other in (pair, pair[::-1])
)
FORWARD = f"""
CREATE OR REPLACE FUNCTION people_refuse_forbidden_pair() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_new_roles")]
    operations = [
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.CharField(choices=[(role.value, role.value) for role in Role], max_length=30),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
