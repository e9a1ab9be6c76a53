"""A shop’s appeal that waits for an arbitrator is found without looking at all other cases."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0013_without_order")]
    operations: ClassVar = [
        migrations.AddIndex("case", models.Index(
            fields=["queue_at", "id"], name="case_appeal", condition=models.Q(details__has_key="appeal_open"),
        )),
    ]  # fmt: skip
