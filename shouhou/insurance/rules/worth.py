"""What a claim is worth: the book's rule over this policy, less what somebody else has paid back (INS-02, INS-04, INS-05)."""

from dataclasses import dataclass
from datetime import datetime

from shouhou.foundation.money import Money
from shouhou.insurance.rules.standards import Route, standard_minor, standards
from shouhou.policy.rules.insurance import STEPS, freight_claim


@dataclass(frozen=True, slots=True)
class Worth:
    """Minor units: the standard of this way, what the insurer owes by the rule, what stays with the buyer; and until when."""

    standard_minor: int
    payout_minor: int
    bears_minor: int
    due_at: datetime


def worth(
    *, mode: str, sum_minor: int, standard: str, currency: str, route: Route, grams: int | None, actual_minor: int,
    reimbursed_minor: int, completed_at: datetime, review_hours: int,
) -> Worth:  # fmt: skip
    """One way by the table (or the sum insured where there is none), never above the sum insured; nobody is paid twice:
    what came back from the shop or the platform is no freight of the buyer's any more."""
    table = standards().get(standard)
    due = min(sum_minor, standard_minor(table, route=route, grams=grams)) if table else sum_minor
    bearing = max(0, actual_minor - reimbursed_minor)
    claim = freight_claim(
        channel="third", insured=True, steps=STEPS, actual=Money(bearing, currency), standard=Money(due, currency), mode=mode,
        completed_at=completed_at, review_hours=review_hours,
    )  # fmt: skip
    if claim is None or claim.due_at is None:
        raise ValueError("a completed return of an insured order is a claim")
    paid = 0 if reimbursed_minor and not bearing else claim.payout.minor
    return Worth(due, paid, max(0, bearing - paid), claim.due_at)
