"""Sending what is missing (补发): a gift, an accessory, a part or whole units, without anything coming back (EXG-04)."""

from datetime import timedelta

from shouhou.foundation.days import Calendar, end_of_day
from shouhou.policy.promises import Promise, PromiseFacts
from shouhou.policy.terms import Terms

WHOLE = "item"


def resend(facts: PromiseFacts, terms: Terms, calendar: Calendar) -> Promise:
    """Verdict and last instant. Cheap goods are sent by the book, the rest is checked; no unit is sent again twice."""
    _ = calendar
    if facts.received_on is None:
        return Promise("deny", ("RS_NOT_RECEIVED",))
    until = end_of_day(facts.received_on + timedelta(days=terms.number("resend_days", category=facts.category)))
    if facts.at > until:
        return Promise("deny", ("RS_WINDOW_OVER",), until)
    if facts.quantity > facts.ordered - facts.returned:
        return Promise("deny", ("RS_RETURNED",), until)
    missing = str(facts.said.get("missing") or WHOLE)
    if missing != WHOLE and not str(facts.said.get("part_name") or "").strip():
        return Promise("deny", ("RS_NAME_IT",), until)
    if missing == WHOLE and facts.quantity + facts.earlier > facts.ordered:
        return Promise("deny", ("RS_SENT_ALREADY",), until)
    if missing != WHOLE and facts.quantity + facts.same_part > facts.ordered:
        return Promise("deny", ("RS_PART_SENT",), until)
    if facts.earlier:
        return Promise("review", ("RS_SENT_BEFORE",), until)
    if missing == WHOLE and facts.unit_price_minor <= terms.number("resend_auto_most"):
        return Promise("allow", ("RS_BY_THE_BOOK",), until)
    return Promise("review", ("RS_TO_BE_CHECKED",), until)
