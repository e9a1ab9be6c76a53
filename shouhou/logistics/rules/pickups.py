"""The way of a pickup: what a courier's report does to its state, in whatever order reports come."""

from dataclasses import dataclass
from typing import Literal

State = Literal["requested", "booked", "attempted", "collected", "failed", "cancelled"]
OPEN: frozenset[str] = frozenset({"requested", "booked", "attempted"})
ATTEMPTS_MOST = 3


@dataclass(frozen=True, slots=True)
class AfterAttempt:
    """The new state and what to announce: an attempt that failed, all of them used up, or nothing (old news)."""

    state: str
    announce: Literal["attempt_failed", "exhausted"] | None


def after_failed_attempt(state: str, *, attempt: int, most: int, seen_most: int) -> AfterAttempt:
    """A visit failed. `attempt` is the carrier's count, `seen_most` the highest count known before.

    A pickup that has ended stays ended: the report is kept, nothing moves. An older visit reported late is old news.
    """
    if state not in OPEN:
        return AfterAttempt(state, None)
    if max(attempt, seen_most) >= most:
        return AfterAttempt("failed", "exhausted")
    return AfterAttempt("attempted", "attempt_failed" if attempt > seen_most else None)


def may_cancel(state: str) -> bool:
    """Only what has not been collected and has not ended can be called off."""
    return state in OPEN


def may_collect(state: str) -> bool:
    """A courier who has the parcel has it, whatever we believed: even after the last try or our cancellation."""
    return state != "collected"
