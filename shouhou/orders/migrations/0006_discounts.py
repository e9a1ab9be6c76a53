"""What was taken off an order and its lines, and on whose account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_interceptions")]

    operations = [
        migrations.AddField("order", "discounts", models.JSONField(default=list, db_default=[])),
        migrations.AddField("orderline", "discounts", models.JSONField(default=list, db_default=[])),
    ]
