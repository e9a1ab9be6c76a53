"""How much of an invoice is reversed in red, and why (L-22: 02 sales return, 04 sales allowance)."""

from dataclasses import dataclass
from typing import Literal

ALLOWANCES = frozenset({"price_protection", "compensation", "allowance", "partial_refund"})


@dataclass(frozen=True, slots=True)
class RedInvoice:
    """`amount_minor` to reverse under `reason`; nothing to do when it is 0."""

    amount_minor: int
    reason: Literal["02", "04"]


def red_invoice(*, invoiced_minor: int, reversed_minor: int, refund_minor: int, cause: str) -> RedInvoice:
    """Up to what was invoiced and not yet reversed; a refund is never held back because of its invoice."""
    amount = max(0, min(refund_minor, invoiced_minor - reversed_minor))
    return RedInvoice(amount, "04" if cause in ALLOWANCES else "02")
