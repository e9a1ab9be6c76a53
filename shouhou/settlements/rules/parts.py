"""What a posting of a shop's accounts is to the shop: sales, refunds, freight … – by its recipe and where it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shouhou.foundation.workflow import Text

PARTS: Mapping[str, Text] = {
    "sales": Text("货款", "Sales"), "subsidies": Text("优惠券与积分补贴", "Coupons and points borne for you"),
    "services": Text("服务收入", "Service income"), "refunds": Text("退款", "Refunds"),
    "deductions": Text("扣款留存", "Deductions kept"), "freight": Text("运费", "Freight"),
    "recharges": Text("平台追收", "Recharges"), "held": Text("争议冻结", "Held for disputes"),
    "released": Text("解冻", "Released"), "deposit": Text("保证金往来", "From and to the deposit"),
    "paid_in": Text("商家缴款", "Paid in by the shop"), "paid": Text("已付款", "Paid out"), "other": Text("其他", "Other"),
}  # fmt: skip
_BY_RECIPE: Mapping[str, str] = {
    "sale": "sales", "refund": "refunds", "refund_offline": "refunds", "refund_returned": "refunds", "deduction": "refunds",
    "charge_earned": "services", "recharge": "recharges", "recharge_returned": "recharges", "freight_recharged": "recharges",
    "penalty": "recharges",
    "sale_held": "held", "sale_released": "released", "deposit_drawn": "deposit", "deposit_topped_up": "deposit",
    "merchant_payout": "paid", "merchant_paid_in": "paid_in",
    "promotion_granted": "subsidies", "promotion_returned": "subsidies",
}  # fmt: skip
IN_KIND = "tender:inkind:"


@dataclass(frozen=True, slots=True)
class Line:
    """One posting as the shop sees it: `amount_minor` is what it changes in what the shop is owed."""

    part: str
    amount_minor: int


def part_of(recipe: str, *, source: str, destination: str) -> str:
    """The part of a statement that a posting belongs to; every recipe has one, also those to come."""
    if recipe == "sale" and source.startswith(IN_KIND):
        return "subsidies"
    if destination.endswith(":deductions"):
        return "deductions"
    found = _BY_RECIPE.get(recipe)
    return found or ("freight" if "freight" in recipe else "other")


def summed(lines: Iterable[Line]) -> dict[str, int]:
    """Part → amount, in the order of PARTS; a part without a line is not there."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.part] = sums.get(line.part, 0) + line.amount_minor
    return {part: sums[part] for part in PARTS if part in sums}


def to_pay(balance_minor: int, *, reserved_minor: int) -> int:
    """What can go out: never what refunds under way will still take, never less than nothing."""
    return max(0, balance_minor - reserved_minor)


def to_draw(amount_minor: int, *, payable_minor: int, deposit_minor: int) -> int:
    """How much of the deposit a claim needs where what is payable is short."""
    short = amount_minor - max(0, payable_minor)
    return max(0, min(short, deposit_minor))
