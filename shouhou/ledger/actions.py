"""Writing transfers, in the caller's transaction; the same key twice is one transfer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from shouhou.foundation.refusals import refusal, refused
from shouhou.ledger.chart import account_of
from shouhou.ledger.recipes import RECIPES, Move

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
