"""History, diagnoses, what was done and what was tested are never changed nor removed."""

from django.db import migrations

TABLES = ("workorderentry", "diagnosis", "repairrecord", "testrecord")
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION repairs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON repairs_{table} "
    "FOR EACH ROW EXECUTE FUNCTION repairs_append_only();\n"
    for table in TABLES
)
FREE = "".join(f"DROP TRIGGER {table}_append_only ON repairs_{table};\n" for table in TABLES) + "DROP FUNCTION repairs_append_only();\n"


class Migration(migrations.Migration):
    dependencies = [("repairs", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, FREE)]
