"""Where a caller works, in a table of its own."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="CallerPlaceFact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField()),
                ("quarter", models.PositiveSmallIntegerField()),
                ("municipality", models.CharField(max_length=20)),
            ],
            options={"indexes": [models.Index(fields=["year", "quarter"], name="caller_place_fact_period")]},
        ),
    ]
