"""Visits and tracking lines are never changed nor removed."""

from django.db import migrations

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION logistics_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER pickupattempt_append_only BEFORE UPDATE OR DELETE ON logistics_pickupattempt
    FOR EACH ROW EXECUTE FUNCTION logistics_append_only();
CREATE TRIGGER trackingevent_append_only BEFORE UPDATE OR DELETE ON logistics_trackingevent
    FOR EACH ROW EXECUTE FUNCTION logistics_append_only();
"""
FREE = """
DROP TRIGGER pickupattempt_append_only ON logistics_pickupattempt;
DROP TRIGGER trackingevent_append_only ON logistics_trackingevent;
DROP FUNCTION logistics_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, FREE)]
