"""A work order may be an installation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairs", "0003_loan_deposit")]

    operations = [
        migrations.AlterField(
            "workorder", "kind",
            models.CharField(
                max_length=12, default="repair", db_collation="C",
                choices=[("repair", "维修 repair"), ("maintenance", "保养 maintenance"), ("installation", "安装 installation")],
            ),
        )
    ]  # fmt: skip
