"""What a paid repair costs: nothing before the quote is accepted (REP-04, REP-05)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class RepairCharge:
    """`accepted` may be charged and begun, `quote_pending` waits for the customer."""

    charge_minor: int
    status: Literal["accepted", "quote_pending"]


def repair_charge(*, parts_minor: int, labour_minor: int, accepted: bool) -> RepairCharge:
    """Parts and labour of an out-of-warranty repair, charged only when the customer accepted the quote."""
    return RepairCharge(parts_minor + labour_minor, "accepted") if accepted else RepairCharge(0, "quote_pending")
