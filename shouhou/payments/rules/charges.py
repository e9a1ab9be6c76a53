"""What a consumer may be asked to pay for, in words; and when a charge may still be paid. Pure."""

from typing import Literal

from shouhou.foundation.workflow import Text

Purpose = Literal["repair", "price_difference", "not_returned", "freight", "deposit"]
PURPOSES: dict[str, Text] = {
    "repair": Text("维修费", "Repair"),
    "price_difference": Text("换货差价", "Price difference of the exchange"),
    "not_returned": Text("未寄回的商品", "Goods that did not come back"),
    "freight": Text("运费", "Freight"),
    "deposit": Text("备用机押金", "Deposit for the loan unit"),
}
# Money that secures something lent: it is not the price of the service, and is settled by itself.
DEPOSIT: Purpose = "deposit"
CHARGE_STATES: dict[str, Text] = {
    "awaiting": Text("待支付", "To be paid"),
    "paid": Text("已支付", "Paid"),
    "cancelled": Text("已取消", "Cancelled"),
    "expired": Text("已过期", "Expired"),
    "refunding": Text("退款中", "On its way back"),
    "refunded": Text("已退回", "Paid back"),
}
