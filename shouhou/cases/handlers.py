"""What cases hear from below: couriers and money move a case, too, by the same moves."""

from collections.abc import Mapping
from typing import cast

from django.db import connection

from shouhou.cases.effects.said import say_on
from shouhou.cases.making import move_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.logistics.actions.requests import CARRIER
from shouhou.payments.actions import refund_charge
from shouhou.payments.rules.beside import BESIDE, FREIGHT_BACK
from shouhou.payments.rules.charges import DEPOSIT, OVERPAID
from shouhou.payments.rules.words import refusals_told
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced

COURIER = CARRIER
PUT_OFF = Actor(role="operations", who="logistics", name="物流运营")


def pickup_collected(event: Announced) -> None:
    _move(event, "collected", COURIER)


def pickup_attempt_failed(event: Announced) -> None:
    _move(event, "pickup_failed", COURIER, reason=str(event.data.get("zh_text") or event.data.get("code") or "")[:200])


def pickup_exhausted(event: Announced) -> None:
    _move(event, "pickup_exhausted", COURIER)


def pickup_suspended(event: Announced) -> None:
    """No courier comes for some days, and not for want of trying: the limit runs longer, the cause is in the clock."""
    with connection.cursor() as cursor:
        cursor.execute(PICKUP_RUNS, [event.subject])
        if cursor.fetchone() is None:
            return
    cause = " ".join(str(event.data[name]) for name in ("cause", "note") if event.data.get(name))
    _move(event, "extend", PUT_OFF, deadline="pickup", hours=24 * int(str(event.data["days"])), reason=cause)


def parcel_delivered(event: Announced) -> None:
    """What was sent to the consumer has arrived; what they send back is received by whoever unpacks it."""
    if event.data.get("direction") == "send_back":
        _move(event, "parcel_delivered", COURIER)


def parcel_tracked(event: Announced) -> None:
    """The first scan of a parcel on its way back: who is refunded at once is refunded now."""
    if event.data.get("direction") == "return" and event.data.get("phase") in SCANNED and _flash_offered(event.subject):
        _move(event, "first_scan", COURIER)


def stock_held(event: Announced) -> None:
    _move(event, "stock_held", SYSTEM, sku=str(event.data["sku"]), price=event.data.get("price"))


def stock_unavailable(event: Announced) -> None:
    _move(event, "stock_unavailable", SYSTEM, sku=str(event.data["sku"]), detail=str(event.data.get("answer") or "")[:200])


def dispatch_answered(event: Announced) -> None:
    """Whether the shop could keep the goods in the house, all of them or line by line."""
    named = {name: str(event.data.get(name) or "") for name in ("answer", "carrier", "tracking_number", "detail")}
    _move(event, "shop_told", SYSTEM, **named, lines=event.data.get("lines"))


def interception_told(event: Announced) -> None:
    _move(event, "intercept_told", COURIER, **_of_carrier(event))


def trace_told(event: Announced) -> None:
    signed = {"signed_by": str(event.data["signed_by"])} if event.data.get("signed_by") else {}
    proof = {"proof": [str(event.data["proof"])]} if event.data.get("proof") else {}
    _move(event, "trace_told", COURIER, at=event.data.get("at"), **_of_carrier(event), **signed, **proof)


def refund_settled(event: Announced) -> None:
    _move(event, _paid_move(event, "refund_settled", failed=False), SYSTEM)


def refund_failed(event: Announced) -> None:
    move = _paid_move(event, "refund_failed", failed=True)
    _move(event, move, SYSTEM, detail=refusals_told(cast("Mapping[str, object]", event.data.get("refused") or {}))[:300])


def refund_by_transfer(event: Announced) -> None:
    if str(event.data.get("reason")) not in BESIDE_MOVES:
        _move(event, "refund_by_transfer", SYSTEM, account=str(event.data.get("account") or ""))


def refund_contradicted(event: Announced) -> None:
    move = _paid_move(event, "refund_contradicted", failed=True)
    _move(event, move, SYSTEM, detail=str(event.data.get("said") or "")[:300])


def charge_paid(event: Announced) -> None:
    """Paid: whoever waited for it goes on. A case that went another way meanwhile gives the money back by itself.

    A deposit stays until what was lent is back.
    """
    if event.data.get("purpose") == OVERPAID:
        return
    if event.data.get("purpose") == DEPOSIT:
        _move(event, "deposit_paid", SYSTEM)
    elif not _move(event, "charge_paid", SYSTEM) and _exists(event.subject):
        refund_charge(str(event.data["number"]), actor=SYSTEM, now=event.at)


