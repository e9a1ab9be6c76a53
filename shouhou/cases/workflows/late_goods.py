"""Goods that turn up after their money went back: with the shop or with the consumer, a person decides what becomes of them (MER-05)."""

from shouhou.cases.workflows.asks import (
    CARRIER_CODE,
    DISPOSITIONS,
    GRADES,
    INSPECTORS,
    NOTE,
    REVIEWERS,
    STATES_OF_GOODS,
    SYSTEM,
)
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Ask, Limit, State, Text

WAYBILL = Ask("tracking_number", "text", Text("运单号", "Waybill"), most=40)
SHELVES = {code: text for code, text in DISPOSITIONS.items() if code != "consumer"}
REASONS = Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), required=True, most=1000)
LATE_GOODS = State(
    "late_goods", Text("退款后出现的商品待处理", "Goods turned up after the refund"), "rated", "merchant_operator",
    (Limit("late_goods", "late_goods_hours", "note_late_goods"),),
    hint=Text("退款后才出现的商品正在处理，您的退款不受影响。",
              "The goods turned up after your refund and are being dealt with; your money is not affected."),
)  # fmt: skip
THERE = ("take_late_goods", "let_consumer_keep", "recall_late_goods")
LATE_MOVES = (
    move("take_late_goods", "退款后商品送达消费者", "Delivered after the refund", "refunded", "late_goods", SYSTEM,
         says=Text("退款后商品送达消费者，待商家决定", "delivered after the refund: the merchant decides what becomes of it")),
    move("goods_came_late", "登记退款后到达的包裹", "Register goods that came after the refund", "refunded closed late_goods", "late_goods",
         INSPECTORS, WAYBILL,
         Ask("appearance", "choice", Text("外观", "Appearance"), required=True, choices=STATES_OF_GOODS), NOTE,
         Ask("photos", "files", Text("照片", "Photos"), most=9), when="money_went_back",
         says=Text("退款后收到商品", "the goods came after the refund")),
    move("keep_late_goods", "商品归商家，入库处理", "Keep the goods", "late_goods", "closed", INSPECTORS,
         Ask("disposition", "choice", Text("去向", "Disposition"), required=True, choices=SHELVES),
         Ask("grade", "choice", Text("成色", "Grade"), required=True, choices=GRADES), NOTE, when="late_goods_are_ours", primary=True,
         says=Text("已退款的商品由商家留下", "refunded goods were kept by the merchant")),
    move("send_late_goods", "寄给消费者", "Send them to the consumer", "late_goods", "closed", INSPECTORS, CARRIER_CODE,
         Ask("tracking_number", "text", Text("运单号", "Waybill"), required=True, most=40), REASONS, when="late_goods_here",
         says=Text("商品寄给消费者", "the goods were sent to the consumer")),
    move("let_consumer_keep", "由消费者留下", "Let the consumer keep them", "late_goods", "closed", REVIEWERS, REASONS,
         when="late_goods_there", says=Text("商品由消费者留下，退款不变", "the consumer keeps the goods and the refund")),
    move("recall_late_goods", "请消费者寄回", "Ask the consumer to send them back", "late_goods", None, REVIEWERS, REASONS,
         when="late_goods_there",
         says=Text("请消费者寄回已退款的商品（运费由商家承担）", "asked for the refunded goods, at the merchant's cost")),
    note("note_late_goods", "退款后到达的商品处理超时", "Late goods overdue", "late_goods"),
)  # fmt: skip
# Where no carrier is asked any more, they turn up with the shop alone.
LATE_HERE_MOVES = tuple(each for each in LATE_MOVES if each.name not in THERE)
