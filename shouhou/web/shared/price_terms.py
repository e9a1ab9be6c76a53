"""What price protection leaves out by the pinned book, in words: told before applying, not after."""

from shouhou.policy.queries import compiled
from shouhou.policy.rules.price_protection import EXCLUSIONS
from shouhou.web.page import said


def left_out(book: str, version: str) -> tuple[str, ...]:
    """One sentence for each kind of price that does not count."""
    terms = compiled(book, version).terms
    return tuple(said(terms.terms[flag].label) for _, flag, _ in EXCLUSIONS if terms.value(flag))
