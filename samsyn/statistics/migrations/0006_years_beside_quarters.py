"""A year of delivered figures is published beside the quarter with which it ends: one edition of each report."""

from django.db import migrations, models
from django.db.models import Q


def _once(*fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=Q(status="published"), name="release_revision_once")


class Migration(migrations.Migration):
    dependencies = [("statistics", "0005_asked_tables")]
    operations = [
        migrations.RemoveConstraint("release", "release_revision_once"),
        migrations.AddConstraint("release", _once("report_code", "year", "quarter", "revision")),
    ]
