"""The plain words of services other than the return, where the same state or move means something else for the buyer."""

from collections.abc import Mapping

from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Move, Text
from shouhou.web.shared.plain_words import AT_LIMIT, HEADLINES, LEADS, MEANS, OVERDUE

NONE = Text("", "")
# By "service:state".
OWN_HEADLINES: dict[str, Text] = {
    "exchange:advance_due": Text("新品先发给您，正在备货", "Your replacement goes out first and is being prepared"),
    "exchange:accepted": Text("旧品验收通过，正在为您预留新品", "Your item was accepted: the replacement is being reserved"),
    "exchange:no_stock": Text("所换商品无货，商家正在找替代", "Out of stock: the seller looks for a substitute"),
    "exchange:substitute_offered": Text("有一件替代商品，由您决定", "A substitute is offered: you decide"),
    "exchange:difference_due": Text("新品价格更高，请补差价", "The new one costs more: please pay the difference"),
    "exchange:replacement_reserved": Text("新品已预留，即将发出", "The replacement is reserved and about to ship"),
    "exchange:replacement_shipped": Text("新品已发出，请留意收件", "The replacement is on its way"),
    "exchange:replacement_delivered": Text("新品已送达，请检查并确认", "The replacement is there: check it and confirm"),
    "exchange:unreturned": Text("旧品还没寄回：请寄回，或付款留用", "The old item has not come back: send it, or pay and keep it"),
    "repair:awaiting_goods": Text("请把商品寄来维修，或预约上门取件", "Send the item to be repaired, or book a pickup"),
    "repair:in_transit": Text("商品正在寄往维修点", "Your item is on its way to the workshop"),
    "repair:awaiting_visit": Text("请带商品到店", "Please bring the item to the service point"),
    "repair:awaiting_appointment": Text("请预约时间", "Please book a time"),
    "repair:appointment_booked": Text("已预约，工程师会按时上门或联系您", "Booked: the technician comes or calls in the window"),
    "repair:diagnosing": Text("工程师正在检测", "The technician is looking for the fault"),
    "repair:quoting": Text("不在免费范围，工程师正在报价", "Not covered: a quote is being prepared"),
    "repair:quoted": Text("有一份维修报价，由您决定", "You have a quote: you decide"),
    "repair:awaiting_payment": Text("请付维修费，付款后立即开始", "Please pay: the repair begins at once"),
    "repair:repairing": Text("正在维修", "Being repaired"),
    "repair:waiting_parts": Text("正在等配件", "Waiting for a part"),
    "repair:testing": Text("已修好，正在测试", "Repaired and being tested"),
    "repair:plan_documents": Text("保障计划可以承担，请补充凭证", "Your plan can pay: give what it asks for"),
    "repair:unrepairable": Text("无法修复，请选择换货或退款", "It cannot be repaired: choose an exchange or your money"),
    "repair:ready": Text("已处理好，即将交还", "Done, and about to come back to you"),
    "repair:on_way_back": Text("商品正在寄回给您", "Your item is on its way back to you"),
    "repair:handed_back": Text("商品已交还，请检查并确认", "Your item is back: check it and confirm"),
    "refund_only:tracing": Text("快递公司正在查件", "The courier is looking for the parcel"),
    "refund_only:partial_offered": Text("商家提出部分退款，由您决定", "A partial refund is offered: you decide"),
    "cancel:stopping": Text("正在请商城停止发货", "The shop is being asked to stop it"),
    "cancel:shop_asked": Text("正在等商家确认是否已发货", "The seller is asked whether it has shipped"),
    "cancel:intercepting": Text("已发出，快递公司正在拦截", "It has shipped: the courier is stopping it"),
    "cancel:not_stopped": Text("没能拦截：可以拒收，或签收后退货", "It could not be stopped: refuse it, or sign and return it"),
    "cancel:coming_back": Text("商品正在退回商家", "The goods are going back to the seller"),
    "cancel:cancelled": Text("您撤回了取消，订单照常发货", "You withdrew it: the order ships as usual"),
    "resend:to_resend": Text("已同意补发，正在备货", "It will be sent and is being prepared"),
    "resend:resend_held": Text("补发商品已备好，即将发出", "What was missing is ready and about to ship"),
    "resend:nothing_to_send": Text("暂时无货：到货即补发，也可以改为退款", "Out of stock: sent once it is there, or you take your money"),
    "resend:resent": Text("补发商品已发出，请留意收件", "What was missing is on its way"),
    "resend:resend_delivered": Text("补发商品已送达，请核对并确认", "What was missing is there: check and confirm"),
}
# By "service:move": what it comes to, the line below the timeline's event.
OWN_MEANS: dict[str, Text] = {
    "exchange:accept": Text("正在为您预留新品。", "The replacement is being reserved."),
    "exchange:accept_by_book": Text("商家没有按时验收，按政策通过，正在预留新品。",
                                    "The seller was late: accepted, the replacement is being reserved."),
    "exchange:stock_held": Text("48 小时内发出；有差价的先补差价。", "It ships within 48 hours, once any difference is paid."),
    "exchange:stock_unavailable": Text("可接受替代商品，或改为退款。", "Take a substitute, or your money."),
    "exchange:ship_replacement": Text("请留意收件，收到后检查并确认。", "Look out for the parcel, check it and confirm."),
    "repair:approve": Text("请按选定的方式送修或预约。", "Send it, bring it, or book a time, as you chose."),
    "repair:approve_in_doubt": Text("平台没有按时决定，所以按有利于您的原则通过。",
                                    "The platform was late, so it was decided in your favour."),
    "repair:override_approve": Text("经特别批准，请按选定的方式送修或预约。",
                                    "Approved as an exception: send it, bring it, or book a time."),
    "repair:receive": Text("开始检测。", "The diagnosis begins."),
    "repair:diagnose": Text("在保的直接维修，不在保的先报价。", "Covered, it is repaired; otherwise you get a quote first."),
    "repair:diagnose>repairing": Text("在免费维修范围内，开始维修。", "It is covered, and the repair begins."),
    "repair:diagnose>quoting": Text("不在免费维修范围，会先给您报价。", "It is not covered: you get a quote first."),
    "repair:diagnose>plan_documents": Text("您的保障计划可以承担，请补充凭证。", "Your plan can pay: give what it asks for."),
    "repair:diagnose>ready": Text("没有发现故障，商品将交还给您。", "No fault was found: the item comes back to you."),
    "repair:diagnose>unrepairable": Text("无法修复：您可以换货、退款，或原样取回。",
                                         "It cannot be repaired: take an exchange, your money, or the item as it is."),
    "refund_only:approve": Text("不用寄回商品，将退款给您。", "Nothing has to be sent back; you are refunded."),
    "refund_only:approve_by_book": Text("符合政策，将退款给您。", "The policy allows it plainly: you are refunded."),
    "resend:approve": Text("备货后补发给您。", "It is prepared and sent to you."),
    "resend:approve_by_book": Text("符合政策，备货后补发给您。", "The policy allows it plainly: it is prepared and sent."),
    "repair:quote": Text("您同意并付款前不会开始。", "Nothing begins before you accept and pay."),
}  # fmt: skip
OWN_LEADS: dict[str, Text] = {
    "repair:accept_quote": Text("接受后付款，付款后立即开始维修。", "You pay next; the repair begins at once."),
    "repair:choose_mode": Text("可换成寄修、到店、上门或远程。", "By mail, at a counter, at your home, or remote."),
    "repair:book_visit": Text("选一个方便的时间，可改约。", "Choose a time that suits; it can be changed."),
    "repair:confirm_repair": Text("确认后本次售后完成。", "The case is closed with it."),
    "repair:still_broken": Text("说明故障，重新检测，不用重新申请。", "Say what still fails: it is looked at again."),
    "repair:take_it_back": Text("商品原样交还给您。", "The item comes back to you as it is."),
    "repair:cancel": Text("取消后不再维修；已寄出的会寄回给您。", "It is not repaired; what has been sent comes back to you."),
    "refund_only:take_partial": Text("按这个金额退款，不能撤回。", "This amount is refunded; it cannot be taken back."),
    "refund_only:refuse_partial": Text("由平台再看，您无需操作。", "The platform looks again; you need do nothing."),
    "refund_only:cancel": Text("取消后不会退款；在可申请期限内可以再次申请。", "You get no refund; within the window you can apply again."),
    "cancel:cancel": Text("撤回后订单照常发货。", "The order ships as usual."),
    "resend:cancel": Text("取消后不再补发；在可申请期限内可以再次申请。", "Nothing is sent; within the window you can apply again."),
    "resend:confirm_resend": Text("确认后本次售后完成。", "The case is closed with it."),
    "resend:still_missing": Text("说明还缺什么，由平台处理。", "Say what is still missing: the platform sees to it."),
    "price_protection:cancel": Text("取消后不再核对；在可申请期限内可以再次申请。",
                                    "Nothing is paid; within the window you can apply again."),
    "compensation:cancel": Text("取消后不再处理；在可申请期限内可以再次申请。", "Nothing is paid; within the window you can apply again."),
    "complaint:cancel": Text("撤回后不再处理；以后可以再次投诉。", "It is not looked into any more; you may complain again."),
    "complaint:accept_reply": Text("同意后投诉结束。", "The complaint is closed with it."),
    "complaint:disagree": Text("说明理由，由主管再看一次。", "Say why: a supervisor looks once more."),
    "feedback:cancel": Text("撤回后不再答复。", "It is not answered any more."),
    "exchange:cancel": Text("取消后商品留在您这里；在可申请期限内可以再次申请。",
                            "You keep the goods; within the window you can apply again."),
    "repair:decline_quote": Text("商品原样交还给您。", "The item comes back to you as it is."),
    "exchange:take_substitute": Text("接受后预留并发出。", "It is reserved and shipped."),
    "exchange:confirm_replacement": Text("确认后本次售后完成。", "The case is closed with it."),
    "exchange:replacement_wrong": Text("说明问题，由平台处理。", "Say what is wrong: the platform sees to it."),
}  # fmt: skip
OWN_AT_LIMIT: dict[str, Text] = {
    "exchange:refund_instead": Text("到期未完成，将为您改为退款", "Not done until then, you are refunded instead"),
    "exchange:accept_by_book": Text("到期未验收，将按政策通过", "Not inspected until then, it is accepted by the policy"),
    "exchange:claim_unreturned": Text("到期未寄回，将请您寄回或付款", "Not sent until then, you are asked to send it or to pay"),
    "exchange:close": Text("到期未确认，将自动完成", "Without your word until then, the case is closed"),
    "resend:close": Text("到期未确认，将自动完成", "Without your word until then, the case is closed"),
    "resend:approve_by_book": Text("到期未审核，将按政策为您补发", "Not decided until then, it is sent by the policy"),
    "resend:approve_in_doubt": Text("到期未决定，将为您补发", "Not decided until then, it is sent to you"),
    "resend:rule_in_doubt": Text("到期未裁决，将为您补发", "No ruling until then: it is sent to you"),
    "refund_only:trace_over": Text("到期未查到，按丢件为您退款", "Not found until then, it counts as lost and you are refunded"),
    "refund_only:escalate": Text("到期没有结果，将转平台审核", "Without a result until then, it goes to the platform"),
    "refund_only:partial_lapsed": Text("到期未确认不会生效，将转平台处理", "Without your answer nothing counts; the platform decides"),
    "refund_only:approve_by_book": Text("到期未审核，将按政策为您退款", "Not decided until then, you are refunded by the policy"),
    "refund_only:approve_in_doubt": Text("到期未决定，将为您退款", "Not decided until then, you are refunded"),
    "refund_only:rule_in_doubt": Text("到期未裁决，将为您退款", "No ruling until then: you are refunded"),
    "cancel:stop_overdue": Text("到期未答复，将请商家确认", "Without an answer until then, the seller is asked"),
    "cancel:escalate": Text("到期没有结果，将转平台处理", "Without a result until then, the platform sees to it"),
    "cancel:intercept_overdue": Text("到期未拦截成功，您可以拒收，或签收后退货", "Not stopped by then: refuse it, or sign and return it"),
    "cancel:return_instead": Text("到期未选择，将按退货办理", "Without a choice until then, it goes on as a return"),
    "cancel:came_back_in_doubt": Text("到期未确认收到，将为您退款", "Not confirmed until then, you are refunded"),
    "cancel:approve_in_doubt": Text("到期未决定，将为您退款", "Not decided until then, you are refunded"),
    "repair:technician_absent": Text("到期未到，请重新预约，不影响您的权益", "Not there until then: book again, your rights stay"),
    "repair:plan_documents_lapsed": Text("到期未补充，保障计划不承担，将给您报价",
                                         "Not given by then, the plan does not pay and you get a quote"),
    "repair:keep_deposit": Text("到期未归还备用机，押金不再退还", "If the loan unit is not back by then, the deposit is kept"),
    "repair:rule_in_doubt": Text("到期未裁决，将按有利于您的原则处理", "No ruling until then: decided in your favour"),
    "price_protection:rule_in_doubt": Text("到期未裁决，将按您的主张退还差额", "No ruling until then: the difference you claim is paid"),
    "compensation:rule_in_doubt": Text("到期未裁决，将按您的主张补偿", "No ruling until then: you are compensated as you claim"),
    "complaint:escalate": Text("到期未答复，将转主管处理", "Not answered until then, a supervisor takes it"),
    "complaint:shop_silent": Text("到期未说明，将继续核实", "Without an explanation until then, it goes on"),
    "complaint:go_on_without": Text("到期未补充，将按现有材料答复", "Without more until then, you are answered on what there is"),
    "complaint:close_answered": Text("到期未异议，投诉结束", "Without your word until then, the complaint is closed"),
    "feedback:escalate": Text("到期未答复，将转主管处理", "Not answered until then, a supervisor takes it"),
    "repair:quote_lapsed": Text("到期未确认，商品将原样交还", "Without an answer the item comes back as it is"),
    "repair:charge_expired": Text("到期未付款，商品将原样交还", "Not paid until then, the item comes back as it is"),
    "repair:repair_overdue": Text("超过期限，您可以换货或退款", "Later than that you may have an exchange or your money"),
    "repair:refund_unchosen": Text("到期未选择，将为您退款", "Without a choice you are refunded"),
    "repair:close": Text("到期未确认，将自动完成", "Without your word until then, the case is closed"),
}
GOES_ON = Text("在同一张售后单上继续，单号和记录不变。", "It goes on with the same number and the same history.")
GOES_ON_WITH_GOODS = Text(
    "在同一张售后单上继续，单号和记录不变；商品还没寄出的，需要寄回。",
    "It goes on with the same number and history; goods that are still with you have to be sent.",
)


