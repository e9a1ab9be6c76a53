"""How long a case took: from submission to the last resolution; an open case has no duration (KPI-01, PRC-18)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Duration:
    hours: Decimal | None
    state: str


def case_duration(
    *, submitted_at: datetime, resolved_at: datetime | None, reopened_at: datetime | None = None,
    resolved_again_at: datetime | None = None,
) -> Duration:  # fmt: skip
    """Reopening continues the same duration; while it is open again the case is open, not zero."""
    ended_at = resolved_again_at if reopened_at else resolved_at
    if ended_at is None:
        return Duration(None, "open")
    hours = Decimal(int((ended_at - submitted_at).total_seconds())) / HOUR_SECONDS
    return Duration(hours.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), "resolved")
