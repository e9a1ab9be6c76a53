"""Effects of a refund without return: the carrier looks for the parcel, a person weighs, the consumer may take a part."""

from datetime import datetime

from django.db import connection

from shouhou.cases.answers import invalid
from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.effects import late_goods, unreturned
from shouhou.cases.effects.money import owed
from shouhou.cases.effects.review import set_fault
from shouhou.cases.effects.said import say
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import CONSENT_NOT_YOURS
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import FieldError, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import actions as logistics
from shouhou.merchants.queries import return_address_of
from shouhou.orders.sent import waybills_of
from shouhou.payments.rules import EXCEEDS_PAID

GONE = frozenset({"lost", "returned"})
LAST_WORDS = {
    "refused": Text("不受理查件", "will not look for it"), "delivered": Text("已签收", "was signed for"),
    "returned": Text("已退回寄件人", "went back to the sender"), "lost": Text("确认丢失", "is lost"),
}  # fmt: skip
BEFORE_MONEY = frozenset({"tracing", "submitted", "evidence_asked", "escalated", "rejected", "partial_offered"})


def start_trace(moving: Moving) -> None:
    """Ask the carrier of every parcel of these goods; without a waybill a person looks."""
    case = moving.case
    waybills = waybills_of(case.order_id, [item.line for item in case.items])
    for place, (carrier, number) in enumerate(waybills, 1):
        logistics.trace_parcel(
            subject=case.number, carrier=carrier, tracking_number=number, key=f"{case.number}:{case.version}:trace:{place}",
            actor=moving.actor, now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        )  # fmt: skip
    if not waybills:
        moving.go("submitted")
    moving.note(trace={number.upper(): "" for _, number in waybills} or None)


def trace_told(moving: Moving) -> None:
    """What the carrier says stands in the case for both sides, with place and time (ADD-11); then it decides where it can.

    Lost or back with the sender: refunded. Delivered since the application: a return, if the consumer does not want it.
    Delivered before: its proof is weighed by a person. After the money has gone it is only written down.
    """
    case, answers = moving.case, moving.answers
    answer, number = str(answers["answer"]), str(answers.get("tracking_number") or "")
    traced = {**(case.details.get("trace") or {})}
    traced[number or next(iter(traced), "")] = answer
    moving.note(trace=traced)
    attach_tokens(case.id, answers.get("proof", ()), kind="delivery_proof", actor=moving.actor, now=moving.now)
    if answer in LAST_WORDS:
        zh, en = (str(answers.get(name) or "") for name in ("detail", "detail_en"))
        if signed_by := answers.get("signed_by"):
            zh, en = f"{zh}，签收人：{signed_by}", f"{en}, signed by {signed_by}"
        if answers.get("proof"):
            zh, en = f"{zh}。签收凭证图片已附在本单。", f"{en}. The picture of the signature is attached."
        told = LAST_WORDS[answer]
        say(moving, f"承运商查件结果：{number} {told.zh}。{zh}", f"Traced by the carrier: {number} {told.en}. {en}",
            internal=case.status not in BEFORE_MONEY)  # fmt: skip
    if case.status not in BEFORE_MONEY:
        if answer == "delivered" and (case.details.get("grant") or {}).get("units"):
            late_goods.delivered(moving, words=str(answers.get("detail") or ""))
        return
    if answer == "delivered":
        at = datetime.fromisoformat(str(answers.get("at") or moving.now.isoformat()))
        moving.note(delivery={"at": at.isoformat(), "words": answers.get("detail") or "", "signed_by": answers.get("signed_by") or ""})
        if at > case.submitted_at and return_address_of(case.merchant_id) is not None:
            moving.then("found_delivered")
        elif case.status == "tracing":
            moving.go("submitted")
    elif case.status == "tracing" and answer in GONE and set(traced.values()) <= GONE:
        if answer == "lost":
            set_fault(moving, "carrier")
        moving.go("allowed")
        unreturned.grant_units(moving)
    elif case.status == "tracing" and answer == "refused":
        moving.go("submitted")


