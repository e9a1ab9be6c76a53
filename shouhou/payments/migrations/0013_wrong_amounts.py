"""What finance does where a channel took another amount than asked, or paid out more than was owed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_given_back")]

    operations = [
        migrations.AddField("charge", "taken_minor", models.BigIntegerField(null=True)),
        migrations.AddField(
            "charge", "rest_of",
            models.ForeignKey("payments.charge", django.db.models.deletion.PROTECT, null=True, related_name="rests"),
        ),
        migrations.CreateModel(
            "ChargeSettlement",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("charge", models.ForeignKey("payments.charge", django.db.models.deletion.PROTECT, related_name="settlements")),
                ("way", models.CharField(max_length=10, db_collation="C")),
                ("taken_minor", models.BigIntegerField()),
                ("reference", models.CharField(max_length=120)),
                ("proof", models.CharField(max_length=500)),
                ("state", models.CharField(max_length=10, db_collation="C", choices=[
                    ("proposed", "待复核 awaiting the second person"), ("done", "已处理 done"), ("declined", "已退回 sent back"),
                ])),
                ("by", models.CharField(max_length=60, db_collation="C")),
                ("at", models.DateTimeField()),
                ("second_by", models.CharField(max_length=60, blank=True, db_collation="C")),
                ("second_at", models.DateTimeField(null=True)),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=["charge"], name="charge_settlement_once", condition=~Q(state="declined")),
                models.CheckConstraint(condition=Q(taken_minor__gt=0), name="charge_settlement_amount"),
                models.CheckConstraint(
                    condition=Q(second_by="") | ~Q(state="done") | ~Q(second_by=F("by")), name="charge_settlement_second_person"
                ),
            ]},
        ),
        migrations.CreateModel(
            "Overpayment",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=100, db_collation="C")),
                ("refund", models.ForeignKey("payments.refund", django.db.models.deletion.PROTECT, related_name="overpayments")),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(max_length=12, db_collation="C", default="open", choices=[
                    ("open", "待追回 to be asked back"), ("asked", "待消费者退回 asked back"), ("paid", "已退回 given back"),
                    ("proposed", "核销待复核 write-off awaits the second person"), ("written_off", "已核销 written off"),
                ])),
                ("charge", models.ForeignKey("payments.charge", django.db.models.deletion.PROTECT, null=True, related_name="overpayments")),
                ("rounds", models.SmallIntegerField(default=0)),
                ("reason", models.CharField(max_length=500, blank=True)),
                ("proposed_by", models.CharField(max_length=60, blank=True, db_collation="C")),
                ("settled_by", models.CharField(max_length=60, blank=True, db_collation="C")),
                ("opened_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["key"], name="overpayment_key"),
                    models.CheckConstraint(condition=Q(amount_minor__gt=0), name="overpayment_amount"),
                    models.CheckConstraint(
                        condition=~Q(state="written_off") | ~Q(settled_by=F("proposed_by")), name="overpayment_second_person"
                    ),
                ],
                "indexes": [models.Index(fields=["state", "id"], name="overpayment_state")],
            },
        ),
    ]
