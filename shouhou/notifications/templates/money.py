"""What the consumer is told about the money."""

from shouhou.notifications.templates.template import template

MONEY = (
    template(
        "refund_started",
        ("退款已发起：{refund}", "Refund on its way: {refund}"),
        ("售后单 {number} 的退款 {refund} 已提交支付渠道，原路退回：{tenders}。",
         "The refund of {refund} for case {number} is with the payment channel, back the way it was paid: {tenders}."),
        ("预计到账：{expected}", "Expected by: {expected}"),
        ("您无需操作；到账后会再通知您。", "You need not do anything; we tell you when it has arrived."),
    ),
    template(
        "refund_review",
        ("退款复核中", "Your refund awaits a second approval"),
        ("售后单 {number} 的退款 {refund} 金额较大，正由第二人复核。",
         "The refund of {refund} for case {number} is large and is being checked by a second person."),
        ("退款最晚：{refund_due}", "Refund by: {refund_due}"),
    ),
    template(
        "refund_rechecked",
        ("退款前再核对一次", "Your refund is checked once more"),
        ("售后单 {number} 的退款在复核时需要再核对一次，由平台主管处理；退款的法定期限照常计算。",
         "The refund for case {number} is checked once more by a supervisor; the legal time for it runs on as before."),
        ("主管最晚在{review_due}前决定。", "The supervisor decides by {review_due}."),
        ("您无需操作；有结果会通知您。", "You need not do anything; we tell you the outcome."),
    ),
    template(
        "refund_compared",
        ("正在核对到账金额", "We are checking the amount that arrived"),
        ("支付渠道回报的金额与售后单 {number} 应退的 {refund} 不一致，财务正在核对；少退的会补给您。",
         "The payment channel told of another amount than the {refund} owed for case {number}; finance checks it. "
         "What is missing is paid."),
        ("您无需操作；有结果会通知您。", "You need not do anything; we tell you the outcome."),
    ),
    template(
        "refund_settled",
        ("退款已到账：{refund}", "Refund settled: {refund}"),
        ("售后单 {number} 已退款 {refund}，退回：{tenders}。", "{refund} for case {number} has been refunded to: {tenders}."),
        ("扣款：{deduction}（已经您同意）", "Deduction: {deduction} (with your consent)"),
        ("银行入账可能稍有延迟。如三个工作日后仍未看到，请在售后单里告诉我们。",
         "Your bank may show it later. If you do not see it after three working days, tell us in the case."),
        ("欢迎在{due}前评价本次服务。", "Tell us how it went until {due}."),
    ),
    template(
        "refund_delayed",
        ("退款未能一次完成，财务正在处理", "The refund did not go through at once; we are on it"),
        ("售后单 {number} 的退款 {refund} 被支付渠道退回，财务正在处理，不会影响您应得的金额。",
         "The refund of {refund} for case {number} came back from the payment channel; our finance team is on it. You lose nothing."),
        ("法定最晚：{refund_statutory}", "By law at the latest: {refund_statutory}"),
        ("您无需操作；需要您提供其他收款方式时我们会联系您。",
         "You need not do anything; we contact you if another way to pay you is needed."),
        ("您现在可以：{options}。", "What you can do now: {options}."),
    ),
    template(
        "charge_paid_late",
        ("您的付款将原路退回：{amount}", "Your payment goes back: {amount}"),
        ("售后单 {number} 的付款单 {charge} 在取消或过期后才收到付款 {amount}，已自动发起原路退回。",
         "The payment of {amount} for case {number} (charge {charge}) came after it had been cancelled or had expired; "
         "it goes back the way it was paid by itself."),
        ("您无需操作；到账后会再通知您。如仍需要该服务，请在售后单里查看当前进展。",
         "You need not do anything; we tell you when it has arrived. If you still want the service, see the case."),
    ),
    template(
        "overpaid_asked",
        ("渠道多退了 {amount}，请退回", "{amount} too much was refunded: please give it back"),
        ("售后单 {number} 的退款中，支付渠道多付了 {amount}。请在售后单中按付款单付款退回。",
         "The payment channel paid {amount} too much with the refund of case {number}. Please give it back: "
         "the charge stands in the case."),
        ("您应得的退款不受影响。如有疑问，请在售后单里联系我们。",
         "What was owed to you is yours and stays as it is. If something is unclear, write to us in the case."),
    ),
    template(
        "charge_refunded",
        ("您的付款已退回：{amount}", "Your payment has gone back: {amount}"),
        ("售后单 {number} 的付款 {amount}（付款单 {charge}）已原路退回。",
         "The payment of {amount} for case {number} (charge {charge}) has gone back the way it was paid."),
        ("银行入账可能稍有延迟。", "Your bank may show it later."),
    ),
    template(
        "invoice_reversed",
        ("红字发票已开具：{issued}", "Your invoice was reversed: {issued}"),
        ("售后单 {number} 的退款对应的红字发票已开具：号码 {issued}，金额 {amount}，冲销发票 {invoice}。",
         "The red invoice for the refund of case {number} has been made out: number {issued}, {amount}, reversing invoice {invoice}."),
        ("退款不受开票影响。如您已将原发票用于报销或抵扣，请按此号码处理。",
         "Your refund does not depend on it. If you have used the first invoice for expenses or tax, go by this number."),
    ),
    template(
        "invoice_added",
        ("补开的发票：{issued}", "A further invoice: {issued}"),
        ("售后单 {number} 的补差价 {amount} 已开具发票：号码 {issued}。",
         "An invoice for the {amount} paid on top in case {number} has been made out: number {issued}."),
        ("您无需操作。", "You need not do anything."),
    ),
)  # fmt: skip
