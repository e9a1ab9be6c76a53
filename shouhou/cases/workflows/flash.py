"""Refunded first, the goods chased after: what did not come, or was not accepted, is asked back; never cut without consent (RFD-08)."""

from collections.abc import Iterable
from dataclasses import replace

from shouhou.cases.workflows.asks import CONSUMER, INSPECTORS, NOTE, SYSTEM
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text, Who

NAMES = (
    "flash_refund", "first_scan", "flash_goods_overdue", "keep_and_pay", "charge_paid", "charge_failed", "flash_unpaid",
    "ask_payment_again",
    "propose_write_off", "approve_write_off", "refuse_write_off", "receive_collected", "note_flash_overdue", "note_write_off",
)  # fmt: skip
FINANCE: frozenset[Who] = frozenset({"finance", "supervisor"})
UNDER_WAY = "awaiting_goods pickup_booked in_transit"
CHASE = Limit("flash_goods", "flash_goods_days", "flash_goods_overdue", remind="flash_goods_reminder_days", when="flash_out")
ASKED_BACK = "collecting collection_overdue"
FLASH_STATES = (
    State("collecting", Text("待退还闪退款", "Flash refund to be given back"), "resolved", "consumer",
          (Limit("flash_pay", "flash_pay_days", "flash_unpaid", remind="flash_pay_reminder_days"),),
          hint=Text("您已先收到退款，但商品未寄达或未通过验收：请付款退还，或将商品寄回。",
                    "You were refunded first, and the goods did not come or were not accepted: pay it back, or send the goods.")),
    State("collection_overdue", Text("闪退款催收中", "Flash refund being collected"), "resolved", "finance",
          (Limit("flash_collect", "flash_collect_days", "note_flash_overdue"),),
          hint=Text("闪退款逾期未退还，财务正在跟进；寄回商品或付款即可结清。",
                    "The flash refund has not been given back; sending the goods or paying settles it.")),
    State("write_off_review", Text("核销复核中", "Write-off awaits a second person"), "resolved", "finance",
          (Limit("write_off", "second_person_hours", "note_write_off"),),
          hint=Text("财务正在复核，您无需操作。", "Finance is looking at it; you need do nothing.")),
)  # fmt: skip
FLASH_MOVES = (
    move("flash_refund", "闪退", "Refund first", UNDER_WAY, None, SYSTEM, when="flash_now",
         says=Text("闪退：先行退款，商品请按期寄回", "refunded first; the goods are to follow in time")),
    move("first_scan", "首次揽收扫描", "First scan", "in_transit", None, frozenset({"carrier", "system"}), when="flash_offered",
         says=Text("快递已揽收", "the carrier has it")),
    move("flash_goods_overdue", "闪退商品逾期未到", "Goods of a flash refund overdue", UNDER_WAY, "collecting", SYSTEM,
         says=Text("闪退后商品逾期未寄达，请退还款项", "the goods did not come in time: the refund is asked back"), when="flash_out"),
    move("keep_and_pay", "留下商品，退还款项", "Keep the goods, pay it back", "awaiting_goods pickup_booked", "collecting", CONSUMER,
         says=Text("选择留下商品并退还款项", "keeps the goods and pays the refund back"), when="flash_out"),
    move("charge_paid", "已退还闪退款", "Paid back", "collecting", "closed", SYSTEM,
         says=Text("闪退款已退还", "the flash refund was given back")),
    move("charge_failed", "付款未成功", "Payment failed", "collecting", None, SYSTEM,
         Ask("detail", "text", Text("原因", "Reason"), most=200),
         says=Text("付款未成功，可重新支付", "the payment failed and can be tried again")),
    move("flash_unpaid", "逾期未退还", "Not paid back in time", "collecting", "collection_overdue", SYSTEM,
         says=Text("闪退款逾期未退还", "the flash refund was not given back in time")),
    move("ask_payment_again", "重新发起付款", "Ask for the payment again", "collection_overdue", "collecting", FINANCE | CONSUMER,
         NOTE, says=Text("重新发起闪退款的退还", "the flash refund is asked back again"), primary=True),
    move("propose_write_off", "提请核销", "Propose a write-off", "collection_overdue", "write_off_review", FINANCE,
         Ask("remark", "text", Text("核销理由", "Why"), required=True, most=1000,
             help=Text("消费者看不到这段说明。", "The consumer does not see this.")),
         says=Text("提请核销闪退款", "a write-off was proposed")),
    move("approve_write_off", "同意核销", "Approve the write-off", "write_off_review", "closed", FINANCE, NOTE,
         says=Text("闪退款已核销", "the flash refund was written off"), danger=True),
    move("refuse_write_off", "退回核销", "Send the write-off back", "write_off_review", "collection_overdue", FINANCE, NOTE,
         says=Text("核销被退回", "the write-off was sent back")),
    note("note_flash_overdue", "闪退款催收超时", "Collection overdue", "collection_overdue"),
    note("note_write_off", "核销复核超时", "Write-off overdue", "write_off_review"),
)  # fmt: skip


def chased(states: Iterable[State]) -> tuple[State, ...]:
    """The states in which goods are under way, with the limit for goods that were refunded first; what asks them back."""
    found = (
        replace(state, limits=(*(_unless_out(limit) for limit in state.limits), CHASE)) if state.name in UNDER_WAY.split() else state
        for state in states
    )
    return (*found, *FLASH_STATES)


def came_late(unpacking: tuple[Ask, ...]) -> Move:
    """Goods that come when they are asked back already: inspected like any others."""
    return move("receive_collected", "收到催收中的商品", "Register goods that were asked back", ASKED_BACK, "received", INSPECTORS,
                *unpacking, says=Text("催收中的商品已收到", "the goods that were asked back have come"), when="goods_not_here")  # fmt: skip


def _unless_out(limit: Limit) -> Limit:
    """A case whose money is out does not lapse: it is chased."""
    return replace(limit, when="flash_not_out") if limit.on_breach == "lapse" and limit.when is None else limit
