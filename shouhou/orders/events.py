"""What orders announces."""

from shouhou.plumbing.events import event_type

ORDER_TAKEN = event_type(
    "order.taken", zh="订单已收录", en="an order was taken in",
    number="order number", merchant="merchant code", lines="number of lines", difference_minor="payments minus lines",
)  # fmt: skip
ORDER_REFRESHED = event_type(
    "order.refreshed", zh="订单快照已更新", en="an order's snapshot was refreshed",
    number="order number", version="its version now", fields="names of the fields that changed",
)  # fmt: skip
RECEIPT_CHANGED = event_type(
    "order.receipt_changed", zh="收货日期已确定或变更", en="the receipt date of a line was found or changed",
    number="order number", lines="per line: line, received_on, source",
)  # fmt: skip
