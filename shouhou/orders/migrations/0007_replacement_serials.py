"""What the house itself did to goods: the serials of what it sent as a replacement, the day it installed them."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_discounts")]

    operations = [
        migrations.AddField(
            "orderline", "replacement_serials", ArrayField(models.CharField(max_length=80), default=list, db_default=[])
        ),
        migrations.AddField("orderline", "installed_on", models.DateField(null=True)),
    ]
