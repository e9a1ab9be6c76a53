"""Money of a return: the agreed amount, the instruction, the second person, the end."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from shouhou.cases.clocks import instant_of
from shouhou.cases.effects.said import say
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.findings import findings_of, to_shelves
from shouhou.cases.flash_money import before_flash
from shouhou.cases.models import HistoryEntry
from shouhou.cases.moving import Moving
from shouhou.cases.reasons import FAMILY
from shouhou.cases.refusals import INSPECTION_NOT_PASSED
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.routes import WANTED_CONSENT
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_order, return_units
from shouhou.orders.shop.actions import tell_restock
from shouhou.payments import actions as payments
from shouhou.payments.queries import order_money
from shouhou.payments.rules import Deduction, Fault, OrderMoney, Quote, fault_of, quote
from shouhou.payments.rules.elsewhere import Consent, where_wanted

STAFF_LESS = ["consumer", "system", "carrier", "shop"]
DECIDING = ["accept", "approve", "offer_partial", "propose_deduction", "rule_for_consumer", "rule_deduction"]


def owed(case: CaseRow, quantities: Mapping[int, int], *, money: OrderMoney | None = None) -> Quote:
    """What is owed for (line → units) of this case, with the deductions that stand on its items.

    `money` is the order's money side where the caller has just loaded it.
    """
    deductions = [
        Deduction("INSPECTION", item.deduction_minor, item.line, item.deduction_reason)
        for item in case.items
        if item.deduction_minor
    ]
    fault: Fault = "buyer" if case.fault in ("customer", "none") else "seller" if case.fault else fault_of(FAMILY[case.reason].policy)
    chosen = {line: quantity for line, quantity in quantities.items() if quantity}
    # What never left is not the way's worth either: with the whole order cancelled its freight goes back, too.
    freight_back = True if case.service == "cancel" else None
    found = quote(
        before_flash(case, money or order_money(case.order_id)), selection=chosen, fault=fault, deductions=deductions,
        freight_back=freight_back,
    )  # fmt: skip
    return as_wanted(case, found)


def as_wanted(case: CaseRow, found: Quote) -> Quote:
    """Over the tenders it was paid with, or where the consumer has chosen instead."""
    to = case.details.get("refund_to")
    return where_wanted(found, "balance" if to == "balance" else "bank") if to in ("balance", "bank") else found


def agree(moving: Moving) -> None:
    """Put the amount that follows from the findings beside the preview."""
    due = owed(moving.case, accepted(moving.case))
    moving.set(refund_minor=due.total_minor, preview={**moving.case.preview, "agreed": due.as_json()})


def then_refund(moving: Moving) -> None:
    moving.then("start_refund")


def start_refund(moving: Moving) -> None:
    """Instruct the refund once: units returned for good, goods restocked; above the limit both wait for a second person."""
    case, units = moving.case, accepted(moving.case)
    if not case.goods_received or not any(units.values()):
        raise refused(INSPECTION_NOT_PASSED)
    return_units((item.line_id, item.accepted_quantity or 0) for item in case.items if item.accepted_quantity)
    # Two refunds of one order are computed one after the other: the second sees what the first took.
    hold_order(case.order_id)
    if instruct(moving, owed(case, units), reason="return"):
        tell_shelves(case, now=moving.now)


def instruct(moving: Moving, due: Quote, *, reason: str) -> bool:
    """Pay it out once; where nothing is owed the case is refunded at once. False: it waits for a second person.

    What came back is written down also then: what was kept back of it counts when the rest of the order comes back.
    """
    case = moving.case
    moving.set(refund_minor=due.total_minor, preview={**case.preview, "agreed": due.as_json()})
    # What a second person refused was cancelled: the next instruction is another one, under a key of its own.
    again = case.preview.get("refused")
    refund = payments.instruct_refund(
        subject=case.number, order_id=case.order_id, quote=due, key=f"{case.number}:return:{again}" if again else f"{case.number}:return",
        actor=decided_by(moving), now=moving.now, reason=reason, second_person_above_minor=moving.terms.number("second_person_above"),
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar,
                               start=case.received_at or moving.now),
        merchant_id=case.merchant_id, buyer_id=case.buyer_id, consent=agreed_elsewhere(case),
    )  # fmt: skip
    if refund.state == "awaiting_second":
        moving.go("refund_review")
        return False
    if refund.state == "settled":
        moving.go("refunded")
        moving.set(resolved_at=moving.now, outcome="refunded")
    return True


def agreed_elsewhere(case: CaseRow) -> Consent | None:
    """What the consumer chose since, or wanted when they applied; None: back the way it was paid."""
    if case.details.get("refund_route"):
        return payments.wanted_route(case.number)
    if case.details.get("refund_to") != "balance":
        return None
    opened = HistoryEntry.objects.filter(case_id=case.id, move="submit").order_by("id").values("who", "case__call_note").first()
    told = opened or {"who": case.number, "case__call_note": ""}
    return Consent(f"{WANTED_CONSENT.zh} / {WANTED_CONSENT.en}", by=told["who"], call_note=told["case__call_note"])


def tell_shelves(case: CaseRow, *, now: datetime) -> None:
    """Tell the shop where the accepted units go, once for each way and grade of a line.

    Only when the refund goes out: as long as a second person may send it back, the findings may still change.
    """
    found = findings_of(case.items)
    for item in case.items:
        for shelf in to_shelves(found[item.id]):
            # The first keeps the key that a line had before it could be split.
            key = f"{case.number}:{item.line}" + (f":{shelf.place}" if shelf.place > 1 else "")
            tell_restock(
                sku=item.sku, quantity=shelf.quantity, disposition=shelf.disposition, grade=shelf.grade,
                subject=case.number, key=key, now=now,
            )  # fmt: skip


def settled(moving: Moving) -> None:
    moving.set(resolved_at=moving.now, outcome="refunded")


def retry_refund(moving: Moving) -> None:
    payments.retry_refund(payments.refund_of(moving.case.number).number, actor=moving.actor, now=moving.now)


def settle_offline(moving: Moving) -> None:
    """Finance paid another way, with proof; the settlement's event closes the money leg."""
    attach_tokens(moving.case.id, moving.answers.get("proof_files", ()), kind="payment_proof", actor=moving.actor, now=moving.now)
    number, proof, actor, now = moving.case.number, moving.answers["proof"], moving.actor, moving.now
    if payments.offline_waits(payments.refund_of(number).number, proof=proof):
        say(moving, "线下付款已由第一人登记，金额较大：须另一人以同样的凭证号再次登记后入账。",
            "The payment outside the channel was written down by one person; the amount is large: another one has to give the same proof "
            "before it is booked.", internal=True)  # fmt: skip
    moving.once_moved(
        lambda: payments.settle_offline(payments.refund_of(number).number, proof=proof, actor=actor, now=now)
    )


def accepted(case: CaseRow) -> dict[int, int]:
    """Units per line that the inspection took back."""
    return {item.line: item.accepted_quantity or 0 for item in case.items}


def decided_by(moving: Moving) -> str:
    """Who took the goods back: the person that the second one must differ from. Where the clock did, who was last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT who FROM cases_historyentry WHERE case_id = %s AND NOT role = ANY(%s) AND move <> 'refuse_refund' "
            "ORDER BY move = ANY(%s) DESC, id DESC LIMIT 1",
            [moving.case.id, STAFF_LESS, DECIDING],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else moving.actor.who


