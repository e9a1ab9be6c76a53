"""Penalties by the table are charged like everything else that a shop owes: each breach once."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("freight", "垫付运费 freight"), ("refund", "垫付退款 refund"), ("compensation", "垫付补偿 compensation"), ("loss", "损失追偿 loss"),
    ("penalty", "违约处罚 penalty"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("settlements", "0002_append_only")]
    operations: ClassVar = [
        migrations.AlterField("recharge", "kind", models.CharField(max_length=12, choices=KINDS, db_collation="C")),
        migrations.RemoveConstraint("recharge", "recharge_posting"),
        migrations.AddConstraint("recharge", models.CheckConstraint(
            condition=Q(kind__in=("loss", "penalty")) | Q(posting__isnull=False), name="recharge_posting",
        )),
        migrations.AddConstraint("recharge", models.UniqueConstraint(
            fields=["subject"], name="recharge_penalty_once", condition=Q(kind="penalty"),
        )),
    ]  # fmt: skip
