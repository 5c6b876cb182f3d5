import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_contact_clearance")]

    operations = [
        migrations.CreateModel(
            name="ContactOverride",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=10)),
                ("ground", models.CharField(max_length=20)),
                ("why", models.CharField(max_length=20)),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("confirmed_by", models.UUIDField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")), name="two_persons_override"
                    ),
                    models.CheckConstraint(
                        condition=Q(used_at=None) | Q(confirmed_at__isnull=False), name="override_used_when_confirmed"
                    ),
                ],
            },
        ),
    ]
