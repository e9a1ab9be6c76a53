"""The work queue: rows by what is left of their limit, one statement a page; and how many wait in each usual view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from shouhou.cases.todo import TASKS_OPEN
from shouhou.cases.workflows.dispute import ALL
from shouhou.logistics.rules.advice import codes_of
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor

# Counting goes no further: "999+" says enough, and a house with a million open cases opens its queue as fast as a small one.
COUNT_MOST = 1000
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """How the queue is narrowed; what is None does not narrow. `shown` is open, ended or all; `assigned` a user's id, 0: nobody;
    `troubled` are those with a parcel that the house must see to, `auditing` those with a compensation that waits for its audit,
    `tasks` those with a task beside their own turn (cases/todo.py), `disputed` those before the platform, also with a shop's appeal
    after their end."""

    shown: str = "open"
    status: str | None = None
    stage: str | None = None
    service: str | None = None
    reason: str | None = None
    waits_on: str | None = None
    merchant: str | None = None
    assigned: int | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    numbers: tuple[str, ...] | None = None
    channel: str | None = None
    troubled: bool = False
    auditing: bool = False
    tasks: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case as the queue shows it. Personal data is whole here: whoever shows it masks it."""

    id: int
    number: str
    order: str
    service: str
    reason: str
    status: str
    stage: str
    waits_on: str
    due_at: datetime | None
    queue_at: datetime | None
    closed_at: datetime | None
    submitted_at: datetime
    updated_at: datetime
    title: str
    units: int
    merchant: str
    merchant_name: str
    buyer_name: str
    buyer_phone: str
    tier: str
    assigned_id: int | None
    first_name: str | None
    last_name: str | None
    username: str | None
    refund_minor: int
    currency: str
    version: int

    @property
    def assignee(self) -> str:
        return person_name(self.first_name or "", self.last_name or "", self.username or "")


def queue_page(
    narrowed: QueueFilter, *, actor: Actor, after: str | None = None, limit: int = 50
) -> tuple[list[QueueRow], str | None]:  # fmt: skip
    """A page of what the actor may see, and the cursor of the next one. Raises INVALID_CURSOR.

    Open cases come by their limit, less the head start that a membership gives (MEM-01): the longest overdue first and those
    without one last; ended ones by their last change.
    """
    where, values = _narrow(narrowed, actor)
    if after:
        at, last = decode_cursor(after, datetime | None if narrowed.shown == "open" else datetime, int)
        condition, more = _beyond(narrowed, at, last)
        where.append(condition)
        values += more
    with connection.cursor() as cursor:
        cursor.execute(_sql(narrowed, where, limit + 1), values)
        rows = [QueueRow(*row) for row in cursor.fetchall()]
    following = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], encode_cursor(_key(narrowed, following), following.id) if following else None


def queue_stream(narrowed: QueueFilter, *, actor: Actor, most: int) -> Iterator[QueueRow]:
    """The same rows one after the other, for a file; the database sends them in portions."""
    where, values = _narrow(narrowed, actor)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_sql(narrowed, where, most), values)
        while rows := cursor.fetchmany(CHUNK):
            yield from (QueueRow(*row) for row in rows)


def queue_counts(views: dict[str, QueueFilter], *, actor: Actor) -> dict[str, int]:
    """How many cases each view holds, at most 1000 each; one statement counts them all."""
    parts, values = [], []
    for view in views.values():
        where, given = _narrow(view, actor)
        parts.append(COUNT.format(where=" AND ".join(where) or "true", most=COUNT_MOST))
        values += given
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return dict(zip(views, cursor.fetchone(), strict=True))


@lru_cache(1024)
def person_name(first: str, last: str, username: str) -> str:
    """As User.get_full_name has it: 秦岚, but Lan Qin."""
    name = f"{last}{first}" if last and not last.isascii() else f"{first} {last}"
    return name.strip() or username


