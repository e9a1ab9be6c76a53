"""How often something may be tried: a leaky bucket per key, kept in one statement, the same for every process."""

import math
from datetime import datetime

from django.db import connection

from shouhou.foundation.refusals import refusal, refused

RATE_LIMITED = refusal(
    "RATE_LIMITED", "too_many",
    zh="操作过于频繁，请 {retry_after_seconds} 秒后再试。", en="Too often. Try again in {retry_after_seconds} seconds.",
)  # fmt: skip


def take(key: str, *, most: int, per_seconds: int, now: datetime) -> None:
    """Count one try: `most` at once, refilled over `per_seconds`. Raises Refused RATE_LIMITED with the wait.

    Call it outside the transaction of what it guards: a refused or failed try counts as well.
    """
    values: dict[str, str | float | datetime] = {"key": key[:120], "now": now, "most": float(most), "leak": most / per_seconds}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone() is None:
            cursor.execute(WAIT, values)
            row = cursor.fetchone()
            raise refused(RATE_LIMITED, retry_after_seconds=max(1, math.ceil(row[0])) if row else 1)


def forget_old(*, now: datetime, older_seconds: int = 7 * 86400) -> int:
    """Drop buckets that ran empty long ago; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plumbing_ratebucket WHERE at < %s - make_interval(secs => %s)", [now, older_seconds])
        return int(cursor.rowcount)


_LEFT = "greatest(0, b.level - %(leak)s::float8 * greatest(0, extract(epoch FROM %(now)s::timestamptz - b.at)))"
TAKE = f"""
INSERT INTO plumbing_ratebucket AS b (key, level, at) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET level = {_LEFT} + 1, at = greatest(b.at, excluded.at)
WHERE {_LEFT} + 1 <= %(most)s::float8
RETURNING 1
"""  # noqa: S608 – put together from our own text only
WAIT = f"""
SELECT ({_LEFT} + 1 - %(most)s::float8) / %(leak)s::float8 FROM plumbing_ratebucket b WHERE b.key = %(key)s
"""  # noqa: S608 – the same
