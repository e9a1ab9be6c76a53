"""Discounts that go back with the goods, kept with the refund."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_discounts"), ("payments", "0008_part_by_another_route")]

    operations = [migrations.AddField("refund", "undone", models.JSONField(default=list, db_default=[]))]
