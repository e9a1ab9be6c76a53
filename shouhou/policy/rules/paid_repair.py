"""A repair at the customer's cost: no work and no charge before the quote is accepted (REP-04, REP-05)."""

from dataclasses import dataclass

from shouhou.foundation.money import Money


@dataclass(frozen=True, slots=True)
class RepairCharge:
    charge: Money
    quote: Money
    status: str


def repair_charge(*, parts: Money, labour: Money, accepted: bool) -> RepairCharge:
    quote = parts + labour
    if not accepted:
        return RepairCharge(Money(0, quote.currency), quote, "quote_pending")
    return RepairCharge(quote, quote, "accepted")
