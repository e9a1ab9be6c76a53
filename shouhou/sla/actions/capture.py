"""Recording how duties ended: the feed tells of a case, its ended limits are copied once, each missed one is a breach once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.ids import new_number
from shouhou.plumbing.events import publish
from shouhou.plumbing.feed import FeedEvent
from shouhou.sla.actions.taking import take_new
from shouhou.sla.events import BREACH_RECORDED
from shouhou.sla.models import Breach, Sanction
from shouhou.sla.rules.kinds import Owed, owed, terms_owed
from shouhou.sla.rules.lateness import outcome
from shouhou.sla.rules.sanctions import SanctionRow, sanction_for
from shouhou.sla.terms import days

# What can end a limit of a case: a move, an answer by message, a consequence that could not be made.
TELLING = frozenset({"case.moved", "case.message", "case.deadline_blocked"})
LOOKED_BACK, BATCH = timedelta(days=3), 1000
# Where the clock's log stands in a row of what has ended.
CLOCK = 9


@dataclass(frozen=True, slots=True)
class Ended:
    """A limit that is over, or that is overdue and blocked (`ended_at` None), with what must be known of its case."""

    id: int
    name: str
    term: str
    waits_on: str
    on_breach: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    state: str
    clock: list[list[str]]
    case_id: int
    number: str
    merchant_id: int | None
    channel: str
    service: str
    role: str
    status_after: str
    status_before: str


def on_event(event: FeedEvent) -> None:
    """A dispatcher of the feed: outside of the moves' own transactions, once, in their order."""
    if event.type == "case.opened" and event.merchant_id is not None:
        take_new(event.merchant_id, now=event.at)
    if event.type in TELLING:
        capture(event.subject, now=event.at)
        if event.type == "case.moved":
            settle(event.subject, event.data, at=event.at)


