"""What cases hear from below: couriers and money move a case, too, by the same moves."""

from django.db import connection

from shouhou.cases.making import move_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced

COURIER = Actor(role="carrier", who="carrier", name="承运商")


def pickup_collected(event: Announced) -> None:
    _move(event, "collected", COURIER)


def pickup_attempt_failed(event: Announced) -> None:
    _move(event, "pickup_failed", COURIER, reason=str(event.data.get("zh_text") or event.data.get("code") or "")[:200])


def pickup_exhausted(event: Announced) -> None:
    _move(event, "pickup_exhausted", COURIER)


def refund_settled(event: Announced) -> None:
    _move(event, "refund_settled", SYSTEM)


def refund_failed(event: Announced) -> None:
    _move(event, "refund_failed", SYSTEM, detail=str(event.data.get("refused") or "")[:300])


def hold_case(subject: str) -> None:
    """Lock the case before the rows below it: whoever needs both takes the case first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE number = %s FOR UPDATE", [subject])


def _move(event: Announced, move: str, actor: Actor, **answers: str) -> None:
    """Make the move if the case still waits for it; news that comes late or twice changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT service, status FROM cases_case WHERE number = %s FOR UPDATE", [event.subject])
        row = cursor.fetchone()
    if row is None:
        return
    found = WORKFLOWS[row[0]].move(move)
    if found is None or row[1] not in found.sources:
        return
    given = {name: value for name, value in answers.items() if value}
    move_case(event.subject, move, actor=actor, answers=given, version=None, now=event.at)
