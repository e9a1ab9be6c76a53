"""补发 resend: a gift, an accessory, a part or whole units that were missing; nothing comes back (catalogue EXG-04)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import (
    CARRIER_CODE,
    CONSUMER,
    EVIDENCE,
    FAULT,
    NOTE,
    REASON,
    REJECTION_REASONS,
    REVIEWERS,
    SHIPPERS,
    SYSTEM,
)
from shouhou.cases.workflows.payout import OF_GOODS
from shouhou.cases.workflows.picking import picking, picking_moves
from shouhou.cases.workflows.returns import PAUSES, RETURN, SUPERVISORS
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Applying, Ask, Limit, State, Text, Workflow, merged, moves_of, states_of

MISSING = Ask(
    "missing", "choice", Text("缺少什么", "What is missing"), required=True, choices={
        "item": Text("整件商品", "whole units"), "accessory": Text("配件", "an accessory"), "gift": Text("赠品", "a gift"),
        "part": Text("部件", "a part"),
    },
)  # fmt: skip
PART_NAME = Ask(
    "part_name", "text", Text("缺少的配件、赠品或部件", "Which accessory, gift or part"), most=120,
    help=Text("缺整件商品时可不填，数量即缺少的件数。", "Empty for whole units; the quantity is how many are missing."),
)  # fmt: skip
WEIGHT = Ask("weight", "text", Text("出库称重核对", "Weight at shipping"), most=200)
SHIP = Limit("resend_ship", "ship_hours", "note_ship")
PICKING = picking("not_late_in_picking")
SHARED = states_of(RETURN, "submitted evidence_asked escalated rejected disputed closed cancelled lapsed", without=OF_GOODS)
MORE = {
    "submitted": (Limit("review_book", "book_review_hours", "approve_by_book", when="promise_allows", pauses_in=PAUSES),),
    "escalated": (Limit("supervisor", "supervisor_hours", "approve_in_doubt", pauses_in=PAUSES),),
    "disputed": (Limit("ruling", "ruling_days", "rule_in_doubt"),),
}
STATES = (
    *(replace(state, limits=(*state.limits, *MORE.get(state.name, ()))) for state in SHARED),
    State("to_resend", Text("补发备货中", "Being prepared"), "reviewed", "merchant_operator", (SHIP, PICKING),
          hint=Text("已同意补发，正在备货，无需退货。", "It will be sent; nothing to send back.")),
    State("resend_held", Text("待补发", "Ready to be sent"), "goods", "merchant_operator", (SHIP, PICKING),
          hint=Text("补发商品已备好，48 小时内发出。", "It is ready and goes out within 48 hours.")),
    State("nothing_to_send", Text("无货可补发", "Nothing to send"), "resolved", "merchant_operator",
          (Limit("substitute", "substitute_hours", "refund_instead"),),
          hint=Text("缺货：到货即补发，否则为您退还缺少部分的款项。",
                    "Out of stock: sent as soon as it is there, or the missing part is refunded.")),
    State("resent", Text("补发商品运输中", "On its way"), "resolved", "carrier",
          (Limit("resend_transit", "in_transit_days", "note_transit"),),
          hint=Text("补发商品已发出，请留意收件。", "What was missing is on its way.")),
    State("resend_delivered", Text("补发商品已送达", "Delivered"), "rated", "consumer", (Limit("confirm", "confirm_days", "close"),),
          hint=Text("请核对补发商品；仍缺少请直接说明。", "Check it; say so if something is still missing.")),
)  # fmt: skip
REVIEW = "submitted escalated"
UNSENT = "to_resend resend_held nothing_to_send"
REASONS = Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000)
MOVES = merged(
    *moves_of(RETURN, STATES, without=OF_GOODS, also={"cancel": UNSENT, "close_case": UNSENT}),
    # ------------------------------------------------------------------------------------------------ review
    move("approve", "同意补发", "Approve", REVIEW, "to_resend", REVIEWERS, WEIGHT, NOTE, FAULT, primary=True,
         says=Text("同意补发", "approved: it will be sent")),
    move("approve_by_book", "按政策自动通过", "Approve by the book", "submitted", "to_resend", SYSTEM,
         says=Text("按政策自动审核通过", "approved by the book")),
    move("approve_in_doubt", "逾期未决，从优补发", "Approve in doubt", "escalated", "to_resend", SYSTEM,
         says=Text("平台逾期未决，按有利于消费者原则补发", "not decided in time: it is sent in the consumer's favour")),
    move("reject", "拒绝", "Reject", REVIEW, "rejected", REVIEWERS,
         Ask("reason_code", "choice", Text("拒绝理由", "Ground"), required=True, choices=REJECTION_REASONS),
         Ask("clause", "text", Text("依据条款", "Clause relied on"), required=True, most=80),
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000), WEIGHT,
         says=Text("审核未通过", "not approved"), danger=True, denies=True),
    move("dispute", "申请平台介入", "Ask the platform to step in", "rejected", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("申请平台介入", "asked the platform to step in")),
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "to_resend", SUPERVISORS, FAULT, REASONS,
         says=Text("平台裁决支持消费者", "the platform ruled for the consumer")),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "to_resend", SYSTEM,
         says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour")),
    move("rule_for_seller", "裁决支持商家", "Rule for the seller", "disputed", "closed", SUPERVISORS, REASONS,
         says=Text("平台裁决支持商家", "the platform ruled for the seller")),
    # ------------------------------------------------------------------------------------------------ stock and sending
    move("reserve_missing", "预留补发商品", "Reserve what is missing", "to_resend", None, SYSTEM, when="units_are_missing",
         says=Text("正在预留补发商品", "reserving what is missing")),
    move("stock_held", "已预留", "Held", "to_resend", "resend_held", SYSTEM,
         Ask("sku", "text", Text("货号", "Article"), most=80), Ask("price", "money", Text("现价", "Price now")),
         or_to="to_resend nothing_to_send", says=Text("补发商品已预留", "what is missing is reserved")),
    move("stock_unavailable", "无货", "Out of stock", "to_resend", "nothing_to_send", SYSTEM,
         Ask("sku", "text", Text("货号", "Article"), most=80), Ask("detail", "text", Text("商城答复", "The shop's answer"), most=200),
         or_to="to_resend resend_held", says=Text("补发商品无货", "it is out of stock")),
    move("part_unavailable", "配件无货", "The part cannot be had", "to_resend", "nothing_to_send", SHIPPERS | REVIEWERS,
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000), when="a_part_is_missing",
         says=Text("配件或赠品无货", "the part cannot be had"), denies=True),
    move("try_stock_again", "重新备货", "Try again", "nothing_to_send", "to_resend", SHIPPERS,
         says=Text("重新备货", "stock asked for again")),
    move("send_missing", "发出补发商品", "Send it", "to_resend resend_held", "resent", SHIPPERS, CARRIER_CODE,
         Ask("tracking_number", "text", Text("运单号", "Waybill"), required=True, most=40), NOTE, when="can_be_sent", primary=True,
         says=Text("补发商品已发出", "what was missing was sent")),
    note("note_ship", "补发超时", "Sending it is overdue", "to_resend resend_held"),
    *picking_moves("to_resend resend_held"),
    replace(RETURN.need("note_transit"), sources=frozenset({"resent"})),
    move("parcel_delivered", "补发商品送达", "Delivered", "resent", "resend_delivered", frozenset({"carrier", "system"}),
         says=Text("补发商品已送达", "what was missing was delivered")),
    move("confirm_resend", "确认收到补发", "Confirm it is there", "resent resend_delivered", "closed", CONSUMER, primary=True,
         or_to="nothing_to_send", says=Text("确认收到补发商品", "confirmed what was missing")),
    move("still_missing", "仍有缺少", "Something is still missing", "resend_delivered", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("反映仍有缺少", "said that something is still missing")),
    move("close", "完成", "Close", "resend_delivered", "closed", SYSTEM, or_to="nothing_to_send", says=Text("已完成", "closed")),
    # ------------------------------------------------------------------------------------------------ ends
    move("reopen", "重新开启", "Reopen", "closed lapsed", "submitted", frozenset({"consumer", "agent", "supervisor"}), REASON, EVIDENCE,
         says=Text("重新开启", "reopened")),
    replace(
        move("refund_instead", "改为退款", "Refund what is missing", "nothing_to_send", "allowed", CONSUMER | SYSTEM, or_to="submitted",
             says=Text("改为退还缺少部分", "turned into a refund of what is missing"), danger=True),
        to_service="refund_only",
    ),
    replace(RETURN.need("extend"), sources=frozenset(state.name for state in STATES if not state.final)),
)  # fmt: skip

RESEND = Workflow(
    "resend", Text("补发", "Send what is missing"), "submitted", STATES, MOVES,
    Applying(
        reasons=frozenset({"short_delivery"}), claims=True, asks=(MISSING, PART_NAME),
        spares=frozenset(("missing", code) for code in MISSING.choices if code != "item"),
    ),
)  # fmt: skip
