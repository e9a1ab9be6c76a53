"""Notices may be text messages; what is stuck is found by an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_channel"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(condition=Q(channel__in=["email", "site", "sms"]), name="notice_channel"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["-id"], name="notice_failed", condition=Q(state="failed")),
        ),
    ]
