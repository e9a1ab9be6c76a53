"""仅退款 refund only: never delivered, refused at the door, unfit to send back, or kept by consent (catalogue RFD, ADD-11; law L-01)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import CONSUMER, EVIDENCE, FAULT, NOTE, REASON, REJECTION_REASONS, REVIEWERS, SYSTEM
from shouhou.cases.workflows.late_goods import LATE_GOODS, LATE_MOVES
from shouhou.cases.workflows.loan import TAKE_BACK_LOAN
from shouhou.cases.workflows.payout import PAYING, refuse_refund, shared_moves, shared_states
from shouhou.cases.workflows.returns import PAUSES, RETURN, SUPERVISORS
from shouhou.cases.workflows.routes import REFUND_TO, way_moves
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Applying, Ask, Limit, State, Text, Workflow, merged

WANTED = Ask(
    "amount_wanted", "money", Text("希望退还的金额", "What you would like back"),
    help=Text("不填为全额；填写较小金额即表示商品您留下、只退这一部分。",
              "Empty means all of it; a smaller amount means that you keep the goods and get this part back."),
)  # fmt: skip
SPOILED = Ask(
    "spoiled_percent", "number", Text("坏损比例（%，仅生鲜）", "Spoiled share (%, fresh goods only)"), most=100,
    help=Text("坏掉的部分占所选商品的多少；按政策的比例表退款，商品不用寄回。",
              "How much of the chosen goods is spoiled; refunded by the policy's table, nothing to send back."),
)  # fmt: skip
AMOUNT = Ask("amount", "money", Text("退款金额", "Amount to refund"), required=True)
REASONS = Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000)
TRACED = Text("承运商回复查件", "the carrier told where the parcel is")
OUTCOMES = {
    "accepted": Text("已受理查件", "is looking for it"), "refused": Text("不受理查件", "will not look for it"),
    "delivered": Text("已签收", "delivered"), "under_way": Text("在途", "under way"),
    "returned": Text("已退回寄件人", "went back to the sender"), "lost": Text("确认丢失", "lost"),
}
TRACE = (
    Ask("answer", "choice", Text("结果", "Result"), required=True, choices=OUTCOMES),
    Ask("tracking_number", "text", Text("运单号", "Waybill"), most=80),
    Ask("at", "instant", Text("时间", "When")), Ask("detail", "text", Text("承运商说明", "The carrier's words"), most=400),
    Ask("detail_en", "text", Text("承运商说明（英文）", "The carrier's words in English"), most=400),
    Ask("signed_by", "text", Text("签收人", "Signed by"), most=60),
    Ask("proof", "files", Text("签收凭证（图片）", "Picture of the signature"), most=3),
)  # fmt: skip
DOUBT = (
    Limit("supervisor", "supervisor_hours", "approve_in_doubt", when="small_whole", pauses_in=PAUSES),
    Limit("supervisor_large", "supervisor_hours", "note_supervisor", when="large_or_part", pauses_in=PAUSES),
)
STATES = (
    State("tracing", Text("承运商查件中", "Being traced by the carrier"), "applied", "carrier",
          (Limit("trace", "trace_hours", "trace_over", when="small_amount"),
           Limit("trace_large", "trace_hours", "escalate", when="large_amount")),
          hint=Text("承运商正在查找包裹；期限内查无下落即为您退款。",
                    "The carrier is looking for the parcel; not found in time, you are refunded.")),
    State("partial_offered", Text("待确认部分退款", "Partial refund offered"), "inspected", "consumer",
          (Limit("consent", "deduction_consent_days", "partial_lapsed"),),
          hint=Text("商家提出部分退款、商品您留下；不确认不生效。",
                    "A part of the price back while you keep it; nothing counts without your yes.")),
    replace(PAYING, label=Text("已同意退款", "Refund granted"),
            hint=Text("无需退货，即将退款。", "Nothing to send back; the refund is about to start.")),
    *shared_states(
        submitted=(Limit("review_book", "book_review_hours", "approve_by_book", when="promise_allows", pauses_in=PAUSES),),
        escalated=DOUBT,
        disputed=(
            Limit("ruling", "ruling_days", "rule_in_doubt", when="small_whole"),
            Limit("ruling_large", "ruling_days", "note_supervisor", when="large_or_part"),
        ),
    ),
    LATE_GOODS,
)  # fmt: skip
REVIEW = "submitted escalated"
OPEN = "tracing partial_offered allowed"
UNPAID = "tracing submitted evidence_asked escalated rejected partial_offered"
MOVES = merged(
    *shared_moves(STATES, also={
        "cancel": "tracing partial_offered", "close_case": "tracing partial_offered", "extend": OPEN, "escalate": "tracing",
        "note_refund_due": "allowed", "note_refund_statutory": "allowed", "note_refund_alarm": "allowed",
    }),
    # ------------------------------------------------------------------------------------------------ the parcel
    move("start_trace", "请承运商查件", "Have the carrier look for it", "submitted", "tracing", SYSTEM, or_to="submitted",
         when="parcel_missing", says=Text("请承运商查件", "the carrier was asked to look for the parcel")),
    move("trace_told", "查件结果", "Result of the search", f"{UNPAID} disputed allowed refund_review refunding refund_stuck refunded",
         None, frozenset({"carrier", "system"}), *TRACE, or_to="submitted allowed", says=TRACED),
    move("trace_over", "查无下落", "Not found in time", "tracing", "allowed", SYSTEM,
         says=Text("查件逾期无下落，按丢失退款", "not found in time: refunded as lost")),
    replace(
        move("found_delivered", "包裹找到并送达", "Found and delivered after all", UNPAID, "awaiting_goods", SYSTEM,
             says=Text("包裹已找到并送达，改为退货：不需要可寄回，需要可留下",
                       "the parcel was found and delivered: now a return – send it back, or keep it")),
        to_service="return",
    ),
    # ------------------------------------------------------------------------------------------------ review
    move("approve", "同意退款", "Approve", REVIEW, "allowed", REVIEWERS, NOTE, FAULT, primary=True, when="whole_price",
         says=Text("同意退款，无需退货", "approved: refunded, nothing to send back")),
    move("approve_by_book", "按政策自动通过", "Approve by the book", "submitted", "allowed", SYSTEM,
         says=Text("按政策自动审核通过", "approved by the book")),
    move("approve_in_doubt", "逾期未决，从优通过", "Approve in doubt", "escalated", "allowed", SYSTEM,
         says=Text("平台逾期未决，按有利于消费者原则通过", "not decided in time: approved in the consumer's favour")),
    note("note_supervisor", "审核超时", "Decision overdue", "escalated disputed"),
    move("offer_partial", "提出部分退款", "Offer a part", REVIEW, "partial_offered", REVIEWERS, AMOUNT,
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000),
         says=Text("提出部分退款，等待消费者确认", "offered a partial refund"), denies=True),
    move("take_partial", "接受部分退款", "Take it", "partial_offered", "allowed", CONSUMER, primary=True,
         says=Text("接受部分退款", "took the partial refund")),
    move("refuse_partial", "不接受", "Do not take it", "partial_offered", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("不接受部分退款", "did not take the partial refund")),
    move("partial_lapsed", "未确认，转平台处理", "No answer in time", "partial_offered", "disputed", SYSTEM,
         says=Text("期满未确认，转平台处理", "no answer in time: the platform decides")),
    move("reject", "拒绝", "Reject", REVIEW, "rejected", REVIEWERS,
         Ask("reason_code", "choice", Text("拒绝理由", "Ground"), required=True, choices=REJECTION_REASONS),
         Ask("clause", "text", Text("依据条款", "Clause relied on"), required=True, most=80),
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000),
         says=Text("审核未通过", "not approved"), danger=True, denies=True),
    move("dispute", "申请平台介入", "Ask the platform to step in", "rejected", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("申请平台介入", "asked the platform to step in")),
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "allowed", SUPERVISORS, FAULT,
         replace(AMOUNT, required=False, help=Text("不填为申请的金额。", "Empty: what was applied for.")), REASONS,
         says=Text("平台裁决支持消费者", "the platform ruled for the consumer")),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "allowed", SYSTEM,
         says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour")),
    move("rule_for_seller", "裁决支持商家", "Rule for the seller", "disputed", "closed", SUPERVISORS, REASONS,
         says=Text("平台裁决支持商家", "the platform ruled for the seller")),
    # ------------------------------------------------------------------------------------------------ money and ends
    move("start_refund", "发起退款", "Start the refund", "allowed", "refunding", SYSTEM, or_to="refund_review refunded",
         says=Text("已发起退款", "refund started")),
    refuse_refund("escalated"),
    *way_moves("tracing submitted evidence_asked escalated partial_offered disputed refund_review"),
    move("reopen", "重新开启", "Reopen", "closed lapsed", "submitted", frozenset({"consumer", "agent", "supervisor"}), REASON,
         EVIDENCE, says=Text("重新开启", "reopened")),
    # ------------------------------------------------------------------------------------------------ without re-filing
    replace(
        move("ask_goods_back", "同意退款，但需退货", "Refund, but against the goods", REVIEW, "awaiting_goods", REVIEWERS,
             Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000), FAULT,
             says=Text("同意退款，请退回商品", "agreed to refund against the goods"), when="goods_with_consumer", denies=True),
        to_service="return",
    ),
    replace(
        move("change_to_return", "改为退货退款", "Change to a return", "submitted escalated rejected partial_offered",
             "submitted", CONSUMER, says=Text("改为退货退款", "changed to a return"), when="return_open"),
        to_service="return",
    ),
    replace(RETURN.need("extend"), sources=frozenset(state.name for state in STATES if not state.final)),
    # A repair that became a return may end here, with a unit still lent.
    replace(TAKE_BACK_LOAN, sources=TAKE_BACK_LOAN.sources & {state.name for state in STATES}),
    *LATE_MOVES,
)  # fmt: skip

REFUND_ONLY = Workflow(
    "refund_only", Text("仅退款", "Refund only"), "submitted", STATES, MOVES,
    Applying(
        reasons=frozenset({"not_received", "refused_delivery", "quality", "wrong_item", "mismatch", "short_delivery"}),
        claims=True, refunds=True, asks=(WANTED, SPOILED, REFUND_TO), at_once=("start_trace",),
    ),
)  # fmt: skip
