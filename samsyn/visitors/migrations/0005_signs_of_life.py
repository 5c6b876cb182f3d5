from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visitors", "0004_chat_facts")]

    operations = [
        migrations.AddField("chat", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField("chat", "is_counted", models.BooleanField(default=False)),
    ]
