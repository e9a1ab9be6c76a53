"""A plan as it was sold: for which unit, how long, and what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shouhou.foundation.days import add_months
from shouhou.plans.rules.kinds import Kind


@dataclass(frozen=True, slots=True)
class Sold:
    """One policy. `starts_on` to `ends_on` inclusive; without an end an extended warranty runs `months` beyond the basic one.

    `claims` and `used_minor` are what is held or used up already; empty `serial`: any unit of the line.
    `implied`: the order names the kind of plan only, no policy was told.
    """

    number: str
    kind: str
    serial: str
    starts_on: date
    ends_on: date | None
    months: int
    waiting_days: int
    claims_most: int | None
    cap_minor: int | None
    deductible_minor: int
    claims: int = 0
    used_minor: int = 0
    cancelled_on: date | None = None
    implied: bool = False

    @property
    def left_minor(self) -> int | None:
        """What may still be claimed in money; None: without a limit."""
        return None if self.cap_minor is None else max(0, self.cap_minor - self.used_minor)

    @property
    def claims_left(self) -> int | None:
        return None if self.claims_most is None else max(0, self.claims_most - self.claims)


def sold_from(row: Sequence[Any]) -> Sold:
    """One row of plans.queries.PLAN."""
    number, kind, serial, starts, ends, months, waiting, most, cap, deductible, claims, used, cancelled = row
    return Sold(
        number, kind, serial, date.fromisoformat(starts), date.fromisoformat(ends) if ends else None, months, waiting, most, cap,
        deductible, claims, used, date.fromisoformat(cancelled) if cancelled else None,
    )  # fmt: skip


def implied(code: str, kind: Kind, *, number: str, starts_on: date) -> Sold:
    """What the order's bare word "screen" means: a plan of that kind with its usual limits, from the day of receipt."""
    return Sold(
        number, code, "", starts_on, last_day(kind.fact, starts_on, kind.months), kind.months, kind.waiting_days, kind.claims_most,
        kind.cap_minor, kind.deductible_minor, implied=True,
    )  # fmt: skip


def last_day(fact: str, starts_on: date, months: int) -> date | None:
    """When so many months end; an extended warranty is counted from the end of the basic one, which the policy knows."""
    return None if fact == "extended" else add_months(starts_on, months)
