"""The books as they stood at the end of a day, and a fingerprint of what was written on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from shouhou.foundation.days import SHANGHAI

NONE = "0" * 64


@dataclass(frozen=True, slots=True)
class Totals:
    """All accounts of a currency: what stands above zero, what below, and their sum – zero."""

    above_minor: int
    below_minor: int

    @property
    def sum_minor(self) -> int:
        return self.above_minor + self.below_minor


def day_begins(day: date) -> datetime:
    """00:00 in Beijing."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def totals_at(until: datetime) -> Mapping[str, Totals]:
    """By currency, of everything posted before the instant."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [until])
        return {currency: Totals(int(above), int(below)) for currency, above, below in cursor.fetchall()}


def open_accounts(*, like: str, until: datetime, most: int) -> list[tuple[str, str, int]]:
    """(account, currency, balance) of those like the pattern that were not at zero."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [like, until, like, until, most])
        return [(account, currency, int(amount)) for account, currency, amount in cursor.fetchall()]


def written_on(day: date) -> tuple[int, int]:
    """How many transfers and postings were written on the day."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [day_begins(day), day_begins(day + timedelta(days=1))])
        transfers, postings = cursor.fetchone()
        return int(transfers), int(postings)


def digests(*, since: date, until: date) -> Mapping[date, str]:
    """The fingerprint of each day's transfers and postings (days without any are left out), `until` included."""
    with connection.cursor() as cursor:
        cursor.execute(DIGESTS, [day_begins(since), day_begins(until + timedelta(days=1))])
        return dict(cursor.fetchall())


TOTALS = """
WITH counted AS (
    SELECT p.source, p.destination, p.amount_minor, p.currency FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id WHERE t.phase = 'posted' AND t.at < %s
), sides AS (
    SELECT source AS account, currency, -amount_minor AS amount FROM counted
    UNION ALL SELECT destination, currency, amount_minor FROM counted
), held AS (SELECT account, currency, sum(amount) AS amount FROM sides GROUP BY account, currency)
SELECT currency, coalesce(sum(amount) FILTER (WHERE amount > 0), 0), coalesce(sum(amount) FILTER (WHERE amount < 0), 0)
FROM held GROUP BY currency ORDER BY currency
"""
OPEN = """
WITH sides AS (
    SELECT p.source AS account, p.currency, -p.amount_minor AS amount FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id WHERE p.source LIKE %s AND t.phase = 'posted' AND t.at < %s
    UNION ALL SELECT p.destination, p.currency, p.amount_minor FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id WHERE p.destination LIKE %s AND t.phase = 'posted' AND t.at < %s
)
SELECT account, currency, sum(amount) FROM sides GROUP BY account, currency HAVING sum(amount) <> 0
ORDER BY account, currency LIMIT %s
"""
WRITTEN = """
SELECT count(DISTINCT t.id), count(p.id) FROM ledger_transfer t LEFT JOIN ledger_posting p ON p.transfer_id = t.id
WHERE t.at >= %s AND t.at < %s
"""
DIGESTS = """
SELECT day, encode(sha256(string_agg(fingerprint, '' ORDER BY transfer, posting)), 'hex') FROM (
    SELECT (t.at AT TIME ZONE 'Asia/Shanghai')::date AS day, t.id AS transfer, coalesce(p.id, 0) AS posting,
      sha256(convert_to(jsonb_build_array(t.id, t.recipe, t.subject, t.phase, t.resolves_id, t.key, t.by,
        extract(epoch FROM t.at), p.id, p.source, p.destination, p.amount_minor, p.currency)::text, 'UTF8')) AS fingerprint
    FROM ledger_transfer t LEFT JOIN ledger_posting p ON p.transfer_id = t.id WHERE t.at >= %s AND t.at < %s) rows
GROUP BY day ORDER BY day
"""
