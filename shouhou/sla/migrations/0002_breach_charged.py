"""Breaches that cost money and stand are found without looking at all others."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sla", "0001_initial")]
    operations: ClassVar = [
        migrations.AddIndex("breach", models.Index(
            fields=["appeal_until"], name="breach_charged",
            condition=models.Q(party="shop", state="standing", amount_minor__gt=0),
        )),
    ]  # fmt: skip
