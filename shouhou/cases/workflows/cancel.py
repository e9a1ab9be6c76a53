"""未发货退款 cancel before delivery: the shop stops the goods, or the carrier brings them back (workflows.md; catalogue RFD)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import CARRIER_CODE, CONSUMER, INSPECTORS, NOTE, REVIEWERS, SYSTEM
from shouhou.cases.workflows.beside import NAMES as BESIDE
from shouhou.cases.workflows.flash import NAMES as FLASH
from shouhou.cases.workflows.freight_back import NAMES as FREIGHT
from shouhou.cases.workflows.late_goods import LATE_GOODS, LATE_HERE_MOVES
from shouhou.cases.workflows.on_top import NAMES as ON_TOP
from shouhou.cases.workflows.payout import PAYING, refuse_refund
from shouhou.cases.workflows.returns import RETURN
from shouhou.cases.workflows.routes import REFUND_TO, WAY_NAMES, way_moves
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Applying, Ask, Limit, State, Text, Who, Workflow, merged, moves_of, states_of

SHOP: frozenset[Who] = frozenset({"merchant_operator", "merchant_manager", "agent", "supervisor"})
CARRIER: frozenset[Who] = frozenset({"carrier", "system"})
NOT_OURS = ("approve_in_doubt", "note_late_claim", "compare_page",
            "note_rest", "send_rest", "change_to_exchange", "approve_by_book", "reject", "ask_evidence",
            "take_back_loan", *WAY_NAMES, *BESIDE, *FREIGHT, *FLASH, *ON_TOP)  # fmt: skip
SHARED = states_of(
    RETURN, "escalated refund_review refunding refund_stuck refunded closed cancelled", without=NOT_OURS,
)  # fmt: skip
DOUBT = (
    Limit("supervisor", "supervisor_hours", "approve_in_doubt", when="small_amount"),
    Limit("supervisor_large", "supervisor_hours", "note_supervisor", when="large_amount"),
)
BACK = (
    Limit("back", "in_transit_days", "came_back_in_doubt", when="small_amount"),
    Limit("back_large", "in_transit_days", "escalate", when="large_amount"),
)
STATES = (
    State("stopping", Text("正在请商城停发", "Asking the shop to stop it"), "applied", "system",
          (Limit("stop", "cancel_stop_hours", "stop_overdue"),),
          hint=Text("正在请商城停止发货；停发成功将立即全额退款。",
                    "The shop is asked not to send it; when that works you are refunded at once.")),
    State("shop_asked", Text("待商家确认是否已发货", "The merchant says whether it has gone"), "applied", "merchant_operator",
          (Limit("shop_answer", "cancel_answer_hours", "escalate"),),
          hint=Text("商家正在核对是否已发货，逾期由平台处理。",
                    "The merchant is checking whether it has gone; in doubt the platform decides.")),
    State("intercepting", Text("承运商拦截中", "Being intercepted"), "goods", "carrier",
          (Limit("intercept", "intercept_hours", "intercept_overdue"),),
          hint=Text("商品已发出，正在请承运商拦截退回；您也可以拒收。",
                    "It has left the house; the carrier is asked to bring it back. You may also refuse it at the door.")),
    State("not_stopped", Text("未能拦截，待签收或拒收", "Not stopped: refuse it or return it"), "goods", "consumer",
          (Limit("undecided", "in_transit_days", "return_instead"),),
          hint=Text("未能拦截：可当面拒收，或签收后改为退货，也可留下商品。",
                    "It could not be stopped: refuse it at the door, return it once it is there, or keep it.")),
    State("coming_back", Text("商品退回商家途中", "On its way back to the merchant"), "goods", "carrier", BACK,
          hint=Text("包裹正在退回商家，到达后退款；逾期未到也会退款。",
                    "The parcel is going back; you are refunded when it is there, and also when it is late.")),
    replace(PAYING, label=Text("已取消，即将退款", "Cancelled, about to be refunded"),
            hint=Text("订单已取消，即将退款。", "The order is cancelled; the refund is about to start.")),
    *(replace(state, limits=DOUBT) if state.name == "escalated" else state for state in SHARED),
    LATE_GOODS,
)  # fmt: skip
ASKED = "shop_asked escalated"
UNSTOPPED = "stopping shop_asked escalated"
ANSWER = Ask(
    "answer", "choice", Text("答复", "Answer"), required=True, choices={
        "stopped": Text("已停发", "stopped"), "shipped": Text("已发货", "shipped already"), "unknown": Text("无法确认", "not known"),
        "partly": Text("部分停发，其余已发货", "stopped in part, the rest has gone"),
    },
)  # fmt: skip
TOLD = Ask(
    "answer", "choice", Text("结果", "Result"), required=True, choices={
        "accepted": Text("已受理拦截", "trying to stop it"), "refused": Text("不受理拦截", "will not stop it"),
        "success": Text("拦截成功", "stopped"), "failure": Text("拦截失败", "not stopped"),
        "refused_at_door": Text("收件人拒收", "refused at the door"),
    },
)  # fmt: skip
WAYBILL = Ask("tracking_number", "text", Text("运单号", "Waybill"), required=True, most=40)
DETAIL = Ask("detail", "text", Text("说明", "What was said"), most=400)
DETAIL_EN = Ask("detail_en", "text", Text("说明（英文）", "What was said, in English"), most=400)
MOVES = merged(
    *moves_of(RETURN, STATES, without=NOT_OURS, also={
        "cancel": "not_stopped", "close_case": "shop_asked not_stopped",
        "note_refund_due": "allowed", "note_refund_statutory": "allowed", "note_refund_alarm": "allowed",
    }),
    # ------------------------------------------------------------------------------------------------ in the house
    move("shop_cancelled", "商家取消", "Cancelled by the shop", "stopping", "allowed", SYSTEM, when="shop_said_so",
         says=Text("商家缺货或无法发货，订单取消", "the shop cannot send it: cancelled")),
    move("ask_shop", "请商城停发", "Ask the shop to stop it", "stopping", None, SYSTEM,
         says=Text("请商城停止发货", "the shop was asked not to send it")),
    move("shop_told", "商城答复", "The shop's answer", UNSTOPPED, None, SYSTEM, ANSWER,
         Ask("carrier", "text", Text("快递公司", "Carrier"), most=30), replace(WAYBILL, required=False), DETAIL,
         Ask("lines", "items", Text("逐行答复", "Of each line")),
         or_to="allowed intercepting not_stopped shop_asked", says=Text("商城答复了停发请求", "the shop answered")),
    move("stop_overdue", "商城未及时答复，转商家确认", "No answer in time: a person answers", "stopping", "shop_asked", SYSTEM,
         says=Text("商城未及时答复，转商家人工确认", "the shop's system did not answer in time: a person does")),
    move("confirm_stopped", "确认未发货，同意取消", "It has not gone: cancel it", UNSTOPPED, "allowed", SHOP, NOTE, primary=True,
         says=Text("确认未发货并停发", "confirmed that it has not gone")),
    move("say_shipped", "已发货，填写运单号", "It has gone: give the waybill", ASKED, "intercepting", SHOP, CARRIER_CODE, WAYBILL, NOTE,
         says=Text("确认已发货，转承运商拦截", "it has gone already: the carrier is asked"), denies=True),
    move("approve_in_doubt", "逾期未决，从优退款", "Refund in doubt", "escalated", "allowed", SYSTEM,
         says=Text("平台逾期未决，按有利于消费者原则退款", "not decided in time: refunded in the consumer's favour")),
    move("approve", "同意退款", "Approve", "escalated", "allowed", REVIEWERS, NOTE, primary=True, says=Text("同意退款", "approved")),
    move("escalate", "升级平台审核", "Escalate", "shop_asked coming_back", "escalated", SYSTEM | {"supervisor", "agent"}, NOTE,
         says=Text("升级至平台审核", "escalated to the platform")),
    note("note_supervisor", "处理超时", "Decision overdue", "escalated"),
    # ------------------------------------------------------------------------------------------------ on its way
    move("intercept_told", "拦截结果", "Result of the interception", "intercepting not_stopped", None, CARRIER, TOLD,
         replace(WAYBILL, required=False), DETAIL, DETAIL_EN,
         or_to="allowed coming_back not_stopped", says=Text("承运商回复了拦截", "the carrier told of the interception")),
    move("intercept_overdue", "拦截逾期", "No result in time", "intercepting", "not_stopped", SYSTEM,
         says=Text("拦截逾期无结果", "no result of the interception in time")),
    move("refused_at_door", "登记拒收", "Refused at the door", "intercepting not_stopped", "coming_back",
         frozenset({"carrier", "agent", "supervisor"}), DETAIL, or_to="allowed",
         says=Text("收件人拒收，包裹退回", "refused at the door: the parcel goes back")),
    move("goods_came_back", "商品已退回", "It came back", "coming_back intercepting not_stopped", "allowed",
         INSPECTORS | CARRIER, NOTE, primary=True, says=Text("商品已退回商家", "the goods are back with the merchant")),
    move("came_back_in_doubt", "退回逾期，先行退款", "Late on its way back: refunded", "coming_back", "allowed", SYSTEM,
         says=Text("退回逾期，先行退款", "late on its way back: refunded all the same")),
    # ------------------------------------------------------------------------------------------------ money and ends
    move("start_refund", "发起退款", "Start the refund", "allowed", "refunding", SYSTEM, or_to="refund_review refunded",
         says=Text("已发起退款", "refund started")),
    refuse_refund("escalated"),
    *way_moves(f"{UNSTOPPED} intercepting not_stopped coming_back refund_review"),
    replace(
        move("change_to_return", "已签收，改为退货", "It came: return it", "intercepting not_stopped", "awaiting_goods", CONSUMER,
             says=Text("已签收，改为退货", "it came: changed to a return"), primary=True),
        to_service="return",
    ),
    replace(
        move("return_instead", "期满改为退货", "Undecided: now a return", "not_stopped", "awaiting_goods", SYSTEM,
             says=Text("期满未选择，改为退货", "nothing was said in time: now a return")),
        to_service="return",
    ),
    replace(RETURN.need("extend"), sources=frozenset(state.name for state in STATES if not state.final)),
    *LATE_HERE_MOVES,
)  # fmt: skip

CANCEL = Workflow(
    "cancel", Text("取消订单（未发货退款）", "Cancellation before delivery"), "stopping", STATES, MOVES,
    Applying(
        reasons=frozenset({"changed_mind", "not_shipped", "out_of_stock"}), claims=True, refunds=True,
        at_once=("shop_cancelled", "ask_shop"), asks=(REFUND_TO,),
    ),
)  # fmt: skip
