"""Cases with a compensation that waits for its audit are found without looking at all others."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0011_message_in_english")]
    operations: ClassVar = [
        migrations.AddIndex("case", models.Index(
            fields=["queue_at", "id"], name="case_beside", condition=models.Q(details__has_key="beside"),
        )),
    ]  # fmt: skip
