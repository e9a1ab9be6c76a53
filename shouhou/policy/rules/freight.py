"""Who pays which freight, in money: the book names the payers, this adds the legs up (LOG-06, LOG-07, EXG-03, EXG-11)."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.foundation.money import Money

NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class FreightBill:
    """What the customer bears in the end, what of it is paid back to them, by whom, and who is recharged."""

    customer_pays: Money
    reimbursed: Money
    payer: str
    recharge: str | None


def freight_bill(
    payers: Mapping[str, str], *, service: str, self_mailed: bool, return_freight: Money = NOTHING,
    outbound_freight: Money = NOTHING,
) -> FreightBill:  # fmt: skip
    """`payers` are a decision's freight legs. The outbound leg exists for everything but a plain return.

    What the customer advanced by mailing the goods is reimbursed by the payer; the platform recharges the seller.
    """
    legs = [("outbound", outbound_freight)] if service == "send_back" else [("return_leg", return_freight)]
    if service not in ("return", "send_back"):
        legs.append(("outbound", outbound_freight))
    bears = sum((amount.minor for leg, amount in legs if payers[leg] == "customer"), 0)
    payer = payers[legs[0][0]]
    back = return_freight if self_mailed and payer != "customer" and service != "send_back" else NOTHING
    return FreightBill(
        Money(bears, return_freight.currency), back, payer, "seller" if payer == "platform" else None
    )  # fmt: skip


def send_back_payer(*, fault: str) -> str:
    """Goods that were not accepted go back at the cost of whose fault it was (PRC-15)."""
    return {"seller": "seller", "merchant": "seller", "platform": "platform", "carrier": "platform"}.get(fault, "customer")
