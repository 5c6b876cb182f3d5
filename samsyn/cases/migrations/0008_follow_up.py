from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_clearance_recipient")]

    operations = [migrations.AddField("case", "follow_up_on", models.DateField(null=True))]
