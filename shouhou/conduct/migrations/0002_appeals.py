"""The appeal of a text that was blocked or flagged."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conduct", "0001_initial")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=1000)),
                ("by", models.CharField(db_collation="C", max_length=60)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, db_collation="C", max_length=8)),
                ("reasons", models.CharField(blank=True, max_length=1000)),
                ("decided_by", models.CharField(blank=True, db_collation="C", max_length=60)),
                ("decided_name", models.CharField(blank=True, max_length=120)),
                ("decided_at", models.DateTimeField(null=True)),
                ("screened", models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="conduct.screened",
                )),
            ],
            options={
                "indexes": [models.Index(condition=Q(verdict=""), fields=["at"], name="conduct_appeal_waiting")],
                "constraints": [
                    models.CheckConstraint(condition=Q(verdict__in=["", "granted", "refused"]), name="conduct_appeal_verdict"),
                    models.CheckConstraint(
                        condition=Q(verdict="", decided_at=None) | (~Q(verdict="") & ~Q(decided_at=None) & ~Q(reasons="")),
                        name="conduct_appeal_decided",
                    ),
                    models.CheckConstraint(condition=~Q(decided_by=F("by")), name="conduct_appeal_somebody_else"),
                ],
            },
        ),
    ]  # fmt: skip
