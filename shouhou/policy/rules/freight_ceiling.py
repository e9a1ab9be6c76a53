"""How much of a way back that a consumer paid is usual, by route and weight: data of the book (LOG-07). Pure."""

from typing import Literal

from shouhou.policy.terms import Terms

Route = Literal["same_city", "same_province", "other_province", "remote"]
KILO = 1000


def freight_ceiling(terms: Terms, *, route: Route | None, grams: int | None) -> int:
    """The first kilogram, and each further one begun; one amount for all where the way is not known. A weight nobody told is
    the first kilogram."""
    if route is None:
        return terms.number("freight_back_most")
    further = -(-max(0, (grams or 0) - KILO) // KILO)
    return terms.number(f"freight_back_{route}") + further * terms.number(f"freight_back_more_{route}")
