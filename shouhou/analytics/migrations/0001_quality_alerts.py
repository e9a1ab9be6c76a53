"""Reports of defects."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel("QualityAlert", [
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("sku", models.CharField(max_length=80)),
            ("title", models.CharField(max_length=240)),
            ("month", models.DateField()),
            ("first", models.DateField()),
            ("last", models.DateField()),
            ("sold", models.IntegerField()),
            ("defective", models.IntegerField()),
            ("at", models.DateTimeField()),
        ]),
        migrations.AddConstraint("qualityalert", models.UniqueConstraint(fields=["sku", "month"], name="quality_alert_once")),
        migrations.AddConstraint("qualityalert", models.CheckConstraint(
            condition=Q(sold__gt=0, defective__gt=0), name="quality_alert_units",
        )),
    ]  # fmt: skip
