"""Tables that somebody asked for: written once, and let go of when their time is up."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION statistics_guard_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked timestamptz;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        RAISE EXCEPTION 'what was asked stays as it was asked' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_TABLE_NAME = 'statistics_askedtable' THEN
        asked := OLD.asked_at;
    ELSE
        SELECT asked_at INTO asked FROM statistics_askedtable WHERE id = OLD.earlier_id;
    END IF;
    IF asked > now() - interval '730 days' THEN
        RAISE EXCEPTION 'what was asked stays until its time is up' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER asked_stay BEFORE UPDATE OR DELETE ON statistics_askedtable
    FOR EACH ROW EXECUTE FUNCTION statistics_guard_asked();
CREATE TRIGGER near_stay BEFORE UPDATE OR DELETE ON statistics_neartables
    FOR EACH ROW EXECUTE FUNCTION statistics_guard_asked();
CREATE TRIGGER asked_are_not_emptied BEFORE TRUNCATE ON statistics_askedtable
    FOR EACH STATEMENT EXECUTE FUNCTION statistics_refuse();
CREATE TRIGGER near_are_not_emptied BEFORE TRUNCATE ON statistics_neartables
    FOR EACH STATEMENT EXECUTE FUNCTION statistics_refuse();
"""
BACKWARD = """
DROP TRIGGER near_are_not_emptied ON statistics_neartables;
DROP TRIGGER asked_are_not_emptied ON statistics_askedtable;
DROP TRIGGER near_stay ON statistics_neartables;
DROP TRIGGER asked_stay ON statistics_askedtable;
DROP FUNCTION statistics_guard_asked();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0004_time_of_publication")]
    operations = [
        migrations.CreateModel(
            name="AskedTable",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("asked_by_id", models.UUIDField()),
                ("asked_by", models.CharField(max_length=60)),
                ("unit", models.CharField(max_length=10)),
                ("question", models.JSONField()),
                ("population", models.JSONField()),
                ("size", models.PositiveIntegerField()),
                ("facts_then", models.PositiveIntegerField()),
                ("is_exact", models.BooleanField(default=False)),
                ("is_refused", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "-asked_at"], name="asked_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_exact", False), ("is_refused", False), ("reason", "")),
                            models.Q(("is_exact", True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="asked_exact_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["contact", "matter", "person", "mentioned"])),
                        name="asked_unit_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NearTables",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("only_asked", models.PositiveSmallIntegerField()),
                ("only_earlier", models.PositiveSmallIntegerField()),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="near",
                        to="statistics.askedtable",
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="near_later",
                        to="statistics.askedtable",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("asked", "earlier"), name="near_tables_once"),
                    models.CheckConstraint(
                        condition=models.Q(("only_asked", 0), ("only_earlier", 0), _negated=True),
                        name="near_tables_differ",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
