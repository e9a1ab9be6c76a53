"""Recipes: facts in, postings out; the only authors of postings."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.foundation.workflow import Text
from shouhou.ledger.bearers import BEARERS, bearer_of
from shouhou.ledger.bearers import Bearer as Bearer
from shouhou.ledger.chart import (
    BANK,
    BUYER,
    CARRIER_CLAIMS,
    CHARGES,
    DIFFERENCES,
    FREIGHT,
    INSURER_CLAIMS,
    MERCHANT_DEDUCTIONS,
    MERCHANT_DEPOSIT,
    MERCHANT_HELD,
    MERCHANT_PAYABLE,
    OFFLINE,
    OVERPAID,
    PLATFORM_ADVANCE,
    PLATFORM_FEES,
    PLATFORM_FLASH,
    PLATFORM_GOODWILL,
    PLATFORM_LOSSES,
    PLATFORM_PENALTIES,
    PLATFORM_PROMOTIONS,
    RECEIVABLE,
    SERVICE_INCOME,
    TENDER,
    WRITTEN_OFF,
    Account,
)


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
    (*((bearer, BUYER) for bearer in BEARERS), (BUYER, TENDER)),
)
REFUND_OFFLINE = Recipe(
    "refund_offline", Text("退款：线下付款", "Refund paid offline"),
    (*((bearer, BUYER) for bearer in BEARERS), (BUYER, OFFLINE)),
)
REFUND_RETURNED = Recipe(
    "refund_returned", Text("退款被银行退回", "A refund came back from the bank"),
    tuple((destination, source) for source, destination in REFUND.flows),
)
REFUND_OVERPAID = Recipe(
    "refund_overpaid", Text("渠道多付", "Overpaid by the channel"), ((OVERPAID, TENDER),),
)
OVERPAID_RETURNED = Recipe(
    "overpaid_returned", Text("消费者退回渠道多付", "Given back by the buyer"), ((CHARGES, OVERPAID),),
)
OVERPAID_WRITTEN_OFF = Recipe(
    "overpaid_written_off", Text("核销渠道多付", "Overpaid, written off"), ((WRITTEN_OFF, OVERPAID),),
)
DEDUCTION = Recipe(
    "deduction", Text("扣款", "Deduction"), ((MERCHANT_PAYABLE, BUYER), (BUYER, MERCHANT_DEDUCTIONS)),
)
PROMOTION_GRANTED = Recipe(
    "promotion_granted", Text("平台促销补贴", "Platform's promotion"), ((PLATFORM_PROMOTIONS, MERCHANT_PAYABLE),),
)
PROMOTION_RETURNED = Recipe(
    "promotion_returned", Text("退回平台促销补贴", "Platform's promotion given back"), ((MERCHANT_PAYABLE, PLATFORM_PROMOTIONS),),
)
FREIGHT_ADVANCED = Recipe(
    "freight_advanced", Text("平台垫付运费", "Freight advanced by the platform"), ((PLATFORM_ADVANCE, FREIGHT),),
)
FREIGHT_BILLED = Recipe(
    "freight_billed", Text("承运商取件账单", "A courier's bill for a pickup"),
    ((PLATFORM_ADVANCE, FREIGHT), (MERCHANT_PAYABLE, FREIGHT), (PLATFORM_GOODWILL, FREIGHT), (CARRIER_CLAIMS, FREIGHT)),
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
SALE = Recipe(
    "sale", Text("销售货款", "Sale"), ((TENDER, MERCHANT_PAYABLE),),
)
SALE_HELD = Recipe(
    "sale_held", Text("争议冻结货款", "Held for a dispute"), ((MERCHANT_PAYABLE, MERCHANT_HELD),),
)
SALE_RELEASED = Recipe(
    "sale_released", Text("争议结束解冻", "Released after a dispute"), ((MERCHANT_HELD, MERCHANT_PAYABLE),),
)
RECHARGE = Recipe(
    "recharge", Text("向商家追收", "Recharged to the shop"),
    ((MERCHANT_PAYABLE, PLATFORM_ADVANCE), (MERCHANT_PAYABLE, PLATFORM_LOSSES)),
)
RECHARGE_RETURNED = Recipe(
    "recharge_returned", Text("追收退回", "Recharge given back"), ((PLATFORM_ADVANCE, MERCHANT_PAYABLE),),
)
PENALTY = Recipe(
    "penalty", Text("违约处罚", "Penalty for a breach"), ((MERCHANT_PAYABLE, PLATFORM_PENALTIES),),
)
RULING_BORNE = Recipe(
    "ruling_borne", Text("商家申诉成立，平台承担", "Borne by the platform on a shop's appeal"), ((PLATFORM_GOODWILL, MERCHANT_PAYABLE),),
)
DEPOSIT_DRAWN = Recipe(
    "deposit_drawn", Text("动用保证金", "Deposit drawn"), ((MERCHANT_DEPOSIT, MERCHANT_PAYABLE),),
)
DEPOSIT_TOPPED_UP = Recipe(
    "deposit_topped_up", Text("货款补足保证金", "Deposit topped up from sales"), ((MERCHANT_PAYABLE, MERCHANT_DEPOSIT),),
)
DEPOSIT_PAID_IN = Recipe(
    "deposit_paid_in", Text("缴纳保证金", "Deposit paid in"), ((BANK, MERCHANT_DEPOSIT),),
)
DEPOSIT_PAID_OUT = Recipe(
    "deposit_paid_out", Text("退还保证金", "Deposit paid out"), ((MERCHANT_DEPOSIT, BANK),),
)
INCOME_SETTLED = Recipe(
    "income_settled", Text("收入并入货款", "Income joins what is payable"),
    ((MERCHANT_DEDUCTIONS, MERCHANT_PAYABLE), (SERVICE_INCOME, MERCHANT_PAYABLE)),
)
MERCHANT_PAID_IN = Recipe(
    "merchant_paid_in", Text("商家结清欠款", "What the shop owed is paid in"), ((BANK, MERCHANT_PAYABLE),),
)
MERCHANT_PAYOUT = Recipe(
    "merchant_payout", Text("结算付款", "Settlement paid out"), ((MERCHANT_PAYABLE, BANK),),
)
CHANNEL_FEE = Recipe(
    "channel_fee", Text("渠道手续费", "A channel's fee"), ((PLATFORM_FEES, TENDER), (TENDER, PLATFORM_FEES)),
)
DIFFERENCE_OFFLINE = Recipe(
    "difference_offline", Text("对账：渠道少付，线下补付", "Reconciliation: paid outside the channel instead"), ((TENDER, OFFLINE),),
)
DIFFERENCE_WRITTEN_OFF = Recipe(
    "difference_written_off", Text("对账：差异核销", "Reconciliation: written off"), ((DIFFERENCES, TENDER), (TENDER, DIFFERENCES)),
)
INSURER_SETTLED = Recipe(
    "insurer_settled", Text("保险公司回款", "Settled by the insurer"), ((BANK, INSURER_CLAIMS),),
)
PLAN_CLAIMED = Recipe(
    "plan_claimed", Text("保障计划承担维修费", "A plan pays for a repair"), ((INSURER_CLAIMS, SERVICE_INCOME),),
)
FLASH_COVERED = Recipe(
    "flash_covered", Text("闪退商品已收回", "Goods of a flash refund taken back"), ((MERCHANT_PAYABLE, PLATFORM_FLASH),),
)
RECEIVABLE_OPENED = Recipe(
    "receivable_opened", Text("追回闪退款", "Flash refund asked back"), ((RECEIVABLE, PLATFORM_FLASH),),
)
RECEIVABLE_DROPPED = Recipe(
    "receivable_dropped", Text("商品寄达，不再追回", "Goods came after all"), ((PLATFORM_FLASH, RECEIVABLE),),
)
RECEIVABLE_PAID = Recipe(
    "receivable_paid", Text("消费者退还闪退款", "Flash refund given back"), ((CHARGES, RECEIVABLE),),
)
RECEIVABLE_WRITTEN_OFF = Recipe(
    "receivable_written_off", Text("核销闪退款", "Flash refund written off"), ((WRITTEN_OFF, RECEIVABLE),),
)
RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        REFUND, REFUND_OFFLINE, REFUND_RETURNED, REFUND_OVERPAID, OVERPAID_RETURNED, OVERPAID_WRITTEN_OFF, DEDUCTION,
        FREIGHT_ADVANCED, FREIGHT_BILLED, FREIGHT_RECHARGED, CHARGE_RECEIVED,
        CHARGE_EARNED, PROMOTION_GRANTED, PROMOTION_RETURNED,
        SALE, SALE_HELD, SALE_RELEASED, RECHARGE, DEPOSIT_DRAWN, DEPOSIT_TOPPED_UP, DEPOSIT_PAID_IN, DEPOSIT_PAID_OUT,
        INCOME_SETTLED, MERCHANT_PAYOUT, MERCHANT_PAID_IN, RECHARGE_RETURNED, PENALTY, RULING_BORNE,
        CHANNEL_FEE, DIFFERENCE_OFFLINE, DIFFERENCE_WRITTEN_OFF,
        INSURER_SETTLED, PLAN_CLAIMED,
        FLASH_COVERED, RECEIVABLE_OPENED, RECEIVABLE_DROPPED, RECEIVABLE_PAID, RECEIVABLE_WRITTEN_OFF,
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


def refund_returned(
    *, merchant: int, buyer: int, channel: str, tender: str, amount_minor: int, bearer: Bearer = "merchant"
) -> tuple[Move, ...]:
    """A refund that had settled is back at the channel: as if it had never gone out."""
    went = refund(
        merchant=merchant, buyer=buyer, channel=channel, tender=tender, amount_minor=amount_minor, bearer=bearer
    )
    return tuple(Move(move.destination, move.source, move.amount_minor) for move in reversed(went))


def refund_overpaid(*, buyer: int, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """What a channel paid beyond what was owed: it has left, and the buyer is to give it back."""
    return (Move(OVERPAID.of(buyer=buyer), TENDER.of(channel=channel, tender=tender), amount_minor),)


def overpaid_returned(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """The buyer has paid back what the channel had paid too much."""
    return (Move(CHARGES.of(buyer=buyer), OVERPAID.of(buyer=buyer), amount_minor),)


def overpaid_written_off(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """Nobody will give it back."""
    return (Move(WRITTEN_OFF.of(), OVERPAID.of(buyer=buyer), amount_minor),)


def deduction(*, merchant: int, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """What of the price was kept back: owed to the buyer and withheld, so that both are seen."""
    person = BUYER.of(buyer=buyer)
    return (
        Move(MERCHANT_PAYABLE.of(merchant=merchant), person, amount_minor),
        Move(person, MERCHANT_DEDUCTIONS.of(merchant=merchant), amount_minor),
    )


def promotion_granted(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """What the platform adds to a sale, so that the shop earns its price."""
    return (Move(PLATFORM_PROMOTIONS.of(), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def promotion_returned(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """Goods came back that the platform had subsidised: the shop gives the subsidy back."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), PLATFORM_PROMOTIONS.of(), amount_minor),)


