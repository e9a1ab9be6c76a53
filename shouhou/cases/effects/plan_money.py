"""A plan that pays in money: the thing cannot be repaired, so the consumer gets what it was worth, less the deductible, within the sum."""

from shouhou.cases.clocks import instant_of
from shouhou.cases.effects import plan_cover
from shouhou.cases.effects.said import say
from shouhou.cases.insured import owing
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import PLAN_PAYS_NOTHING
from shouhou.foundation.money import Money, split
from shouhou.foundation.refusals import refused
from shouhou.payments import actions as payments
from shouhou.payments.paid_back import next_key
from shouhou.payments.rules.beside import PLAN_PAYOUT
from shouhou.plans import actions as plans
from shouhou.plans.rules.cover import WHY_NOT
from shouhou.repairs.queries import order_of


def pay(moving: Moving) -> None:
    """Count the claim, take it off the sum insured and pay it to the store balance, once. Raises PLAN_PAYS_NOTHING."""
    case, item, order = moving.case, moving.case.items[0], order_of(moving.case.number)
    cause, fault = (order.cause, order.fault) if order else ("", "")
    found = plan_cover.asked(moving, cause=cause, fault=fault)
    if found.plan is None:
        why = next((answer.why for answer in found.answers if answer.why), "PLAN_UNKNOWN")
        raise refused(PLAN_PAYS_NOTHING, why=WHY_NOT[why].zh, why_en=WHY_NOT[why].en)
    worth = split(item.paid_minor, [item.quantity, item.ordered - item.quantity])[0] if item.ordered > item.quantity else item.paid_minor
    claim = plans.claim_in_money(
        found.plan, line_id=item.line_id, subject=case.number, key=f"{case.number}:money", cause=cause, fault=fault, worth_minor=worth,
        now=moving.now,
    )  # fmt: skip
    if not claim.amount_minor:
        raise refused(PLAN_PAYS_NOTHING, why=WHY_NOT["PLAN_CAP_USED"].zh, why_en=WHY_NOT["PLAN_CAP_USED"].en)
    refund = payments.instruct_payout(
        subject=claim.plan.number, order_id=case.order_id, tender="balance", amount_minor=claim.amount_minor,
        key=next_key(f"{case.number}:plan"), actor=moving.actor, now=moving.now,
        second_person_above_minor=moving.terms.number("second_person_above"),
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar, start=moving.now),
        merchant_id=case.merchant_id, buyer_id=case.buyer_id, reason=PLAN_PAYOUT,
        bearer=f"insurer:{owing(claim.plan.provider, kind=claim.plan.kind)}",
    )  # fmt: skip
    moving.note(plan_money={"plan": claim.plan.number, "amount": claim.amount_minor, "refund": refund.number})
    much = Money(claim.amount_minor, case.currency)
    say(moving, f"保障计划 {claim.plan.number} 按无法修复赔付 {much}，退至商城余额。",
        f"Your plan {claim.plan.number} pays {much}, for it cannot be repaired; it goes to your store balance.")  # fmt: skip
