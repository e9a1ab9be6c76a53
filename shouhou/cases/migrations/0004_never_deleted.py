"""A case is never deleted: its items, history and limits refer to it without a key that is checked at each write."""

from django.db import migrations

SQL = """
CREATE TRIGGER never_deleted BEFORE DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION shouhou_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON cases_case FOR EACH STATEMENT EXECUTE FUNCTION shouhou_append_only();
"""
UNDO = "DROP TRIGGER never_deleted ON cases_case; DROP TRIGGER never_emptied ON cases_case;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_lean_keys")]
    operations = [migrations.RunSQL(SQL, UNDO)]
