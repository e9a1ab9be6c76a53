"""The complete, ordered feed: an event gets its number only when no earlier one can still appear."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

# Two readers at once would number twice: one lock, held for the moment of numbering.
FEED_LOCK = 7_305_001


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One numbered event."""

    seq: int
    at: datetime
    type: str
    subject: str
    merchant_id: int | None
    buyer_id: int | None
    data: dict[str, Any]


def number_events() -> int:
    """Give every settled event its place; returns how many were placed. Safe to run anywhere, any time, at once.

    A transaction below the horizon (the oldest one still running) can write no more events, so everything between
    the last horizon and this one is complete and is numbered exactly once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FEED_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # The horizon is read in a statement after the lock, so that it sees what the last holder committed.
        cursor.execute(NUMBER)
        return int(cursor.fetchone()[0])


def events_after(seq: int, *, limit: int, merchant_id: int | None = None, buyer_id: int | None = None) -> list[FeedEvent]:
    """The next events after `seq`, at most `limit`, of one shop or buyer when given."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"seq": seq, "limit": limit, "merchant": merchant_id, "buyer": buyer_id})
        return [FeedEvent(*(*row[:6], orjson.loads(row[6]))) for row in cursor.fetchall()]


def feed_page(seq: int, *, limit: int, merchant_id: int | None = None, buyer_id: int | None = None) -> list[tuple[int, str]]:
    """The same as (seq, JSON text) for the API: written by the database, without what only staff may read for a buyer."""
    with connection.cursor() as cursor:
        cursor.execute(PAGE, {"seq": seq, "limit": limit, "merchant": merchant_id, "buyer": buyer_id})
        return list(cursor.fetchall())


NUMBER = """
WITH horizon AS MATERIALIZED (
    SELECT h.tx AS old, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS new FROM plumbing_feedhorizon h
), placed AS (
    INSERT INTO plumbing_feedentry (event_id)
    SELECT e.id FROM plumbing_event e, horizon WHERE e.tx >= horizon.old AND e.tx < horizon.new ORDER BY e.tx, e.id
    RETURNING 1
), moved AS (
    UPDATE plumbing_feedhorizon h SET tx = horizon.new FROM horizon WHERE horizon.new > h.tx RETURNING 1
)
SELECT count(*) FROM placed
"""
READ = """
SELECT f.seq, e.at, e.type, e.subject, e.merchant_id, e.buyer_id, e.data
FROM plumbing_feedentry f JOIN plumbing_event e ON e.id = f.event_id
WHERE f.seq > %(seq)s AND (%(merchant)s::bigint IS NULL OR e.merchant_id = %(merchant)s)
  AND (%(buyer)s::bigint IS NULL OR e.buyer_id = %(buyer)s)
ORDER BY f.seq LIMIT %(limit)s
"""
PAGE = """
SELECT f.seq, json_build_object('seq', f.seq, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
    'type', e.type, 'subject', e.subject, 'data', e.data)::text
FROM plumbing_feedentry f JOIN plumbing_event e ON e.id = f.event_id
WHERE f.seq > %(seq)s AND (%(merchant)s::bigint IS NULL OR e.merchant_id = %(merchant)s)
  AND (%(buyer)s::bigint IS NULL OR (e.buyer_id = %(buyer)s AND NOT e.data @> '{"internal": true}'))
ORDER BY f.seq LIMIT %(limit)s
"""
