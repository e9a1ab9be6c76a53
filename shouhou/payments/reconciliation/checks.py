"""What must hold at the end of a day: each check says good, waiting or bad, with its figures."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from shouhou.foundation.days import local_day
from shouhou.ledger.comparing import drifted, unlike_families
from shouhou.ledger.proving import day_begins, open_accounts, totals_at, written_on
from shouhou.payments.reconciliation.queries import covered

ROWS_MOST = 50
Check = dict[str, Any]


def checks_of(day: date, *, grace_days: int, now: datetime) -> list[Check]:
    """All of them, the ledger's own first, then every channel that moved something."""
    return [_trial(day), _kept(day, now=now), _buyers(day), _reservations(), _pending(), *_channels(day, grace_days=grace_days, now=now)]


def _trial(day: date) -> Check:
    """The sum over all accounts is zero in every currency."""
    totals = totals_at(day + timedelta(days=1))
    transfers, postings = written_on(day)
    return {
        "name": "trial", "state": "bad" if any(total.sum_minor for total in totals.values()) else "good",
        "transfers": transfers, "postings": postings,
        "rows": [[currency, total.above_minor, total.below_minor, total.sum_minor] for currency, total in totals.items()],
    }  # fmt: skip


def _kept(day: date, *, now: datetime) -> Check:
    """What is kept by day is what the postings come to: of this day, and for the newest one of all days before it, too."""
    newest = day >= local_day(now) - timedelta(days=1)
    differing = drifted(since=None if newest else day, until=day + timedelta(days=1), most=ROWS_MOST)
    if newest:
        differing += unlike_families(most=ROWS_MOST)
    rows = [
        [row.name, row.currency, row.day.isoformat(), row.kept[0] - row.kept[1], row.written[0] - row.written[1]] for row in differing
    ]  # fmt: skip
    return {"name": "kept", "state": "bad" if rows else "good", "rows": rows}


def _buyers(day: date) -> Check:
    """What we owed buyers is paid, to the cent: their accounts pass money on and keep nothing."""
    rows = open_accounts(like="buyer:%:refunds", before=day + timedelta(days=1), most=ROWS_MOST)
    return {"name": "buyers", "state": "bad" if rows else "good", "rows": [list(row) for row in rows]}


def _reservations() -> Check:
    """What tenders have set aside is what open and refused parts still need; as of the proof's making."""
    rows = _rows(RESERVATIONS)
    return {"name": "reservations", "state": _equal(rows), "rows": rows}


def _pending() -> Check:
    """What the ledger holds as pending is what open parts are about to pay; as of the proof's making."""
    rows = _rows(PENDING)
    return {"name": "pending", "state": _equal(rows), "rows": rows}


