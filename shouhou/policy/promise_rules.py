"""Which rule decides which promise; a service without one is for people to decide."""

from shouhou.foundation.days import Calendar
from shouhou.policy.promises import Promise, PromiseFacts, Rule
from shouhou.policy.rules.cancel import cancel
from shouhou.policy.rules.compensation import compensation
from shouhou.policy.rules.price_protection import price_protection
from shouhou.policy.rules.refund_only import refund_only
from shouhou.policy.rules.resend import resend
from shouhou.policy.terms import Terms

RULES: dict[str, Rule] = {
    "price_protection": price_protection, "compensation": compensation, "refund_only": refund_only, "cancel": cancel,
    "resend": resend,
}  # fmt: skip


def promise(facts: PromiseFacts, *, terms: Terms, calendar: Calendar) -> Promise:
    """What is promised for these facts."""
    rule = RULES.get(facts.service)
    return rule(facts, terms, calendar) if rule else Promise("review", ("PEOPLE_DECIDE",))
