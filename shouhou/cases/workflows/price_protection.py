"""价保 price protection: the shop's prices since the order are compared at once; the difference is an allowance (L-23)."""

from shouhou.cases.workflows.asks import CONSUMER, EVIDENCE, NOTE, REASON, REVIEWERS, SYSTEM
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
from shouhou.policy.promises import REASONS

GRANTS = ("PP_TO_BE_COMPARED", "PP_LOWER_PRICE")
DENIALS = {code: reason.text for code, reason in REASONS.items() if code.startswith("PP_") and code not in GRANTS}
PAYOUT = Ask(
    "payout", "choice", Text("退还方式", "How it is paid back"),
    choices={
        "original": Text("原支付方式", "to the means you paid with"),
        "balance": Text("商城余额", "to your store balance"),
    },
)  # fmt: skip
SEEN = Ask(
    "seen_price", "money", Text("您看到的价格（单件）", "The price you saw, for one"),
    help=Text("可不填：系统会自动核对下单以来的价格。", "May stay empty: the prices since your order are looked up by themselves."),
)  # fmt: skip
AMOUNT = Ask("amount", "money", Text("退还金额", "Amount to pay back"), required=True)

# The prices are asked for at once, which is the first response.
ANSWERED = ("note_first_response",)
STATES = (
    State("checking", Text("核价中", "Comparing prices"), "applied", "system",
          (Limit("price_check", "price_check_hours", "price_check_overdue"),),
          hint=Text("系统正在核对下单以来的价格，您无需操作。", "The prices since your order are being compared; you need do nothing.")),
    State("denied", Text("不符合价保", "Not covered"), "reviewed", "consumer",
          (Limit("dispute_window", "dispute_days", "close_denied"),),
          hint=Text("原因见下；有异议可申请人工核对。", "The reasons are below; if you disagree, ask a person to look.")),
    PAYING,
    *shared_states(
        without=ANSWERED,
        escalated=(
            Limit("supervisor", "supervisor_hours", "grant_in_doubt", when="doubt_small"),
            Limit("supervisor_large", "supervisor_hours", "note_supervisor", when="doubt_large"),
        ),
        disputed=(
            Limit("ruling", "ruling_days", "rule_in_doubt", when="doubt_small"),
            Limit("ruling_large", "ruling_days", "note_supervisor", when="doubt_large"),
        ),
    ),
)  # fmt: skip
OPEN = "checking denied allowed"
MOVES = merged(
    *shared_moves(STATES, without=ANSWERED, also={
        "cancel": "checking denied", "close_case": "checking denied", "extend": OPEN, "note_refund_due": "allowed",
        "note_refund_statutory": "allowed", "note_refund_alarm": "allowed",
    }),
    move("check_prices", "核对价格", "Look the prices up", "checking submitted escalated", None, REVIEWERS | SYSTEM,
         says=Text("向商城查询价格历史", "asked the shop for its prices since")),
    move("prices_told", "价格已核对", "Prices compared", "checking submitted escalated", "allowed", SYSTEM,
         Ask("prices", "items", Text("价格历史", "Prices since the order")), or_to="denied submitted escalated",
         says=Text("价格已核对", "the prices were compared")),
    move("price_check_overdue", "核价超时转人工", "Comparison overdue", "checking", "submitted", SYSTEM,
         says=Text("商城未及时答复，转人工核对", "the shop did not answer in time: a person looks")),
    move("ask_person", "申请人工核对", "Ask a person to look", "denied", "submitted", CONSUMER,
         Ask("description", "text", Text("为什么应当价保", "Why it should be covered"), required=True, most=2000), EVIDENCE,
         says=Text("申请人工核对", "asked a person to look"), primary=True),
    move("close_denied", "异议期满关闭", "Close after the dispute window", "denied", "closed", SYSTEM,
         says=Text("异议期满，已关闭", "closed after the dispute window")),
    move("grant", "同意价保", "Grant it", "submitted escalated", "allowed", REVIEWERS, AMOUNT, NOTE,
         says=Text("同意价保", "granted"), primary=True),
    move("grant_in_doubt", "逾期未决，从优退还", "Grant in doubt", "escalated", "allowed", SYSTEM,
         says=Text("平台逾期未决，按申请差额退还", "not decided in time: the difference claimed is paid")),
    note("note_supervisor", "审核超时", "Decision overdue", "escalated disputed"),
    move("reject", "拒绝", "Reject", "submitted escalated", "rejected", REVIEWERS,
         Ask("reason_code", "choice", Text("拒绝理由", "Ground"), required=True, choices=DENIALS),
         Ask("clause", "text", Text("依据条款", "Clause relied on"), required=True, most=80),
         Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000),
         says=Text("审核未通过", "not approved"), danger=True, denies=True),
    move("dispute", "申请平台介入", "Ask the platform to step in", "rejected denied", "disputed", CONSUMER, REASON, EVIDENCE,
         says=Text("申请平台介入", "asked the platform to step in")),
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "allowed", SUPERVISORS, AMOUNT,
         Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000),
         says=Text("平台裁决支持消费者", "the platform ruled for the consumer")),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "allowed", SYSTEM,
         says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour")),
    move("rule_for_seller", "裁决支持商家", "Rule for the seller", "disputed", "closed", SUPERVISORS,
         Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000),
         says=Text("平台裁决支持商家", "the platform ruled for the seller")),
    START_PAYOUT, refuse_refund("escalated"),
    move("reopen", "重新开启", "Reopen", "closed lapsed", "submitted", frozenset({"consumer", "agent", "supervisor"}), REASON,
         EVIDENCE, says=Text("重新开启", "reopened")),
)  # fmt: skip

PRICE_PROTECTION = Workflow(
    "price_protection", Text("价保", "Price protection"), "checking", STATES, MOVES,
    Applying(reasons=frozenset({"price_drop"}), asks=(PAYOUT, SEEN), at_once=("check_prices",)),
)  # fmt: skip
