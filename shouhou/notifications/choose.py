"""Which template an event calls for, for whom; pure: two tables and a fallback that fits every workflow."""

from collections.abc import Mapping
from typing import Any

from shouhou.logistics.rules.parcels import DETAILS

BY_MOVE: dict[str, str] = {
    "approve": "approved", "approve_by_book": "approved", "approve_in_doubt": "approved",
    "override_approve": "approved", "ask_evidence": "evidence_asked", "send_evidence": "evidence_received",
    "resubmit": "evidence_received", "reject": "rejected", "escalate": "escalated", "dispute": "dispute_opened",
    "refuse_deduction": "dispute_opened", "consent_lapsed": "dispute_opened", "rule_for_consumer": "ruled",
    "rule_in_doubt": "ruled", "rule_deduction": "ruled", "rule_for_seller": "ruled", "decline_dispute": "ruled", "ship": "shipped",
    "change_waybill": "shipped", "drop_off": "shipped", "receive": "received", "receive_late": "received",
    "receive_more": "received", "accept": "accepted", "accept_by_book": "accepted", "consent": "accepted",
    "propose_deduction": "deduction_proposed", "not_accept": "not_accepted", "send_back": "sent_back",
    "send_rest": "sent_back", "refund_failed": "refund_delayed", "refuse_refund": "refund_rechecked",
    "refund_contradicted": "refund_compared", "lapse": "lapsed", "cancel": "cancelled",
    "close": "closed", "close_case": "closed", "close_rejected": "closed", "close_sent_back": "closed",
    "confirm_back": "closed", "reply": "complaint_answered", "answer_feedback": "complaint_answered",
    "ask_more": "complaint_asked", "reopen": "reopened", "extend": "deadline_changed",
}  # fmt: skip
BY_STATUS: dict[str, str] = {
    "refunding": "refund_started", "refund_review": "refund_review", "refunded": "refund_settled",
    "awaiting_visit": "repair_visit", "awaiting_appointment": "repair_appointment", "quoted": "repair_quoted",
    "dispute_evidence": "dispute_evidence_asked", "dispute_proposal": "settlement_proposed",
    "awaiting_payment": "repair_payment", "unrepairable": "repair_choice", "handed_back": "repair_back",
}  # fmt: skip
BY_EVENT: dict[str, str] = {
    "case.right_opened": "right_opened", "case.silent": "silent", "case.progress": "repair_goes_on",
    "case.opened": "application_received", "pickup.booked": "pickup_booked", "pickup.exhausted": "pickup_exhausted",
    "pickup.attempt_failed": "pickup_attempt_failed", "pickup.collected": "collected", "pickup.cancelled": "pickup_cancelled",
    "pickup.suspended": "pickup_suspended", "unidentified.matched": "parcel_found",
    "plan.claim_held": "plan_claim_held", "plan.claim_used": "plan_claim_used", "plan.claim_released": "plan_claim_released",
    "insurance.claim_opened": "freight_claim_opened", "insurance.claim_approved": "freight_claim_approved",
    "insurance.claim_refused": "freight_claim_refused", "insurance.claim_appealed": "freight_claim_appealed",
    "insurance.claim_paid": "freight_claim_paid",
    "survey.sent": "survey", "rating.answered": "rating_answered",
    "refund.overpaid_asked": "overpaid_asked", "charge.paid_late": "charge_paid_late", "charge.refunded": "charge_refunded",
}  # fmt: skip
# Said to the shop's own people (and, where it waits for the house, to its finance): about the shop's money, no case.
TO_SHOP: dict[str, str] = {
    "deposit.low": "shop_deposit_low", "deposit.drawn": "shop_deposit_drawn", "recharge.announced": "shop_recharge",
    "recharge.decided": "shop_recharge_decided", "settlement.paid": "shop_settlement_paid",
    "clock.due_soon": "shop_due_soon", "breach.recorded": "shop_breach", "breach.decided": "shop_breach_decided",
    "scorecard.closed": "shop_scorecard", "suspension.ordered": "shop_suspended", "suspension.lifted": "shop_reinstated",
}  # fmt: skip
TO_FINANCE: dict[str, str] = {
    "recharge.appealed": "finance_recharge_appealed", "recharge.overdue": "finance_recharge_overdue",
    "settlement.failed": "finance_settlement_failed", "settlement.contradicted": "finance_settlement_contradicted",
    "reconciliation.differences": "finance_differences", "balance.proof_bad": "finance_proof_bad",
    "conduct.appealed": "overseer_conduct_appealed", "breach.appealed": "overseer_breach_appealed",
    "breach.appeal_overdue": "overseer_breach_overdue",
    "complaint.unowned": "overseer_complaint_unowned", "suspension.appealed": "overseer_suspension_appealed",
    "suspension.appeal_overdue": "overseer_suspension_overdue", "quality.alerted": "overseer_quality_alert",
}  # fmt: skip
# Of these the ones that those who oversee decide, not finance.
OVERSEEN = frozenset({
    "conduct.appealed", "breach.appealed", "breach.appeal_overdue", "complaint.unowned", "suspension.appealed",
    "suspension.appeal_overdue", "quality.alerted",
})  # fmt: skip
# To one of the staff, whose key the event holds as `user`; no case, no money.
TO_PERSON: dict[str, str] = {
    "conduct.appeal_decided": "staff_conduct_decided", "swap.asked": "staff_swap_asked", "swap.ended": "staff_swap_ended",
    "check.done": "staff_check_done", "training.lapsed": "staff_training_lapsed",
}  # fmt: skip
# About a conversation: to its buyer ("consumer"), or to whoever should answer ("staff").
OF_TALKS: dict[str, dict[str, str]] = {"conversation.unread": {"consumer": "talk_unread", "staff": "staff_talk_unread"}}
# About a plan that a buyer buys: to them, and to the shop's own people.
OF_PLANS: dict[str, dict[str, str]] = {
    "plan.bought": {"buyer": "plan_bought", "shop": "shop_plan_bought"}, "plan.payment_failed": {"buyer": "plan_payment_failed"},
    "plan.not_bought": {"unpaid": "plan_unpaid", "goods_gone": "plan_goods_gone"},
}  # fmt: skip
# Said or not, depending on what they hold.
BY_DATA = frozenset({
    "case.moved", "case.reminded", "case.message", "case.attached", "case.rated", "case.deadline_blocked", "parcel.delivered",
    "parcel.tracked", "repair.appointed", "charge.contradicted", "refund.contradicted",
    "insurance.claim_reminded", "insurance.sla_breached",
    "invoice.issued",
})  # fmt: skip
# The case moves upon them (or because of the same move they are there), and that move is what people are told of.
SAID_BY_THE_MOVE: dict[str, str] = {
    "charge.asked": "accept_quote", "charge.paid": "charge_paid", "charge.failed": "charge_failed", "charge.expired": "charge_expired",
    "charge.cancelled": "decline_quote", "dispatch.answered": "shop_told", "interception.told": "intercept_told",
    "trace.told": "trace_told", "parcel.registered": "ship", "prices.told": "prices_told", "refund.instructed": "start_refund",
    "refund.approved": "approve_refund", "refund.settled": "refund_settled", "refund.failed": "refund_failed",
    "refund.cancelled": "refuse_refund", "refund.route_agreed": "choose_route",
    "case.freight_back": "grant_freight",
    "repair.quoted": "quote", "repair.ended": "hand_over", "stock.held": "stock_held",
    "stock.unavailable": "stock_unavailable",
}  # fmt: skip
# About no case, or of interest to programs and to the house alone; why.
FOR_PROGRAMS: dict[str, str] = {
    "refund.by_transfer": "the page said so when the account was chosen; what is told is that finance has paid it",
    "suspension.published": "stands on the public page of measures; the shop was told when it was ordered",
    "conversation.opened": "stands in the desk's queue at once; whoever does not look there hears of it by conversation.unread",
    "conversation.message": "an open page shows it within seconds; whoever does not look hears of it by conversation.unread",
    "conversation.handed_over": "stands in the new desk's queue, and hears of it by conversation.unread",
    "conversation.closed": "the talk itself says so, and nothing is to be done",
    "deposit.booked": "finance books it on the shop's word; it stands on the shop's page of money",
    "recharge.booked": "the shop was told when it was announced and when its appeal was decided",
    "settlement.released": "the shop hears when the money has been paid",
    "insurance.attached": "the order page says so before anybody applies",
    "insurance.claim_withdrawn": "the freight came from the shop, and that refund has said so",
    "buyer.erased": "nobody is left to be told; the erasure itself answers whoever asked for it",
    "follow_up.asked": "stands in the list of follow-ups; whoever holds the case has heard of the poor rating",
    "follow_up.done": "the one who was called knows; a case that it led to tells its own news",
    "refund_batch.made": "stands on finance's page of today", "refund_batch.released": "finance's own work list",
    "refund_batch.done": "each refund of it has told its buyer",
    "invoice.drafted": "finance's own work list", "invoice.rejected": "finance's own work list",
    "order.taken": "the shop's own news, before any case", "order.refreshed": "the shop's own news",
    "order.receipt_changed": "limits that change with it are told by the case's move",
    "plan.ended": "about a contract, not a case: the return that ended it has said so, the shop pays the rest",
    "refund.part_settled": "the notice of the whole refund names every tender and amount",
    "refund.retried": "the buyer was told that finance is on it, and hears when it has settled",
    "charge.contradiction_settled": "the case's move is told when it is paid; what goes back says so itself",
    "refund.overpaid_settled": "the buyer has paid it, or hears nothing of what the house lets go",
    "refund.contradiction_settled": "the buyer hears when the refund has settled",
    "repair.opened": "the case's own opening has been told", "repair.stepped": "the case's move is told, the bench's steps are not",
    "sign_in.rule_changed": "stands on the page of roles", "sign_in.locked": "stands on the page of lockouts",
    "sign_in.lockout_lifted": "stands on the page of lockouts", "webhook.disabled": "stands on the page of what is stuck",
}  # fmt: skip
REMINDERS: dict[str, str] = {"evidence_asked": "remind_evidence", "awaiting_goods": "remind_goods"}
# Said by the pickup's or the appointment's own event, or only of interest inside.
SILENT = frozenset({
    "book_pickup", "pickup_failed", "pickup_exhausted", "collected", "cancel_pickup", "escalate_inspection",
    "note_second_person", "note_first_response", "retry_refund", "note_refund_alarm", "settle_contradicted",
    # Said on the case itself, to both sides.
    "take_over", "give_back_to_shop",
    "ask_shop", "start_trace", "reserve_missing", "book_visit", "confirm_sending",
    # Said by the page to who has just chosen it, and by finance when it is paid.
    "choose_refund_way", "record_refund_way", "refund_by_transfer",
    # Tasks of the staff: the consumer hears what comes of them.
    "note_solution", "note_ready_contact", "note_picking", "coordinate", "note_unowned",
    # Nothing is promised before it is audited; the money is told when it is there.
    "offer_compensation", "audit_compensation", "refuse_compensation", "compensation_failed", "compensation_undecided",
    # Between the shop and the platform: what the consumer was given stays theirs.
    "appeal_as_shop", "uphold_appeal", "dismiss_appeal", "note_shop_appeal",
    # The refund that follows the scan is told; what finance decides about its own loss is not the buyer's business.
    "first_scan", "freight_failed", "propose_write_off", "approve_write_off", "refuse_write_off",
})  # fmt: skip
# Told to the shop, to the insurer, to the insurer and finance.
INSURERS_WORK: dict[str, str] = {
    "insurance.claim_refused": "staff_freight_refused", "insurance.claim_reminded": "insurer_reminder",
    "insurance.sla_breached": "insurer_late",
}  # fmt: skip
# A limit beside the case has passed: those responsible are told once, whether or not somebody holds the case.
STAFF_TASKS = frozenset({"note_late_claim", "note_solution", "note_ready_contact", "note_picking"})
CONSUMER_ROLES = frozenset({"consumer"})
POOR = 2


