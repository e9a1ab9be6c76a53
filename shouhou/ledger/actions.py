"""Writing transfers, in the caller's transaction; the same key twice is one transfer. And gathering what they come to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from shouhou.foundation.refusals import refusal, refused
from shouhou.ledger.chart import account_of
from shouhou.ledger.gathering import Gathered, gathered
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.recipes import Move

GATHERED_AT_ONCE = 20_000
TRANSFER_RESOLVED = refusal(
    "TRANSFER_RESOLVED", "conflict",
    zh="这笔待定分录已经处理过（{key}）。", en="This pending transfer has already been resolved ({key}).",
)  # fmt: skip
TRANSFER_UNKNOWN = refusal(
    "TRANSFER_UNKNOWN", "not_found",
    zh="没有这笔待定分录（{key}）。", en="There is no such pending transfer ({key}).",
)  # fmt: skip


def post(
    moves: Sequence[Move], *, recipe: str, subject: str, currency: str, key: str, by: str, now: datetime
) -> int:  # fmt: skip
    """Money has moved. Returns the transfer's id; the same key again returns the first one's.

    Raises ValueError for a flow that the recipe does not name, KeyError for an unknown recipe or account.
    """
    return _write("posted", moves, recipe=recipe, subject=subject, currency=currency, key=key, by=by, now=now)


def hold(
    moves: Sequence[Move], *, recipe: str, subject: str, currency: str, key: str, by: str, now: datetime
) -> int:  # fmt: skip
    """Money is about to move: a pending transfer, to be resolved by `settle` or `void`."""
    return _write("pending", moves, recipe=recipe, subject=subject, currency=currency, key=key, by=by, now=now)


def settle(key: str, *, by: str, now: datetime) -> int:
    """The pending transfer `key` has happened. Settling twice is once. Raises Refused when it was voided."""
    return _resolve("posted", key, by=by, now=now)


def void(key: str, *, by: str, now: datetime) -> int:
    """The pending transfer `key` will not happen. Voiding twice is once. Raises Refused when it was posted."""
    return _resolve("voided", key, by=by, now=now)


def gather(*, most: int = GATHERED_AT_ONCE) -> int:
    """Up to `most` rows of the tail join the days' turnovers; nobody who reads sees the difference. Returns how many they were: 0
    when there are none, or somebody else is gathering."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('ledger_gather'))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE_TAIL, [most])
        rows = cursor.fetchall()
        if not rows:
            return 0
        found = list({(account, currency) for account, currency, *_ in rows})
        cursor.execute(KNOWN_SINCE, [[account for account, _ in found], [currency for _, currency in found]])
        _keep(gathered(rows, known_since={(account, currency): day for account, currency, day in cursor.fetchall()}))
        return len(rows)


def _keep(found: Gathered) -> None:
    days, places = found.days, {**dict.fromkeys(found.families), **dict.fromkeys(found.accounts)}
    nothing = (0, 0, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(KEEP_DAYS, [
            [found.family_of[place[0]] for place in days], *_columns(days), *_columns(days.values()),
        ])  # fmt: skip
        cursor.execute(KEEP_FAMILIES, [
            [found.accounts.get(place, 0) for place in places], *_columns(places),
            *_columns(found.families.get(place, nothing) for place in places),
        ])  # fmt: skip


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _write(
    phase: str, moves: Sequence[Move], *, recipe: str, subject: str, currency: str, key: str, by: str, now: datetime
) -> int:  # fmt: skip
    flows = RECIPES[recipe].flows
    strange = [m for m in moves if (account_of(m.source), account_of(m.destination)) not in flows]
    if strange:
        raise ValueError(f"{recipe} does not move money like this: {strange}")
    # Nobody goes on after a failure here, so no savepoint is paid for.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(INSERT_TRANSFER, [recipe, subject, phase, None, key, by, now])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT id FROM ledger_transfer WHERE key = %s", [key])
            return int(cursor.fetchone()[0])
        cursor.execute(INSERT_POSTINGS, [
            row[0], currency, [move.source for move in moves], [move.destination for move in moves],
            [move.amount_minor for move in moves],
        ])  # fmt: skip
        return int(row[0])


def _resolve(phase: str, key: str, *, by: str, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, recipe, subject FROM ledger_transfer WHERE key = %s AND phase = 'pending'", [key])
        pending = cursor.fetchone()
        if pending is None:
            raise refused(TRANSFER_UNKNOWN, key=key)
        cursor.execute(INSERT_TRANSFER, [pending[1], pending[2], phase, pending[0], f"{key}/resolved", by, now])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT id, phase FROM ledger_transfer WHERE resolves_id = %s", [pending[0]])
            earlier = cursor.fetchone()
            if earlier is None or earlier[1] != phase:
                raise refused(TRANSFER_RESOLVED, key=key)
            return int(earlier[0])
        if phase == "posted":
            cursor.execute(COPY_POSTINGS, [row[0], pending[0]])
        return int(row[0])


INSERT_TRANSFER = """
INSERT INTO ledger_transfer (recipe, subject, phase, resolves_id, key, by, at)
VALUES (%s, %s, %s, %s::bigint, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
INSERT_POSTINGS = """
INSERT INTO ledger_posting (transfer_id, currency, source, destination, amount_minor)
SELECT %s::bigint, %s, source, destination, amount
FROM unnest(%s::text[], %s::text[], %s::bigint[]) WITH ORDINALITY AS m(source, destination, amount, place) ORDER BY place
"""
COPY_POSTINGS = """
INSERT INTO ledger_posting (transfer_id, currency, source, destination, amount_minor)
SELECT %s::bigint, currency, source, destination, amount_minor FROM ledger_posting
WHERE transfer_id = %s::bigint ORDER BY id
"""
TAKE_TAIL = """
DELETE FROM ledger_tail WHERE id IN (SELECT id FROM ledger_tail ORDER BY id LIMIT %s)
RETURNING account, currency, day, in_minor, out_minor, pending_minor, posted, pending
"""
KNOWN_SINCE = """
SELECT w.account, w.currency, t.day FROM unnest(%s::text[], %s::text[]) AS w(account, currency) CROSS JOIN LATERAL (
  SELECT day FROM ledger_turnover t WHERE t.account = w.account AND t.currency = w.currency ORDER BY day LIMIT 1) t
"""
_ADDED = """
DO UPDATE SET in_minor = kept.in_minor + excluded.in_minor, out_minor = kept.out_minor + excluded.out_minor,
  pending_minor = kept.pending_minor + excluded.pending_minor, posted = kept.posted + excluded.posted,
  pending = kept.pending + excluded.pending
"""
KEEP_DAYS = f"""
INSERT INTO ledger_turnover AS kept (family, account, currency, day, in_minor, out_minor, pending_minor, posted, pending)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (account, currency, day) {_ADDED}
"""  # noqa: S608
KEEP_FAMILIES = f"""
INSERT INTO ledger_familyturnover AS kept (accounts, family, currency, day, in_minor, out_minor, pending_minor, posted, pending)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (family, currency, day) {_ADDED}, accounts = kept.accounts + excluded.accounts
"""  # noqa: S608
