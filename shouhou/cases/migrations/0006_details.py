"""What only one kind of service knows of its case: a new service needs no migration of its own."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0005_search")]
    operations: ClassVar = [
        migrations.AddField(
            "case", "details", models.JSONField(default=dict, db_default=Value({}, models.JSONField())),
        ),
    ]  # fmt: skip
