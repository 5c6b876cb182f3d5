from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0020_letters")]

    operations = [
        migrations.AddField("outgoingmail", "not_after", models.DateTimeField(null=True)),
    ]
