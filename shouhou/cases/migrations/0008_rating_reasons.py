"""The reasons of a rating get a column of their own; those kept as the text's first line move there."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

# How the page wrote them until now: 【处理快、退款及时】 and a line break.
MOVE = """
WITH words(zh, code) AS (VALUES
    ('处理快', 'fast'), ('说得清楚', 'clear'), ('退货方便', 'easy'), ('退款及时', 'paid'), ('处理慢', 'slow'),
    ('说不清楚', 'unclear'), ('退货麻烦', 'hard'), ('退款慢', 'late'), ('态度不好', 'rude')),
kept AS (
    SELECT r.id, string_to_array(substring(split_part(r.text, E'\\n', 1) FROM '^【(.+)】$'), '、') AS named,
        CASE WHEN strpos(r.text, E'\\n') > 0 THEN substr(r.text, strpos(r.text, E'\\n') + 1) ELSE '' END AS rest
    FROM cases_rating r WHERE r.text LIKE '【%')
UPDATE cases_rating r SET text = kept.rest,
    reasons = ARRAY(SELECT words.code FROM words WHERE words.zh = ANY(kept.named))
FROM kept WHERE r.id = kept.id AND kept.named <@ ARRAY(SELECT zh FROM words)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0006_findings")]
    operations: ClassVar = [
        migrations.AddField(
            "rating", "reasons", django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24), db_default=[], default=list, size=None)),
        migrations.AddConstraint(
            "rating", models.CheckConstraint(condition=Q(reasons__len__lte=8), name="rating_reasons")),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]  # fmt: skip
