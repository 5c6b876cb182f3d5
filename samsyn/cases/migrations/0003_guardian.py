from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_exports")]

    operations = [
        migrations.AddField("caseexport", "guardian", models.CharField(blank=True, default="", max_length=20), False),
        migrations.AddField(
            "caseexport", "guardian_reads", models.CharField(blank=True, default="", max_length=20), False
        ),
        migrations.AddField("caseexport", "guardian_receives", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "caseexport",
            models.CheckConstraint(
                condition=Q(("guardian_receives", False), ("guardian_reads", "may_read"), _connector="OR"),
                name="no_export_to_a_threat",
            ),
        ),
    ]
