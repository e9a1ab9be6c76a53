"""Suspending a merchant: only on a verified ground, published in time, open to appeal, cases taken over (MER-11, L-17)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shouhou.foundation.days import SHANGHAI, Calendar, end_of_day, local_day

PUBLISH_WORKDAYS = 1
GROUNDS = ("complaint", "violation")


@dataclass(frozen=True, slots=True)
class Suspension:
    allowed: bool
    publish_due_at: datetime | None
    appeal: bool
    cases_reassigned: int


def suspension(
    *, trigger: str, verified: bool, decided_at: datetime | None, calendar: Calendar, open_cases: int = 0,
    zone: ZoneInfo = SHANGHAI,
) -> Suspension:  # fmt: skip
    """Immediate when verified; nothing happens to anybody on a mere claim."""
    if not verified or trigger not in GROUNDS:
        return Suspension(False, None, False, 0)
    due = end_of_day(calendar.add_workdays(local_day(decided_at, zone), PUBLISH_WORKDAYS), zone) if decided_at else None
    return Suspension(True, due, True, open_cases)
