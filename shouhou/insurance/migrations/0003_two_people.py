"""A large settlement of an insurer is said by two people: what the first one said is kept."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("insurance", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            "SettlementWord",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("insurer", models.CharField(db_collation="C", max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("proof", models.CharField(max_length=200)),
                ("key", models.CharField(db_collation="C", max_length=100)),
                ("by", models.CharField(db_collation="C", max_length=60)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "待第二人确认的回款 Settlements awaiting a second person",
                "verbose_name_plural": "待第二人确认的回款 Settlements awaiting a second person",
                "constraints": [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="insurer_word_amount")],
                "indexes": [models.Index(fields=["key", "id"], name="insurer_word_key")],
            },
        ),
        migrations.AddField("settlement", "first_by", models.CharField(blank=True, db_collation="C", db_default="", default="", max_length=60)),
        migrations.AddConstraint(
            "settlement", models.CheckConstraint(condition=Q(first_by="") | ~Q(first_by=F("by")), name="insurer_settlement_second_person")
        ),
    ]
