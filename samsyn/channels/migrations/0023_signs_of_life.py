from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0022_not_after")]

    operations = [
        migrations.AddField("chat", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField("chat", "arrivals", models.PositiveSmallIntegerField(default=1)),
    ]
