"""Which template an event calls for, for whom; pure: two tables and a fallback that fits every workflow."""

from collections.abc import Mapping
from typing import Any

BY_MOVE: dict[str, str] = {
    "approve": "approved", "approve_by_book": "approved", "approve_in_doubt": "approved",
    "override_approve": "approved", "ask_evidence": "evidence_asked", "send_evidence": "evidence_received",
    "resubmit": "evidence_received", "reject": "rejected", "escalate": "escalated", "dispute": "dispute_opened",
    "refuse_deduction": "dispute_opened", "consent_lapsed": "dispute_opened", "rule_for_consumer": "ruled",
    "rule_in_doubt": "ruled", "rule_deduction": "ruled", "rule_for_seller": "ruled", "ship": "shipped",
    "change_waybill": "shipped", "drop_off": "shipped", "receive": "received", "receive_late": "received",
    "receive_more": "received", "accept": "accepted", "accept_by_book": "accepted", "consent": "accepted",
    "propose_deduction": "deduction_proposed", "not_accept": "not_accepted", "send_back": "sent_back",
    "send_rest": "sent_back", "refund_failed": "refund_delayed", "refuse_refund": "refund_rechecked",
    "refund_contradicted": "refund_compared", "lapse": "lapsed", "cancel": "cancelled",
    "close": "closed", "close_case": "closed", "close_rejected": "closed", "close_sent_back": "closed",
    "confirm_back": "closed", "reopen": "reopened", "extend": "deadline_changed",
}  # fmt: skip
BY_STATUS: dict[str, str] = {
    "refunding": "refund_started", "refund_review": "refund_review", "refunded": "refund_settled",
    "awaiting_visit": "repair_visit", "awaiting_appointment": "repair_appointment", "quoted": "repair_quoted",
    "awaiting_payment": "repair_payment", "unrepairable": "repair_choice", "handed_back": "repair_back",
}  # fmt: skip
BY_EVENT: dict[str, str] = {
    "case.right_opened": "right_opened",
    "case.opened": "application_received", "pickup.booked": "pickup_booked", "pickup.exhausted": "pickup_exhausted",
    "pickup.attempt_failed": "pickup_attempt_failed", "pickup.collected": "collected",
}  # fmt: skip
REMINDERS: dict[str, str] = {"evidence_asked": "remind_evidence", "awaiting_goods": "remind_goods"}
# Said by the pickup's own event, or only of interest inside.
SILENT = frozenset({
    "book_pickup", "pickup_failed", "pickup_exhausted", "collected", "cancel_pickup", "escalate_inspection",
    "note_second_person", "note_first_response", "retry_refund", "note_refund_alarm", "settle_contradicted",
    "ask_shop", "start_trace", "reserve_missing",
})  # fmt: skip
CONSUMER_ROLES = frozenset({"consumer"})


def for_buyer(event_type: str, data: Mapping[str, Any]) -> str | None:
    """The template the buyer is told with, or None when they need not hear of it."""
    if event_type == "case.moved":
        return _of_move(data)
    if event_type == "case.reminded":
        return REMINDERS.get(str(data.get("status")), "reminded") if data.get("waits_on") == "consumer" else None
    if event_type == "case.message":
        return None if data.get("internal") or data.get("role") in CONSUMER_ROLES else "new_message"
    if event_type == "pickup.cancelled":
        return "pickup_cancelled"
    if event_type == "parcel.delivered":
        return "parcel_delivered" if data.get("direction") == "send_back" else None
    return BY_EVENT.get(event_type)


def for_staff(event_type: str, data: Mapping[str, Any]) -> str | None:
    """The template for whoever holds the case (or, when it is blocked, for those who oversee), or None."""
    if event_type == "case.deadline_blocked":
        return "staff_blocked"
    if event_type == "case.message":
        return "staff_message" if data.get("role") in CONSUMER_ROLES else None
    if event_type == "case.moved" and data.get("move") == "refuse_refund":
        return "staff_refund_refused"
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
