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

    A transaction below the horizon (the oldest one still running in this database) can write no more events, so
    everything between the last horizon and this one is complete and is numbered exactly once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FEED_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # A statement of its own, before the one that looks at events: whoever ended before the horizon was read is
        # visible to that later look.
        cursor.execute(HORIZON)
        horizon = cursor.fetchone()[0]
        cursor.execute(NUMBER, {"horizon": horizon})
        return int(cursor.fetchone()[0])


def events_after(seq: int, *, limit: int, merchant_id: int | None = None, buyer_id: int | None = None) -> list[FeedEvent]:
    """The next events after `seq`, at most `limit`, of one shop or buyer when given."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"seq": seq, "limit": limit, "merchant": merchant_id, "buyer": buyer_id})
        return [FeedEvent(*(*row[:6], orjson.loads(row[6]))) for row in cursor.fetchall()]


def feed_page(seq: int, *, limit: int, merchant_id: int | None = None, buyer_id: int | None = None) -> list[tuple[int, str]]:
    """The same as (seq, JSON text) for the API: no objects per row, and without what only staff may read for a buyer."""
    with connection.cursor() as cursor:
        scoped = merchant_id is not None or buyer_id is not None
        cursor.execute(
            PAGE if scoped else WHOLE_PAGE, {"seq": seq, "limit": limit, "merchant": merchant_id, "buyer": buyer_id}
        )
        # The session's zone is UTC: "2026-03-10 04:00:00+00" needs only its T and its minutes.
        return [
            (number, f'{{"seq":{number},"at":"{at[:10]}T{at[11:]}:00","type":"{kind}","subject":{_text(subject)},"data":{data}}}')
            for number, at, kind, subject, data in cursor.fetchall()
        ]


def _text(plain: str) -> str:
    return orjson.dumps(plain).decode()


# Transaction numbers are the whole server's, but only this database's transactions can write our events: a long one
# next door must not hold the feed. Where sessions of another role hide their number, the server's horizon is taken.
HORIZON = """
WITH now AS MATERIALIZED (
    SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next FROM pg_current_snapshot() AS s
), running AS MATERIALIZED (
    SELECT a.backend_xid::text::bigint AS xid, a.query = '<insufficient privilege>' AS hidden FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
    UNION ALL
    SELECT p.transaction::text::bigint, false FROM pg_prepared_xacts p WHERE p.database = current_database()
), full_numbers AS (
    -- A session tells the low 32 bits; the high ones are those of the next number, or one less after a wrap.
    SELECT x.same_epoch - CASE WHEN x.same_epoch > x.next + 2147483648 THEN 4294967296 ELSE 0 END AS xid
    FROM (SELECT (now.next & ~4294967295::bigint) | r.xid AS same_epoch, now.next
          FROM running r, now WHERE r.xid IS NOT NULL) AS x
)
SELECT CASE WHEN EXISTS (SELECT 1 FROM running WHERE hidden) THEN now.oldest
    ELSE least(now.next, coalesce((SELECT min(xid) FROM full_numbers), now.next)) END
FROM now
"""
NUMBER = """
WITH old AS MATERIALIZED (
    SELECT tx FROM plumbing_feedhorizon
), placed AS (
    INSERT INTO plumbing_feedentry (event_id)
    SELECT e.id FROM plumbing_event e, old WHERE e.tx >= old.tx AND e.tx < %(horizon)s ORDER BY e.tx, e.id
    RETURNING 1
), moved AS (
    UPDATE plumbing_feedhorizon h SET tx = %(horizon)s WHERE h.tx < %(horizon)s RETURNING 1
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
# First the places, then their events: quick whatever the planner believes of the tables.
WHOLE_PAGE = """
SELECT f.seq, e.at::text, e.type, e.subject, e.data::text
FROM (SELECT seq, event_id FROM plumbing_feedentry WHERE seq > %(seq)s ORDER BY seq LIMIT %(limit)s) AS f
JOIN plumbing_event e ON e.id = f.event_id ORDER BY f.seq
"""
PAGE = """
SELECT f.seq, e.at::text, e.type, e.subject, e.data::text
FROM plumbing_feedentry f JOIN plumbing_event e ON e.id = f.event_id
WHERE f.seq > %(seq)s AND (%(merchant)s::bigint IS NULL OR e.merchant_id = %(merchant)s)
  AND (%(buyer)s::bigint IS NULL OR (e.buyer_id = %(buyer)s AND NOT e.data @> '{"internal": true}'))
ORDER BY f.seq LIMIT %(limit)s
"""
