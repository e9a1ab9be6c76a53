"""The audit log reads the history by instant, and what one of the staff did: two lean indexes, nothing for a buyer's move but one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0008_rating_reasons")]
    operations = [
        migrations.AddIndex(model_name="historyentry", index=models.Index(fields=["at"], name="history_at")),
        migrations.AddIndex(
            model_name="historyentry",
            index=models.Index(fields=["who", "at"], name="history_staff", condition=~models.Q(role__in=["consumer", "system"])),
        ),
    ]
