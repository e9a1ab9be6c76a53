"""A shop may not go on: the house's own people take its open cases over, and hand them back when it may (MER-11)."""

from datetime import datetime

from django.db import connection, transaction

from shouhou.cases.workflows import state_named

SHOPS = frozenset({"merchant_operator", "merchant_manager"})
# Who of the house does what the shop's people did.
INSTEAD = {"reviewer": "reviewer", "inspector": "inspector", "technician": "technician"}
BATCH = 2000
TAKEN = ("平台已接手处理本单。", "The platform has taken this case over.")
BACK = ("本单已交回商家处理。", "This case is handled by the shop again.")


def take_over(merchant_id: int, measure: str, *, now: datetime) -> list[str]:
    """Every open case of the shop waits on the house from now on, where it waited on the shop; answers their numbers.

    Both sides read it on the case. A case taken over already stays as it is.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, [merchant_id, BATCH])
        rows = cursor.fetchall()
        for key, _number, service, status, waits_on in rows:
            cursor.execute(MARK, [instead(service, status, waits_on), measure, now, key])
            cursor.execute(SAY, [key, *TAKEN, now])
        return [row[1] for row in rows]


def hand_back(merchant_id: int, *, now: datetime) -> list[str]:
    """The open cases that were taken over wait on the shop again, where it is its turn; answers their numbers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HELD, [merchant_id, BATCH])
        rows = cursor.fetchall()
        for key, _number, service, status, waits_on in rows:
            whose = state_named(service, status).waits_on
            back = "merchant_operator" if whose in INSTEAD or whose in SHOPS else waits_on
            cursor.execute(UNMARK, [back, now, key])
            cursor.execute(SAY, [key, *BACK, now])
        return [row[1] for row in rows]


def instead(service: str, status: str, waits_on: str) -> str:
    """Whose turn it is at the house: of what the shop's people did, whoever the state itself names."""
    if waits_on not in SHOPS:
        return waits_on
    return INSTEAD.get(state_named(service, status).waits_on or "", "reviewer")


OPEN = """
SELECT id, number, service, status, waits_on FROM cases_case
WHERE merchant_id = %s AND closed_at IS NULL AND NOT details ? 'taken_over' ORDER BY queue_at, id LIMIT %s FOR UPDATE
"""
MARK = """
UPDATE cases_case SET waits_on = %s, details = details || jsonb_build_object('taken_over', %s::text), updated_at = %s WHERE id = %s
"""
HELD = """
SELECT id, number, service, status, waits_on FROM cases_case
WHERE merchant_id = %s AND closed_at IS NULL AND details ? 'taken_over' ORDER BY queue_at, id LIMIT %s FOR UPDATE
"""
UNMARK = "UPDATE cases_case SET waits_on = %s, details = details - 'taken_over', updated_at = %s WHERE id = %s"
SAY = """
INSERT INTO cases_message (case_id, role, who, name, text, text_en, internal, at)
VALUES (%s, 'system', 'clock', '系统', %s, %s, false, %s)
"""