def _channels(day: date, *, grace_days: int, now: datetime) -> Iterable[Check]:
    """Every movement of ours is stated, and every statement's line is ours or settled."""
    begin, end = day_begins(day), day_begins(day + timedelta(days=1))
    found: dict[str, list[list[Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHANNELS, {"begin": begin, "end": end, "day": day})
        for channel, *figures in cursor.fetchall():
            found.setdefault(channel, []).append([figures[0], *map(int, figures[1:])])
    late = now >= end + timedelta(days=grace_days)
    for channel, rows in sorted(found.items()):
        has = covered(channel, day)
        differing = sum(row[-1] for row in rows)
        unstated = sum(row[-2] for row in rows)
        if differing:
            state = "bad"
        elif unstated or not has:
            state = "bad" if late else "waiting"
        else:
            state = "good"
        yield {"name": "channel", "channel": channel, "state": state, "statement": has, "rows": rows}


def _equal(rows: list[list[Any]]) -> str:
    return "good" if all(left == right for _, left, right in rows) else "bad"


def _rows(statement: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [[currency, int(left), int(right)] for currency, left, right in cursor.fetchall()]


# Each pair is read in one statement: both sides are of the same instant.
RESERVATIONS = """
SELECT currency, coalesce(sum(reserved), 0), coalesce(sum(needed), 0) FROM (
  SELECT o.currency, a.reserved_minor AS reserved, 0 AS needed FROM payments_tenderallowance a
  JOIN orders_payment p ON p.id = a.payment_id JOIN orders_order o ON o.id = p.order_id WHERE a.reserved_minor <> 0
  UNION ALL
  SELECT r.currency, 0, p.amount_minor FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
  WHERE p.payment_id IS NOT NULL AND p.state IN ('pending', 'sent', 'unknown', 'refused')) both_sides
GROUP BY currency ORDER BY currency
"""
PENDING = """
SELECT currency, coalesce(sum(held), 0), coalesce(sum(due), 0) FROM (
  SELECT p.currency, p.amount_minor AS held, 0 AS due FROM ledger_transfer t JOIN ledger_posting p ON p.transfer_id = t.id
  WHERE t.phase = 'pending' AND t.recipe = 'refund' AND p.destination LIKE 'tender:%'
    AND NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id)
  UNION ALL
  SELECT r.currency, 0, p.amount_minor FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
  WHERE p.state IN ('pending', 'sent', 'unknown')) both_sides
GROUP BY currency ORDER BY currency
"""
# channel, currency, then: refunds of ours, their amount, refunds stated, their amount, payments of ours, their amount, payments
# stated, their amount, fees, movements of ours that no line stands for, differences that are not settled.
CHANNELS = """
WITH own AS (
  SELECT p.channel, r.currency, true AS is_refund, p.amount_minor AS amount,
    NOT EXISTS (SELECT 1 FROM payments_statementline l WHERE l.part_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM payments_difference d WHERE d.part_id = p.id) AS unstated
  FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
  WHERE p.state = 'settled' AND p.settled_at >= %(begin)s AND p.settled_at < %(end)s AND p.channel <> 'inkind' AND p.proof = ''
  UNION ALL
  SELECT c.channel, c.currency, false, c.amount_minor,
    NOT EXISTS (SELECT 1 FROM payments_statementline l WHERE l.charge_id = c.id)
    AND NOT EXISTS (SELECT 1 FROM payments_difference d WHERE d.charge_id = c.id)
  FROM payments_charge c WHERE c.paid_at >= %(begin)s AND c.paid_at < %(end)s
), stated AS (
  SELECT channel, currency, kind, amount_minor AS amount, outcome FROM payments_statementline
  WHERE at >= %(begin)s AND at < %(end)s AND kind <> 'other'
), differing AS (
  SELECT channel, currency FROM payments_difference WHERE day = %(day)s AND state <> 'settled'
), every AS (
  SELECT channel, currency FROM own UNION SELECT channel, currency FROM stated UNION SELECT channel, currency FROM differing
)
SELECT e.channel, e.currency,
  (SELECT count(*) FROM own o WHERE (o.channel, o.currency, o.is_refund) = (e.channel, e.currency, true)),
  (SELECT coalesce(sum(amount), 0) FROM own o WHERE (o.channel, o.currency, o.is_refund) = (e.channel, e.currency, true)),
  (SELECT count(*) FROM stated s WHERE (s.channel, s.currency, s.kind) = (e.channel, e.currency, 'refund')),
  (SELECT coalesce(sum(amount), 0) FROM stated s WHERE (s.channel, s.currency, s.kind) = (e.channel, e.currency, 'refund')),
  (SELECT count(*) FROM own o WHERE (o.channel, o.currency, o.is_refund) = (e.channel, e.currency, false)),
  (SELECT coalesce(sum(amount), 0) FROM own o WHERE (o.channel, o.currency, o.is_refund) = (e.channel, e.currency, false)),
  (SELECT count(*) FROM stated s
   WHERE (s.channel, s.currency, s.kind) = (e.channel, e.currency, 'payment') AND s.outcome <> 'sale'),
  (SELECT coalesce(sum(amount), 0) FROM stated s
   WHERE (s.channel, s.currency, s.kind) = (e.channel, e.currency, 'payment') AND s.outcome <> 'sale'),
  (SELECT coalesce(sum(amount), 0) FROM stated s WHERE (s.channel, s.currency, s.kind) = (e.channel, e.currency, 'fee')),
  (SELECT count(*) FROM own o WHERE (o.channel, o.currency) = (e.channel, e.currency) AND o.unstated),
  (SELECT count(*) FROM differing d WHERE (d.channel, d.currency) = (e.channel, e.currency))
FROM every e ORDER BY e.channel, e.currency
"""
