"""What was given back of a price difference is kept as [replacements, units that came back]: rows of before as they were meant.

A difference that nobody could tell was left to a compensation by hand then: it stays so.
"""

from django.db import migrations

COUNTED = """
UPDATE cases_case SET details = jsonb_set(details, '{on_top_back}', (
    SELECT coalesce(jsonb_object_agg(number, (
        SELECT coalesce(jsonb_object_agg(line, CASE jsonb_typeof(units) WHEN 'number' THEN jsonb_build_array(units, units) ELSE units END),
            '{}'::jsonb) FROM jsonb_each(lines) AS each(line, units)
    )), '{}'::jsonb) FROM jsonb_each(details -> 'on_top_back') AS kept(number, lines)
)) WHERE jsonb_typeof(details -> 'on_top_back') = 'object'
"""
BY_HAND = "UPDATE cases_case SET details = details - 'on_top_unsure' WHERE jsonb_typeof(details -> 'on_top_unsure' -> 0) = 'string'"


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_quiet")]
    operations = [
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(BY_HAND, migrations.RunSQL.noop),
    ]
