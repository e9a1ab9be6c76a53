"""Recipes: facts in, postings out; the only authors of postings."""

from dataclasses import dataclass

from shouhou.ledger.bearers import Bearer as Bearer
from shouhou.ledger.bearers import bearer_of
from shouhou.ledger.chart import (
    BANK,
    BUYER,
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
