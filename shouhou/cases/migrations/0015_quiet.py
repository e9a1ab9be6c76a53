"""What has been quiet for too long is found without looking at all other open cases."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Greatest


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0014_appeal_index")]
    operations: ClassVar = [
        migrations.AddField("case", "heard_at", models.DateTimeField(null=True)),
        migrations.AddIndex("case", models.Index(
            Greatest("updated_at", "heard_at"), "id", name="case_quiet",
            condition=models.Q(closed_at=None) & ~models.Q(stage="rated"),
        )),
        migrations.AddIndex("case", models.Index(
            fields=["submitted_at", "id"], name="case_repairs",
            condition=models.Q(closed_at=None, service="repair") & ~models.Q(stage="rated"),
        )),
    ]  # fmt: skip
