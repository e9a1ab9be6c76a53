"""What a state, a move and a limit mean for the buyer, in plain words: no codes, no jargon."""

from shouhou.foundation.workflow import Text

# The one big sentence of the page, by state; while the goods are to be sent it follows the way that was chosen.
HEADLINES: dict[str, Text] = {
    "submitted": Text("商家正在审核您的申请", "The seller is looking at your application"),
    "evidence_asked": Text("请补充凭证", "Please add the evidence asked for"),
    "escalated": Text("平台正在审核您的申请", "The platform is looking at your application"),
    "rejected": Text("申请未通过，请选择下一步", "Not approved: choose what to do next"),
    "awaiting_goods": Text("请把商品寄回来", "Please send the goods back"),
    "awaiting_goods/pickup": Text("请预约上门取件", "Please book a pickup"),
    "awaiting_goods/ship_back": Text("请寄回商品，并填写运单号", "Please send the goods back and enter the waybill"),
    "awaiting_goods/drop_off": Text("请把商品送到网点", "Please drop the goods off"),
    "pickup_booked": Text("快递员会按约定时间上门取件", "The courier comes in the window you chose"),
    "in_transit": Text("商品正在退回商家", "The goods are on their way to the seller"),
    "received": Text("商家已收到商品，正在验收", "The seller has the goods and is inspecting them"),
    "inspection_escalated": Text("平台主管正在处理验收", "A supervisor is handling the inspection"),
    "deduction_proposed": Text("商家提出扣款，由您决定", "The seller proposes a deduction: you decide"),
    "not_accepted": Text("验收未通过，商家会把商品退回给您", "Not accepted: the seller sends the goods back to you"),
    "disputed": Text("平台正在裁决", "The platform is deciding"),
    "sent_back": Text("商品正在退回给您，收到后请确认", "The goods are on their way back to you: confirm when they are there"),
    "accepted": Text("验收通过，正在准备退款", "Accepted: the refund is being prepared"),
    "refund_review": Text("退款正在由第二人复核", "A second person is checking the refund"),
    "refunding": Text("退款已发出，等待到账", "The refund is under way"),
    "refund_stuck": Text("退款遇到问题，财务正在处理", "The refund has hit a problem; finance is on it"),
    "refunded": Text("退款已到账，欢迎评价", "The money is back: tell us how it went"),
    "closed": Text("本次售后已完成", "This case is closed"),
    "cancelled": Text("您已取消本次申请", "You have cancelled this application"),
    "lapsed": Text("申请因逾期已失效", "The application has lapsed"),
}  # fmt: skip

# What happens by itself when the limit is reached.
AT_LIMIT: dict[str, Text] = {
    "lapse": Text("到期未操作，本次申请将失效", "If nothing happens until then, the application lapses"),
    "approve_by_book": Text("到期未审核，将按政策自动通过", "Not decided until then, it is approved by the policy"),
    "approve_in_doubt": Text("到期未决定，将按有利于您的原则通过", "Not decided until then, it is approved in your favour"),
    "escalate": Text("到期未审核，将转平台审核", "Not decided until then, it goes to the platform"),
    "close_rejected": Text("到期未提出异议，售后单将关闭", "Without an objection until then, the case is closed"),
    "accept_by_book": Text("到期未验收，将按政策通过并退款", "Not inspected until then, it is accepted and refunded by the policy"),
    "escalate_inspection": Text("到期未验收，将转主管处理", "Not inspected until then, it goes to a supervisor"),
    "consent_lapsed": Text("到期未确认不会扣款，将转平台处理", "Without your answer nothing is cut; the platform decides"),
    "rule_in_doubt": Text("到期未裁决，将按有利于您的原则处理", "No ruling until then: decided in your favour"),
    "close_sent_back": Text("到期未确认，将自动完成", "Without your word until then, the case is closed"),
    "close": Text("到期后自动完成，不能再评价", "After that it closes and can no longer be rated"),
}
OVERDUE = Text("超时会被记录，并由平台跟进", "Being late is recorded and the platform follows it up")

