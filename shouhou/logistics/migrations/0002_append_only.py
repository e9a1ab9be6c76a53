"""Visits and tracking lines are never changed nor removed; the default own delivery area."""

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
# Cities with a network of their own to begin with; the admin keeps the list (ADD-06: master data by region code).
AREAS = [
    ("11", "北京"), ("12", "天津"), ("31", "上海"), ("50", "重庆"), ("3201", "南京"), ("3205", "苏州"), ("3301", "杭州"),
    ("3302", "宁波"), ("3401", "合肥"), ("3501", "福州"), ("3502", "厦门"), ("3601", "南昌"), ("3701", "济南"),
    ("3702", "青岛"), ("4101", "郑州"), ("4201", "武汉"), ("4301", "长沙"), ("4401", "广州"), ("4403", "深圳"),
    ("4406", "佛山"), ("4419", "东莞"), ("5101", "成都"), ("6101", "西安"), ("2101", "沈阳"), ("1301", "石家庄"),
]


def begin(apps, schema_editor):
    area = apps.get_model("logistics", "OwnArea")
    area.objects.bulk_create([area(region_code=code, name=name) for code, name in AREAS])


def end(apps, schema_editor):
    apps.get_model("logistics", "OwnArea").objects.filter(region_code__in=[code for code, _ in AREAS]).delete()


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, FREE), migrations.RunPython(begin, end)]
