"""Where a buyer wants a refund before it is sent."""

import django.db.models.deletion
from django.db import migrations, models

import shouhou.plumbing.sealed


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("payments", "0014_courier_bills")]

    operations = [
        migrations.CreateModel(
            "WantedRoute",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.CharField(db_collation="C", max_length=60)),
                ("kind", models.CharField(
                    choices=[("original", "原支付方式 original means"), ("bank", "银行账户 bank account"), ("balance", "商城余额 store balance")],
                    db_collation="C", max_length=10,
                )),
                ("payee", models.CharField(blank=True, max_length=80)),
                ("bank", models.CharField(blank=True, max_length=80)),
                ("account", shouhou.plumbing.sealed.SealedText(blank=True)),
                ("consent", models.CharField(max_length=300)),
                ("call_note", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(db_collation="C", max_length=60)),
                ("at", models.DateTimeField()),
                ("buyer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.buyer")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "id"], name="wanted_route_subject"),
                    models.Index(fields=["buyer"], name="wanted_route_buyer"),
                ],
            },
        ),
    ]  # fmt: skip
