"""What a consumer may be asked to pay for, in words; and when a charge may still be paid. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from shouhou.foundation.workflow import Text

Purpose = Literal["repair", "price_difference", "not_returned", "freight", "deposit", "overpaid", "plan"]
Way = Literal["as_is", "surplus", "rest", "back"]
PURPOSES: dict[str, Text] = {
    "repair": Text("维修费", "Repair"),
    "price_difference": Text("换货差价", "Price difference of the exchange"),
    "not_returned": Text("未寄回的商品", "Goods that did not come back"),
    "freight": Text("运费", "Freight"),
    "deposit": Text("备用机押金", "Deposit for the loan unit"),
    "overpaid": Text("渠道多退的款项", "Refunded too much by the channel"),
    "plan": Text("保障计划", "Protection plan"),
}
# What a channel paid out by mistake is between the buyer and finance; no case waits for it, and no case calls it off.
OVERPAID: Purpose = "overpaid"
# Why money goes back that a channel took beside what was asked: nothing was sold for it, so no invoice follows.
OTHER_AMOUNT = "other_amount"
WAYS: dict[str, Text] = {
    "surplus": Text("付款单按已付处理，多收的退回消费者", "The charge is paid; what is too much goes back"),
    "rest": Text("收下已付部分，请消费者补足差额", "Keep what was paid and ask for the rest"),
    "as_is": Text("按实收金额了结，差额不再收取", "Take it as it is; the rest is not asked for"),
    "back": Text("全部退回，重新请消费者付款", "Give all of it back and ask anew"),
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


def ways_of(*, asked_minor: int, taken_minor: int, purpose: str, waits: bool) -> tuple[Way, ...]:
    """How a charge of which the channel took another amount can be settled. What nobody waits for any more goes back; what
    secures something lent is one sum at one place."""
    if not waits:
        return ("back",)
    if taken_minor > asked_minor:
        return ("surplus",) if purpose == DEPOSIT else ("surplus", "back")
    return ("as_is",) if purpose == DEPOSIT else ("rest", "as_is", "back")


def at_stake(way: Way, *, asked_minor: int, taken_minor: int) -> int:
    """What a wrong word would cost: what goes out, what is given up, or what is taken for paid."""
    return taken_minor if way in ("back", "rest") else abs(taken_minor - asked_minor)


class OnTop(NamedTuple):
    """What one line of an exchange cost more: for its `units` replaced, of the `kept` that the buyer had then."""

    line: int
    minor: int
    units: int
    kept: int


def due_back(amount_minor: int, lines: Sequence[OnTop], gone: Mapping[int, int]) -> int:
    """Of what was paid on top of these lines, what is no longer owed once `gone` (line → units) came back, all told.

    Rounded down on the way and whole at the end, so that the order in which they come makes no difference.
    """
    whole = sum(max(0, each.minor) for each in lines)
    if not whole:
        return 0
    share = sum(Fraction(max(0, each.minor) * min(gone.get(each.line, 0), each.units), each.units) for each in lines)
    return int(amount_minor * share / whole)
