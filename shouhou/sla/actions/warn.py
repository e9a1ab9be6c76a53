"""Warnings before a shop's limits run out: each once for the instant at which it is due."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from shouhou.plumbing.events import publish
from shouhou.sla.events import DUE_SOON
from shouhou.sla.models import Warned
from shouhou.sla.rules.kinds import SHOP, owed, terms_owed
from shouhou.sla.terms import terms_now

BATCH = 200
KEPT = timedelta(days=90)


def warn(*, now: datetime, most: int = BATCH) -> int:
    """Tell shops of limits that end within the book's hours; one shorter than these is not warned of. Returns how many."""
    ahead = timedelta(hours=terms_now(now).number("sla_warning_hours"))
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {"now": now, "until": now + ahead, "ahead": ahead, "terms": list(terms_owed()), "most": most}
        cursor.execute(NEAR, values)
        told = 0
        for key, name, term, waits_on, started_at, due_at, number, merchant_id in cursor.fetchall():
            duty = owed(name=name, term=term, waits_on=waits_on, started_at=started_at, due_at=due_at, channel="third")
            cursor.execute(MARK, [key, due_at, now])
            if duty is None or duty.party != SHOP or cursor.fetchone() is None:
                continue
            data = {"number": number, "kind": duty.kind, "due_at": due_at.isoformat()}
            publish(DUE_SOON, subject=number, now=now, data=data, merchant_id=merchant_id)
            told += 1
    return told


def forget_warnings(*, now: datetime) -> int:
    """What was due long ago needs no mark any more."""
    with transaction.atomic():
        return Warned.objects.filter(due_at__lt=now - KEPT).delete()[0]


MARK = "INSERT INTO sla_warned (deadline_id, due_at, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"
NEAR = """
SELECT d.id, d.name, d.term, d.waits_on, d.started_at, d.due_at, c.number, c.merchant_id
FROM cases_deadline d
JOIN cases_case c ON c.id = d.case_id
JOIN merchants_merchant m ON m.id = c.merchant_id AND m.channel = 'third'
WHERE d.state = 'open' AND d.due_at > %(now)s AND d.due_at <= %(until)s AND d.due_at - d.started_at > %(ahead)s::interval
  AND d.term = ANY(%(terms)s) AND NOT c.details ? 'taken_over'
  AND NOT EXISTS (SELECT 1 FROM sla_warned w WHERE w.deadline_id = d.id AND w.due_at = d.due_at)
ORDER BY d.due_at LIMIT %(most)s
"""
