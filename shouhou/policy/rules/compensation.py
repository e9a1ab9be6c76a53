"""Compensation by rule (RFD-06, RFD-07): what late shipping, a wrong item, a missing gift or an unclear page is worth."""

from datetime import datetime, timedelta

from shouhou.foundation.days import Calendar, end_of_day, local_day
from shouhou.policy.promises import Promise, PromiseFacts
from shouhou.policy.terms import Terms

# Reasons whose amount is fixed; whether it happened is for people to see, unless the records say it.
FIXED = {
    "wrong_item": "wrong_item_compensation", "missing_gift": "missing_gift_compensation",
    "unclear_page": "unclear_page_compensation",
}  # fmt: skip


def compensation(facts: PromiseFacts, terms: Terms, calendar: Calendar) -> Promise:
    """Late shipping is seen in the records and follows by rule; the rest a person confirms, with the amount as a proposal.

    Goodwill (any other reason) has no amount: a person proposes one.
    """
    _ = calendar
    first = facts.received_on or local_day(facts.placed_at)
    until = end_of_day(first + timedelta(days=terms.number("compensation_claim_days")))
    if facts.at > until:
        return Promise("deny", ("COMP_TOO_LATE",), until)
    if facts.earlier:
        return Promise("review", ("COMP_ONCE_ALREADY",), until)
    if facts.reason == "late_delivery":
        return _late(facts, terms, until)
    if facts.reason in FIXED:
        return Promise("review", ("COMP_BY_RULE",), until, terms.number(FIXED[facts.reason]))
    return Promise("review", ("COMP_GOODWILL",), until)


def late_amount(paid_minor: int, terms: Terms) -> int:
    """A part of the price paid, rounded to the buyer's side, between the least and the most."""
    share = -(-paid_minor * terms.number("late_compensation_percent") // 100)
    return max(terms.number("late_compensation_least"), min(share, terms.number("late_compensation_most")))


def _late(facts: PromiseFacts, terms: Terms, until: datetime) -> Promise:
    promised = facts.placed_at + timedelta(hours=terms.number("promised_ship_hours", channel=facts.channel))
    shipped = facts.shipped_at or facts.at
    if shipped <= promised:
        if facts.shipped_at is None:
            return Promise("deny", ("COMP_NOT_LATE_YET",), until)
        return Promise("deny", ("COMP_SHIPPED_IN_TIME",), until)
    worth = facts.paid_minor * facts.quantity // max(1, facts.ordered)
    return Promise("allow", ("COMP_SHIPPED_LATE",), until, late_amount(worth, terms))