def lost_in_doubt(moving: Moving) -> None:
    """Not found in time counts as lost: the consumer does not wait for the carrier."""
    set_fault(moving, "carrier")
    unreturned.grant_units(moving)


def found_delivered(moving: Moving) -> None:
    """It came after all, late: a return on the carrier's account, or the consumer keeps it and sends nothing."""
    set_fault(moving, "carrier")
    unreturned.to_return(moving)


def approve(moving: Moving) -> None:
    """What was asked for: all of it, or the part for which the consumer keeps the goods."""
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    parts = [part for part in (amount_wanted(moving.case), spoiled_part(moving.case)) if part is not None]
    wanted = min(parts, default=0)
    if 0 < wanted < owed(moving.case, unreturned.all_units(moving.case)).price_minor:
        unreturned.grant_amount(moving, wanted)
    else:
        unreturned.grant_units(moving)


def amount_wanted(case: CaseRow) -> int | None:
    """What part of the price was asked for; cases from before 2026-11 keep it as "wanted", which an exchange names its wish."""
    for found in (case.details.get("amount_wanted"), case.details.get("wanted")):
        if isinstance(found, int):
            return found
    return None


def spoiled_part(case: CaseRow) -> int | None:
    """What the book's table gives for the share that is spoiled; None where it does not decide about all of these goods."""
    lines = ((case.details.get("promise") or {}).get("lines") or {}).values()
    if not lines or any("RO_SPOILED_SHARE" not in line["reasons"] for line in lines):
        return None
    return sum(int(line["amount"] or 0) for line in lines)


def offer_partial(moving: Moving) -> None:
    """A part of the price; nothing is settled before the consumer's own yes. Raises EXCEEDS_PAID."""
    amount = moving.answers["amount"]
    most = owed(moving.case, unreturned.all_units(moving.case)).price_minor
    if not 0 < amount < most:
        raise refused(EXCEEDS_PAID, max_minor=max(0, most - 1))
    moving.note(partial={"amount": amount, "note": moving.answers["note"]})


def take_partial(moving: Moving) -> None:
    """Consent is the consumer's own: neither who offered it nor the shop's person gives it for them."""
    actor = moving.actor
    if actor.role != "consumer" and (actor.merchant_id is not None or actor.who == _last(moving, "offer_partial")):
        raise refused(CONSENT_NOT_YOURS)
    unreturned.grant_amount(moving, int(moving.case.details["partial"]["amount"]))


def rule_for_consumer(moving: Moving) -> None:
    """The ruling executes itself: the amount it names, or all that was asked for."""
    if moving.answers.get("amount"):
        if moving.answers.get("fault"):
            set_fault(moving, str(moving.answers["fault"]))
        unreturned.grant_amount(moving, moving.answers["amount"])
    elif not CONDITIONS["whole_price"](moving.case, moving.terms):
        raise invalid(FieldError("amount", "只缺部件：请填写金额。", "Only a part is missing: name the amount."))
    else:
        approve(moving)


def stop(moving: Moving) -> None:
    """Nobody waits for the carrier any more."""
    logistics.drop_requests(subject=moving.case.number, now=moving.now)


def ask_goods_back(moving: Moving) -> None:
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    unreturned.to_return(moving)


def change_to_return(moving: Moving) -> None:
    """Reviewed as a return, with the verdict that the book has for one."""
    unreturned.to_return(moving)
    moving.set(verdict=str((moving.case.decision or {}).get("return", moving.case.verdict)))


def keep_item(moving: Moving) -> None:
    """From a return: the goods are not worth the way; refunded, and the consumer keeps them."""
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))
    moving.set(service="refund_only", verdict="allow")
    unreturned.grant_units(moving)


def _last(moving: Moving, move: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT who FROM cases_historyentry WHERE case_id = %s AND move = %s ORDER BY id DESC LIMIT 1", [moving.case.id, move]
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""

