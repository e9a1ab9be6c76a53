"""When returned goods break a promotion: the kept ones at their single prices, the rest back (多退少补, L-03 art. 17). Pure."""

from collections.abc import Mapping, Sequence

from shouhou.foundation.money import split
from shouhou.payments.rules.facts import LineMoney, OrderMoney
from shouhou.payments.rules.offers import discount


def broken(order: OrderMoney, kept: Mapping[int, int]) -> bool:
    """Was there a discount that the kept goods alone do not earn? (With nothing kept, too: then all that is left comes
    back, whatever an earlier break took.)"""
    bought = _bought(order)
    if _listed(order, bought) <= sum(line.paid_minor for line in order.goods):
        return False  # Nothing was taken off: there is nothing to lose.
    offers = order.promotion.all_offers
    return any(discount(offer, order.goods, kept) < discount(offer, order.goods, bought) for offer in offers)


def kept_price(order: OrderMoney, kept: Mapping[int, int]) -> int:
    """What the kept goods cost by themselves: single prices, less what their offers still give, less the other discounts
    (where told: those of the line, else in proportion), less the allowances that they were given."""
    goods, bought = order.goods, _bought(order)
    listed, stays = _listed(order, bought), _listed(order, kept)
    off = max(0, listed - sum(line.paid_minor for line in goods))
    offers = order.promotion.all_offers
    granted = sum(discount(offer, goods, bought) for offer in offers)
    still = sum(discount(offer, goods, kept) for offer in offers)
    if granted > off:
        # Less was taken off than the offers say: what they still give is worth less in the same measure.
        still = still * off // granted
    other = max(0, off - granted)
    told = {line.line: _told(order, line.line) for line in goods}
    if sum(told.values()) > other:
        told = dict.fromkeys(told, 0)
    rest = other - sum(told.values())
    mine = sum((told[line.line] + line.allowed_minor) * kept[line.line] // line.quantity for line in goods)
    return stays - (rest * stays // listed if listed else 0) - mine - still


def capped(amount: int, lines: Sequence[LineMoney], weights: Sequence[int]) -> dict[int, int]:
    """As much of `amount` as the lines have left, in proportion to `weights`; what one cannot take goes to the others."""
    shares = dict.fromkeys((line.line for line in lines), 0)
    todo = list(zip(lines, weights, strict=True))
    amount = min(amount, sum(line.left_minor for line in lines))
    while amount > 0:
        todo = [(line, weight) for line, weight in todo if shares[line.line] < line.left_minor]
        by = [weight for _, weight in todo]
        parts = split(amount, by if any(by) else [line.left_minor - shares[line.line] for line, _ in todo])
        for (line, _), part in zip(todo, parts, strict=True):
            taken = min(part, line.left_minor - shares[line.line])
            shares[line.line] += taken
            amount -= taken
    return shares


def _told(order: OrderMoney, line: int) -> int:
    """Discounts of the line that no offer of the order made: they stay with its units."""
    offers = {offer.name for offer in order.promotion.all_offers if offer.name}
    return sum(each.amount_minor for each in order.discounts if each.line == line and each.name not in offers)


def _bought(order: OrderMoney) -> dict[int, int]:
    return {line.line: line.quantity for line in order.lines}


def _listed(order: OrderMoney, units: Mapping[int, int]) -> int:
    return sum(line.unit_price_minor * units[line.line] for line in order.goods)
