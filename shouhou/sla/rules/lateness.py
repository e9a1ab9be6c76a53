"""How a clock ended: kept, missed, or nobody's matter any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

Outcome = Literal["met", "late", "moot"]


def outcome(
    *, state: str, due_at: datetime, ended_at: datetime, clock: Sequence[Sequence[str]], role: str
) -> Outcome:  # fmt: skip
    """`state` is the limit's, `role` who made the move that ended it.

    Overrun, or ended after its instant: late. Ended while it stood still, or by the consumer's own move (withdrawn): moot,
    it counts neither way. Everything else was done in time.
    """
    still = next((what for _at, what, *_ in reversed(clock) if what in ("paused", "resumed", "started")), "started") == "paused"
    if state == "breached":
        return "late"
    if still:
        return "moot"
    if ended_at > due_at:
        return "late"
    return "moot" if role == "consumer" else "met"
