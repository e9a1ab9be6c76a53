"""Kept answers are written once and hardly read: packing each cost more than its whole row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE plumbing_idempotentanswer ALTER COLUMN body SET STORAGE EXTERNAL",
            "ALTER TABLE plumbing_idempotentanswer ALTER COLUMN body SET STORAGE EXTENDED",
        )
    ]
