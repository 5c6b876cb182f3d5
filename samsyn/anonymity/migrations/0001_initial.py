import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PopulationTable",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=40, unique=True)),
                ("source", models.CharField(max_length=200)),
                ("counted_on", models.DateField()),
                ("read_on", models.DateField()),
                ("is_made_up", models.BooleanField()),
                ("total", models.PositiveIntegerField()),
                ("packed", models.BinaryField()),
                ("loaded_at", models.DateTimeField()),
            ],
        ),
    ]
