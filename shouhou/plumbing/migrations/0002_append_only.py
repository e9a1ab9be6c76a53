"""What was written stays written: events never change, and the feed's horizon is one row."""

from django.db import migrations

GUARD = """
CREATE FUNCTION shouhou_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def guard(table: str) -> str:
    """The trigger that says no to UPDATE, DELETE and TRUNCATE."""
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION shouhou_append_only();"
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION shouhou_append_only();"
    )


def unguard(table: str) -> str:
    return f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};"


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, "DROP FUNCTION shouhou_append_only();"),
        migrations.RunSQL(guard("plumbing_event"), unguard("plumbing_event")),
        migrations.RunSQL(
            "INSERT INTO plumbing_feedhorizon (id, tx, dispatched_seq) VALUES (1, 0, 0);",
            "DELETE FROM plumbing_feedhorizon;",
        ),
    ]
