"""What was done with a scan is never changed nor removed."""

from django.db import migrations

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION documents_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER paperscanentry_append_only BEFORE UPDATE OR DELETE ON documents_paperscanentry
    FOR EACH ROW EXECUTE FUNCTION documents_append_only();
"""
FREE = "DROP TRIGGER paperscanentry_append_only ON documents_paperscanentry; DROP FUNCTION documents_append_only();"


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, FREE)]
