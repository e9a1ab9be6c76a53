"""What the house itself says on a case keeps its English beside the Chinese, so that each reader reads their own."""

from typing import ClassVar

from django.db import migrations, models

# How it was written until now: both in one text, parted by " / ", an empty line before "Mode:", or a line before these openings.
MOVE = """
WITH parted AS (
    SELECT id, regexp_match(text,
        '^(.*?)(?: / |\\n+)((?:The unidentified parcel|Mode:|Traced by|You may now|Cancelled by|The goods went back|Your ).*)$') AS halves
    FROM cases_message WHERE role = 'system'
)
UPDATE cases_message m SET text = parted.halves[1], text_en = parted.halves[2]
FROM parted WHERE parted.id = m.id AND parted.halves IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0010_member_queue")]
    operations: ClassVar = [
        migrations.AddField("message", "text_en", models.TextField(blank=True, db_default="", default="")),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
