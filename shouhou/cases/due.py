"""Working off limits: a due one is a real move by the clock, a near one a reminder; safe with many workers."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.types.json import Jsonb

from shouhou.cases.events import CASE_REMINDED, DEADLINE_BLOCKED
from shouhou.cases.making import move_case
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.events import INSERT_EVENT

log = logging.getLogger(__name__)
BATCH = 200
# A limit whose consequence is refused is tried again, ever more rarely; the doctor counts them, the case shows them.
RETRY_AFTER = timedelta(minutes=5)


def work_off_due(*, now: datetime, most: int = BATCH) -> int:
    """Make the moves that due limits name; returns how many were worked off. Each is a transaction of its own."""
    done = 0
    while done < most and _work_one(now):
        done += 1
    return done


def remind(*, now: datetime, most: int = BATCH) -> int:
    """Remind whoever a limit waits for, once, when the reminder's time has come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REMIND, {"now": now, "most": most, "event": CASE_REMINDED.name})
        return int(cursor.fetchone()[0])


def _work_one(now: datetime) -> bool:
    """One due limit, claimed with its case so that no other worker and no person is in it."""
    row: Any = None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(CLAIM, {"now": now})
                row = cursor.fetchone()
            if row is None:
                return False
            _, name, move, number, _, _ = row
            move_case(number, move, actor=SYSTEM, answers={}, version=None, now=now, breached=name)
    except Refused as refusal:
        _block(row, refusal.code, now)
    except OperationalError:
        # The database itself, or a deadlock: nothing is wrong with the case, the next round does it.
        raise
    except Exception:
        if row is None:
            raise
        # One case that breaks must not stop the clock of all others: it is put aside, loudly.
        log.exception("limit %s of %s broke", row[1], row[3])
        _block(row, "BROKEN", now)
    return True


def _block(row: Any, code: str, now: datetime) -> None:
    """What could not be done is told and tried again later; the case stays as it was. Told once, whoever else tried."""
    deadline_id, name, _, number, merchant_id, buyer_id = row
    data = {"number": number, "deadline": name, "code": code}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BLOCK, {"again": now + RETRY_AFTER, "id": deadline_id, "now": now})
        if cursor.fetchone() is None:
            return
        log.warning("limit %s of %s could not be worked off: %s", name, number, code)
        values: list[Any] = [now, DEADLINE_BLOCKED.name, number, merchant_id, buyer_id, Jsonb(data)]
        cursor.execute(INSERT_EVENT, values)


# SKIP LOCKED on the case, too: a case somebody is moving is left for the next round.
CLAIM = """
SELECT d.id, d.name, d.on_breach, c.number, c.merchant_id, c.buyer_id
FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id
WHERE d.state = 'open' AND d.due_at < %(now)s AND (d.retry_at IS NULL OR d.retry_at < %(now)s)
ORDER BY d.due_at LIMIT 1 FOR UPDATE OF d, c SKIP LOCKED
"""
BLOCK = """
UPDATE cases_deadline SET failures = failures + 1, retry_at = %(again)s::timestamptz + failures * interval '5 minutes'
WHERE id = %(id)s AND state = 'open' AND (retry_at IS NULL OR retry_at < %(now)s) RETURNING id
"""
REMIND = """
WITH near AS (
    SELECT d.id FROM cases_deadline d
    WHERE d.state = 'open' AND d.reminded_at IS NULL AND d.remind_at <= %(now)s
    ORDER BY d.remind_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE cases_deadline d SET reminded_at = %(now)s FROM near WHERE d.id = near.id RETURNING d.case_id, d.name, d.due_at
), told AS (
    INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
    SELECT %(now)s, %(event)s, c.number, c.merchant_id, c.buyer_id, jsonb_build_object('number', c.number,
        'order', coalesce(o.number, ''), 'service', c.service, 'status', c.status, 'stage', c.stage, 'waits_on', c.waits_on,
        'due_at', m.due_at, 'deadline', m.name, 'version', c.version)
    FROM marked m JOIN cases_case c ON c.id = m.case_id LEFT JOIN orders_order o ON o.id = c.order_id RETURNING 1
)
SELECT count(*) FROM told
"""
