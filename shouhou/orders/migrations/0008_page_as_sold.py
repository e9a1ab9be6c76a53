"""What the page said of the goods when they were ordered: words, specifications, pictures (EXG-05)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_replacement_serials")]

    operations = [migrations.AddField("orderline", "page", models.JSONField(default=dict, db_default={}))]
