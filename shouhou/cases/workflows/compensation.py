"""补偿/赔付 compensation: by rule or goodwill; proposed, audited by grades, offered, paid once (RFD-06, RFD-07, REV-05)."""

from shouhou.cases.workflows.asks import (
    AUDITORS,
    BEARERS,
    CARRIER_CODE,
    CONSUMER,
    EVIDENCE,
    REASON,
    REMARK,
    REVIEWERS,
    SHIPPERS,
    SYSTEM,
    TRACKING,
)  # fmt: skip
from shouhou.cases.workflows.payout import (
    PAYING,
    START_PAYOUT,
    refuse_refund,
    shared_moves,
    shared_states,
)  # fmt: skip
from shouhou.cases.workflows.returns import SUPERVISORS
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Applying, Ask, Limit, State, Text, Workflow, merged

FORMS = {
    "balance": Text("商城余额", "store balance"),
    "original": Text("原支付方式（计入后续退款）", "to the means of payment (counts against a later refund)"),
    "coupon": Text("优惠券", "a coupon"),
    "points": Text("积分", "points"),
    "goods": Text("实物", "goods"),
}
DENIALS = {
    "COMP_NO_GROUND": Text("没有可补偿的事由", "nothing to compensate for"),
    "COMP_SHIPPED_IN_TIME": Text("已在承诺时限内发货", "shipped as promised"),
    "COMP_PAID_ALREADY": Text("已补偿过", "compensated already"),
    "COMP_OTHER": Text("其他（须说明）", "other (say what)"),
}
WISH = Ask(
    "wish", "choice", Text("希望的补偿方式", "What you would like"), choices=FORMS,
    help=Text("最终方案由您确认。", "You decide on the offer in the end."),
)  # fmt: skip
FORM = Ask("form", "choice", Text("补偿方式", "Form"), required=True, choices=FORMS)
AMOUNT = Ask("amount", "money", Text("金额（实物填价值）", "Amount (for goods: their worth)"), required=True)

