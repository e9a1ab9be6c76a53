"""A channel's own page can have a long address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_charge_attempts_kept")]
    operations = [
        migrations.AlterField(
            model_name="charge", name="pay_url", field=models.CharField(blank=True, max_length=2000)
        )
    ]
