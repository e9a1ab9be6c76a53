"""Couriers' bills for free pickups."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_wrong_amounts")]

    operations = [
        migrations.CreateModel(
            "CourierBill",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("carrier", models.CharField(max_length=20, db_collation="C")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64, db_collation="C")),
                ("taken_by", models.CharField(max_length=60, db_collation="C")),
                ("taken_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["carrier", "sha256"], name="courier_bill_once")]},
        ),
        migrations.CreateModel(
            "CourierBillLine",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("bill", models.ForeignKey("payments.courierbill", django.db.models.deletion.PROTECT, related_name="lines")),
                ("place", models.IntegerField()),
                ("carrier", models.CharField(max_length=20, db_collation="C")),
                ("reference", models.CharField(max_length=80, db_collation="C")),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("outcome", models.CharField(max_length=14, db_collation="C", choices=[
                    ("posted", "已入账 posted"), ("unknown", "查无此取件 no such pickup"), ("not_free", "非免费取件 the buyer paid it"),
                    ("other_amount", "重复且金额不同 billed before, another amount"),
                ])),
                ("subject", models.CharField(max_length=60, blank=True, db_collation="C")),
                ("bearer", models.CharField(max_length=60, blank=True, db_collation="C")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["carrier", "reference"], name="courier_line_once", condition=Q(outcome="posted")),
                    models.CheckConstraint(condition=Q(amount_minor__gt=0), name="courier_line_amount"),
                    models.CheckConstraint(condition=~Q(outcome="posted") | ~Q(bearer=""), name="courier_line_bearer"),
                ],
                "indexes": [models.Index(fields=["bill", "place"], name="courier_line_order")],
            },
        ),
    ]
