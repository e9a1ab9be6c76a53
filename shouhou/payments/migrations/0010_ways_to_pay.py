"""How the consumer pays a charge: a code to scan, or on the phone he holds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_undone_discounts")]

    operations = [
        migrations.AddField("charge", "payer", models.JSONField(default=dict, db_default={})),
        migrations.AddField("charge", "wanted", models.JSONField(null=True)),
    ]
