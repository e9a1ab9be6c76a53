"""Return-freight insurance: when a claim arises and what it pays (INS-01…05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouhou.foundation.money import Money

STEPS = ("agreed", "shipped", "received", "completed")
"""A claim arises by itself only after all of them, in this order (INS-02)."""


@dataclass(frozen=True, slots=True)
class FreightClaim:
    payout: Money
    customer_bears: Money
    created_at: datetime | None
    due_at: datetime | None


def freight_claim(
    *, channel: str, insured: bool, steps: Sequence[str], actual: Money, standard: Money, mode: str,
    claimed_before: int = 0, completed_at: datetime | None = None, review_hours: int = 24,
) -> FreightClaim | None:  # fmt: skip
    """The claim, or None: third-party goods only, once per order, one leg, after completion. `mode` cap or fixed."""
    if channel != "third" or not insured or claimed_before or tuple(steps) != STEPS:
        return None
    payout = standard if mode == "fixed" else min(actual, standard, key=lambda amount: amount.minor)
    bears = Money(max(0, actual.minor - payout.minor), actual.currency)
    due_at = completed_at + timedelta(hours=review_hours) if completed_at else None
    return FreightClaim(payout, bears, completed_at, due_at)
