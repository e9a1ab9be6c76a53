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


def totals_at(day: date) -> Mapping[str, Totals]:
    """By currency, of everything posted before the day."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"day": day})
        return {currency: Totals(int(above), int(below)) for currency, above, below in cursor.fetchall()}


def open_accounts(*, like: str, before: date, most: int) -> list[tuple[str, str, int]]:
    """(account, currency, balance) of those like the pattern that were not at zero when the day began."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"like": like, "day": before, "most": most})
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


# The day's turnovers and the tail of those that are not gathered yet; `day` is the one that the instant begins.
_HELD = """
WITH held AS (
    SELECT account, currency, sum(amount) AS amount FROM (
        SELECT account, currency, day, in_minor - out_minor AS amount FROM ledger_turnover
        UNION ALL SELECT account, currency, day, in_minor - out_minor FROM ledger_tail
    ) figures WHERE day < %(day)s{further} GROUP BY account, currency
)
"""
TOTALS = _HELD.format(further="") + """
SELECT currency, coalesce(sum(amount) FILTER (WHERE amount > 0), 0), coalesce(sum(amount) FILTER (WHERE amount < 0), 0)
FROM held GROUP BY currency ORDER BY currency
"""
OPEN = _HELD.format(further=" AND account LIKE %(like)s") + """
SELECT account, currency, amount FROM held WHERE amount <> 0 ORDER BY account, currency LIMIT %(most)s
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