# The goods are with the seller already: by the service that it goes on in.
GOES_ON_HERE: dict[str, Text] = {
    "exchange": Text("换同款新品。商品已在商家处，不用再寄；单号和记录不变。",
                     "A new one of the same. The seller has the goods, nothing has to be sent; same number, same history."),
    "return": Text("退还货款。商品已在商家处，不用再寄；单号和记录不变。",
                   "You are refunded. The seller has the goods, nothing has to be sent; same number, same history."),
}  # fmt: skip
CANCEL_HERE = Text("取消后不再办理；商品已在商家处，请在“沟通”中约定怎样取回。",
                   "It goes no further; the seller has the goods: settle under “Messages” how you get them back.")  # fmt: skip
# What is written for everybody, said to the buyer: Chinese, then English. The longer piece first.
TO_YOU = (
    ("消费者原则", "您的原则"), ("消费者", "您"),
    ("the consumer was", "you were"), ("the consumer's", "your"), ("the consumer", "you"),
)  # fmt: skip


def to_the_buyer(words: str) -> str:
    """A sentence about the consumer, said to the consumer."""
    for about, to in TO_YOU:
        words = words.replace(about, to)
    return words


def headline_words(service: str, status: str, method: str) -> Text:
    """The page's one big sentence: the service's own, the common one where the state means the same, else the state's label."""
    if found := OWN_HEADLINES.get(f"{service}:{status}"):
        return found
    label = WORKFLOWS[service].state(status).label
    common = HEADLINES.get(f"{status}/{method}" if WORKFLOWS[service].applying.goods else status) or HEADLINES.get(status)
    return common if common is not None and _alike(service, status) else label


