"""A shop may not go on: the house's own people take its open cases over, and hand them back when it may (MER-11)."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from shouhou.cases.events import CASE_MOVED
from shouhou.cases.workflows import GIVE_BACK, TAKE_OVER, state_named
from shouhou.plumbing.events import publish

SHOPS = frozenset({"merchant_operator", "merchant_manager"})
# Who of the house does what the shop's people did.
INSTEAD = {"reviewer": "reviewer", "inspector": "inspector", "technician": "technician"}
BATCH = 2000
TAKEN = ("平台已接手处理本单。", "The platform has taken this case over.")
BACK = ("本单已交回商家处理。", "This case is handled by the shop again.")


def take_over(merchant_id: int, measure: str, *, now: datetime) -> list[str]:
    """Every open case of the shop waits on the house from now on, where it waited on the shop; answers their numbers.

    Each says so in its history and to both sides. A case taken over already stays as it is.
    """
    return _each(OPEN, merchant_id, TAKE_OVER.name, {"taken_over": measure}, TAKEN, now=now)


def hand_back(merchant_id: int, *, now: datetime) -> list[str]:
    """The open cases that were taken over wait on the shop again, where it is its turn; answers their numbers. Each says so."""
    return _each(HELD, merchant_id, GIVE_BACK.name, {}, BACK, now=now)


def _each(which: str, merchant_id: int, move: str, marked: dict[str, str], words: tuple[str, str], *, now: datetime) -> list[str]:
    """All that `which` finds, a batch at a time: what one has marked the next no longer finds."""
    numbers: list[str] = []
    with transaction.atomic(), connection.cursor() as cursor:
        while True:
            cursor.execute(which, [merchant_id, BATCH])
            rows = cursor.fetchall()
            for key, number, order, buyer_id, service, status, stage, waits_on, due_at in rows:
                turn = instead(service, status, waits_on) if marked else _back(service, status, waits_on)
                values: dict[str, Any] = {"id": key, "turn": turn, "marked": Jsonb(marked), "now": now, "move": move}
                cursor.execute(MARK, values)
                (version,) = cursor.fetchone()
                cursor.execute(SAY, [key, *words, now])
                publish(CASE_MOVED, subject=number, now=now, merchant_id=merchant_id, buyer_id=buyer_id, data={
                    "number": number, "order": order, "service": service, "status": status, "from": status, "move": move,
                    "role": "system", "stage": stage, "waits_on": turn, "due_at": due_at.isoformat() if due_at else None,
                    "version": version,
                })  # fmt: skip
            numbers += [row[1] for row in rows]
            if len(rows) < BATCH:
                return numbers


def _back(service: str, status: str, waits_on: str) -> str:
    whose = state_named(service, status).waits_on
    return "merchant_operator" if whose in INSTEAD or whose in SHOPS else waits_on


def instead(service: str, status: str, waits_on: str) -> str:
    """Whose turn it is at the house: of what the shop's people did, whoever the state itself names."""
    if waits_on not in SHOPS:
        return waits_on
    return INSTEAD.get(state_named(service, status).waits_on or "", "reviewer")


_FOUND = """
SELECT c.id, c.number, coalesce(o.number, ''), c.buyer_id, c.service, c.status, c.stage, c.waits_on, c.due_at
FROM cases_case c LEFT JOIN orders_order o ON o.id = c.order_id
"""
OPEN = f"""{_FOUND}
WHERE c.merchant_id = %s AND c.closed_at IS NULL AND NOT c.details ? 'taken_over' ORDER BY c.queue_at, c.id LIMIT %s FOR UPDATE OF c
"""
HELD = f"""{_FOUND}
WHERE c.merchant_id = %s AND c.closed_at IS NULL AND c.details ? 'taken_over' ORDER BY c.queue_at, c.id LIMIT %s FOR UPDATE OF c
"""
# The case stays where it is; whose turn it is changes, and its history says why.
MARK = """
WITH marked AS (
    UPDATE cases_case SET waits_on = %(turn)s, details = (details - 'taken_over') || %(marked)s::jsonb, version = version + 1,
        updated_at = %(now)s
    WHERE id = %(id)s RETURNING id, version, status
)
INSERT INTO cases_historyentry (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
SELECT id, version, %(move)s, status, status, 'system', 'clock', '系统', '', '{}', %(now)s FROM marked RETURNING version
"""
SAY = """
INSERT INTO cases_message (case_id, role, who, name, text, text_en, internal, at)
VALUES (%s, 'system', 'clock', '系统', %s, %s, false, %s)
"""
