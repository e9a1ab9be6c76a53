"""What of an invoice is reversed by a refund: a red invoice up to what was invoiced (L-22)."""

from dataclasses import dataclass

from shouhou.foundation.money import Money

RETURNED, ALLOWANCE = "02", "04"
ALLOWANCES = frozenset({
    "price_protection", "price_difference", "allowance", "sales_allowance", "compensation", "deduction", "goodwill",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reversal:
    """`reason` 02 sales return, 04 sales allowance; None when nothing is reversed."""

    red: Money
    reason: str | None


def reversal(*, invoiced: Money, refund: Money, cause: str = "return", already_red: Money | None = None) -> Reversal:
    left = max(0, invoiced.minor - (already_red.minor if already_red else 0))
    red = Money(min(left, max(0, refund.minor)), invoiced.currency)
    if not red:
        return Reversal(red, None)
    return Reversal(red, ALLOWANCE if cause in ALLOWANCES else RETURNED)
