"""What was replaced or installed here: quality windows and warranty count from the day of it (L-12, EXG-06)."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

# The serials that the buyer of a line may hold, the newest last; the old unit may still be on its way. After a replacement
# whose serial nobody took down there is nothing to compare with, and nothing is called a mismatch.
SERIALS_NOW = """
CASE WHEN {line}.replaced_on IS NULL THEN {line}.serials WHEN {line}.replacement_serials = '{{}}' THEN '{{}}'
    ELSE {line}.serials || {line}.replacement_serials END
"""


def record_replacement(lines: Sequence[int], *, on: date, serials: Sequence[str]) -> None:
    """The replacement for units of these lines (ids) arrived `on`; called in the caller's transaction. Again: nothing new."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"lines": list(lines), "on": on, "serials": list(serials)})


def record_installation(line_id: int, *, on: date) -> None:
    """The goods of this line were installed `on`; the first day counts. Called in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_orderline SET installed_on = %s WHERE id = %s AND installed_on IS NULL", [on, line_id])


RECORD = """
UPDATE orders_orderline SET replaced_on = %(on)s, replacement_serials = replacement_serials
    || ARRAY(SELECT s FROM unnest(%(serials)s::text[]) s WHERE s <> ALL(replacement_serials))::varchar[]
WHERE id = ANY(%(lines)s)
"""
