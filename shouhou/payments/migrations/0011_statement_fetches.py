"""What became of asking a channel for a day's statement."""

from django.db import migrations, models

OUTCOMES = [
    ("taken", "已取得 taken"), ("none", "渠道尚无 not there yet"), ("silent", "没有答复 no answer"), ("down", "无法连接 not reached"),
    ("unreadable", "无法读取 cannot be read"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_ways_to_pay")]

    operations = [
        migrations.CreateModel(
            "StatementFetch",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel", models.CharField(db_collation="C", max_length=30)),
                ("day", models.DateField()),
                ("outcome", models.CharField(choices=OUTCOMES, db_collation="C", max_length=12)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("tries", models.IntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["channel", "day"], name="statement_fetch_once")],
                "indexes": [models.Index(fields=["outcome", "day"], name="statement_fetch_outcome")],
            },
        ),
    ]
