"""The books are append-only: the database itself refuses to change or remove a row."""

from django.db import migrations

TABLES = ("ledger_transfer", "ledger_posting")
FORWARD = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {table}_whole ON {table};" for table in TABLES
) + "DROP FUNCTION ledger_append_only();"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
