"""Recipes: facts in, postings out; the only authors of postings."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.foundation.workflow import Text
from shouhou.ledger.chart import (
    BUYER,
    CARRIER_CLAIMS,
    CHARGES,
    FREIGHT,
    MERCHANT_DEDUCTIONS,
    MERCHANT_PAYABLE,
    OFFLINE,
    OVERPAID,
    PLATFORM_ADVANCE,
    PLATFORM_GOODWILL,
    SERVICE_INCOME,
    TENDER,
    Account,
)

# Who bears what goes to a buyer: the shop, the platform (for the shop, or out of its own goodwill), a carrier
# ("carrier:sf"), what the buyer had paid ahead ("charges") or what that had become ("income:repair").
Bearer = str
_BEARERS = (MERCHANT_PAYABLE, PLATFORM_ADVANCE, PLATFORM_GOODWILL, CARRIER_CLAIMS, CHARGES, SERVICE_INCOME)


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
    (*((bearer, BUYER) for bearer in _BEARERS), (BUYER, TENDER)),
)
REFUND_OFFLINE = Recipe(
    "refund_offline", Text("退款：线下付款", "Refund paid offline"),
    (*((bearer, BUYER) for bearer in _BEARERS), (BUYER, OFFLINE)),
)
REFUND_OVERPAID = Recipe(
    "refund_overpaid", Text("渠道多付", "Overpaid by the channel"), ((OVERPAID, TENDER),),
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
CHARGE_RECEIVED = Recipe(
    "charge_received", Text("消费者付款：已收", "Paid by the buyer"), ((TENDER, CHARGES),),
)
CHARGE_EARNED = Recipe(
    "charge_earned", Text("消费者付款：服务完成转收入", "What the buyer paid is earned"), ((CHARGES, SERVICE_INCOME),),
)
RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        REFUND, REFUND_OFFLINE, REFUND_OVERPAID, DEDUCTION, FREIGHT_ADVANCED, FREIGHT_RECHARGED, CHARGE_RECEIVED,
        CHARGE_EARNED,
    )
}  # fmt: skip


def refund(
    *, merchant: int, buyer: int, channel: str, tender: str, amount_minor: int, bearer: Bearer = "merchant"
) -> tuple[Move, ...]:
    """One tender's part of a refund: from who bears it, by the buyer's account, out through the channel."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(bearer_of(bearer, merchant=merchant, buyer=buyer), person, amount_minor),
        Move(person, TENDER.of(channel=channel, tender=tender), amount_minor),
    )


def refund_offline(
    *, merchant: int, buyer: int, tender: str, amount_minor: int, bearer: Bearer = "merchant"
) -> tuple[Move, ...]:
    """The same, paid by finance outside the channel."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(bearer_of(bearer, merchant=merchant, buyer=buyer), person, amount_minor),
        Move(person, OFFLINE.of(tender=tender), amount_minor),
    )


def refund_overpaid(*, buyer: int, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """What a channel paid beyond what was owed: it has left, and the buyer is to give it back."""
    return (Move(OVERPAID.of(buyer=buyer), TENDER.of(channel=channel, tender=tender), amount_minor),)


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


def charge_received(*, buyer: int, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """The buyer has paid for a service that is still to be done."""
    return (Move(TENDER.of(channel=channel, tender=tender), CHARGES.of(buyer=buyer), amount_minor),)


def charge_earned(*, merchant: int, buyer: int, purpose: str, amount_minor: int) -> tuple[Move, ...]:
    """The service is done: what was paid for it is the shop's."""
    return (Move(CHARGES.of(buyer=buyer), SERVICE_INCOME.of(merchant=merchant, purpose=purpose), amount_minor),)


def bearer_of(bearer: Bearer, *, merchant: int, buyer: int) -> str:
    """The account that bears it. Raises ValueError for a bearer that does not exist."""
    kind, _, word = bearer.partition(":")
    if kind == "carrier":
        return CARRIER_CLAIMS.of(carrier=word or "unknown")
    if kind == "income":
        return SERVICE_INCOME.of(merchant=merchant, purpose=word)
    accounts = {
        "merchant": MERCHANT_PAYABLE, "platform_advance": PLATFORM_ADVANCE, "platform_goodwill": PLATFORM_GOODWILL,
        "charges": CHARGES,
    }  # fmt: skip
    if bearer not in accounts:
        raise ValueError(f"{bearer} bears nothing")
    return accounts[bearer].of(merchant=merchant, buyer=buyer)
