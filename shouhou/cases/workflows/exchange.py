"""换货 exchange: goods back, replacement out; or the replacement first (catalogue EXG, MEM-03; law L-12)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import (
    CARRIER_CODE,
    CHECKLIST,
    CONSUMER,
    FAULT,
    FINDINGS,
    INSPECTORS,
    NOTE,
    REASON,
    REVIEWERS,
    SHIPPERS,
    SYSTEM,
    TRACKING,
)  # fmt: skip
from shouhou.cases.workflows.beside import beside_moves, with_audit
from shouhou.cases.workflows.flash import NAMES as FLASH
from shouhou.cases.workflows.freight_back import NAMES as FREIGHT
from shouhou.cases.workflows.freight_back import freight_moves, with_decision
from shouhou.cases.workflows.on_top import NAMES as ON_TOP
from shouhou.cases.workflows.picking import picking, picking_moves
from shouhou.cases.workflows.returns import RETURN
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import (
    Applying,
    Ask,
    Limit,
    State,
    Text,
    Who,
    Workflow,
    merged,
    moves_of,
    states_of,
)  # fmt: skip

TAKERS: frozenset[Who] = frozenset({"carrier", "system"})
REST = Limit("send_rest_back", "ship_hours", "note_rest", when="rest_to_send")
SHIP = Limit("replacement_ship", "ship_hours", "note_ship", when="replacement_owed")
PICKING = picking("replacement_in_picking")
WANTED = Ask(
    "wanted", "choice", Text("换成", "Change it for"),
    choices={
        "same": Text("同款同规格新品", "the same, new"),
        "variant": Text("同款其他颜色、尺码或型号", "another colour, size or model of it"),
    },
)  # fmt: skip
WANTED_SKU = Ask(
    "wanted_sku", "text", Text("要换的规格（货号）", "The variant wanted (article)"), most=80,
    help=Text("换同款可不填。", "Leave empty for the same article."),
)  # fmt: skip

# What only a return knows: deductions and the refund.
OF_MONEY = ("propose_deduction", "rule_deduction", "start_refund", "note_refund_due", "note_refund_statutory",
            "note_refund_alarm", "change_to_exchange", *FREIGHT, *FLASH, *ON_TOP)  # fmt: skip
SHARED = states_of(
    RETURN,
    "submitted evidence_asked escalated rejected awaiting_goods pickup_booked in_transit received inspection_escalated "
    "not_accepted disputed sent_back closed cancelled lapsed",
    without=OF_MONEY,
)
STATES: tuple[State, ...] = (
    *(
        replace(
            state, limits=(
                replace(state.limits[0], when="goods_first"),
                Limit("advance_return", "advance_return_days", "claim_unreturned", remind="ship_back_reminder_days",
                      when="replacement_first"),
            ),
        ) if state.name == "awaiting_goods" else state
        for state in SHARED
    ),
    State("advance_due", Text("先行换新备货中", "Replacement goes out first"), "goods", "merchant_operator", (SHIP, PICKING),
          hint=Text("会员先行换新：新品先发出，旧品请在期限内寄回。",
                    "Your replacement goes out first; send the old item back in time.")),
    State("accepted", Text("验收通过，备货中", "Accepted, replacement being prepared"), "inspected", "merchant_operator",
          (SHIP, PICKING, REST),
          hint=Text("旧品验收通过，正在为您预留新品。", "Your item was accepted; the replacement is being reserved.")),
    State("no_stock", Text("无货，待提供替代", "Out of stock, substitute sought"), "resolved", "merchant_operator",
          (Limit("substitute", "substitute_hours", "refund_instead"),),
          hint=Text("所换商品无货：商家将提供替代商品，否则退款。",
                    "The article is out of stock: you are offered a substitute, or refunded.")),
    State("substitute_offered", Text("待确认替代商品", "Substitute offered"), "resolved", "consumer",
          (Limit("substitute_answer", "substitute_answer_days", "refund_instead"),),
          hint=Text("请确认是否接受替代商品；不确认将为您退款。", "Say whether you take it; without an answer you are refunded.")),
    State("difference_due", Text("待补差价", "Price difference to pay"), "resolved", "consumer",
          (Limit("difference", "difference_days", "refund_instead"),),
          hint=Text("所换商品价格更高，补差价后发出；不补将为您退款。",
                    "The article wanted costs more: it ships once the difference is paid; otherwise you are refunded.")),
    State("replacement_reserved", Text("待发换新商品", "Replacement reserved"), "resolved", "merchant_operator", (SHIP, PICKING, REST),
          hint=Text("新品已预留，48 小时内发出。", "The replacement is reserved and ships within 48 hours.")),
    State("replacement_shipped", Text("换新商品已发出", "Replacement on its way"), "resolved", "carrier",
          (Limit("replacement_transit", "in_transit_days", "note_transit"),),
          hint=Text("新品已发出，请留意收件。", "The replacement is on its way.")),
    State("replacement_delivered", Text("换新商品已送达", "Replacement delivered"), "rated", "consumer",
          (Limit("confirm", "confirm_days", "close"),),
          hint=Text("请检查新品并确认；有问题请直接说明。", "Check it and confirm; tell us if something is wrong.")),
    State("unreturned", Text("旧品未寄回", "Old item not returned"), "resolved", "consumer",
          (Limit("unreturned_pay", "difference_days", "note_unpaid"),),
          hint=Text("旧品逾期未寄回：请寄回，或按原价付款后留用。",
                    "The old item has not come back: send it, or pay its price and keep it.")),
)  # fmt: skip
# The old item was taken back: whose fault it was is known.
TAKEN = (
    "accepted no_stock substitute_offered difference_due replacement_reserved replacement_shipped replacement_delivered"
)
STATES = with_audit(with_decision(STATES, TAKEN))


OWED = "advance_due accepted replacement_reserved"
HELD = "advance_due replacement_reserved"
BACK = "awaiting_goods pickup_booked in_transit received inspection_escalated unreturned"
SCANNED = Ask(
    "scanned", "text", Text("出库扫码（货号）", "Scanned on the way out (article)"), required=True, most=400,
    help=Text("须与应换商品一致，否则不能出库；几种商品用逗号分开。",
              "It must be the article that is owed, or nothing goes out; several articles comma separated."),
)  # fmt: skip
SERIALS = Ask("serials", "text", Text("新品序列号（多件用逗号分开）", "Serials of the replacement, comma separated"), most=400)
SUBSTITUTE = (
    Ask("sku", "text", Text("替代商品货号", "Article offered"), required=True, most=80),
    Ask("title", "text", Text("替代商品名称", "Its name"), required=True, most=200),
    Ask("condition", "choice", Text("成色", "Condition"), required=True,
        choices={"new": Text("全新", "new"), "refurbished": Text("翻新", "refurbished"), "open_box": Text("二手披露", "open box")}),
    Ask("note", "text", Text("给消费者的说明", "What the consumer is told"), most=500),
)  # fmt: skip

RESERVED = "accepted replacement_reserved"
ALWAYS = {"dispute": "no_stock unreturned", "close_case": "no_stock unreturned",
          "receive": "unreturned", "ship": "unreturned", "book_pickup": "unreturned",
          "send_rest": f"{RESERVED} replacement_shipped replacement_delivered", "note_rest": RESERVED}  # fmt: skip
APPROVALS = ("approve", "approve_by_book", "approve_in_doubt", "override_approve")

MOVES = merged(
    *(
        replace(move, or_to=move.or_to | {"advance_due"}) if move.name in APPROVALS else move
        for move in moves_of(RETURN, STATES, without=OF_MONEY, also=ALWAYS)
    ),
    # ------------------------------------------------------------------------------------------------ inspection
    move("accept", "验收通过", "Accept", "received inspection_escalated", "accepted", INSPECTORS, CHECKLIST, FINDINGS, FAULT,
          NOTE, Ask("photos", "files", Text("照片", "Photos"), most=9), says=Text("验收通过", "accepted"), primary=True,
          or_to="replacement_shipped replacement_delivered"),
    move("accept_by_book", "逾期未决，按政策通过", "Accept by the book", "received inspection_escalated", "accepted", SYSTEM,
          says=Text("验收逾期，按政策通过", "not decided in time: accepted by the book"),
          or_to="replacement_shipped replacement_delivered"),
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "accepted",
          frozenset({"supervisor", "arbitrator"}), FAULT,
          Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000),
          says=Text("平台裁决支持消费者", "the platform ruled for the consumer"),
          or_to="awaiting_goods replacement_shipped replacement_delivered"),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "accepted", SYSTEM,
          says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour"),
          or_to="awaiting_goods replacement_shipped replacement_delivered"),
    # ------------------------------------------------------------------------------------------------ replacement
    move("reserve_replacement", "预留换新商品", "Reserve the replacement", "accepted advance_due", None, SYSTEM,
          says=Text("正在预留换新商品", "reserving the replacement")),
    move("stock_held", "已预留新品", "Replacement held", "accepted advance_due", "replacement_reserved", SYSTEM,
          Ask("sku", "text", Text("货号", "Article"), most=80), Ask("price", "money", Text("现价", "Price now")),
          or_to="difference_due advance_due accepted no_stock", says=Text("换新商品已预留", "the replacement is reserved")),
    move("stock_unavailable", "无货", "Out of stock", "accepted advance_due", "no_stock", SYSTEM,
          Ask("sku", "text", Text("货号", "Article"), most=80),
          Ask("detail", "text", Text("商城答复", "The shop's answer"), most=200),
          or_to="awaiting_goods", says=Text("所换商品无货", "the article is out of stock")),
    move("try_stock_again", "重新查库存", "Ask for stock again", "no_stock", "accepted", SHIPPERS,
          says=Text("重新查询库存", "stock asked for again")),
    move("offer_substitute", "提供替代商品", "Offer a substitute", "no_stock", "substitute_offered", SHIPPERS | REVIEWERS, *SUBSTITUTE,
          says=Text("提供替代商品", "offered a substitute"), primary=True),
    move("take_substitute", "接受替代商品", "Take the substitute", "substitute_offered", "accepted", CONSUMER,
          says=Text("接受替代商品", "takes the substitute"), primary=True),
    move("charge_paid", "差价已付", "Difference paid", "difference_due unreturned", "replacement_reserved", SYSTEM,
          or_to="closed", says=Text("已付款", "paid")),
    move("charge_failed", "付款未成功", "Payment failed", "difference_due unreturned", None, SYSTEM,
          Ask("detail", "text", Text("原因", "Reason"), most=200),
          says=Text("付款未成功，可重新支付", "the payment failed and can be tried again")),
    move("ship_replacement", "发出换新商品", "Ship the replacement", HELD, "replacement_shipped", SHIPPERS, CARRIER_CODE, TRACKING,
          SCANNED, SERIALS, or_to="awaiting_goods", says=Text("换新商品已发出", "the replacement was shipped"), primary=True,
          when="replacement_held"),
    move("parcel_delivered", "新品送达", "Replacement delivered", "replacement_shipped " + BACK, "replacement_delivered", TAKERS,
          or_to=BACK, says=Text("换新商品已送达", "the replacement was delivered"), when="replacement_under_way"),
    move("confirm_replacement", "确认收到新品", "Confirm the replacement", "replacement_shipped replacement_delivered", "closed", CONSUMER,
          says=Text("确认收到换新商品", "confirmed the replacement"), primary=True),
    move("replacement_wrong", "新品有问题", "Something is wrong with it", "replacement_delivered", "disputed", CONSUMER, REASON,
          Ask("evidence", "files", Text("凭证", "Evidence"), most=9),
          says=Text("反映新品有问题", "said that something is wrong with the replacement")),
    move("claim_unreturned", "旧品逾期未还", "Old item overdue", "awaiting_goods", "unreturned", SYSTEM,
          says=Text("旧品逾期未寄回，请寄回或付款", "the old item is overdue: send it back or pay for it")),
    move("close", "完成", "Close", "replacement_delivered", "closed", SYSTEM, says=Text("已完成", "closed")),
    # ------------------------------------------------------------------------------------------------ without re-filing
    move("refund_instead", "改为退款", "Refund instead", "no_stock substitute_offered difference_due accepted replacement_reserved",
          "accepted", CONSUMER | SYSTEM, to_service="return", says=Text("改为退款", "turned into a refund"), when="replacement_late",
          danger=True),
    move("change_to_return", "改为退货退款", "Change to a return", "submitted awaiting_goods pickup_booked in_transit received", None,
          CONSUMER, to_service="return", says=Text("改为退货退款", "changed to a return"), when="return_open"),
    move("change_to_repair", "改为维修", "Change to a repair", "submitted rejected", "submitted", CONSUMER, to_service="repair",
          says=Text("改为维修", "changed to a repair"), when="repair_open"),
    # With the old goods at the seller it ends with a replacement or the money, never with neither.
    replace(RETURN.need("cancel"), when="goods_not_here"),
    move("note_ship", "换新发货超时", "Replacement overdue", OWED, None, SYSTEM,
          says=Text("换新发货超时", "shipping the replacement is overdue")),
    *picking_moves(OWED),
    move("note_unpaid", "旧品款项未付", "Unreturned item unpaid", "unreturned", None, SYSTEM,
          says=Text("旧品未寄回且未付款，转客服跟进", "neither returned nor paid: an agent follows up")),
    replace(RETURN.need("note_transit"), sources=frozenset({"in_transit", "replacement_shipped"})),
    replace(RETURN.need("extend"), sources=frozenset(state.name for state in STATES if not state.final)),
    *beside_moves(STATES),
    *freight_moves(STATES, TAKEN, found="accepted replacement_shipped replacement_delivered"),
)  # fmt: skip

EXCHANGE = Workflow(
    "exchange", Text("换货", "Exchange"), "submitted", STATES, MOVES,
    Applying(
        verdict="exchange", reasons=frozenset({"no_reason", "quality", "wrong_item", "mismatch"}), goods=True, claims=True,
        asks=(WANTED, WANTED_SKU),
    ),
    prefix="E",
)  # fmt: skip
