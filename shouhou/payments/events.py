"""What payments announce; the subject is who asked ("SO-…")."""

from shouhou.plumbing.events import event_type

_REFUND = {
    "number": "the refund's number", "order_id": "the order", "amount_minor": "in minor units", "currency": "ISO 4217",
    "state": "the refund's state", "expected_at": "when the money should be there, or null",
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
REFUND_RETRIED = event_type(
    "refund.retried", zh="已重新发起退款", en="the refused parts of a refund are tried again", by="who asked", **_REFUND
)  # fmt: skip
REFUND_CANCELLED = event_type(
    "refund.cancelled", zh="退款已取消", en="a refund was cancelled before it was sent", by="who cancelled", **_REFUND
)  # fmt: skip
REFUND_CONTRADICTED = event_type(
    "refund.contradicted", zh="渠道结果与我方记录矛盾，需人工核对", en="the channel says otherwise than our books",
    said="what the channel says", **_PART, **_REFUND,
)  # fmt: skip