def charge_failed(event: Announced) -> None:
    if event.data.get("purpose") not in (DEPOSIT, OVERPAID):
        _move(event, "charge_failed", SYSTEM, detail=str(event.data.get("code") or "")[:200])


def charge_expired(event: Announced) -> None:
    if event.data.get("purpose") == OVERPAID:
        return
    _move(event, "deposit_unpaid" if event.data.get("purpose") == DEPOSIT else "charge_expired", SYSTEM)


def prices_told(event: Announced) -> None:
    skus = cast("dict[str, list[object]]", event.data["skus"])
    _move(event, "prices_told", SYSTEM, prices=[{"sku": sku, "prices": prices} for sku, prices in skus.items()])


def unidentified_matched(event: Announced) -> None:
    """A parcel that stood unknown in the warehouse is this case's: the colleagues read where it lies."""
    told = {name: str(event.data.get(name) or "–") for name in ("unidentified", "waybill", "place")}
    text = AFTER_REFUND if _was_refunded(event.subject) else UNIDENTIFIED
    say_on(event.subject, text.zh.format(**told), text.en.format(**told), internal=True, now=event.at)


def _of_carrier(event: Announced) -> dict[str, object]:
    zh, en, place = (str(event.data.get(name) or "") for name in ("zh_text", "en_text", "location"))
    return {
        "answer": event.data["answer"], "tracking_number": event.data["tracking_number"],
        "detail": " · ".join(word for word in (zh, place) if word)[:400], "detail_en": en[:400],
    }  # fmt: skip


def hold_case(subject: str) -> None:
    """Lock the case before the rows below it: whoever needs both takes the case first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE number = %s FOR UPDATE", [subject])


def _move(event: Announced, move: str, actor: Actor, **answers: object) -> bool:
    """Make the move if the case still waits for it; news that comes late or twice changes nothing (and answers False)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT service, status FROM cases_case WHERE number = %s FOR UPDATE", [event.subject])
        row = cursor.fetchone()
    if row is None:
        return False
    found = WORKFLOWS[row[0]].move(move)
    if found is None or row[1] not in found.sources:
        return False
    given = {name: value for name, value in answers.items() if value not in ("", None, [])}
    move_case(event.subject, move, actor=actor, answers=given, version=None, now=event.at)
    return True


def _paid_move(event: Announced, own: str, *, failed: bool) -> str:
    """The move that news of a payout means: the case's own refund, or what goes out beside it."""
    beside = BESIDE_MOVES.get(str(event.data.get("reason")))
    return own if beside is None else beside[failed]


def _flash_offered(number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE number = %s AND details->'flash'->>'state' = 'offered'", [number])
        return cursor.fetchone() is not None


def _was_refunded(number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE number = %s AND outcome = 'refunded'", [number])
        return cursor.fetchone() is not None


def _exists(number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE number = %s", [number])
        return cursor.fetchone() is not None


# A parcel that a carrier has in its hands.
SCANNED = ("collected", "in_transit", "delivering", "delivered")
# Told of what goes out beside the refund: settled, and not.
BESIDE_MOVES = {BESIDE: ("compensation_paid", "compensation_failed"), FREIGHT_BACK: ("freight_paid", "freight_failed")}
PICKUP_RUNS = """
SELECT 1 FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id
WHERE c.number = %s AND d.name = 'pickup' AND d.state = 'open' AND c.status = 'pickup_booked'
"""
AFTER_REFUND = Text(
    "无主包裹 {unidentified} 属于本单：运单号 {waybill}，在 {place}。本单已退款：请登记退款后到达的包裹，再决定留下或寄给消费者。",
    "The unidentified parcel {unidentified} belongs to this case: waybill {waybill}, at {place}. It was refunded already: "
    "register the goods that came after the refund, then keep them or send them to the consumer.",
)
UNIDENTIFIED = Text(
    "无主包裹 {unidentified} 属于本单：运单号 {waybill}，在 {place}，待开箱登记。",
    "The unidentified parcel {unidentified} belongs to this case: waybill {waybill}, at {place}, to be unpacked.",
)
