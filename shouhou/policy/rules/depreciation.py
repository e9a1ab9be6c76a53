"""The depreciation of used goods refunded after repairs failed: days × rate × price, capped (L-12, L-13)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shouhou.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Depreciation:
    days: int
    amount: Money
    refund: Money


def depreciation(
    price: Money, *, daily_rate: Decimal, invoiced_on: date, returned_on: date, repair_days: int = 0,
    replacement_available: bool = True,
) -> Depreciation:  # fmt: skip
    """Nothing is deducted when no replacement of the same model exists (L-12 b art. 13)."""
    days = max(0, (returned_on - invoiced_on).days - repair_days)
    worn = Money.of(price.decimal * daily_rate * days, price.currency) if replacement_available else Money(0, price.currency)
    amount = Money(min(max(0, worn.minor), price.minor), price.currency)
    return Depreciation(days, amount, price - amount)