def means_words(service: str, move: str, to: str = "") -> Text | None:
    """What a move has come to; where it may lead to several states, `to` is the one it led to."""
    return OWN_MEANS.get(f"{service}:{move}>{to}") or _own(service, move, OWN_MEANS, MEANS)


def leads_words(service: str, move: Move, *, here: bool = False) -> Text:
    """What a move comes to; a change of service is told by what the other service needs. `here`: the seller has the goods."""
    if here and move.to_service in GOES_ON_HERE:
        return GOES_ON_HERE[move.to_service]
    if here and move.name == "cancel":
        return CANCEL_HERE
    found = _own(service, move.name, OWN_LEADS, LEADS)
    if found is None and move.to_service is not None:
        return GOES_ON_WITH_GOODS if WORKFLOWS[move.to_service].applying.goods else GOES_ON
    return found or NONE


def limit_words(service: str, on_breach: str) -> Text:
    """What happens by itself when the limit is reached."""
    return _own(service, on_breach, OWN_AT_LIMIT, AT_LIMIT) or OVERDUE


def _own(service: str, move: str, own: Mapping[str, Text], common: Mapping[str, Text]) -> Text | None:
    """The service's own words, else the common ones where the move is the same one."""
    if found := own.get(f"{service}:{move}"):
        return found
    usual, here = next(iter(WORKFLOWS.values())).move(move), WORKFLOWS[service].move(move)
    same = usual is None or here is None or (usual.label == here.label and (usual.target == here.target or here.target is None))
    return common.get(move) if same else None


def _alike(service: str, status: str) -> bool:
    """Whether the state is the one of that name in the service that the common words were written for, or in none of it."""
    usual = next(iter(WORKFLOWS.values()))
    there = next((state for state in usual.states if state.name == status), None)
    return there is None or there.label == WORKFLOWS[service].state(status).label
