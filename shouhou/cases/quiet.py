"""What has been quiet for too long: an open case without any event, and a repair whose consumer has heard nothing (NTF-05, NTF-08)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from shouhou.cases.events import CASE_PROGRESS, CASE_SILENT
from shouhou.policy.queries import compiled

BATCH = 500
ROUNDS_MOST = 40
# How often the clock looks: a repair is told so much earlier, so that a message is there when the days are over.
EVERY = timedelta(minutes=10)


def tell_silence(*, now: datetime, most: int = BATCH) -> int:
    """Announce `case.silent` for open cases of which nothing was heard for `silence_hours`; returns how many were told.

    Told once for each such stretch: that it was told counts as heard. What waits for its consumer, who has been reminded, or
    only for their last word (stage `rated`) stays quiet. One statement for `most` cases, whatever their number is.
    """
    silent_before = now - timedelta(hours=float(compiled().terms.number("silence_hours")))
    return _in_rounds(SILENT, {"now": now, "before": silent_before, "most": most, "event": CASE_SILENT.name})


def tell_repairs(told: str, *, now: datetime, most: int = BATCH) -> int:
    """Announce `case.progress` for repairs whose consumer was told nothing for `progress_days`; returns how many.

    `told` is SQL that is true where the consumer of case `c` was told something after `%(before)s`: who tells knows that.
    """
    before = now + EVERY - timedelta(days=float(compiled().terms.number("progress_days")))
    done = 0
    for _ in range(ROUNDS_MOST):
        with transaction.atomic(), connection.cursor() as cursor:
            # Locked by one statement, judged by the next: that one sees what another worker has told meanwhile.
            cursor.execute(QUIET_REPAIRS.replace("/*told*/", told), {"before": before, "most": most, "event": CASE_PROGRESS.name})
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                break
            cursor.execute(
                PROGRESS.replace("/*told*/", told), {"ids": ids, "before": before, "now": now, "event": CASE_PROGRESS.name}
            )  # fmt: skip
            done += cursor.rowcount
        if len(ids) < most:
            break
    return done


def _in_rounds(statement: str, values: dict[str, Any]) -> int:
    done = 0
    for _ in range(ROUNDS_MOST):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            seen, told = cursor.fetchone()
        done += int(told)
        if int(seen) < int(str(values["most"])):
            break
    return done


REMINDED = """(c.waits_on = 'consumer' AND EXISTS (
    SELECT 1 FROM cases_deadline d
    WHERE d.case_id = c.id AND d.state = 'open' AND d.waits_on = 'consumer' AND d.reminded_at IS NOT NULL))"""
TOLD = """jsonb_build_object('number', c.number, 'order', coalesce(o.number, ''), 'service', c.service, 'status', c.status,
    'stage', c.stage, 'waits_on', c.waits_on, 'due_at', c.due_at, 'version', c.version, 'since', {since})"""
# The row's mark is what makes it once: a second worker skips the locked row, or finds it marked and looks again.
SILENT = f"""
WITH quiet AS (
    SELECT c.id, c.number, {REMINDED} AS reminded FROM cases_case c
    WHERE c.closed_at IS NULL AND NOT c.stage = 'rated' AND GREATEST(c.updated_at, c.heard_at) <= %(before)s
    ORDER BY GREATEST(c.updated_at, c.heard_at), c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
), seen AS (
    SELECT q.*, (SELECT e.at FROM plumbing_event e WHERE e.subject = q.number ORDER BY e.id DESC LIMIT 1) AS last FROM quiet q
), marked AS (
    UPDATE cases_case c SET heard_at = CASE WHEN s.last > %(before)s THEN least(s.last, %(now)s) ELSE %(now)s END
    FROM seen s WHERE c.id = s.id
    RETURNING c.*, s.last AS last, (s.last IS NULL OR s.last <= %(before)s) AND NOT s.reminded AS silent
), told AS (
    INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
    SELECT %(now)s, %(event)s, c.number, c.merchant_id, c.buyer_id, {TOLD.format(since="coalesce(c.last, c.updated_at)")}
    FROM marked c LEFT JOIN orders_order o ON o.id = c.order_id WHERE c.silent RETURNING 1
)
SELECT (SELECT count(*) FROM quiet), (SELECT count(*) FROM told)
"""  # noqa: S608
_UNTOLD = f"""NOT {REMINDED} AND NOT (/*told*/) AND NOT EXISTS (
    SELECT 1 FROM plumbing_event e WHERE e.subject = c.number AND e.type IN (%(event)s, 'case.silent') AND e.at > %(before)s)"""  # noqa: S608
QUIET_REPAIRS = f"""
SELECT c.id FROM cases_case c
WHERE c.closed_at IS NULL AND c.service = 'repair' AND NOT c.stage = 'rated' AND c.submitted_at <= %(before)s AND {_UNTOLD}
ORDER BY c.submitted_at, c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608
PROGRESS = f"""
INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
SELECT %(now)s, %(event)s, c.number, c.merchant_id, c.buyer_id, {TOLD.format(since="c.submitted_at")}
FROM cases_case c LEFT JOIN orders_order o ON o.id = c.order_id
WHERE c.id = ANY(%(ids)s) AND c.closed_at IS NULL AND {_UNTOLD}
"""  # noqa: S608
