"""What a shop's people write for each other about an order or its buyer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("merchants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order", models.CharField(blank=True, db_collation="C", max_length=80)),
                ("text", models.CharField(max_length=1000)),
                ("by", models.CharField(db_collation="C", max_length=60)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("buyer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.buyer")),
                ("merchant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="merchants.merchant")),
            ],
            options={
                "verbose_name": "店铺备注 Shop's notes",
                "verbose_name_plural": "店铺备注 Shop's notes",
                "indexes": [models.Index(fields=["merchant", "buyer", "order"], name="note_about")],
                "constraints": [models.CheckConstraint(condition=~models.Q(("text", "")), name="note_says_something")],
            },
        ),
    ]
