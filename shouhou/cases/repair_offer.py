"""The published repair page of a category by its book: process, limits, conditions, modes, cost, routes (REP-09, 14, 16)."""

from shouhou.policy.queries import compiled
from shouhou.repairs.rules.process import published


def repair_page(category: str, *, book: str, version: str, channel: str, in_warranty: bool, language: str) -> dict[str, object]:
    """All five parts, the warning that stands before the application, faults with what to try first, and the routes.

    Limits are in the unit that the term's name says. Raises UNKNOWN_TERM for a book without them.
    """
    terms = compiled(book, version).terms

    def number(term: str) -> int:
        return terms.number(term, category=category, channel=channel)

    return {"book": book, "version": version, **published(category, days=number, in_warranty=in_warranty, language=language)}
