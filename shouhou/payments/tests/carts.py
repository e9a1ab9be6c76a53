"""Carts for tests of what is owed: made by hand, or any at all; and what an order is once a quote has been paid."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from shouhou.payments.rules import (
    Discount,
    LineMoney,
    Offer,
    OrderMoney,
    PaymentMoney,
    Promotion,
    Quote,
    Tier,
)  # fmt: skip
from shouhou.payments.rules.offers import discount

NONE = Promotion()
CODES = ("GIFT_KEPT", "LOST_FREE_FREIGHT")


def order(
    *lines: LineMoney, paid: Mapping[str, int] | None = None, freight: int = 0, promotion: Promotion = NONE,
    discounts: tuple[Discount, ...] = (),
) -> OrderMoney:  # fmt: skip
    tenders = paid or {"card": sum(line.paid_minor for line in lines) + freight}
    return OrderMoney(
        order_id=1, currency="CNY", lines=lines, freight_minor=freight, promotion=promotion, discounts=discounts,
        payments=tuple(PaymentMoney(place, tender, amount) for place, (tender, amount) in enumerate(tenders.items())),
    )  # fmt: skip


def after(state: OrderMoney, done: Quote) -> OrderMoney:
    """The order once the quote has been paid."""
    back = {line.line: line for line in done.lines}
    allowance = not any(line.quantity for line in done.lines)
    tenders = {share.payment_id: share.amount_minor for share in done.tenders if share.payment_id is not None}
    taken = {code: sum(cut.amount_minor for cut in done.deductions if cut.code == code) for code in CODES}
    undone = {(share.bearer, share.name): share.amount_minor for share in done.undone}
    return replace(
        state,
        lines=tuple(
            replace(
                line, returned_quantity=line.returned_quantity + back[line.line].quantity,
                refunded_minor=line.refunded_minor + back[line.line].goods_minor,
                allowed_minor=line.allowed_minor + (back[line.line].goods_minor if allowance else 0),
            ) if line.line in back else line
            for line in state.lines
        ),
        payments=tuple(replace(p, refunded_minor=p.refunded_minor + tenders.get(p.payment_id or 0, 0)) for p in state.payments),
        freight_refunded_minor=state.freight_refunded_minor + done.freight_minor,
        gifts_taken_minor=state.gifts_taken_minor + taken["GIFT_KEPT"],
        lost_freight_taken_minor=state.lost_freight_taken_minor + taken["LOST_FREE_FREIGHT"],
        discounts=tuple(
            replace(each, undone_minor=each.undone_minor + undone.get((each.bearer, each.name), 0)) for each in state.discounts
        ),
    )  # fmt: skip


@st.composite
def offers(draw: st.DrawFn, lines: int) -> tuple[Offer, ...]:
    """Up to three promotions of any kind over any of the lines."""
    made = []
    for place in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["spend", "bundle", "set"]))
        over = tuple(sorted(draw(st.sets(st.integers(1, lines)))))
        if kind == "spend":
            tier = st.builds(Tier, st.integers(1, 60000), st.integers(0, 4), st.integers(0, 9000), st.integers(0, 30))
            tiers = tuple(draw(st.lists(tier, min_size=1, max_size=3)))
            made.append(Offer("spend", f"p{place}", over, tiers, every=draw(st.booleans())))
        elif kind == "bundle":
            units, price = draw(st.integers(1, 3)), draw(st.integers(0, 40000))
            made.append(Offer("bundle", f"p{place}", over, units=units, price_minor=price))
        else:
            made.append(Offer("set", f"p{place}", over or (1,), price_minor=draw(st.integers(0, 40000))))
    return tuple(made)


@st.composite
def promoted(draw: st.DrawFn) -> OrderMoney:
    """A cart under several promotions: what they took off is spread over its lines, part of it on another's account."""
    rows = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 30000), st.integers(0, 40)), min_size=1, max_size=4))
    made = draw(offers(len(rows)))
    lines = [LineMoney(place, quantity, price, price * quantity) for place, (quantity, price, _) in enumerate(rows, 1)]
    bought = {line.line: line.quantity for line in lines}
    given = {offer.name: discount(offer, lines, bought) for offer in made}
    off = min(sum(given.values()), sum(line.paid_minor for line in lines))
    whole = sum(line.paid_minor for line in lines)
    discounts = [
        Discount(draw(st.sampled_from(["merchant", "platform", "coupon", "points"])), amount, name)
        for name, amount in given.items() if amount and sum(given.values()) == off
    ]  # fmt: skip
    paid = []
    for line, (_, _, percent) in zip(lines, rows, strict=True):
        left = line.paid_minor - line.paid_minor * off // whole
        mine = left * percent // 100
        if mine and draw(st.booleans()):
            discounts.append(Discount(draw(st.sampled_from(["platform", "coupon"])), mine, line=line.line))
        paid.append(replace(line, paid_minor=left - mine))
    if draw(st.booleans()):
        gift = LineMoney(len(paid) + 1, 1, 0, 0, is_gift=True, gift_price_minor=draw(st.integers(0, 3000)))
        paid.append(gift)
        if draw(st.booleans()):
            made = (*made, Offer("gift", "gift", tiers=(Tier(draw(st.integers(1, 40000))),), gifts=(gift.line,)))
    freight = draw(st.sampled_from([0, 0, 800]))
    total = sum(line.paid_minor for line in paid) + freight
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=2)))
    amounts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    free_from, standard = draw(st.integers(0, 40000)), draw(st.sampled_from([0, 800, 1500]))
    return order(
        *paid, paid=dict(zip(("card", "wallet", "coupon"), amounts, strict=False)), freight=freight,
        promotion=Promotion(0, 0, free_from, standard, made), discounts=tuple(discounts),
    )  # fmt: skip
