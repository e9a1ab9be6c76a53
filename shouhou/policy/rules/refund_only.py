"""Refund without the goods coming back (仅退款): never delivered, refused at the door, unfit to send back, or by consent."""

from datetime import datetime, timedelta

from shouhou.foundation.days import Calendar, end_of_day
from shouhou.policy.promises import Promise, PromiseFacts
from shouhou.policy.rules.spoiled import has_ladder, spoiled_amount, step_of
from shouhou.policy.terms import Terms

# Reasons about a parcel that the applicant does not have.
NOT_HERE = frozenset({"not_received", "refused_delivery"})


def refund_only(facts: PromiseFacts, terms: Terms, calendar: Calendar) -> Promise:
    """Verdict and last instant. What was never delivered is traced first; a photo is enough for cheap perishable goods.

    Everything else a person decides: a refund without return is given by consent, not owed.
    """
    _ = calendar
    if facts.shipped_at is None and facts.received_on is None:
        return Promise("deny", ("RO_NOT_SHIPPED",))
    if facts.quantity > facts.ordered - facts.returned or not facts.paid_minor:
        return Promise("deny", ("RO_NOTHING_LEFT",))
    if facts.reason in NOT_HERE:
        return _never_came(facts, terms)
    if facts.received_on is None:
        return Promise("deny", ("RO_NOT_RECEIVED",))
    until = end_of_day(facts.received_on + timedelta(days=terms.number("refund_only_days", category=facts.category)))
    if facts.at > until:
        return Promise("deny", ("RO_WINDOW_OVER",), until)
    if not terms.value("unfit_to_return", category=facts.category):
        return Promise("review", ("RO_BY_CONSENT",), until)
    amount = worth(facts)
    if facts.reason == "quality" and has_ladder(facts.category, terms):
        return _spoiled(facts, amount, until, terms)
    if facts.reason == "quality" and not facts.earlier and amount <= terms.number("refund_only_auto_most"):
        return Promise("allow", ("RO_PHOTO_IS_ENOUGH",), until, amount)
    return Promise("review", ("RO_UNFIT_TO_RETURN",), until, amount)


def worth(facts: PromiseFacts) -> int:
    """What is still paid for the units asked for."""
    return (facts.paid_minor - facts.refunded_minor) * facts.quantity // max(1, facts.ordered - facts.returned)


def _spoiled(facts: PromiseFacts, worth_minor: int, until: datetime, terms: Terms) -> Promise:
    """By the share that is spoiled; who does not name it has it looked at by a person."""
    percent = facts.said.get("spoiled_percent")
    if not isinstance(percent, int) or not percent:
        return Promise("review", ("RO_NAME_SHARE",), until, worth_minor)
    amount = spoiled_amount(worth_minor, percent, terms)
    reasons = ("RO_SPOILED_SHARE", f"RO_SPOILED_STEP_{step_of(percent, terms)}")
    small = not facts.earlier and amount <= terms.number("refund_only_auto_most")
    return Promise("allow" if small else "review", reasons, until, amount)


def _never_came(facts: PromiseFacts, terms: Terms) -> Promise:
    """The carrier's own record is evidence, not the end: who did not get it may say so for some days."""
    if facts.signed_at is not None:
        if facts.reason == "refused_delivery":
            return Promise("deny", ("RO_SIGNED_FOR",))
        until = facts.signed_at + timedelta(days=terms.number("not_received_claim_days"))
        return Promise("deny", ("RO_CLAIM_TOO_LATE",), until) if facts.at > until else Promise("review", ("RO_SHOWS_AS_SIGNED",), until)
    if facts.reason == "refused_delivery":
        return Promise("review", ("RO_REFUSED",), None, worth(facts))
    if facts.at < earliest(facts, terms):
        return Promise("deny", ("RO_STILL_COMING",))
    return Promise("review", ("RO_TO_BE_TRACED",), None, worth(facts))


def earliest(facts: PromiseFacts, terms: Terms) -> datetime:
    """From when on a parcel that has not come may be claimed."""
    return (facts.shipped_at or facts.at) + timedelta(hours=terms.number("not_received_after_hours"))
