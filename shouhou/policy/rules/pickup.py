"""Free pickup as an offer: fee and way of return from the book's answer (LOG-01, LOG-02, LOG-04)."""

from dataclasses import dataclass

from shouhou.foundation.money import Money


@dataclass(frozen=True, slots=True)
class PickupOffer:
    """`method` is what is put first; mailing stays possible always. `fee` None: paid, at the carrier's price."""

    answer: str
    method: str
    fee: Money | None


def pickup_offer(answer: str) -> PickupOffer:
    """From a decision's pickup: free, deferred (free, but not now) or not_free."""
    if answer == "not_free":
        return PickupOffer(answer, "mail", None)
    return PickupOffer(answer, "pickup", Money(0))
