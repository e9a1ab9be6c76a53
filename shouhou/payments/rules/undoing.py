"""Discounts taken back with the goods: to each bearer its part; a coupon or points come back in kind (L-03 art. 15). Pure."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from shouhou.payments.rules.facts import IN_KIND, Bearer, Discount, Fault, OrderMoney, TenderShare, Undone
from shouhou.payments.rules.offers import discount


def undone(order: OrderMoney, kept: Mapping[int, int], fault: Fault) -> tuple[Undone, ...]:
    """What each bearer gets back now: all that it gave, less what the kept goods still enjoy, less what it got before.

    The shop's own discounts are not among them: whoever gives to himself has nothing to get back.
    """
    found = []
    for (bearer, name), each in groupby(sorted(order.discounts, key=_key), key=_key):
        given = list(each)
        amount = sum(one.amount_minor for one in given) - _enjoyed(order, kept, fault, given) - given[0].undone_minor
        if bearer != "merchant" and amount > 0:
            found.append(Undone(bearer, amount, name))
    return tuple(found)


def in_kind(given_back: Sequence[Undone]) -> tuple[TenderShare, ...]:
    """What the buyer gets as coupon or points, each kind once."""
    kinds = {share.bearer: 0 for share in given_back if share.bearer in IN_KIND}
    for share in given_back:
        if share.bearer in kinds:
            kinds[share.bearer] += share.amount_minor
    return tuple(TenderShare(None, kind, amount) for kind, amount in kinds.items())


def _enjoyed(order: OrderMoney, kept: Mapping[int, int], fault: Fault, given: Sequence[Discount]) -> int:
    """What of one bearer's discounts the kept goods still have: their share, or of a broken offer what it still gives."""
    offer = next((offer for offer in order.promotion.all_offers if offer.name and offer.name == given[0].name), None)
    if offer is not None and fault == "buyer":
        bought = {line.line: line.quantity for line in order.lines}
        once, still = discount(offer, order.goods, bought), discount(offer, order.goods, kept)
        if still < once:
            return sum(one.amount_minor for one in given) * still // once
    return sum(_share(order, kept, one) for one in given)


def _share(order: OrderMoney, kept: Mapping[int, int], given: Discount) -> int:
    lines = order.goods if given.line is None else [line for line in order.lines if line.line == given.line]
    weights = [line.unit_price_minor if given.line is None else 1 for line in lines]
    every = sum(weight * line.quantity for weight, line in zip(weights, lines, strict=True))
    stays = sum(weight * kept[line.line] for weight, line in zip(weights, lines, strict=True))
    return given.amount_minor * stays // every if every else 0


def _key(given: Discount) -> tuple[Bearer, str]:
    return given.bearer, given.name
