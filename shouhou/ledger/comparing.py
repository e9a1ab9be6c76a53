"""What is kept by day against what the postings themselves come to: nothing may differ, and what does is named."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from shouhou.ledger.proving import day_begins

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Drift:
    """A day of an account (or, in `families`, of a kind of account) whose kept figures are not those of its postings; the
    figures are in, out, pending, posted and pending postings (of a kind: also its accounts)."""

    name: str
    currency: str
    day: date
    kept: tuple[int, ...]
    written: tuple[int, ...]


def drifted(*, since: date | None, until: date, most: int) -> list[Drift]:
    """Accounts whose days are kept otherwise than their postings say, from `since` on (None: from the beginning) to the day before
    `until`. It reads every posting of the period."""
    start: datetime = day_begins(since or EARLIEST)
    given: dict[str, Any] = {
        "begin": start, "end": day_begins(until), "since": since or EARLIEST, "until": until, "most": most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DRIFT, given)
        return [_drift(row) for row in cursor.fetchall()]


def unlike_families(*, most: int) -> list[Drift]:
    """Kinds of accounts whose days are kept otherwise than the days of their accounts come to; quick, for no posting is read."""
    with connection.cursor() as cursor:
        cursor.execute(UNLIKE, {"most": most})
        return [_drift(row) for row in cursor.fetchall()]



def _drift(row: tuple[str, str, date, list[int], list[int]]) -> Drift:
    name, currency, day, kept, written = row
    return Drift(name, currency, day, tuple(map(int, kept)), tuple(map(int, written)))


NOTHING = "ARRAY[0,0,0,0,0]::bigint[]"
_ALL = "ARRAY[sum(in_minor), sum(out_minor), sum(pending_minor), sum(posted), sum(pending)]::bigint[]"
DRIFT = f"""
WITH sides AS (
    SELECT side.account, p.currency, (t.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
      CASE WHEN t.phase = 'posted' AND side.sign = 1 THEN p.amount_minor ELSE 0 END AS in_minor,
      CASE WHEN t.phase = 'posted' AND side.sign = -1 THEN p.amount_minor ELSE 0 END AS out_minor,
      CASE WHEN t.phase = 'pending' THEN side.sign * p.amount_minor ELSE 0 END AS pending_minor,
      (t.phase = 'posted')::int AS posted, (t.phase = 'pending')::int AS pending
    FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
    LEFT JOIN ledger_transfer r ON r.resolves_id = t.id
    CROSS JOIN LATERAL (VALUES (p.source, -1), (p.destination, 1)) side (account, sign)
    WHERE t.at >= %(begin)s AND t.at < %(end)s AND (t.phase = 'posted' OR (t.phase = 'pending' AND r.id IS NULL))
), written AS (
    SELECT account, currency, day, {_ALL} AS figures FROM sides GROUP BY 1, 2, 3
), kept AS (
    SELECT account, currency, day, {_ALL} AS figures FROM (
        SELECT account, currency, day, in_minor, out_minor, pending_minor, posted, pending FROM ledger_turnover
        UNION ALL SELECT account, currency, day, in_minor, out_minor, pending_minor, posted, pending FROM ledger_tail
    ) counted WHERE day >= %(since)s AND day < %(until)s GROUP BY 1, 2, 3
)
SELECT account, currency, day, coalesce(kept.figures, {NOTHING}), coalesce(written.figures, {NOTHING})
FROM written FULL JOIN kept USING (account, currency, day)
WHERE coalesce(kept.figures, {NOTHING}) <> coalesce(written.figures, {NOTHING}) ORDER BY day, account, currency LIMIT %(most)s
"""  # noqa: S608
# The accounts of a kind are counted on the first day of each.
UNLIKE = f"""
WITH own AS (
    SELECT family, currency, day, {_ALL} || count(*) FILTER (WHERE day = first) AS figures FROM (
        SELECT *, min(day) OVER (PARTITION BY account, currency) AS first FROM ledger_turnover
    ) turnovers GROUP BY 1, 2, 3
), kept AS (
    SELECT family, currency, day, ARRAY[in_minor, out_minor, pending_minor, posted, pending, accounts] AS figures FROM ledger_familyturnover
)
SELECT family, currency, day, coalesce(kept.figures, {NOTHING} || 0::bigint), coalesce(own.figures, {NOTHING} || 0::bigint)
FROM own FULL JOIN kept USING (family, currency, day)
WHERE coalesce(kept.figures, {NOTHING} || 0::bigint) <> coalesce(own.figures, {NOTHING} || 0::bigint)
ORDER BY day, family, currency LIMIT %(most)s
"""  # noqa: S608
