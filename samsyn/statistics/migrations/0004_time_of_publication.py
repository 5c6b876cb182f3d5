"""A release may have a time at which it is published; the public may read the time and nothing else of it."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

BEFORE = import_module("samsyn.statistics.migrations.0002_releases_never_change").FORWARD
START = BEFORE.index("CREATE FUNCTION statistics_guard_release()")
GUARD = BEFORE[START : BEFORE.index("CREATE TRIGGER release_guarded")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
# An approved release may be given a time, and nothing else of it changes by that.
GUARD_WITH_TIME = GUARD.replace("('approved', 'published')", "('approved', 'approved'), ('approved', 'published')").replace(
    "    RETURN NEW;",
    """    IF OLD.status = 'approved' AND NEW.status <> 'draft' AND (to_jsonb(OLD)
        - '{status,publish_at,timed_by_id,timed_by,published_at,published_by_id,published_by}'::text[]) IS DISTINCT FROM
        (to_jsonb(NEW) - '{status,publish_at,timed_by_id,timed_by,published_at,published_by_id,published_by}'::text[]) THEN
        RAISE EXCEPTION 'what was approved stays as it was approved' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;""",
)
TIMED = Q(publish_at__isnull=False, timed_by_id__isnull=False, status__in=["approved", "published"]) & ~Q(timed_by="")


class Migration(migrations.Migration):
    dependencies = [("statistics", "0003_published_files")]
    operations = [
        migrations.AddField("release", "publish_at", models.DateTimeField(null=True)),
        migrations.AddField("release", "timed_by_id", models.UUIDField(null=True)),
        migrations.AddField("release", "timed_by", models.CharField(blank=True, default="", max_length=60)),
        migrations.CreateModel(
            name="PublishedTime",
            fields=[
                ("quarter", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "release",
            models.CheckConstraint(
                condition=Q(timed_by_id=None) | ~Q(timed_by_id=F("drafted_by_id")), name="release_timed_by_another"
            ),
        ),
        migrations.AddConstraint(
            "release",
            models.CheckConstraint(
                condition=Q(publish_at=None, timed_by_id=None, timed_by="") | TIMED, name="release_time_is_whole"
            ),
        ),
        migrations.AddConstraint(
            "release",
            models.CheckConstraint(
                condition=~Q(status="published") | Q(publish_at=None) | Q(published_at__gte=F("publish_at")),
                name="release_never_before_its_time",
            ),
        ),
        migrations.RunSQL(GUARD_WITH_TIME, GUARD),
    ]