def capture(number: str, *, now: datetime) -> int:
    """Copy what has ended of the case; returns how many breaches are new. Twice or at once: nothing more."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, {"number": number, "terms": list(terms_owed())})
        rows = [list(row) for row in cursor.fetchall()]
    if not rows:
        # Most moves end no duty: they cost one look.
        return 0
    for each in rows:
        # Django hands raw jsonb over as text.
        each[CLOCK] = orjson.loads(each[CLOCK])
    with transaction.atomic():
        return sum(_captured(Ended(*each), now=now) for each in rows)


def settle(number: str, data: Any, *, at: datetime) -> None:
    """The case goes on: what was missed before and still owed has been done, or is no longer theirs to do."""
    if data.get("from") != data.get("status"):
        Breach.objects.filter(case__number=number, settled_at=None, recorded_at__lt=at).update(settled_at=at)


def capture_missed(*, now: datetime, most: int = BATCH) -> int:
    """Look once more at the cases of the last days: what a dispatcher could not tell is recorded all the same."""
    with connection.cursor() as cursor:
        cursor.execute(MISSED, {"since": now - LOOKED_BACK, "terms": list(terms_owed()), "most": most})
        numbers = [row[0] for row in cursor.fetchall()]
    return sum(capture(number, now=now) for number in numbers)


def impose(kind: str, *, now: datetime) -> dict[str, Any]:
    """What the penalty table says of a breach of this kind on this day; an empty table is said, and imposes nothing."""
    rows = [
        SanctionRow(row.pk, row.kind, row.since, row.until, row.points, row.amount_minor) for row in Sanction.objects.filter(kind=kind)
    ]
    held = sanction_for(kind, local_day(now), rows)
    if held is None:
        return {"table_missing": True}
    return {"sanction_id": held.id, "points": held.points, "amount_minor": held.amount_minor}


def tell_breach(row: Breach, *, case: str, now: datetime) -> None:
    data = {
        "number": row.number, "case": case, "kind": row.kind, "due_at": row.due_at.isoformat(), "party": row.party, "points": row.points,
        "amount_minor": row.amount_minor, "table_missing": row.table_missing, "until": row.appeal_until.isoformat(),
    }  # fmt: skip
    publish(BREACH_RECORDED, subject=row.number, now=now, data=data, merchant_id=row.merchant_id)


def _captured(row: Ended, *, now: datetime) -> bool:
    """Copied, and where it was missed a breach; whether that is new."""
    duty = owed(name=row.name, term=row.term, waits_on=row.waits_on, started_at=row.started_at, due_at=row.due_at, channel=row.channel)
    if duty is None:
        return False
    if row.ended_at is None:
        return _breach(row, duty, now=now)
    how = outcome(state=row.state, due_at=row.due_at, ended_at=row.ended_at, clock=row.clock, role=row.role)
    _copy(row, duty, how)
    return how == "late" and _breach(row, duty, now=now)


def _copy(row: Ended, duty: Owed, how: str) -> None:
    values = [
        row.id, row.case_id, row.merchant_id, duty.kind, duty.team, duty.seller, duty.party, row.service, row.started_at, row.due_at,
        row.ended_at, how,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COPY, values)


def _breach(row: Ended, duty: Owed, *, now: datetime) -> bool:
    """The unique limit is the judge: whoever comes second makes nothing and tells nothing."""
    at = row.ended_at or now
    # Taken out of their hands, or done (late): settled then; only noted: still owed.
    settled = row.ended_at if row.state != "breached" or row.status_after != row.status_before else None
    made = Breach(
        number=new_number("BR"), deadline_id=row.id, case_id=row.case_id, merchant_id=row.merchant_id, kind=duty.kind, team=duty.team,
        seller=duty.seller, party=duty.party, service=row.service, started_at=row.started_at, due_at=row.due_at, recorded_at=at,
        settled_at=settled, consequence=row.on_breach if row.state == "breached" else "",
        appeal_until=at + days("breach_appeal_days", now=now),
        **(impose(duty.kind, now=at) if duty.party == "shop" else {}),
    )  # fmt: skip
    if Breach.objects.filter(deadline_id=row.id).exists():
        return False
    Breach.objects.bulk_create([made], ignore_conflicts=True)
    stored = Breach.objects.filter(number=made.number).first()
    if stored is None:
        return False
    tell_breach(stored, case=row.number, now=now)
    return True


COPY = """
INSERT INTO sla_clock (deadline_id, case_id, merchant_id, kind, team, seller, party, service, started_at, due_at, ended_at, outcome)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (deadline_id) DO NOTHING
"""
ENDED = """
SELECT d.id, d.name, d.term, d.waits_on, d.on_breach, d.started_at, d.due_at, d.ended_at, d.state, d.clock, c.id, c.number,
    c.merchant_id, CASE WHEN c.details ? 'taken_over' THEN 'self' ELSE coalesce(o.channel, m.channel, 'self') END, c.service,
    coalesce(h.role, ''), coalesce(h.to_status, ''),
    coalesce(h.from_status, '')
FROM cases_case c
JOIN cases_deadline d ON d.case_id = c.id
LEFT JOIN orders_order o ON o.id = c.order_id
LEFT JOIN merchants_merchant m ON m.id = c.merchant_id
LEFT JOIN LATERAL (
    SELECT x.role, x.to_status, x.from_status FROM cases_historyentry x WHERE x.case_id = c.id AND x.at = d.ended_at
    -- Limits that run out together are worked off in one instant: the move that this one names is its own.
    ORDER BY (d.state = 'breached' AND x.move = d.on_breach) DESC, x.version LIMIT 1
) h ON true
WHERE c.number = %(number)s AND d.term = ANY(%(terms)s)
  AND (d.ended_at IS NOT NULL OR (d.state = 'open' AND d.failures > 0))
  AND NOT EXISTS (SELECT 1 FROM sla_clock k WHERE k.deadline_id = d.id)
ORDER BY d.id
"""
MISSED = """
SELECT DISTINCT c.number FROM cases_case c JOIN cases_deadline d ON d.case_id = c.id
WHERE c.updated_at >= %(since)s AND d.term = ANY(%(terms)s) AND (d.ended_at IS NOT NULL OR (d.state = 'open' AND d.failures > 0))
  AND NOT EXISTS (SELECT 1 FROM sla_clock k WHERE k.deadline_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM sla_breach b WHERE b.deadline_id = d.id)
ORDER BY c.number LIMIT %(most)s
"""
