"""A plan that a buyer has asked for and not paid yet (PLN-03)."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.CharField("购买单号 number", max_length=60, db_collation="C")),
                ("kind", models.CharField("种类 kind", max_length=20, db_collation="C")),
                ("order_number", models.CharField("订单 order", max_length=80, db_collation="C")),
                ("line_id", models.BigIntegerField()),
                ("line", models.IntegerField()),
                ("merchant_id", models.BigIntegerField()),
                ("buyer_id", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("charge", models.CharField(max_length=40, blank=True, db_collation="C")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待付款 asked"), ("paid", "已付款 paid"), ("ended", "未购买 ended")], db_collation="C",
                        default="asked", max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "购买保障计划 Purchases of plans", "verbose_name_plural": "购买保障计划 Purchases of plans",
                "constraints": [
                    models.UniqueConstraint(fields=["number"], name="plan_purchase_number"),
                    models.UniqueConstraint(fields=["line_id", "kind"], condition=Q(state="asked"), name="plan_purchase_open"),
                    models.CheckConstraint(condition=Q(price_minor__gt=0), name="plan_purchase_price"),
                ],
            },
        ),
    ]  # fmt: skip
