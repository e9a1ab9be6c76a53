"""Attempts are append-only: the database itself refuses to change or remove one."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_attempt_kept BEFORE UPDATE OR DELETE ON payments_refundattempt
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_attempt_whole BEFORE TRUNCATE ON payments_refundattempt
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
"""
BACKWARD = """
DROP TRIGGER payments_attempt_kept ON payments_refundattempt;
DROP TRIGGER payments_attempt_whole ON payments_refundattempt;
DROP FUNCTION payments_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
