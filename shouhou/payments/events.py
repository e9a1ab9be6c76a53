"""What payments announce; the subject is who asked ("SO-…")."""

from shouhou.plumbing.events import event_type

_REFUND = {
    "number": "the refund's number", "order_id": "the order", "amount_minor": "in minor units", "currency": "ISO 4217",
    "state": "the refund's state", "expected_at": "when the money should be there, or null",
    "reason": "what it is for; compensation_beside: beside the subject's own refund",
}  # fmt: skip
_PART = {"tender": "which tender", "channel": "through which channel", "part_minor": "this tender's amount"}
REFUND_INSTRUCTED = event_type(
    "refund.instructed", zh="已发起退款", en="a refund was instructed", tenders="tender → amount in minor units", **_REFUND
)  # fmt: skip
REFUND_APPROVED = event_type(
    "refund.approved", zh="退款已复核", en="the second person approved a refund", by="who approved", **_REFUND
)  # fmt: skip
REFUND_PART_SETTLED = event_type(
    "refund.part_settled", zh="部分退款已到账", en="one tender's part of a refund has settled",
    in_kind="true: a coupon or points, which the shop gives back", **_PART, **_REFUND,
)  # fmt: skip
REFUND_SETTLED = event_type("refund.settled", zh="退款已到账", en="a refund has settled in full", **_REFUND)
REFUND_FAILED = event_type(
    "refund.failed", zh="退款失败，需人工处理", en="a refund, or part of it, was refused by the channel",
    refused="tender → the channel's code", **_REFUND,
)  # fmt: skip
REFUND_BY_TRANSFER = event_type(
    "refund.by_transfer", zh="退款待财务转账到消费者选择的账户", en="a refund waits for finance to transfer it where the buyer has chosen",
    account="the account's last characters", **_REFUND,
)  # fmt: skip
REFUND_RETRIED = event_type(
    "refund.retried", zh="已重新发起退款", en="the refused parts of a refund are tried again", by="who asked", **_REFUND
)  # fmt: skip
REFUND_CANCELLED = event_type(
    "refund.cancelled", zh="退款已取消", en="a refund was cancelled before it was sent", by="who cancelled", **_REFUND
)  # fmt: skip
REFUND_CONTRADICTION_SETTLED = event_type(
    "refund.contradiction_settled", zh="财务已核实渠道实付并结清差额", en="finance confirmed what the channel really paid",
    paid_minor="what the channel paid", rest_minor="what was paid besides, outside the channel",
    over_minor="what was paid too much and is to be collected", by="who confirmed", **_PART, **_REFUND,
)  # fmt: skip
REFUND_CONTRADICTED = event_type(
    "refund.contradicted", zh="渠道结果与我方记录矛盾，需人工核对", en="the channel says otherwise than our books",
    said="what the channel says", **_PART, **_REFUND,
)  # fmt: skip
REFUND_ROUTE_AGREED = event_type(
    "refund.route_agreed", zh="消费者同意改变退款去向", en="the buyer agreed that a refund goes elsewhere",
    kind="balance | bank", account="the account's last characters", by="who told it", **_REFUND,
)  # fmt: skip
_CHARGE = {
    "number": "the charge's number", "purpose": "what it is for", "amount_minor": "in minor units",
    "currency": "ISO 4217", "state": "the charge's state", "expires_at": "until when it can be paid",
}  # fmt: skip
CHARGE_ASKED = event_type("charge.asked", zh="请消费者付款", en="the consumer is asked to pay", **_CHARGE)
CHARGE_PAID = event_type("charge.paid", zh="消费者已付款", en="the consumer has paid", means="what it was paid with", **_CHARGE)
CHARGE_FAILED = event_type(
    "charge.failed", zh="付款未成功，可重试", en="a payment came to nothing; it can be tried again",
    code="the channel's code", **_CHARGE,
)  # fmt: skip
CHARGE_CANCELLED = event_type("charge.cancelled", zh="付款单已取消", en="a charge was cancelled", by="who cancelled", **_CHARGE)
CHARGE_EXPIRED = event_type("charge.expired", zh="付款单已过期", en="a charge was not paid in time", **_CHARGE)
CHARGE_PAID_LATE = event_type(
    "charge.paid_late", zh="取消或过期后付款，自动退回", en="paid after it had been cancelled or had expired; it goes back by itself",
    refund="the refund's number", **_CHARGE,
)  # fmt: skip
CHARGE_REFUNDED = event_type(
    "charge.refunded", zh="付款已退回", en="what was paid has gone back, or a part of it", refund="the refund's number",
    back_minor="what went back with this refund", **_CHARGE,
)  # fmt: skip
CHARGE_CONTRADICTED = event_type(
    "charge.contradicted", zh="渠道收款与付款单不符，需人工核对", en="the channel took another amount than asked",
    said="what the channel says", **_CHARGE,
)  # fmt: skip
CHARGE_CONTRADICTION_SETTLED = event_type(
    "charge.contradiction_settled", zh="渠道收款与付款单不符，财务已处理",
    en="finance settled a charge of which the channel took another amount",
    way="as_is | surplus | rest | back", asked_minor="what was asked", taken_minor="what the channel took", by="who", **_CHARGE,
)  # fmt: skip
_OVERPAID = {
    "refund": "the refund of which the channel paid too much", "amount_minor": "in minor units", "currency": "ISO 4217",
    "state": "open | asked | paid | proposed | written_off",
}  # fmt: skip
REFUND_OVERPAID_ASKED = event_type(
    "refund.overpaid_asked", zh="请消费者退回渠道多退的款项", en="the buyer is asked to give back what a channel paid too much",
    charge="the charge's number", **_OVERPAID,
)  # fmt: skip
REFUND_OVERPAID_SETTLED = event_type(
    "refund.overpaid_settled", zh="渠道多退的款项已退回或核销", en="what a channel paid too much was given back, or written off",
    **_OVERPAID,
)  # fmt: skip
_INVOICE = {
    "number": "the task's number", "kind": "red: reverses an invoice; blue: for what was paid on top",
    "order_id": "the order", "invoice": "the number of the order's invoice", "amount_minor": "in minor units",
    "currency": "ISO 4217", "reason": "02 sales return, 04 sales allowance; empty for a blue one",
    "whole": "whether nothing of the invoice is left then", "state": "the task's state",
    "issued": "the number of the invoice made out, once it is", "why": "why it was sent back",
}  # fmt: skip
INVOICE_DRAFTED = event_type("invoice.drafted", zh="待开具红字或蓝字发票", en="an invoice is to be made out", **_INVOICE)
INVOICE_ISSUED = event_type("invoice.issued", zh="发票已开具", en="the invoice has been made out", **_INVOICE)
INVOICE_REJECTED = event_type("invoice.rejected", zh="开票被退回", en="the invoice was sent back", **_INVOICE)
DIFFERENCES_FOUND = event_type(
    "reconciliation.differences", zh="对账发现差异", en="a channel and the books do not say the same", channel="which channel",
    day="the day (or the first of the days)", count="how many new differences", missing="true: the channel does not state what we booked",
)  # fmt: skip
PROOF_BAD = event_type(
    "balance.proof_bad", zh="日结证明不符", en="the books of a day do not hold", day="which day", revision="of its proof",
    checks="which checks do not hold",
)  # fmt: skip
_BATCH = {
    "number": "the batch's number", "rows": "how many refunds", "total_minor": "in minor units", "currency": "ISO 4217",
    "state": "the batch's state", "made_by": "who froze it", "released_by": "the second person",
}  # fmt: skip
BATCH_MADE = event_type("refund_batch.made", zh="退款付款批次待复核", en="refunds were put together for the bank", **_BATCH)
BATCH_RELEASED = event_type("refund_batch.released", zh="退款付款批次已放行", en="a second person let a batch go", **_BATCH)
BATCH_DONE = event_type("refund_batch.done", zh="退款付款批次已完成", en="the bank has answered every row of a batch", **_BATCH)
