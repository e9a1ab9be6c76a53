"""Recipes: facts in, postings out; the only authors of postings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text
from shouhou.ledger.chart import (
    BUYER,
    FREIGHT,
    MERCHANT_DEDUCTIONS,
    MERCHANT_PAYABLE,
    OFFLINE,
    PLATFORM_ADVANCE,
    PLATFORM_GOODWILL,
    TENDER,
    Account,
)

Bearer = Literal["merchant", "platform_advance", "platform_goodwill"]


@dataclass(frozen=True, slots=True)
class Move:
    """`amount_minor` > 0 goes from `source` to `destination`."""

    source: str
    destination: str
    amount_minor: int

    def __post_init__(self) -> None:
        if self.amount_minor <= 0 or self.source == self.destination:
            raise ValueError("a posting moves something from one account to another")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a kind of transfer is called and between which families of accounts it moves money."""

    name: str
    label: Text
    flows: tuple[tuple[Account, Account], ...]


REFUND = Recipe(
    "refund", Text("退款：经支付渠道", "Refund through a channel"),
    ((MERCHANT_PAYABLE, BUYER), (PLATFORM_ADVANCE, BUYER), (PLATFORM_GOODWILL, BUYER), (BUYER, TENDER)),
)
REFUND_OFFLINE = Recipe(
    "refund_offline", Text("退款：线下付款", "Refund paid offline"),
    ((MERCHANT_PAYABLE, BUYER), (PLATFORM_ADVANCE, BUYER), (PLATFORM_GOODWILL, BUYER), (BUYER, OFFLINE)),
)
DEDUCTION = Recipe(
    "deduction", Text("扣款", "Deduction"), ((MERCHANT_PAYABLE, BUYER), (BUYER, MERCHANT_DEDUCTIONS)),
)
FREIGHT_ADVANCED = Recipe(
    "freight_advanced", Text("平台垫付运费", "Freight advanced by the platform"), ((PLATFORM_ADVANCE, FREIGHT),),
)
FREIGHT_RECHARGED = Recipe(
    "freight_recharged", Text("向商家追收垫付款", "Advance recharged to the shop"), ((MERCHANT_PAYABLE, PLATFORM_ADVANCE),),
)
RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe for recipe in (REFUND, REFUND_OFFLINE, DEDUCTION, FREIGHT_ADVANCED, FREIGHT_RECHARGED)
}


def refund(
    *, merchant: int, buyer: int, channel: str, tender: str, amount_minor: int, bearer: Bearer = "merchant"
) -> tuple[Move, ...]:
    """One tender's part of a refund: from who bears it, by the buyer's account, out through the channel."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(_bearer(bearer, merchant), person, amount_minor),
        Move(person, TENDER.of(channel=channel, tender=tender), amount_minor),
    )


def refund_offline(
    *, merchant: int, buyer: int, tender: str, amount_minor: int, bearer: Bearer = "merchant"
) -> tuple[Move, ...]:
    """The same, paid by finance outside the channel."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(_bearer(bearer, merchant), person, amount_minor),
        Move(person, OFFLINE.of(tender=tender), amount_minor),
    )


def deduction(*, merchant: int, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """What of the price was kept back: owed to the buyer and withheld, so that both are seen."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(MERCHANT_PAYABLE.of(merchant=merchant), person, amount_minor),
        Move(person, MERCHANT_DEDUCTIONS.of(merchant=merchant), amount_minor),
    )


def freight_advanced(*, carrier: str, amount_minor: int) -> tuple[Move, ...]:
    """The platform pays a carrier for a return whose fault is the shop's (LOG-07)."""
    return (Move(PLATFORM_ADVANCE.of(), FREIGHT.of(carrier=carrier), amount_minor),)


def freight_recharged(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The shop pays the advance back out of what it earned."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), PLATFORM_ADVANCE.of(), amount_minor),)


def _bearer(bearer: Bearer, merchant: int) -> str:
    if bearer == "merchant":
        return MERCHANT_PAYABLE.of(merchant=merchant)
    return (PLATFORM_ADVANCE if bearer == "platform_advance" else PLATFORM_GOODWILL).of()
