"""Where else the money may go, before it is sent or when the means it was paid with does not take it: only the consumer agrees
to that (L-03 art. 14)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import SYSTEM
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Move, Text, Who

ROUTES = {
    "balance": Text("退到商城余额（即时到账）", "to my store balance, at once"),
    "bank": Text("退到银行账户（由财务转账）", "to a bank account, by transfer"),
}  # fmt: skip
# The same before anything is sent, when it may also be what it was.
WAYS = {
    "original": Text("退回原支付方式", "back to the means I paid with"),
    "balance": ROUTES["balance"],
    "bank": Text("退到另一张银行卡或银行账户（由财务转账）", "to another card or a bank account, by transfer"),
}
# The text that is agreed to, kept word for word with who agreed and when.
CONSENT = Text(
    "原支付方式无法退回，我同意将退款改退至所选去向。",
    "The means I paid with does not take the refund: I agree that it goes where I have chosen instead.",
)
# Wanted from the start, where the application is made (L-03 art. 14): the original means unless somebody says otherwise.
REFUND_TO = Ask(
    "refund_to", "choice", Text("退款退到哪里", "Where the refund goes"),
    choices={
        "original": Text("原支付方式", "back to the means I paid with"),
        "balance": Text("商城余额（我同意改退，到账更快）", "to my store balance, which I agree to: it is there sooner"),
    },
    help=Text("不选则按原支付方式退回。礼品卡、分期、优惠券和积分总是退回原处。想退到另一张银行卡或银行账户：提交后在售后单页点“选择退款去向”，退款发出前都可以改。",
              "Without a choice it goes back the way it was paid. Gift cards, instalments, coupons and points always do. For another "
              "card or a bank account: once you have applied, press “Choose where the refund goes” on the case's page; you can change "
              "it until the refund is sent."),
)  # fmt: skip
WANTED_CONSENT = Text(
    "申请时选择：我同意将退款改退至商城余额。", "Chosen with the application: I agree that the refund goes to my store balance."
)
WAY_CONSENT = Text(
    "退款发出前选择：我同意退款按所选去向办理。",
    "Chosen before the refund is sent: I agree that it goes where I have chosen.",
)
HERE = "refund_stuck"
# Moves of what goes elsewhere before it is sent: only where an application asks for it.
WAY_NAMES = ("choose_refund_way", "record_refund_way", "refund_by_transfer")
# Those who may write down what a consumer has said on the phone; never a shop's own people.
LISTENERS: frozenset[Who] = frozenset({"agent", "supervisor", "finance"})
# Who may say it when the application is made: the consumer, the shop's program in their name, or who heard it.
AGREES: frozenset[Who] = LISTENERS | {"consumer", "shop"}
CALL_NOTE = Ask(
    "call_note", "text", Text("通话记录（时间、号码、原话）", "Call note (when, which number, the words)"), required=True, most=500
)
WHERE = (
    Ask("route", "choice", Text("退到哪里", "Where to"), required=True, choices=ROUTES),
    Ask("payee", "text", Text("收款人姓名（银行账户）", "Payee (bank account)"), most=80),
    Ask("bank", "text", Text("开户银行（银行账户）", "Bank (bank account)"), most=80),
    Ask("account", "text", Text("账号（银行账户）", "Account number (bank account)"), most=60,
        help=Text("加密保存，页面上只显示末四位。", "Kept encrypted; pages show its last four characters only.")),
)  # fmt: skip
ACCOUNT = WHERE[1:]
TO = (Ask("route", "choice", Text("退到哪里", "Where to"), required=True, choices=WAYS), *ACCOUNT)


def way_moves(sources: str) -> tuple[Move, ...]:
    """Where the refund goes, said before it is sent: by the consumer on their own page, or on the phone to who writes it down."""
    return (
        replace(
            move("choose_refund_way", "选择退款去向", "Choose where the refund goes", sources, None, frozenset({"consumer", "shop"}), *TO,
                 Ask("agree", "boolean", WAY_CONSENT, required=True), when="flash_not_out",
                 says=Text("选择了退款去向", "chose where the refund goes")),
            personal=True,
        ),
        move("record_refund_way", "登记消费者电话选择的退款去向", "Record where the consumer wants the refund", sources, None, LISTENERS,
             *TO, CALL_NOTE, when="flash_not_out",
             says=Text("登记了消费者电话选择的退款去向", "recorded where the consumer wants the refund")),
        move("refund_by_transfer", "待财务转账", "Finance transfers it", "refunding", "refund_stuck", SYSTEM,
             Ask("account", "text", Text("账号末四位", "The account's last characters"), most=60),
             says=Text("按消费者选择的账户由财务转账", "finance transfers it to the account the consumer has chosen")),
    )  # fmt: skip


ROUTE_MOVES = (
    replace(
        move("choose_route", "改退其他去向", "Have it sent elsewhere", HERE, None, frozenset({"consumer", "shop"}), *WHERE,
             Ask("agree", "boolean", CONSENT, required=True), or_to="refunding", primary=True, when="route_to_choose",
             says=Text("同意改变退款去向", "agreed that the refund goes elsewhere")),
        personal=True,
    ),
    move("record_route", "登记消费者电话同意的去向", "Record where the consumer agreed to", HERE, None, LISTENERS, *WHERE,
         CALL_NOTE,
         or_to="refunding", when="route_to_choose",
         says=Text("登记了消费者电话同意的退款去向", "recorded where the consumer agreed to by phone")),
)  # fmt: skip
