"""Attempts of charges are append-only, too."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER payments_charge_attempt_kept BEFORE UPDATE OR DELETE ON payments_chargeattempt
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_charge_attempt_whole BEFORE TRUNCATE ON payments_chargeattempt
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
"""
BACKWARD = """
DROP TRIGGER payments_charge_attempt_kept ON payments_chargeattempt;
DROP TRIGGER payments_charge_attempt_whole ON payments_chargeattempt;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_charges")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
