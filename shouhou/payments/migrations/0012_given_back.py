"""What of a refund counts once the buyer has given some of it back; and a charge may go back in several parts."""

from django.db import migrations, models
from django.db.models import PROTECT, Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_statement_fetches")]

    operations = [
        migrations.AddField("refund", "stands", models.JSONField(null=True)),
        migrations.AddField("refundline", "back_quantity", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("refundline", "back_minor", models.BigIntegerField(default=0, db_default=0)),
        migrations.AlterField(
            "invoicetask", "refund", models.ForeignKey("payments.refund", PROTECT, null=True, related_name="invoice_tasks")
        ),
        migrations.AddConstraint("invoicetask", models.UniqueConstraint(fields=["refund", "invoice_number"], name="invoice_task_refund")),
        migrations.RemoveConstraint("refundpart", "refund_part_charge"),
        migrations.AddIndex(
            "refundpart", models.Index(fields=["charge"], name="refund_part_of_charge", condition=Q(charge__isnull=False))
        ),
    ]
