"""The files that are made at publication: written once, like the tables that they show."""

import uuid

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER published_files_stay BEFORE UPDATE OR DELETE ON statistics_publishedfile
    FOR EACH ROW EXECUTE FUNCTION statistics_refuse();
CREATE TRIGGER published_files_are_not_emptied BEFORE TRUNCATE ON statistics_publishedfile
    FOR EACH STATEMENT EXECUTE FUNCTION statistics_refuse();
"""
BACKWARD = """
DROP TRIGGER published_files_are_not_emptied ON statistics_publishedfile;
DROP TRIGGER published_files_stay ON statistics_publishedfile;
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_releases_never_change")]
    operations = [
        migrations.CreateModel(
            name="PublishedFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=7)),
                ("revision", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("language", models.CharField(max_length=2)),
                ("format", models.CharField(choices=[("pdf", "PDF")], max_length=10)),
                ("content", models.BinaryField()),
                ("content_hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("quarter", "kind", "code", "language", "format", "revision"),
                        name="published_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["sv", "en"])), name="published_file_language_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["pdf"])), name="published_file_format_known"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
