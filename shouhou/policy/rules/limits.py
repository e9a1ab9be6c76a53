"""The limits of the house by name: which terms a clock of each kind follows (REV, MER, RFD, CMP, INS)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shouhou.foundation.days import SHANGHAI, Calendar
from shouhou.foundation.refusals import refusal, refused
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.rules.clocks import Span, Unit, due

UNKNOWN_CLOCK = refusal("UNKNOWN_CLOCK", "invalid", zh="没有时限 {kind}。", en="There is no clock {kind}.")


@dataclass(frozen=True, slots=True)
class Mark:
    """One named instant of a kind of clock: the term it follows, the fact the term depends on, never after `within`."""

    name: str
    term: str
    unit: Unit
    facts: tuple[tuple[str, str], ...] = ()
    within: str = ""


SELF, THIRD = (("channel", "self"),), (("channel", "third"),)
STATUTORY = Mark("statutory", "refund_statutory_days", "days")
KINDS: dict[str, tuple[Mark, ...]] = {
    "first_response": (Mark("due", "first_response_hours", "hours"),),
    "review_self": (
        Mark("target", "review_target_hours", "hours"), Mark("due", "review_hours", "hours", SELF),
        Mark("outer", "outer_review_hours", "hours"),
    ),
    "review_third": (
        Mark("due", "review_hours", "hours", THIRD), Mark("outer", "outer_review_hours", "hours"),
    ),
    "review_no_reason": (
        Mark("due", "no_reason_review_hours", "hours"), Mark("outer", "outer_review_hours", "hours"),
    ),
    "review_outer": (Mark("due", "outer_review_hours", "hours"), Mark("outer", "outer_review_hours", "hours")),
    "merchant_pickup": (Mark("due", "pickup_hours", "hours"),),
    "merchant_pickup_fresh": (Mark("due", "", "same_day"),),
    "merchant_opinion": (Mark("due", "decision_hours", "hours"),),
    "merchant_ship": (Mark("due", "ship_hours", "hours"),),
    "insurer_review": (Mark("due", "insurer_hours", "hours"),),
    "complaint_ack": (Mark("due", "complaint_ack_hours", "hours"),),
    "complaint_reply": (Mark("due", "complaint_reply_workdays", "workdays"),),
    "refund": (
        Mark("target", "refund_target_workdays", "workdays", (), "statutory"),
        Mark("due", "refund_due_workdays", "workdays", (), "statutory"), STATUTORY,
    ),
    "refusal_is_delay": (
        Mark("illegal_after", "delay_breach_days", "days"), Mark("due", "delay_breach_days", "days"),
        Mark("alarm", "delay_alarm_days", "days"),
    ),
}  # fmt: skip
BOOK_OF = {"review_literal_D18": ("literal-D18", "review_self")}
"""Kinds that another book's terms answer: the book and the kind in it."""
ALIASES = {
    "no_reason": "review_no_reason", "no_reason_review": "review_no_reason", "merchant_no_reason": "review_no_reason",
    "merchant_review_no_reason": "review_no_reason", "review_third_no_reason": "review_no_reason",
    "merchant_review": "review_third", "insurer": "insurer_review", "outer": "review_outer", "complaint": "complaint_reply",
}  # fmt: skip


def kind_of(kind: str) -> str:
    """The kind behind a name. Raises UNKNOWN_CLOCK."""
    known = ALIASES.get(kind, kind)
    if known not in KINDS:
        raise refused(UNKNOWN_CLOCK, kind=kind[:60])
    return known


def limits(
    kind: str, *, book: CompiledBook, started_at: datetime, calendar: Calendar, zone: ZoneInfo = SHANGHAI
) -> dict[str, datetime]:
    """Every named instant of the kind: target, due, outer, statutory … Raises UNKNOWN_CLOCK."""
    found: dict[str, datetime] = {}
    for mark in KINDS[kind_of(kind)]:
        span = Span(book.term(mark.term, **dict(mark.facts)) if mark.term else 1, mark.unit)
        found[mark.name] = due(started_at, span=span, calendar=calendar, zone=zone)
    for mark in KINDS[kind_of(kind)]:
        if mark.within:
            found[mark.name] = min(found[mark.name], found[mark.within])
    return found

