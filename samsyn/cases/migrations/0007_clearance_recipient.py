from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_succession")]

    operations = [migrations.AddField("contactclearance", "recipient", models.BinaryField(default=bytes))]
