"""Rights that a repair opens by itself: exchange or refund, decided by the book from what the workshop established (REP-12, RFD-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from shouhou.cases.effects import charges, inspection
from shouhou.cases.effects.money import agree, owed
from shouhou.cases.effects.review import return_address
from shouhou.cases.effects.said import say
from shouhou.cases.events import CASE_RIGHT
from shouhou.cases.facts import Decided, LineFacts, decide_line, load_order
from shouhou.cases.moving import Moving
from shouhou.cases.reasoned import reasons_body
from shouhou.foundation.days import local_day
from shouhou.foundation.money import Money
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.events import publish
from shouhou.policy.queries import compiled
from shouhou.policy.rules.depreciation import Depreciation, depreciation
from shouhou.repairs import actions as repairs
from shouhou.repairs.queries import order_of, stays_of
from shouhou.repairs.rules.faults import CUSTOMER_CAUSES


@dataclass(frozen=True, slots=True)
class Wish:
    """What the applicant said of the unit, with what the workshop saw."""

    condition: Mapping[str, object]
    quantity: int = 1


def decide_again(moving: Moving) -> Decided:
    """What the pinned book says now that the workshop has spoken."""
    return _decided(moving)[1]


def covered(moving: Moving, decided: Decided, *, cause: str, fault: str) -> bool:
    """Whether the repair is free: the policy allows it (in doubt, too), or an earlier repair of the fault must still hold (L-12)."""
    if decided.verdicts["repair"] in ("allow", "review"):
        return True
    if cause in CUSTOMER_CAUSES:
        return False
    held = timedelta(days=moving.terms.number("repair_guarantee_days"))
    return any(
        stay.result == "repaired" and stay.fault == fault and stay.went_out_at is not None and moving.now <= stay.went_out_at + held
        for stay in stays_of(moving.case.items[0].line_id, now=moving.now)
    )


def open_rights(moving: Moving, decided: Decided | None = None) -> tuple[str, ...]:
    """The remedies that are open beside the repair; what is new is kept, written to the consumer and announced."""
    decided = decided or decide_again(moving)
    # A right once open does not close again because its window passes while we repair.
    held = moving.case.details.get("rights", ())
    rights = tuple(service for service in ("exchange", "return") if service in held or decided.verdicts[service] == "allow")
    if set(rights) == set(held):
        return rights
    moving.note(rights=list(rights) or None, rights_because=decided.reasons if rights else None)
    if rights:
        _say(moving, decided, rights)
        moving.once_moved(lambda: _announce(moving, rights, decided.reasons))
    return rights


def keep(moving: Moving, decided: Decided) -> None:
    """The decision after the diagnosis stands beside the first one, and is what the case shows from now on."""
    case, row = moving.case, decided.row
    values: list[Any] = [
        f"{case.number}:{case.items[0].line}", row["book"], row["book_version"], row["engine_version"], Jsonb(row["facts"]),
        row["reasons_mask"], Jsonb(row["outcome"]), moving.now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, values)
        decision_id = cursor.fetchone()[0]
    case.decision = decided.outcome
    moving.set(decision_id=decision_id, verdict=decided.verdicts["repair"])


def to_exchange(moving: Moving) -> None:
    """The same case goes on as an exchange; what is here needs no second inspection."""
    _leave(moving)
    moving.note(wanted="same")
    moving.set(refund_minor=0, preview={}, verdict="allow", fault="seller", freight_payer="seller", outcome="")
    if _here(moving):
        moving.answers["items"] = [_finding(item) for item in moving.case.items]
        inspection.find(moving)
        moving.then("reserve_replacement")
    else:
        _send_it_in(moving)


def to_return(moving: Moving) -> None:
    """The same case goes on as a return: refunded, or, after failed repairs where the law lets the use be deducted, by consent."""
    case = moving.case
    line, _ = _decided(moving)
    because = _leave(moving)
    moving.set(verdict="allow", fault="seller", freight_payer="seller", outcome="")
    if not _here(moving):
        due = owed(case, {item.line: item.quantity for item in case.items})
        moving.set(refund_minor=due.total_minor, preview={"applied": due.as_json()})
        _send_it_in(moving)
        return
    used = _used(moving, line) if "OK_TWO_REPAIRS" in because else None
    moving.answers["items"] = [_finding(item, used, _why_used(moving, used) if used else "") for item in case.items]
    if used is not None and used.amount.minor:
        inspection.find_deductions(moving)
        moving.go("deduction_proposed")
        agree(moving)
        return
    inspection.find(moving)
    agree(moving)
    moving.then("start_refund")


def to_review(moving: Moving) -> None:
    """Changed before anybody looked: reviewed as what it is now."""
    case, goal = moving.case, str(moving.move.to_service)
    _leave(moving)
    moving.set(verdict=str((case.decision or {}).get(goal, case.verdict)))
    if goal == "return":
        due = owed(case, {item.line: item.quantity for item in case.items})
        moving.set(refund_minor=due.total_minor, preview={"applied": due.as_json()})
    else:
        moving.note(wanted="same")


def _decided(moving: Moving) -> tuple[LineFacts, Decided]:
    case, item = moving.case, moving.case.items[0]
    order = load_order(case.order, actor=SYSTEM)
    line, now = order.lines[item.line], order_of(case.number)
    mismatch = bool(item.sold_serials) and any(serial not in item.sold_serials for serial in item.serials)
    condition = {**item.condition, **({"serial": "mismatch"} if mismatch else {})}
    decided = decide_line(
        order, line, Wish(condition), reason="quality", book=compiled(case.book, case.book_version), now=moving.now,
        fault=now.fault if now else str(case.details.get("fault_code", "")), serial=now.serial if now else "",
    )  # fmt: skip
    return line, decided


def _leave(moving: Moving) -> list[str]:
    """The repair is over: its work order ends, what was asked for or paid goes back. Why the right was open stays told."""
    because: list[str] = list(moving.case.details.get("rights_because", ()))
    moving.answers["because"] = because
    order = order_of(moving.case.number)
    if order is not None:
        repairs.end_order(order.number, result="converted", actor=moving.actor, now=moving.now)
    charges.give_back(moving)
    moving.note(rights=None, window_start=None, window_end=None)
    return because


def _here(moving: Moving) -> bool:
    return moving.case.goods_received and not moving.case.rest_sent


def _send_it_in(moving: Moving) -> None:
    moving.go("awaiting_goods")
    moving.set(return_address_id=return_address(moving.case.merchant_id, moving.case.merchant))


def _finding(item: Any, used: Depreciation | None = None, why: str = "") -> dict[str, Any]:
    """What the workshop found takes the place of an inspection: defective, back to the supplier."""
    found = {"line": item.line, "accepted": item.received_quantity, "grade": "D", "disposition": "supplier"}
    return {**found, "deduction": used.amount.minor, "deduction_reason": why} if used and used.amount.minor else found


def _used(moving: Moving, line: LineFacts) -> Depreciation:
    """What the use is worth where repairs failed and the consumer prefers money to an exchange (L-12, L-13)."""
    item, now = moving.case.items[0], local_day(moving.now)
    rate = Decimal(moving.terms.number("depreciation_daily_bp", category=line.category)) / 10000
    stays = stays_of(line.id, now=moving.now)
    in_shop = sum(
        (local_day(stay.went_out_at or moving.now) - local_day(stay.came_in_at)).days
        for stay in stays if stay.kind == "repair" and stay.came_in_at is not None
    )  # fmt: skip
    price = Money(item.paid_minor * item.quantity // item.ordered, moving.case.currency)
    return depreciation(price, daily_rate=rate, invoiced_on=line.received_on or now, returned_on=now, repair_days=in_shop)


def _why_used(moving: Moving, used: Depreciation) -> str:
    rate = moving.terms.number("depreciation_daily_bp", category=moving.case.items[0].category)
    return f"使用 {used.days} 天（不含维修）× 万分之 {rate}/日，L-12、L-13 / {used.days} days of use × {rate}/10,000 a day"


def _say(moving: Moving, decided: Decided, rights: tuple[str, ...]) -> None:
    """The consumer reads which remedies are open, and why."""
    book = compiled(moving.case.book, moving.case.book_version)
    named = {"exchange": ("换货", "an exchange"), "return": ("退货退款", "your money back")}
    told = {
        language: "；".join(
            each["text"] for each in reasons_body(decided.reasons, decided.outcome["clauses"], book=book, language=language)
        )
        for language in ("zh-hans", "en")
    }
    say(
        moving, f"您现在可以改为{'或'.join(named[each][0] for each in rights)}：{told['zh-hans']}。",
        f"You may now choose {' or '.join(named[each][1] for each in rights)}: {told['en']}.",
    )  # fmt: skip


def _announce(moving: Moving, rights: tuple[str, ...], because: list[str]) -> None:
    case = moving.case
    publish(
        CASE_RIGHT, subject=case.number, now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        data={
            "number": case.number, "order": case.order, "service": case.service, "status": case.status, "stage": case.stage,
            "waits_on": case.waits_on, "due_at": case.due_at.isoformat() if case.due_at else None, "version": case.version,
            "rights": ", ".join(rights), "because": because,
        },
    )  # fmt: skip


DECIDED = """
INSERT INTO policy_decision (subject, book, book_version, engine_version, facts, reasons_mask, outcome, decided_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