STATES = (
    State("auditing", Text("补偿待审批", "Offer being audited"), "reviewed", "supervisor",
          (Limit("audit", "compensation_audit_hours", "note_audit"),),
          hint=Text("补偿方案正在审批。", "The offer is being checked.")),
    State("auditing_second", Text("补偿待二次审批", "Offer awaits a second audit"), "reviewed", "finance",
          (Limit("audit_second", "compensation_audit_hours", "note_audit"),),
          hint=Text("金额较大，须由第二人审批。", "A large amount: a second person checks the offer.")),
    State("offered", Text("待确认补偿方案", "Offer to be answered"), "reviewed", "consumer",
          (Limit("offer", "compensation_offer_days", "offer_lapsed", remind="compensation_offer_reminder_days"),),
          hint=Text("请确认补偿方案；不同意可说明理由。", "Accept the offer, or say why not.")),
    State("to_ship", Text("待发出补偿商品", "Goods to be sent"), "resolved", "merchant_operator",
          (Limit("compensation_ship", "ship_hours", "note_ship"),),
          hint=Text("补偿商品将在 48 小时内发出。", "The goods ship within 48 hours.")),
    State("goods_sent", Text("补偿商品已发出", "Goods on their way"), "rated", "consumer",
          (Limit("confirm", "confirm_days", "close_goods"),),
          hint=Text("补偿商品已发出，收到后请确认。", "The goods are on their way; confirm when they are there.")),
    PAYING,
    *shared_states(
        escalated=(Limit("supervisor", "supervisor_hours", "offer_in_doubt"),),
        disputed=(Limit("ruling", "ruling_days", "rule_in_doubt"),),
    ),
)  # fmt: skip
OPEN = "auditing auditing_second offered to_ship goods_sent allowed"
MOVES = merged(
    *shared_moves(STATES, also={
        "cancel": "auditing auditing_second offered", "close_case": "auditing auditing_second offered", "extend": OPEN,
        "note_refund_due": "allowed", "note_refund_statutory": "allowed", "note_refund_alarm": "allowed",
    }),
    move("offer_by_rule", "按规则补偿", "Compensate by rule", "submitted", "offered", SYSTEM, when="rule_compensates",
         says=Text("按规则提供补偿", "compensation offered by rule")),
    move("propose", "提出补偿方案", "Propose a compensation", "submitted escalated", "offered", REVIEWERS, FORM, AMOUNT,
         Ask("article", "text", Text("补偿商品（货号或名称）", "Goods (article or name)"), most=160),
         Ask("bearer", "choice", Text("由谁承担", "Who bears it"), required=True, choices=BEARERS),
         Ask("note", "text", Text("理由（消费者可见）", "Why (the consumer sees it)"), required=True, most=1000),
         or_to="auditing", says=Text("提出补偿方案", "proposed a compensation"), primary=True),
    move("audit", "审批通过", "Approve the offer", "auditing auditing_second", "offered", AUDITORS, or_to="auditing_second",
         says=Text("补偿方案审批通过", "the offer was approved"), primary=True),
    move("refuse_audit", "审批退回", "Send the offer back", "auditing auditing_second", "submitted", AUDITORS, REMARK,
         says=Text("补偿方案退回修改", "the offer was sent back"), danger=True),
    note("note_audit", "补偿审批超时", "Audit overdue", "auditing auditing_second"),
    move("accept_offer", "接受补偿", "Accept the offer", "offered", "allowed", CONSUMER, or_to="to_ship",
         says=Text("接受了补偿方案", "accepted the offer"), primary=True),
    move("decline_offer", "不接受", "Decline the offer", "offered", "escalated", CONSUMER, REASON,
         says=Text("不接受补偿方案", "declined the offer")),
    move("offer_lapsed", "逾期未确认", "Not answered in time", "offered", "lapsed", SYSTEM,
         says=Text("补偿方案逾期未确认，可重新开启", "the offer was not answered; the case can be reopened")),
    move("offer_in_doubt", "逾期未决，从优补偿", "Offer in doubt", "escalated", "offered", SYSTEM, or_to="escalated",
         says=Text("平台逾期未决，按有利于消费者原则提供补偿", "not decided in time: offered in the consumer's favour")),
    move("reject", "拒绝", "Reject", "submitted escalated", "rejected", REVIEWERS,
         Ask("reason_code", "choice", Text("拒绝理由", "Ground"), required=True, choices=DENIALS),
         Ask("clause", "text", Text("依据条款", "Clause relied on"), required=True, most=80),
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000),
         says=Text("审核未通过", "not approved"), danger=True, denies=True),
    move("dispute", "申请平台介入", "Ask the platform to step in", "rejected", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("申请平台介入", "asked the platform to step in")),
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "allowed", SUPERVISORS, AMOUNT,
         Ask("bearer", "choice", Text("由谁承担", "Who bears it"), required=True, choices=BEARERS),
         Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000),
         says=Text("平台裁决支持消费者", "the platform ruled for the consumer")),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "allowed", SYSTEM, or_to="disputed",
         says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour")),
    move("rule_for_seller", "裁决支持商家", "Rule for the seller", "disputed", "closed", SUPERVISORS,
         Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000),
         says=Text("平台裁决支持商家", "the platform ruled for the seller")),
    move("ship_goods", "发出补偿商品", "Ship the goods", "to_ship", "goods_sent", SHIPPERS, CARRIER_CODE, TRACKING,
         says=Text("补偿商品已发出", "the goods were shipped"), primary=True),
    note("note_ship", "补偿商品发货超时", "Shipping the goods is overdue", "to_ship"),
    move("confirm_goods", "确认收到", "Confirm receipt", "goods_sent", "closed", CONSUMER,
         says=Text("确认收到补偿商品", "confirmed the goods"), primary=True),
    move("close_goods", "期满关闭", "Close after the confirmation window", "goods_sent", "closed", SYSTEM,
         says=Text("期满未异议，已关闭", "closed after the confirmation window")),
    START_PAYOUT, refuse_refund("escalated"),
    move("reopen", "重新开启", "Reopen", "closed lapsed", "submitted", frozenset({"consumer", "agent", "supervisor"}), REASON,
         EVIDENCE, says=Text("重新开启", "reopened")),
)  # fmt: skip

COMPENSATION = Workflow(
    "compensation", Text("补偿", "Compensation"), "submitted", STATES, MOVES,
    Applying(
        reasons=frozenset({
            "late_delivery", "wrong_item", "missing_gift", "unclear_page", "bad_service", "quality", "mismatch",
            "short_delivery",
        }),
        asks=(WISH,), at_once=("offer_by_rule",),
    ),
)  # fmt: skip
