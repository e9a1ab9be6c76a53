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
_STOCK = {"sku": "article", "quantity": "units", "price": "the shop's price of one now, or null", "answer": "the shop's own words"}
STOCK_HELD = event_type("stock.held", zh="商城已预留库存", en="the shop holds the units", **_STOCK)
STOCK_UNAVAILABLE = event_type("stock.unavailable", zh="商城无货", en="the shop has no such units", **_STOCK)
DISPATCH_ANSWERED = event_type(
    "dispatch.answered", zh="商城已回复停发请求", en="the shop has answered whether the goods could be stopped",
    answer="stopped | shipped | unknown | partly: some stopped, the others shipped", carrier="courier, when shipped",
    tracking_number="waybill, when shipped", detail="the shop's own words",
    lines="of each line, where the shop says so: line, answer, carrier, tracking_number",
)  # fmt: skip
PRICES_TOLD = event_type(
    "prices.told", zh="商城已回复价格历史", en="the shop has told its prices since the order", skus="article → its prices",
)  # fmt: skip
