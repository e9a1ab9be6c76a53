"""Which plans may still be bought for goods one owns, until when, at what price; pure (PLN-03)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shouhou.plans.rules.kinds import Kind


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind that fits these goods, for this price until this day."""

    code: str
    kind: Kind
    price_minor: int
    until: date


def offers_for(
    kinds: Mapping[str, Kind], *, category: str, paid_minor: int, received_on: date | None, owned: Collection[str], on: date
) -> list[Offer]:  # fmt: skip
    """In the order of the kinds; none before the goods are here, after the time to buy, or of a kind that is owned."""
    if received_on is None or not paid_minor:
        return []
    found = []
    for code, kind in kinds.items():
        fits = category not in kind.not_offered_for and (not kind.categories or category in kind.categories)
        if kind.price_percent is None or code in owned or not fits:
            continue
        until = received_on + timedelta(days=kind.offer_days)
        if on <= until:
            found.append(Offer(code, kind, -(-paid_minor * kind.price_percent // 100), until))
    return found
