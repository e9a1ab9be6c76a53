"""Attempts are append-only: the database itself refuses to change or remove one."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION settlements_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER settlements_attempt_kept BEFORE UPDATE OR DELETE ON settlements_payoutattempt
    FOR EACH ROW EXECUTE FUNCTION settlements_append_only();
CREATE TRIGGER settlements_attempt_whole BEFORE TRUNCATE ON settlements_payoutattempt
    FOR EACH STATEMENT EXECUTE FUNCTION settlements_append_only();
"""
BACKWARD = """
DROP TRIGGER settlements_attempt_kept ON settlements_payoutattempt;
DROP TRIGGER settlements_attempt_whole ON settlements_payoutattempt;
DROP FUNCTION settlements_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