def for_money(event_type: str) -> str | None:
    """The template for the shop's people or for finance, about a shop's money; None for every other event."""
    return TO_SHOP.get(event_type) or TO_FINANCE.get(event_type)


def for_buyer(event_type: str, data: Mapping[str, Any]) -> str | None:
    """The template the buyer is told with, or None when they need not hear of it."""
    if event_type == "case.moved":
        return _of_move(data)
    if event_type == "case.reminded":
        return REMINDERS.get(str(data.get("status")), "reminded") if data.get("waits_on") == "consumer" else None
    if event_type == "case.message":
        return None if data.get("internal") or data.get("role") in CONSUMER_ROLES else "new_message"
    if event_type == "parcel.delivered":
        return "parcel_delivered" if data.get("direction") == "send_back" else None
    if event_type == "parcel.tracked":
        detail = DETAILS.get(str(data.get("code")))
        return "parcel_trouble" if detail and detail.problem else None
    if event_type == "invoice.issued":
        return "invoice_reversed" if data.get("kind") == "red" else "invoice_added"
    if event_type == "repair.appointed":
        return "repair_appointed" if data.get("appointment") == "booked" else None
    return BY_EVENT.get(event_type)


def for_staff(event_type: str, data: Mapping[str, Any]) -> str | None:
    """The template for whoever holds the case (or, when it is blocked, for those who oversee), or None."""
    if event_type == "case.deadline_blocked":
        return "staff_blocked"
    if event_type == "case.message":
        return "staff_message" if data.get("role") in CONSUMER_ROLES else None
    if event_type == "case.attached":
        return "staff_attached" if data.get("role") in CONSUMER_ROLES else None
    if event_type == "case.rated":
        return "staff_poor_rating" if int(data.get("grade") or 5) <= POOR else None
    if event_type == "case.silent":
        return "staff_silent"
    if event_type == "unidentified.matched":
        return "staff_parcel_found"
    if event_type in INSURERS_WORK:
        return INSURERS_WORK[event_type]
    if event_type in ("charge.contradicted", "refund.contradicted"):
        return "staff_money_differs"
    if event_type == "case.moved" and data.get("move") == "refuse_refund":
        return "staff_refund_refused"
    if event_type == "case.moved" and data.get("move") in STAFF_TASKS:
        return "staff_task"
    if event_type == "case.moved" and data.get("move") == "extend":
        return "staff_extended"
    waits_on = data.get("waits_on")
    staff_turn = bool(waits_on) and waits_on not in ("consumer", "carrier", "system") and waits_on != data.get("role")
    if event_type == "case.opened" or (event_type == "case.moved" and data.get("from") != data.get("status")):
        return "staff_turn" if staff_turn else None
    return None


def _of_move(data: Mapping[str, Any]) -> str | None:
    move, status = str(data.get("move")), str(data.get("status"))
    if data.get("from") != status and status in BY_STATUS:
        return BY_STATUS[status]
    if move in SILENT:
        return None
    if move.startswith("note_"):
        return "overdue"
    return BY_MOVE.get(move, "progress")
