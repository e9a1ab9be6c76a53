"""Cancelling what has not been delivered (未发货退款): stopped in the house at once, or intercepted on its way."""

from shouhou.foundation.days import Calendar
from shouhou.policy.promises import Promise, PromiseFacts
from shouhou.policy.rules.refund_only import worth
from shouhou.policy.terms import Terms


def cancel(facts: PromiseFacts, terms: Terms, calendar: Calendar) -> Promise:
    """Allowed without a reason until the parcel is signed for; once it is on its way only an interception can help."""
    _ = terms, calendar
    if facts.signed_at is not None or facts.received_on is not None:
        return Promise("deny", ("CX_DELIVERED",))
    if facts.quantity > facts.ordered - facts.returned:
        return Promise("deny", ("CX_NOTHING_LEFT",))
    if facts.shipped_at is None:
        return Promise("allow", ("CX_NOT_SHIPPED",), None, worth(facts))
    return Promise("allow", ("CX_ON_ITS_WAY",), None, worth(facts))
