"""What was done with a claim is append-only: the database itself refuses to change or remove it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION insurance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER insurance_entry_kept BEFORE UPDATE OR DELETE ON insurance_claimentry
    FOR EACH ROW EXECUTE FUNCTION insurance_append_only();
CREATE TRIGGER insurance_entry_whole BEFORE TRUNCATE ON insurance_claimentry
    FOR EACH STATEMENT EXECUTE FUNCTION insurance_append_only();
CREATE TRIGGER insurance_settlement_kept BEFORE UPDATE OR DELETE ON insurance_settlement
    FOR EACH ROW EXECUTE FUNCTION insurance_append_only();
"""
BACKWARD = """
DROP TRIGGER insurance_settlement_kept ON insurance_settlement;
DROP TRIGGER insurance_entry_kept ON insurance_claimentry;
DROP TRIGGER insurance_entry_whole ON insurance_claimentry;
DROP FUNCTION insurance_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("insurance", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
