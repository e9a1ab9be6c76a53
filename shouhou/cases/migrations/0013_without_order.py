"""A complaint or feedback may be about no order, and about the house itself; every other service keeps its order and shop."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0012_beside_index")]
    operations: ClassVar = [
        migrations.AlterField("case", "order", models.ForeignKey(
            db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="orders.order",
        )),
        migrations.AlterField("case", "merchant", models.ForeignKey(
            db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="merchants.merchant",
        )),
        migrations.AddConstraint("case", models.CheckConstraint(
            name="case_about_an_order",
            condition=models.Q(order__isnull=False, merchant__isnull=False) | models.Q(service__in=["complaint", "feedback"]),
        )),
    ]  # fmt: skip