def freight_advanced(*, carrier: str, amount_minor: int) -> tuple[Move, ...]:
    """The platform pays a carrier for a return whose fault is the shop's (LOG-07)."""
    return (Move(PLATFORM_ADVANCE.of(), FREIGHT.of(carrier=carrier), amount_minor),)


def freight_billed(*, carrier: str, merchant: int, buyer: int, bearer: Bearer, amount_minor: int) -> tuple[Move, ...]:
    """What a courier charges for a pickup that was free for the buyer, on the account of who bears the way."""
    return (Move(bearer_of(bearer, merchant=merchant, buyer=buyer), FREIGHT.of(carrier=carrier), amount_minor),)


def freight_recharged(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The shop pays the advance back out of what it earned."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), PLATFORM_ADVANCE.of(), amount_minor),)


def charge_received(*, buyer: int, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """The buyer has paid for a service that is still to be done."""
    return (Move(TENDER.of(channel=channel, tender=tender), CHARGES.of(buyer=buyer), amount_minor),)


def charge_earned(*, merchant: int, buyer: int, purpose: str, amount_minor: int) -> tuple[Move, ...]:
    """The service is done: what was paid for it is the shop's."""
    return (Move(CHARGES.of(buyer=buyer), SERVICE_INCOME.of(merchant=merchant, purpose=purpose), amount_minor),)


def sale(*, merchant: int, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """One tender's part of an order that the shop has earned: what came in through the channel is owed to it."""
    return (Move(TENDER.of(channel=channel, tender=tender), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def sale_held(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """What is at risk in an open dispute is set aside."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), MERCHANT_HELD.of(merchant=merchant), amount_minor),)


def sale_released(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The dispute is over: what was set aside is payable again."""
    return (Move(MERCHANT_HELD.of(merchant=merchant), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def recharge(*, merchant: int, amount_minor: int, loss: bool) -> tuple[Move, ...]:
    """The shop pays back what was advanced for it (LOG-07), or a proven loss that it caused."""
    claimed = PLATFORM_LOSSES if loss else PLATFORM_ADVANCE
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), claimed.of(), amount_minor),)


def penalty(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The shop pays for a breach what the penalty table says (MER-09)."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), PLATFORM_PENALTIES.of(), amount_minor),)


def recharge_returned(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """What was advanced has come back, so what the shop has paid for it goes back to the shop."""
    return (Move(PLATFORM_ADVANCE.of(), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def ruling_borne(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """A shop's appeal was right: what the ruling has cost it is the platform's; the consumer keeps what was given."""
    return (Move(PLATFORM_GOODWILL.of(), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def deposit_drawn(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The deposit fills up what the sales could not pay."""
    return (Move(MERCHANT_DEPOSIT.of(merchant=merchant), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def deposit_topped_up(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """What was drawn of the deposit is filled up out of the sales."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), MERCHANT_DEPOSIT.of(merchant=merchant), amount_minor),)


def deposit_paid_in(*, merchant: int, channel: str, amount_minor: int) -> tuple[Move, ...]:
    """The shop has paid security in."""
    return (Move(BANK.of(channel=channel), MERCHANT_DEPOSIT.of(merchant=merchant), amount_minor),)


def deposit_paid_out(*, merchant: int, channel: str, amount_minor: int) -> tuple[Move, ...]:
    """The shop leaves, or had paid too much: its security goes back."""
    return (Move(MERCHANT_DEPOSIT.of(merchant=merchant), BANK.of(channel=channel), amount_minor),)


def income_settled(*, merchant: int, account: str, amount_minor: int) -> tuple[Move, ...]:
    """What was kept back or earned by a service (`account`, its path) is settled with the sales."""
    return (Move(account, MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def merchant_paid_in(*, merchant: int, channel: str, amount_minor: int) -> tuple[Move, ...]:
    """A shop whose sales are settled elsewhere pays what its refunds came to."""
    return (Move(BANK.of(channel=channel), MERCHANT_PAYABLE.of(merchant=merchant), amount_minor),)


def merchant_payout(*, merchant: int, channel: str, amount_minor: int) -> tuple[Move, ...]:
    """What the shop is owed leaves the house."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), BANK.of(channel=channel), amount_minor),)


def channel_fee(*, channel: str, amount_minor: int) -> tuple[Move, ...]:
    """What the channel has taken for its work; below zero, what it gave back of it."""
    ours, theirs = PLATFORM_FEES.of(channel=channel), TENDER.of(channel=channel, tender="fee")
    return (Move(ours, theirs, amount_minor),) if amount_minor > 0 else (Move(theirs, ours, -amount_minor),)


def difference_offline(*, channel: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """What the channel had not paid (or had taken too much) went to the buyer outside of it, with proof."""
    return (Move(TENDER.of(channel=channel, tender=tender), OFFLINE.of(tender=tender), amount_minor),)


def difference_written_off(*, channel: str, tender: str, delta_minor: int) -> tuple[Move, ...]:
    """> 0: more has left the channel than anybody owes; < 0: less."""
    account, theirs = DIFFERENCES.of(channel=channel), TENDER.of(channel=channel, tender=tender)
    return (Move(account, theirs, delta_minor),) if delta_minor > 0 else (Move(theirs, account, -delta_minor),)


def insurer_settled(*, insurer: str, tender: str, amount_minor: int) -> tuple[Move, ...]:
    """An insurer pays back what the platform paid for it."""
    return (Move(BANK.of(channel=tender), INSURER_CLAIMS.of(insurer=insurer), amount_minor),)


def plan_claimed(*, insurer: str, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """What a plan pays of a repair is the workshop's, owed by whoever stands behind the plan."""
    return (Move(INSURER_CLAIMS.of(insurer=insurer), SERVICE_INCOME.of(merchant=merchant, purpose="plan"), amount_minor),)


def flash_covered(*, merchant: int, amount_minor: int) -> tuple[Move, ...]:
    """The goods are back: what was refunded before is the shop's to bear."""
    return (Move(MERCHANT_PAYABLE.of(merchant=merchant), PLATFORM_FLASH.of(), amount_minor),)


def receivable_opened(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """The goods did not come: the buyer owes what was refunded."""
    return (Move(RECEIVABLE.of(buyer=buyer), PLATFORM_FLASH.of(), amount_minor),)


def receivable_dropped(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """They came after all."""
    return (Move(PLATFORM_FLASH.of(), RECEIVABLE.of(buyer=buyer), amount_minor),)


def receivable_paid(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """The buyer has given it back."""
    return (Move(CHARGES.of(buyer=buyer), RECEIVABLE.of(buyer=buyer), amount_minor),)


def receivable_written_off(*, buyer: int, amount_minor: int) -> tuple[Move, ...]:
    """Nobody will give it back."""
    return (Move(WRITTEN_OFF.of(), RECEIVABLE.of(buyer=buyer), amount_minor),)
