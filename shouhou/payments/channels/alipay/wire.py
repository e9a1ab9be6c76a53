"""What Alipay's words mean: yuan as text, states of a trade, and which of its codes say nothing about the money."""

import socket
from collections.abc import Mapping
from datetime import timedelta, timezone
from decimal import Decimal
from urllib.error import HTTPError, URLError

from shouhou.foundation.money import Money
from shouhou.payments.channels.base import PayStatus

CURRENCY = "CNY"
MEANS = "alipay"
DONE = "10000"
BEIJING = timezone(timedelta(hours=8))
NO_TRADE, NO_BILL = "ACQ.TRADE_NOT_EXIST", "isp.bill_not_exist"
# A trade that was paid stays paid when some of it has gone back; `TRADE_CLOSED` is told apart by what it has paid.
TRADE_STATES: Mapping[str, PayStatus] = {
    "WAIT_BUYER_PAY": "open", "TRADE_SUCCESS": "settled", "TRADE_FINISHED": "settled", "TRADE_CLOSED": "closed",
}  # fmt: skip
# Their trouble or their limits: what became of the money is unknown.
UNDECIDED = ("isp.", "aop.", "ACQ.SYSTEM_ERROR", "SYSTEM_ERROR")


def yuan(minor: int) -> str:
    return str(Money(minor, CURRENCY).decimal)


def minor(yuan: object) -> int:
    """Raises ValueError for anything but a plain amount."""
    try:
        return Money.of(Decimal(str(yuan).replace(",", "")), CURRENCY).minor
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"no amount: {str(yuan)[:30]!r}") from error


def never_connected(error: OSError) -> bool:
    """Whether nothing can have reached them: there was no connection at all."""
    if isinstance(error, HTTPError) or not isinstance(error, URLError):
        return False
    return isinstance(error.reason, ConnectionRefusedError | socket.gaierror)
