"""History is append-only (PRC-01, REV-08); the answers' personal text is the only thing an erasure may change."""

from django.db import migrations

SQL = """
CREATE FUNCTION cases_history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('shouhou.erasing', true) = 'on'
        AND (to_jsonb(NEW) - 'answers' - 'name') = (to_jsonb(OLD) - 'answers' - 'name') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'cases_historyentry is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_historyentry
    FOR EACH ROW EXECUTE FUNCTION cases_history_guard();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON cases_historyentry
    FOR EACH STATEMENT EXECUTE FUNCTION cases_history_guard();
"""
UNDO = """
DROP TRIGGER append_only ON cases_historyentry;
DROP TRIGGER append_only_truncate ON cases_historyentry;
DROP FUNCTION cases_history_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]
