"""Members' cases stand earlier in the queue by a head start, and in a channel of their own; the queue's indexes follow its order."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Func, Value
from django.db.models.expressions import CombinedExpression

OPEN = models.Q(closed_at=None)


def queue_instant() -> Func:
    """`due_at` less the member's head start, reckoned in UTC: so the database may keep it and sort by it."""
    due = Func(Value("UTC"), F("due_at"), function="timezone", output_field=models.DateTimeField())
    start = Func(*[Value(0)] * 5, F("head_start_minutes"), function="make_interval", output_field=models.DurationField())
    less = CombinedExpression(due, "-", start, output_field=models.DateTimeField())
    return Func(Value("UTC"), less, function="timezone", output_field=models.DateTimeField())


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0009_audit_index")]
    operations: ClassVar = [
        migrations.AddField(
            "case", "channel_queue", models.CharField(max_length=12, default="standard", db_default="standard", db_collation="C"),
        ),
        migrations.AddField("case", "head_start_minutes", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("case", "queue_at", models.GeneratedField(
            expression=queue_instant(), output_field=models.DateTimeField(null=True), db_persist=True,
        )),
        migrations.RemoveIndex("case", "case_queue_merchant"),
        migrations.RemoveIndex("case", "case_queue"),
        migrations.RemoveIndex("case", "case_status_queue"),
        migrations.RemoveIndex("case", "case_assigned"),
        migrations.AddIndex("case", models.Index(fields=["merchant", "queue_at", "id"], name="case_queue_merchant", condition=OPEN)),
        migrations.AddIndex("case", models.Index(fields=["queue_at", "id"], name="case_queue", condition=OPEN)),
        migrations.AddIndex("case", models.Index(fields=["status", "queue_at", "id"], name="case_status_queue")),
        migrations.AddIndex("case", models.Index(
            fields=["assigned_to", "queue_at", "id"], name="case_assigned", condition=models.Q(assigned_to__isnull=False),
        )),
        # Only members' cases: every other pays nothing for it.
        migrations.AddIndex("case", models.Index(
            fields=["queue_at", "id"], name="case_queue_members", condition=OPEN & ~models.Q(channel_queue="standard"),
        )),
    ]  # fmt: skip
