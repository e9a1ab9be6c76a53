"""What payments refuse."""

from shouhou.foundation.refusals import refusal

REFUND_NOT_FOUND = refusal(
    "REFUND_NOT_FOUND", "not_found", zh="没有找到退款 {number}。", en="There is no refund {number}."
)
QUOTE_OUT_OF_DATE = refusal(
    "QUOTE_OUT_OF_DATE", "conflict",
    zh="该订单刚刚有另一笔退款，金额需要重新计算，请重试。",
    en="Another refund of this order has just been made; the amount must be computed again. Try once more.",
)  # fmt: skip
REFUND_KEY_REUSED = refusal(
    "REFUND_KEY_REUSED", "conflict",
    zh="退款指令键 {key} 已用于另一单据。", en="The instruction key {key} already belongs to something else.",
)  # fmt: skip
SECOND_PERSON_NEEDED = refusal(
    "SECOND_PERSON_NEEDED", "forbidden",
    zh="须由另一人复核：发起人不能复核自己的退款。", en="A second person must approve: not the one who instructed it.",
)  # fmt: skip
REFUND_NOT_AWAITING = refusal(
    "REFUND_NOT_AWAITING", "conflict",
    zh="退款 {number} 不在待复核状态（当前：{state}）。", en="Refund {number} does not await a second person (now {state}).",
)  # fmt: skip
REFUND_NOT_REFUSED = refusal(
    "REFUND_NOT_REFUSED", "conflict",
    zh="退款 {number} 没有被渠道拒绝的部分（当前：{state}）。", en="Refund {number} has no refused part (now {state}).",
)  # fmt: skip
PROOF_REQUIRED = refusal(
    "PROOF_REQUIRED", "invalid",
    zh="线下退款须填写凭证（如银行流水号），最多 500 字。", en="An offline payment needs its proof (a bank reference), at most 500.",
)  # fmt: skip
REFUND_NOT_CONTRADICTED = refusal(
    "REFUND_NOT_CONTRADICTED", "conflict",
    zh="退款 {number} 没有与渠道金额不符的部分（当前：{state}）。",
    en="Refund {number} has no part that the channel paid otherwise than instructed (now {state}).",
)  # fmt: skip
PAID_IMPLAUSIBLE = refusal(
    "PAID_IMPLAUSIBLE", "invalid",
    zh="渠道实付不可能超过该支付方式原付的金额（{most}，以分计），请核对。",
    en="A channel cannot have paid more than was once paid by this tender ({most} in minor units). Check the amount.",
)  # fmt: skip
REST_PROOF_REQUIRED = refusal(
    "REST_PROOF_REQUIRED", "invalid",
    zh="渠道少付（差 {rest}，以分计），请先线下补足，并填写补足部分的凭证号（最多 500 字）。",
    en="The channel paid too little ({rest} missing, in minor units): pay the rest first and give its proof (at most 500).",
)  # fmt: skip
REFUND_CALLBACK_UNSIGNED = refusal(
    "REFUND_CALLBACK_UNSIGNED", "unauthenticated",
    zh="回调签名无效。", en="The callback's signature is not valid.",
)  # fmt: skip
REFUND_CALLBACK_MALFORMED = refusal(
    "REFUND_CALLBACK_MALFORMED", "invalid",
    zh="回调内容无法识别：{reason}", en="The callback cannot be read: {reason}",
)  # fmt: skip
REFUND_CALLBACK_MISMATCH = refusal(
    "REFUND_CALLBACK_MISMATCH", "invalid",
    zh="回调的金额或币种与退款不符。", en="The callback's amount or currency is not the refund's.",
)  # fmt: skip
CHARGE_NOT_FOUND = refusal(
    "CHARGE_NOT_FOUND", "not_found", zh="没有找到付款单 {number}。", en="There is no charge {number}."
)
CHARGE_KEY_REUSED = refusal(
    "CHARGE_KEY_REUSED", "conflict",
    zh="付款指令键 {key} 已用于另一单据或另一金额。", en="The key {key} already belongs to another charge or another amount.",
)  # fmt: skip
CHARGE_NOT_AWAITING = refusal(
    "CHARGE_NOT_AWAITING", "conflict",
    zh="付款单 {number} 已不在待支付状态（当前：{state}）。", en="Charge {number} is not to be paid any more (now {state}).",
)  # fmt: skip
CHARGE_NOT_PAID = refusal(
    "CHARGE_NOT_PAID", "conflict",
    zh="付款单 {number} 没有可退的款项（当前：{state}）。", en="Charge {number} holds no money to give back (now {state}).",
)  # fmt: skip
COURIER_BILL_UNREADABLE = refusal(
    "COURIER_BILL_UNREADABLE", "invalid",
    zh="承运商账单第 {row} 行无法读取：{reason}", en="Row {row} of the courier's bill cannot be read: {reason}",
)  # fmt: skip
CHARGE_NOT_CONTRADICTED = refusal(
    "CHARGE_NOT_CONTRADICTED", "conflict",
    zh="付款单 {number} 没有待核对的收款差异（当前：{state}）。", en="The channel took no other amount of charge {number} (now {state}).",
)  # fmt: skip
CHARGE_WAY = refusal(
    "CHARGE_WAY", "invalid", zh="不能这样处理。可选：{ways}。", en="It cannot be settled like that. Possible: {ways}.",
)  # fmt: skip
CHARGE_SETTLEMENT_OVER = refusal(
    "CHARGE_SETTLEMENT_OVER", "conflict",
    zh="已有人处理，或没有待复核的处理方案（{state}）。", en="It has been settled, or nothing awaits a second person ({state}).",
)  # fmt: skip
OVERPAYMENT_NOT_FOUND = refusal(
    "OVERPAYMENT_NOT_FOUND", "not_found", zh="没有找到这笔多退的款项。", en="There is no such overpayment."
)  # fmt: skip
OVERPAYMENT_STATE = refusal(
    "OVERPAYMENT_STATE", "conflict",
    zh="当前状态（{state}）不能这样处理，请刷新。", en="This is not possible now ({state}); reload the page.",
)  # fmt: skip
OVERPAYMENT_REASON = refusal(
    "OVERPAYMENT_REASON", "invalid", zh="请写明核销原因，最多 500 字。", en="Say why it is written off, in at most 500 characters.",
)  # fmt: skip
INVOICE_TASK_NOT_FOUND = refusal(
    "INVOICE_TASK_NOT_FOUND", "not_found", zh="没有找到开票任务 {number}。", en="There is no invoice task {number}."
)  # fmt: skip
INVOICE_NOT_OPEN = refusal(
    "INVOICE_NOT_OPEN", "conflict",
    zh="开票任务 {number} 当前状态（{state}）不允许此操作。", en="Invoice task {number} does not allow this now ({state}).",
)  # fmt: skip
INVOICE_NOT_CONFIRMED = refusal(
    "INVOICE_NOT_CONFIRMED", "conflict",
    zh="购方已用于抵扣，开票任务 {number} 须先由购方确认。",
    en="The buyer's side has booked the invoice: task {number} needs its confirmation first.",
)  # fmt: skip
INVOICE_NUMBER_NEEDED = refusal(
    "INVOICE_NUMBER_NEEDED", "invalid", zh="请填写号码，最多 60 字。", en="Give the number, at most 60 characters."
)  # fmt: skip
INVOICE_NUMBER_TAKEN = refusal(
    "INVOICE_NUMBER_TAKEN", "conflict",
    zh="发票号码 {number} 已用于另一张发票。", en="The number {number} already belongs to another invoice.",
)  # fmt: skip
INVOICE_WHY_NEEDED = refusal(
    "INVOICE_WHY_NEEDED", "invalid", zh="请说明原因，最多 300 字。", en="Say why, in at most 300 characters."
)  # fmt: skip
ROUTE_INCOMPLETE = refusal(
    "ROUTE_INCOMPLETE", "invalid",
    zh="请填写收款人、账号，以及消费者在何时以何种方式同意。", en="Give payee, account, and when and how the buyer agreed.",
)  # fmt: skip
ROUTE_MISSING = refusal(
    "ROUTE_MISSING", "conflict",
    zh="退款 {number} 还没有登记消费者同意的收款账户。", en="Refund {number} has no other account that the buyer agreed to.",
)  # fmt: skip
ROUTE_NOT_POSSIBLE = refusal(
    "ROUTE_NOT_POSSIBLE", "conflict",
    zh="该订单的款项只能退回原处（礼品卡、分期、优惠券、积分或商城余额）。",
    en="What this order was paid with only goes back where it came from (gift card, instalments, coupon, points, store balance).",
)  # fmt: skip
REFUND_BY_TRANSFER = refusal(
    "REFUND_BY_TRANSFER", "conflict",
    zh="退款 {number} 按消费者的选择转账，没有可重试的渠道；请线下付款并登记凭证。",
    en="Refund {number} is transferred, as the buyer has chosen: there is no channel to try again. Pay it and give the proof.",
)  # fmt: skip
REFUND_IN_BATCH = refusal(
    "REFUND_IN_BATCH", "conflict",
    zh="退款 {number} 在付款批次 {batch} 中，不能再用其他方式付款。",
    en="Refund {number} is in batch {batch}: it can be paid no other way meanwhile.",
)  # fmt: skip
BATCH_NOT_FOUND = refusal("BATCH_NOT_FOUND", "not_found", zh="没有找到批次 {number}。", en="There is no batch {number}.")
BATCH_SIZE = refusal(
    "BATCH_SIZE", "invalid", zh="一个批次须有 1–{most} 笔退款。", en="A batch has 1 to {most} refunds."
)  # fmt: skip
BATCH_MIXED = refusal(
    "BATCH_MIXED", "invalid", zh="一个批次只能有一种币种。", en="A batch has one currency only."
)  # fmt: skip
BATCH_NOT_DRAFTED = refusal(
    "BATCH_NOT_DRAFTED", "conflict",
    zh="批次 {number} 不在待复核状态（当前：{state}）。", en="Batch {number} does not await a second person (now {state}).",
)  # fmt: skip
BATCH_NOT_RELEASED = refusal(
    "BATCH_NOT_RELEASED", "conflict",
    zh="批次 {number} 还没有放行，或已结束（当前：{state}）。", en="Batch {number} is not released, or has ended (now {state}).",
)  # fmt: skip
ANSWER_UNREADABLE = refusal(
    "ANSWER_UNREADABLE", "invalid", zh="银行回单文件无法识别：{reason}", en="The bank's file cannot be read: {reason}"
)  # fmt: skip
