"""Promotions on an order and what of them the kept goods still earn (L-03 art. 17). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["spend", "bundle", "set", "gift"]


class Goods(Protocol):
    """What an offer looks at: a line with its number and the single price of a unit."""

    @property
    def line(self) -> int: ...
    @property
    def unit_price_minor(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold_minor` (at single prices) and from `units` on: so much off, or so many percent of the price."""

    threshold_minor: int = 0
    units: int = 0
    discount_minor: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One promotion over `lines` (none named: all goods).

    spend: the best tier reached, with `every` once for each full threshold. bundle: any `units` for `price_minor`, dearest
    first. set: one unit of each of `lines` (a line twice: two) for `price_minor`. gift: `gifts` as long as the first tier
    is reached, or while any of the goods stay where there is no tier.
    """

    kind: Kind
    name: str = ""
    lines: tuple[int, ...] = ()
    tiers: tuple[Tier, ...] = ()
    every: bool = False
    units: int = 0
    price_minor: int = 0
    gifts: tuple[int, ...] = ()

    def covers(self, line: int) -> bool:
        return not self.lines or line in self.lines


def discount(offer: Offer, goods: Sequence[Goods], units: Mapping[int, int]) -> int:
    """What the offer takes off `units` (line → units) of the goods at their single prices."""
    chosen = [(line, units.get(line.line, 0)) for line in goods if offer.covers(line.line)]
    if offer.kind == "spend":
        listed = sum(line.unit_price_minor * count for line, count in chosen)
        return min(listed, max((_off(offer, tier, listed) for tier in _reached(offer, chosen)), default=0))
    if offer.kind == "bundle":
        return _bundle(offer, chosen)
    return _set(offer, chosen) if offer.kind == "set" else 0


def earns_gift(offer: Offer, goods: Sequence[Goods], units: Mapping[int, int]) -> bool:
    """Whether the goods that stay still earn the gift."""
    chosen = [(line, units.get(line.line, 0)) for line in goods if offer.covers(line.line)]
    if not offer.tiers:
        return any(count for _, count in chosen)
    return any(True for _ in _reached(offer, chosen))


def _reached(offer: Offer, chosen: Sequence[tuple[Goods, int]]) -> Iterable[Tier]:
    listed, units = sum(line.unit_price_minor * count for line, count in chosen), sum(count for _, count in chosen)
    return (tier for tier in offer.tiers if units and listed >= tier.threshold_minor and units >= tier.units)


def _off(offer: Offer, tier: Tier, listed: int) -> int:
    times = listed // tier.threshold_minor if offer.every and tier.threshold_minor else 1
    return tier.discount_minor * times + listed * tier.percent // 100


def _bundle(offer: Offer, chosen: Sequence[tuple[Goods, int]]) -> int:
    """Group after group of the dearest units; one that costs less than the offer's price is bought singly."""
    if offer.units <= 0:
        return 0
    off = worth = filled = 0
    for line, units in sorted(chosen, key=lambda pair: -pair[0].unit_price_minor):
        price, count = line.unit_price_minor, units
        if filled:
            taken = min(count, offer.units - filled)
            worth, filled, count = worth + taken * price, filled + taken, count - taken
            if filled < offer.units:
                continue
            off, worth, filled = off + max(0, worth - offer.price_minor), 0, 0
        groups, filled = divmod(count, offer.units)
        off, worth = off + groups * max(0, price * offer.units - offer.price_minor), filled * price
    return off


def _set(offer: Offer, chosen: Sequence[tuple[Goods, int]]) -> int:
    needs, prices = Counter(offer.lines), {line.line: line.unit_price_minor for line, _ in chosen}
    have = {line.line: count for line, count in chosen}
    if not needs or not needs.keys() <= have.keys():
        return 0
    sets = min(have[line] // need for line, need in needs.items())
    return max(0, sets * (sum(prices[line] * need for line, need in needs.items()) - offer.price_minor))
