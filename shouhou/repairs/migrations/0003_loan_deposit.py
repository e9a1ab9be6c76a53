"""A loan unit knows the charge of its deposit, in what condition it came back, what was kept, and that it is lost."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repairs", "0002_append_only")]
    operations = [
        migrations.AddField(
            "loanunit", "charge", models.CharField(max_length=20, blank=True, default="", db_default="", db_collation="C")
        ),
        migrations.AddField(
            "loanunit", "condition", models.CharField(max_length=8, blank=True, default="", db_default="", db_collation="C")
        ),
        migrations.AddField("loanunit", "kept_minor", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("loanunit", "lost_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "loanunit",
            models.CheckConstraint(
                condition=models.Q(kept_minor__gte=0, kept_minor__lte=models.F("deposit_minor")), name="loan_kept"
            ),
        ),
    ]