def _narrow(narrowed: QueueFilter, actor: Actor) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    if actor.role == "consumer":
        where.append("c.buyer_id = %s")
        values.append(actor.buyer_id or 0)
        if actor.order_id is not None:
            where.append("c.order_id = %s")
            values.append(actor.order_id)
    elif actor.merchant_id is not None:
        where.append("c.merchant_id = %s")
        values.append(actor.merchant_id)
    if narrowed.shown != "all":
        where.append("c.closed_at IS NULL" if narrowed.shown == "open" else "c.closed_at IS NOT NULL")
    if narrowed.assigned == 0:
        where.append("c.assigned_to_id IS NULL")
    if narrowed.channel is not None:
        # The second half is the index's own condition.
        where.append("c.channel_queue = %s AND c.channel_queue <> 'standard'" if narrowed.channel != "standard" else "c.channel_queue = %s")
        values.append(narrowed.channel)
    if narrowed.troubled:
        where.append(TROUBLED)
        values.append(list(codes_of("house")))
    if narrowed.auditing:
        where.append(AUDITING)
    if narrowed.tasks:
        where.append(f"({TASKS_OPEN})")
    if narrowed.disputed:
        where.append("(c.details ? 'appeal_open' OR c.status = ANY(%s))")
        values.append(ALL.split())
    if narrowed.due_before is not None:
        # Nobody stands later in the queue than their limit: so the index begins where it can.
        where.append("c.queue_at < %s")
        values.append(narrowed.due_before)
    for condition, value in (
        ("c.status = %s", narrowed.status), ("c.stage = %s", narrowed.stage), ("c.service = %s", narrowed.service),
        ("c.reason = %s", narrowed.reason), ("c.waits_on = %s", narrowed.waits_on),
        ("c.merchant_id = (SELECT id FROM merchants_merchant WHERE code = %s)", narrowed.merchant),
        ("c.assigned_to_id = %s", narrowed.assigned or None), ("c.due_at >= %s", narrowed.due_from),
        ("c.due_at < %s", narrowed.due_before),
        ("c.number = ANY(%s)", list(narrowed.numbers) if narrowed.numbers is not None else None),
    ):  # fmt: skip
        if value is not None:
            where.append(condition)
            values.append(value)
    return where, values


def _beyond(narrowed: QueueFilter, at: object, last: object) -> tuple[str, list[object]]:
    if narrowed.shown != "open":
        return "(c.updated_at, c.id) < (%s::timestamptz, %s::bigint)", [at, last]
    if at is None:
        return "c.queue_at IS NULL AND c.id > %s::bigint", [last]
    return "((c.queue_at, c.id) > (%s::timestamptz, %s::bigint) OR c.queue_at IS NULL)", [at, last]


def _key(narrowed: QueueFilter, row: QueueRow) -> datetime | None:
    return row.queue_at if narrowed.shown == "open" else row.updated_at


def _sql(narrowed: QueueFilter, where: Sequence[str], limit: int) -> str:
    order = "c.queue_at, c.id" if narrowed.shown == "open" else "c.updated_at DESC, c.id DESC"
    return ROWS.format(where=" AND ".join(where) or "true", order=order, limit=int(limit))


ROWS = """
SELECT c.id, c.number, coalesce(o.number, ''), c.service, c.reason, c.status, c.stage, c.waits_on, c.due_at, c.queue_at, c.closed_at,
    c.submitted_at, c.updated_at, c.title, c.units, coalesce(m.code, ''), coalesce(m.name, ''), b.name, b.phone, b.tier,
    c.assigned_to_id, a.first_name, a.last_name, a.username, c.refund_minor, c.currency, c.version
FROM cases_case c
LEFT JOIN orders_order o ON o.id = c.order_id
LEFT JOIN merchants_merchant m ON m.id = c.merchant_id
JOIN accounts_buyer b ON b.id = c.buyer_id
LEFT JOIN accounts_user a ON a.id = c.assigned_to_id
WHERE {where}
ORDER BY {order} LIMIT {limit}
"""
TROUBLED = "c.number IN (SELECT subject FROM logistics_parcel WHERE problem AND released_at IS NULL AND code = ANY(%s))"
AUDITING = "(c.details ? 'beside' OR c.status IN ('auditing', 'auditing_second'))"
COUNT = "(SELECT count(*) FROM (SELECT 1 FROM cases_case c WHERE {where} LIMIT {most}) x)"
