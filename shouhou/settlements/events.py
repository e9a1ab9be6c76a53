"""What merchants' money announces; the subject is the thing's own number, the event carries the shop."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.plumbing.events import EventType, event_type, publish

_MONEY = {"number": "its number", "amount_minor": "in minor units", "currency": "ISO 4217"}
DEPOSIT_BOOKED = event_type(
    "deposit.booked", zh="保证金变动已入账", en="a deposit was paid in or out", direction="in | out | due",
    balance_minor="what is there now", **_MONEY,
)  # fmt: skip
DEPOSIT_DRAWN = event_type(
    "deposit.drawn", zh="已动用保证金", en="a deposit was drawn upon", balance_minor="what is left", **_MONEY
)  # fmt: skip
DEPOSIT_LOW = event_type(
    "deposit.low", zh="保证金不足，请补缴", en="a deposit is too low", balance_minor="what is there", required_minor="what must be there",
    currency="ISO 4217",
)  # fmt: skip
_RECHARGE = {**_MONEY, "kind": "freight | refund | compensation | loss", "case": "the case it is about, or empty"}
RECHARGE_ANNOUNCED = event_type(
    "recharge.announced", zh="追收通知", en="the platform claims back what it advanced", until="until when the shop may appeal", **_RECHARGE
)  # fmt: skip
RECHARGE_APPEALED = event_type(
    "recharge.appealed", zh="商家对追收提出申诉", en="a shop has appealed against a recharge", until="until when it is decided", **_RECHARGE
)  # fmt: skip
RECHARGE_OVERDUE = event_type(
    "recharge.overdue", zh="追收申诉逾期未裁决", en="an appeal was not decided in time", **_RECHARGE
)  # fmt: skip
RECHARGE_DECIDED = event_type(
    "recharge.decided", zh="追收申诉已裁决", en="an appeal was decided", verdict="upheld | waived",
    reasons="the platform's reasons", **_RECHARGE,
)  # fmt: skip
RECHARGE_BOOKED = event_type("recharge.booked", zh="追收已入账", en="a recharge was booked", **_RECHARGE)
SETTLEMENT_RELEASED = event_type("settlement.released", zh="结算单已复核付款", en="a settlement was released to be paid", **_MONEY)
SETTLEMENT_PAID = event_type("settlement.paid", zh="结算款已付", en="a settlement was paid", **_MONEY)
SETTLEMENT_FAILED = event_type(
    "settlement.failed", zh="结算付款失败", en="a settlement could not be paid", code="the bank's code", **_MONEY
)  # fmt: skip
SETTLEMENT_CONTRADICTED = event_type(
    "settlement.contradicted", zh="银行实付金额与结算单不符，需人工核对", en="the bank told another amount of a settlement than instructed",
    said_minor="the amount that the bank says", **_MONEY,
)  # fmt: skip


def announce(what: EventType, *, subject: str, merchant_id: int, data: Mapping[str, object], now: datetime) -> None:
    """In the caller's transaction."""
    publish(what, subject=subject, now=now, merchant_id=merchant_id, data=data)
