"""The decision vectors of the groups `refund` and `invoice`, answered by the same functions that pay real refunds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shouhou.foundation.money import Money, split
from shouhou.foundation.refusals import Refused
from shouhou.payments.rules import (
    Deduction,
    LineMoney,
    OrderMoney,
    PaymentMoney,
    Promotion,
    Quote,
    fault_of,
    quote,
    red_invoice,
    repair_charge,
)  # fmt: skip
from shouhou.payments.rules.offers import Offer, Tier

GROUPS = ("refund", "invoice")
# What a fact that tells of money back while the goods stay is called.
ALLOWANCES = ("protect", "allowance", "compensat")


def answer(vector: Mapping[str, Any]) -> dict[str, Any]:
    """The `expect` shape in full for one vector; amounts are Decimal in main units.

    Facts of `refund`: paid {tender: amount}, lines [{id, price, quantity?, returned: true|false|units, paid?, allowance?}],
    and when they matter: reason, promo {threshold, discount} or {tiers: [those]} or a list of such, bundle {price, units?},
    gift {stated_price, returned}, free_shipping {threshold, freight}, outbound_freight (paid on top of the lines),
    already_refunded, price_protection, restocking_fee, deductions [{code, amount, consent}]; or kind: paid_repair with
    parts, labour, accepted. `price` is the line's, or a unit's where only that adds up to what was paid.
    Facts of `invoice`: invoiced, refund, already_reversed, cause.
    """
    facts = vector["facts"]
    if vector["group"] == "invoice":
        return _invoice(facts)
    if facts.get("kind") == "paid_repair":
        charge = repair_charge(
            parts_minor=_minor(facts.get("parts")), labour_minor=_minor(facts.get("labour")),
            accepted=bool(facts.get("accepted")),
        )  # fmt: skip
        return {"charge": _main(charge.charge_minor), "status": charge.status}
    return _refund(facts)


def _refund(facts: Mapping[str, Any]) -> dict[str, Any]:
    order = _order(facts)
    selection = {place: units for place, line in enumerate(facts["lines"], 1) if (units := _returned(line)) > 0}
    gift = facts.get("gift")
    if gift and gift.get("returned"):
        selection[len(facts["lines"]) + 1] = 1
    agreed = [
        Deduction(str(cut.get("code", "INSPECTION")), _minor(cut["amount"]))
        for cut in facts.get("deductions", ())
        if cut.get("consent")
    ]
    try:
        owed = quote(
            order, selection=selection, fault=fault_of(str(facts.get("reason", "no_reason"))), deductions=agreed,
            restocking_fee_minor=_minor(facts.get("restocking_fee")),
        )  # fmt: skip
    except Refused as no:
        most = no.facts.get("max_minor")
        return {"error": no.code} | ({"max": _main(most)} if isinstance(most, int) else {})
    return _answer(owed)


def _answer(owed: Quote) -> dict[str, Any]:
    return {
        "refund": {share.tender: _main(share.amount_minor) for share in owed.tenders},
        "total": _main(owed.total_minor),
        "cash_total": _main(owed.cash_minor),
        "deductions": {cut.code: _main(cut.amount_minor) for cut in owed.deductions},
        "freight": _main(owed.freight_minor),
        "rejected_rule": owed.rejected_rules[0] if owed.rejected_rules else None,
    }


def _order(facts: Mapping[str, Any]) -> OrderMoney:
    paid = {str(tender): _minor(amount) for tender, amount in facts["paid"].items()}
    listed = [_minor(line["price"]) for line in facts["lines"]]
    threshold, standard, freight = _freight(facts, listed)
    if sum(listed) < sum(paid.values()) - freight:
        listed = [price * _quantity(line) for price, line in zip(listed, facts["lines"], strict=True)]
    offers = _offers(facts)
    off = sum(tier.discount_minor for offer in offers for tier in offer.tiers) if len(offers) == 1 else 0
    worth = listed
    if off and len(offers[0].tiers) == 1 and any(listed):
        # What was really paid for each line is its share of the discounted sum.
        worth = split(sum(listed) - min(sum(listed), off), listed)
    allowed = _allowed(facts, listed)
    gone = dict(_by_tender(facts.get("already_refunded") or 0, paid))
    for tender, back in _by_tender(_main(sum(allowed)), paid) if any(allowed) else ():
        gone[tender] = gone.get(tender, 0) + back
    lines = [
        LineMoney(
            place, _quantity(line), price // _quantity(line), _minor(line["paid"]) if "paid" in line else share,
            refunded_minor=given, allowed_minor=given,
        )
        for place, (line, price, share, given) in enumerate(zip(facts["lines"], listed, worth, allowed, strict=True), 1)
    ]  # fmt: skip
    if gift := facts.get("gift"):
        price = gift.get("stated_price")
        lines.append(LineMoney(
            len(lines) + 1, 1, 0, 0, is_gift=True, gift_price_minor=None if price is None else _minor(price),
        ))  # fmt: skip
    payments = (PaymentMoney(place, tender, amount, gone.get(tender, 0)) for place, (tender, amount) in enumerate(paid.items()))
    return OrderMoney(
        order_id=0, currency="CNY", lines=tuple(lines), payments=tuple(payments), freight_minor=freight,
        promotion=Promotion(0, 0, threshold, standard, offers),
    )  # fmt: skip


def _offers(facts: Mapping[str, Any]) -> tuple[Offer, ...]:
    stated = facts.get("promo") or facts.get("promos") or ()
    found = []
    for promo in [stated] if isinstance(stated, Mapping) else stated:
        tiers = [
            Tier(_minor(tier.get("threshold")), 0, _minor(tier.get("discount"))) for tier in promo.get("tiers") or [promo]
        ]
        found.append(Offer("spend", tiers=tuple(tiers), every=bool(promo.get("every"))))
    if bundle := facts.get("bundle"):
        units = int(bundle.get("units") or bundle.get("quantity") or sum(_quantity(line) for line in facts["lines"]))
        found.append(Offer("bundle", units=units, price_minor=_minor(bundle["price"])))
    return tuple(found)


def _allowed(facts: Mapping[str, Any], listed: list[int]) -> list[int]:
    """What was given back of each line while the goods stayed: told for the line, or for the order as one sum."""
    mine = [sum(_minor(line[name]) for name in _telling(line)) for line in facts["lines"]]
    whole = sum(_minor(facts[name]) for name in _telling(facts))
    shares = split(whole, listed) if whole and any(listed) else [0] * len(listed)
    return [one + other for one, other in zip(mine, shares, strict=True)]


def _telling(facts: Mapping[str, Any]) -> list[str]:
    return [name for name in facts if any(word in name for word in ALLOWANCES) and not isinstance(facts[name], bool | str | Mapping)]


def _quantity(line: Mapping[str, Any]) -> int:
    return max(1, int(line.get("quantity") or line.get("qty") or 1))


def _freight(facts: Mapping[str, Any], listed: list[int]) -> tuple[int, int, int]:
    """From which sum on the way out was free, what it costs below, and what was paid for it on top of the goods.

    Whatever names the way out counts (outbound_freight, shipping, free_shipping …), the way back never does.
    """
    stated: dict[str, Any] = {}
    for name, value in facts.items():
        if any(word in name for word in ("freight", "shipping")) and "return" not in name:
            stated |= value if isinstance(value, Mapping) else {name: value}
    sums = {name: _minor(value) for name, value in stated.items() if not isinstance(value, bool | str)}
    threshold = max((amount for name, amount in sums.items() if "threshold" in name), default=0)
    cost = max((amount for name, amount in sums.items() if "threshold" not in name), default=0)
    if any("lost" in name and value is True for name, value in stated.items()):
        # Said to be lost, without the sum it hung on: whatever was bought reached it, less does not.
        threshold = threshold or sum(listed)
    return (threshold, cost, 0) if threshold else (0, 0, cost)


def _by_tender(earlier: Any, paid: Mapping[str, int]) -> list[tuple[str, int]]:
    """What already went back, stated per tender or as one sum (then it went in proportion)."""
    if isinstance(earlier, Mapping):
        return [(str(tender), _minor(amount)) for tender, amount in earlier.items()]
    return list(zip(paid, split(_minor(earlier), list(paid.values())), strict=True))


def _returned(line: Mapping[str, Any]) -> int:
    returned = line.get("returned", False)
    return _quantity(line) if returned is True else int(returned)


def _invoice(facts: Mapping[str, Any]) -> dict[str, Any]:
    red = red_invoice(
        invoiced_minor=_minor(facts["invoiced"]), reversed_minor=_minor(facts.get("already_reversed")),
        refund_minor=_minor(facts.get("refund")), cause=str(facts.get("cause", "return")),
    )  # fmt: skip
    return {"red": _main(red.amount_minor), "reason": red.reason if red.amount_minor else None}


def _minor(amount: Any) -> int:
    """Main units as the file writes them; a float of the file is read by its digits, never by its bits."""
    return 0 if amount is None else Money.of(Decimal(str(amount))).minor


def _main(minor: int) -> Decimal:
    return Money(minor).decimal