# The line below an event of the timeline: what it means for the buyer.
MEANS: dict[str, Text] = {
    "": Text("我们已开始审核，结果会通知您。", "It is being looked at; you will be told."),
    "approve": Text("您可以寄回商品了。", "You can send the goods back now."),
    "approve_by_book": Text("符合政策，无需人工审核，您可以寄回商品了。", "The policy allows it plainly: you can send the goods back."),
    "approve_in_doubt": Text("平台没有按时决定，所以按有利于您的原则通过。", "The platform was late, so it was decided in your favour."),
    "override_approve": Text("经特别批准，您可以寄回商品了。", "Approved as an exception: you can send the goods back."),
    "ask_evidence": Text("审核计时暂停，补充后继续。", "The review's clock stands still until you have added it."),
    "send_evidence": Text("审核计时继续。", "The review's clock runs on."),
    "reject": Text("您可以补充材料重新提交，或申请平台介入。", "You can submit again with more, or ask the platform to step in."),
    "escalate": Text("改由平台审核，您无需操作。", "The platform decides now; you need do nothing."),
    "resubmit": Text("将重新审核。", "It is looked at again."),
    "dispute": Text("平台会看双方材料后裁决。", "The platform weighs what both sides give and decides."),
    "book_pickup": Text("请在约定时间备好商品、配件和退货单号。", "Have the goods, the accessories and the return number ready."),
    "pickup_failed": Text("快递员会再次上门，您也可以改约或自行寄回。", "The courier comes again; or book anew, or send it yourself."),
    "pickup_exhausted": Text("请重新预约，或自行寄回。", "Book again, or send the goods yourself."),
    "cancel_pickup": Text("请在期限内另选退回方式。", "Choose another way before the limit."),
    "collected": Text("商品已交给快递，收到后开始验收。", "The courier has it; the inspection begins on arrival."),
    "ship": Text("商家收到后开始验收。", "The inspection begins when the seller has it."),
    "change_waybill": Text("将按新的运单号跟踪。", "The new number is tracked from now on."),
    "drop_off": Text("网点会把商品送到仓库。", "The service point takes it to the warehouse."),
    "receive": Text("验收期限开始计时。", "The inspection's clock begins."),
    "receive_late": Text("商品已收到，本单恢复处理。", "The goods have come: the case goes on."),
    "accept": Text("将按原支付方式退款。", "The money goes back the way it came."),
    "accept_by_book": Text("商家没有按时验收，按政策通过并退款。", "The seller was late: accepted and refunded by the policy."),
    "propose_deduction": Text("未经您同意不会扣款。", "Nothing is cut without your consent."),
    "not_accept": Text("商品会退回给您；不同意可申请平台介入。", "The goods come back to you; if you disagree, ask the platform."),
    "consent": Text("将按同意后的金额退款。", "The agreed amount is refunded."),
    "refuse_deduction": Text("平台会裁决，期间不扣款。", "The platform decides; nothing is cut meanwhile."),
    "consent_lapsed": Text("没有扣款，由平台裁决。", "Nothing was cut; the platform decides."),
    "rule_for_consumer": Text("按您的主张处理。", "It goes the way you asked."),
    "rule_in_doubt": Text("平台没有按时裁决，所以按有利于您的原则处理。", "No ruling in time, so it goes your way."),
    "send_back": Text("请留意收件，收到后确认。", "Look out for the parcel and confirm it."),
    "start_refund": Text("到账时间取决于支付渠道。", "When it arrives depends on the payment channel."),
    "refund_settled": Text("请查看您的付款账户。", "Look at the account you paid from."),
    "refund_failed": Text("财务正在处理，您无需操作，金额不变。", "Finance sees to it; you need do nothing, the amount stays."),
    "lapse": Text("如仍需要，可重新开启。", "If you still need it, it can be reopened."),
    "extend": Text("新的截止时间见“时限”。", "See the limits for the new date."),
}

# What a move does, told before it is made.
LEADS: dict[str, Text] = {
    "send_evidence": Text("提交后审核继续，计时接着走。", "The review goes on and its clock runs on."),
    "resubmit": Text("写明新情况并附上材料，商家会重新审核；次数有限。",
                     "Say what is new and add what shows it: the seller looks again. The number of tries is limited."),
    "dispute": Text("平台会看双方材料后裁决，裁决前商家不能再单方处理。",
                    "The platform weighs both sides and rules; until then the seller decides nothing alone."),
    "book_pickup": Text("快递员按您选的时间上门，请备好商品与配件。", "The courier comes when you choose; have everything ready."),
    "ship": Text("寄出后填写，您和商家都能看到物流。", "Enter it after sending; both sides then see where it is."),
    "change_waybill": Text("填错了可以改，原单号将解除。", "If it was mistyped: the old number is taken off."),
    "drop_off": Text("送到网点并交给店员后登记。", "Register it after handing the goods to the staff there."),
    "cancel_pickup": Text("取消后请在期限内另选退回方式，寄回期限不变。",
                          "Choose another way afterwards; the limit for sending stays."),
    "consent": Text("同意后按扣除后的金额退款，不能撤回。", "The reduced amount is refunded; this cannot be taken back."),
    "refuse_deduction": Text("说明理由，由平台裁决；期间不扣款。", "Say why; the platform decides and nothing is cut meanwhile."),
    "confirm_back": Text("确认后本次售后完成。", "The case is closed with it."),
    "cancel": Text("取消后商品留在您这里，不会退款；在可申请期限内可以再次申请。",
                   "You keep the goods and get no refund; within the window you can apply again."),
    "reopen": Text("说明原因，将重新审核。", "Say why: it is looked at again."),
}  # fmt: skip

# What could still change the amount, by where the case stands.
MAY_CHANGE: dict[str, tuple[Text, ...]] = {
    "before": (
        Text("验收时如发现缺件或损坏，商家可能提出扣款；未经您同意不会扣。",
             "If something is missing or damaged, the seller may propose a deduction; nothing is cut without your consent."),
        Text("少寄的件数不退款。", "Units that are not sent are not refunded."),
        Text("未一起退回的赠品按标明的价格扣除。", "A gift that stays with you is deducted at its stated price."),
    ),
    "deciding": (
        Text("您同意扣款才会按此金额退；不同意由平台裁决。",
             "This amount is refunded only if you agree; otherwise the platform decides."),
    ),
    "disputed": (Text("金额以平台裁决为准。", "The platform's ruling decides the amount."),),
    "inspecting": (
        Text("验收时如发现缺件或损坏，商家可能提出扣款；未经您同意不会扣。",
             "If something is missing or damaged, the seller may propose a deduction; nothing is cut without your consent."),
    ),
}  # fmt: skip
STANDING: dict[str, str] = {
    **dict.fromkeys(("submitted", "evidence_asked", "escalated", "awaiting_goods", "pickup_booked", "in_transit"), "before"),
    **dict.fromkeys(("received", "inspection_escalated"), "inspecting"),
    "deduction_proposed": "deciding", "disputed": "disputed",
}  # fmt: skip
