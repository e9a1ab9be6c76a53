"""Which limits are somebody's duty: the clocks of D15 and of the book, each with its clause, and who owes it."""

from dataclasses import dataclass
from datetime import datetime

from shouhou.foundation.days import end_of_day, local_day
from shouhou.foundation.workflow import Text

# Who works for the seller: a shop's own people where the shop sells, the house's teams where the house does.
SELLING = frozenset({"reviewer", "inspector", "technician", "merchant_operator", "merchant_manager"})
HOUSE = frozenset({"agent", "supervisor", "arbitrator", "finance", "operations"})
SHOP, OWN = "shop", "house"
PARTIES = {SHOP: Text("商家", "The shop"), OWN: Text("平台", "The platform")}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of clock: `clause` is where it comes from; `always`: every scorecard shows it."""

    code: str
    label: Text
    clause: str
    always: bool = False


KINDS: dict[str, Kind] = {
    each.code: each
    for each in (
        Kind("MER-01", Text("审核", "Review"), "D15 MER-01", always=True),
        Kind("MER-02", Text("七天无理由审核", "No-reason review"), "D15 MER-02", always=True),
        Kind("MER-03", Text("上门取件", "Pickup"), "D15 MER-03", always=True),
        Kind("MER-04", Text("生鲜当日取件", "Fresh goods: same-day pickup"), "D15 MER-04", always=True),
        Kind("MER-05", Text("收货后处理意见", "Decision after receipt"), "D15 MER-05", always=True),
        Kind("MER-06", Text("换货、赔付与退回发货", "Replacement or goods sent"), "D15 MER-06", always=True),
        Kind("MER-07", Text("月度满意度", "Monthly satisfaction"), "D15 MER-07"),
        Kind("first_response", Text("首次响应", "First response"), "first_response_hours"),
        Kind("review_outer", Text("审核最长时限", "Outer limit of the review"), "outer_review_hours"),
        Kind("book_review", Text("补发、仅退款审核", "Review of a resend or refund only"), "book_review_hours"),
        Kind("solution", Text("联系告知解决方案", "Contact with a solution"), "PRC-16"),
        Kind("picking", Text("换补货拣货", "Picking of a replacement"), "ADD-02"),
        Kind("substitute", Text("提供替代商品", "Offer of a substitute"), "substitute_hours"),
        Kind("cancel_answer", Text("取消订单答复", "Answer to a cancellation"), "cancel_answer_hours"),
        Kind("freight_decision", Text("寄回运费认定", "Decision on the freight back"), "freight_claim_hours"),
        Kind("late_goods", Text("迟到商品处理", "Goods that turned up late"), "late_goods_hours"),
        Kind("diagnosis", Text("维修检测", "Diagnosis"), "diagnosis_hours"),
        Kind("quote", Text("维修报价", "Quote"), "quote_hours"),
        Kind("appointment", Text("按约上门", "Visit kept"), "appointment_overdue_hours"),
        Kind("ready_contact", Text("修好后通知取件", "Telling that it is ready"), "PRC-09"),
        Kind("repair", Text("修理期限", "Length of the repair"), "REP-09"),
        Kind("hand_back", Text("修好后交还", "Handing back"), "ship_hours"),
        Kind("shop_answer", Text("投诉情况说明", "The shop's account of a complaint"), "CMP-06"),
        Kind("complaint_owner", Text("投诉专人负责", "Owner of a complaint"), "CMP-01"),
        Kind("complaint_ack", Text("投诉受理", "Acknowledgement of a complaint"), "CMP-01"),
        Kind("complaint_reply", Text("投诉答复", "Answer to a complaint"), "CMP-03"),
        Kind("refund_due", Text("退款时限", "Refund due"), "RFD-01"),
        Kind("refund_statutory", Text("退款法定时限", "Statutory refund limit"), "L-03"),
        Kind("second_person", Text("第二人复核", "Check by a second person"), "second_person_hours"),
        Kind("audit", Text("补偿审核", "Audit of a compensation"), "compensation_audit_hours"),
        Kind("supervisor", Text("主管处理", "Supervisor's decision"), "supervisor_hours"),
        Kind("dispute_answer", Text("介入答辩", "Answer in a dispute"), "L-24"),
        Kind("dispute_evidence", Text("介入举证", "Evidence in a dispute"), "L-24"),
        Kind("ruling", Text("平台裁决", "Ruling"), "ruling_days"),
        Kind("shop_appeal", Text("商家申诉裁决", "Decision on a shop's appeal"), "L-24"),
    )
}
D15 = tuple(code for code, kind in KINDS.items() if kind.always)
BY_TERM = {
    "first_response_hours": "first_response", "review_hours": "MER-01", "no_reason_review_hours": "MER-02",
    "outer_review_hours": "review_outer", "book_review_hours": "book_review", "decision_hours": "MER-05", "ship_hours": "MER-06",
    "send_back_hours": "MER-06", "solution_contact_hours": "solution", "picking_alert_hours": "picking",
    "substitute_hours": "substitute", "cancel_answer_hours": "cancel_answer", "freight_claim_hours": "freight_decision",
    "late_goods_hours": "late_goods", "diagnosis_hours": "diagnosis", "quote_hours": "quote",
    "appointment_overdue_hours": "appointment", "ready_contact_hours": "ready_contact", "repair_limit_days": "repair",
    "parts_limit_days": "repair", "parts_limit_long_days": "repair", "complaint_owner_minutes": "complaint_owner",
    "complaint_ack_hours": "complaint_ack", "complaint_reply_workdays": "complaint_reply", "refund_due_workdays": "refund_due",
    "refund_statutory_days": "refund_statutory", "second_person_hours": "second_person", "compensation_audit_hours": "audit",
    "compensation_beside_audit_hours": "audit", "supervisor_hours": "supervisor", "ruling_days": "ruling",
    "dispute_answer_hours": "dispute_answer", "dispute_evidence_hours": "dispute_evidence", "appeal_decision_days": "shop_appeal",
}  # fmt: skip
BY_NAME = {"shop_answer": "shop_answer", "hand_back": "hand_back"}
# Beside a state that waits for somebody else: who owes it all the same.
OWED_BY = {
    "freight_decision": "finance", "send_rest_back": "inspector",
    # Runs through the shop's answer and everybody's evidence, and is the platform's all the same.
    "ruling": "arbitrator", "ruling_late": "arbitrator", "ruling_large": "arbitrator",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """Whose duty a limit is: its kind, the team, whether it is the seller's part, and which party answers for it."""

    kind: str
    team: str
    seller: bool
    party: str


def owed(*, name: str, term: str, waits_on: str, started_at: datetime, due_at: datetime, channel: str) -> Owed | None:
    """None: nobody's duty here – the consumer's own time, a carrier's road, an alarm. A pickup is the seller's (MER-03, MER-14)."""
    if term == "pickup_hours":
        same_day = due_at == end_of_day(local_day(started_at))
        return Owed("MER-04" if same_day else "MER-03", "carrier", True, SHOP if channel == "third" else OWN)
    kind = BY_NAME.get(name) if term in ("first_response_hours", "ship_hours") and name in BY_NAME else BY_TERM.get(term)
    if kind is None:
        return None
    team = OWED_BY.get(name) or (waits_on if waits_on in SELLING | HOUSE else "")
    if not team:
        return None
    seller = team in SELLING
    if seller and channel == "third":
        return Owed(kind, "merchant_operator", True, SHOP)
    return Owed(kind, team, seller, OWN)


def terms_owed() -> tuple[str, ...]:
    """The terms whose limits may be a duty, for narrowing in the database."""
    return (*BY_TERM, "pickup_hours")
