"""Other routes: of two kinds, told by phone too, the account sealed.

A part that the buyer lets go another way follows the one that was refused: one part of a payment counts.
"""

from django.db import migrations, models

from shouhou.plumbing.sealed import SealedText


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_reconciliation")]

    operations = [
        migrations.RemoveConstraint(model_name="refundpart", name="refund_part_once"),
        migrations.AddConstraint(
            model_name="refundpart",
            constraint=models.UniqueConstraint(
                fields=["refund", "payment"], name="refund_part_once", condition=~models.Q(state="cancelled")
            ),
        ),
        migrations.AddField(
            model_name="otherroute",
            name="kind",
            field=models.CharField(
                choices=[("bank", "银行账户 bank account"), ("balance", "商城余额 store balance")], db_collation="C", db_default="bank",
                default="bank", max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="otherroute",
            name="call_note",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AlterField(model_name="otherroute", name="payee", field=models.CharField(blank=True, max_length=80)),
        migrations.AlterField(model_name="otherroute", name="account", field=SealedText(blank=True)),
        migrations.AlterField(model_name="batchrow", name="account", field=SealedText()),
    ]
