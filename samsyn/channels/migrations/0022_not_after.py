from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0021_mailbox")]

    operations = [
        migrations.AddField("outgoingmail", "not_after", models.DateTimeField(null=True)),
    ]
