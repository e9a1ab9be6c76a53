"""Refund first, goods after (RFD-08): who is given it, for which goods, up to how much; and from which instant. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from shouhou.policy.terms import Terms

When = Literal["never", "scan", "apply"]


@dataclass(frozen=True, slots=True)
class FlashFacts:
    """`abuses` are the refunds of this kind whose goods did not come within the term, `open_now` those still to come."""

    member: str
    verdict: str
    categories: Collection[str]
    amount_minor: int
    abuses: int
    open_now: int


def flash_refund(facts: FlashFacts, terms: Terms) -> When:
    """From when the money goes out before the goods are there: never, at the carrier's first scan, or at the approval."""
    when = terms.value("flash_refund_when", member=facts.member)
    given = (
        facts.verdict == "allow"
        and 0 < facts.amount_minor <= terms.number("flash_refund_most", member=facts.member)
        and all(terms.value("flash_refund_category", category=category) for category in facts.categories)
        and facts.abuses <= terms.number("flash_refund_abuses_most")
        and facts.open_now < terms.number("flash_refund_open_most")
    )
    if not given:
        return "never"
    return "scan" if when == "scan" else "apply" if when == "apply" else "never"
