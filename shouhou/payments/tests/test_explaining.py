"""Preview, agreement and payment side by side: what differs has its reason, every deduction its clause, every column adds up."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shouhou.payments.rules import Deduction, LineMoney, Offer, Promotion, Quote, Tier, allowance, quote
from shouhou.payments.rules.explaining import Explained, explain
from shouhou.payments.tests.carts import after, order, promoted


def paid(due: Quote, **states: str) -> dict[str, Any]:
    """The quote as it has been paid, each tender with its state."""
    side: dict[str, Any] = due.as_json()
    side["tenders"] = [{**share, "state": states.get(share["tender"], "settled")} for share in side["tenders"]]
    settled = [share["amount"]["amount"] for share in side["tenders"] if share["state"] == "settled"]
    return {**side, "total": {"amount": sum(settled), "currency": due.currency}}


def row(rows: tuple[Explained, ...], kind: str, **where: object) -> Explained:
    return next(each for each in rows if each.kind == kind and all(getattr(each, n) == v for n, v in where.items()))


CART = order(LineMoney(1, 2, 5000, 10000), paid={"card": 6000, "wallet": 4000})


def test_what_nobody_changed_needs_no_reason() -> None:
    due = quote(CART, selection={1: 1}, fault="seller")
    rows = explain(due.as_json(), due.as_json(), paid(due))
    assert [(each.kind, each.preview, each.agreed, each.final, each.why) for each in rows] == [
        ("goods", 5000, 5000, 5000, None), ("total", 5000, 5000, 5000, None), ("tender", 3000, 3000, 3000, None),
        ("tender", 2000, 2000, 2000, None),
    ]  # fmt: skip


def test_fewer_units_at_the_inspection_are_the_reason() -> None:
    before, now = (quote(CART, selection={1: units}, fault="seller").as_json() for units in (2, 1))
    found = row(explain(before, now, None), "goods", line=1)
    assert (found.preview, found.agreed, found.final, found.units) == (10000, 5000, None, (2, 1, None))
    assert found.why is not None and "1 件（申请 2 件）" in found.why.zh and "1 of 2" in found.why.en


def test_a_deduction_has_its_reason_clause_source_and_note() -> None:
    before = quote(CART, selection={1: 1}, fault="seller")
    now = quote(CART, selection={1: 1}, fault="seller", deductions=[Deduction("INSPECTION", 700, 1, "划痕")])
    found = row(explain(before.as_json(), now.as_json(), paid(now)), "deduction", line=1)
    assert (found.preview, found.agreed, found.final, found.note) == (None, -700, -700, "划痕")
    assert found.why and found.clause and found.source and "同意" in found.source.zh


def test_statutory_deductions_name_their_article() -> None:
    gift = LineMoney(2, 1, 0, 0, is_gift=True, gift_price_minor=1990)
    due = quote(order(LineMoney(1, 1, 20000, 20000), gift), selection={1: 1}, fault="buyer").as_json()
    found = row(explain(due, None, None), "deduction")
    assert found.clause is not None and found.clause.zh == "第十二条" and found.preview == -1990
    told: Any = due["deductions"]
    assert told[0]["clause"] == "第十二条" and "七日无理由" in told[0]["source"]


def test_a_promotion_that_broke_between_preview_and_agreement_is_named() -> None:
    promotion = Promotion(offers=(Offer("spend", tiers=(Tier(20000, discount_minor=3000),)),))
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=promotion)
    whole = quote(cart, selection={1: 1, 2: 1}, fault="buyer").as_json()
    part = quote(cart, selection={2: 1}, fault="buyer").as_json()
    second = row(explain(whole, part, None), "goods", line=2)
    assert second.why is not None and "多退少补" in second.why.zh and second.clause is not None and second.clause.zh == "第十七条"
    later = quote(after(cart, quote(cart, selection={2: 1}, fault="buyer")), selection={1: 1}, fault="buyer").as_json()
    kept_back = row(explain(later, None, None), "goods", line=2)
    assert kept_back.preview == 1636 and kept_back.why is not None and "多退少补" in kept_back.why.zh


def test_money_back_while_the_goods_stay_needs_no_reason() -> None:
    given = allowance(CART, amounts={1: 700})
    rows = explain(None, given.as_json(), paid(given))
    assert [(each.kind, each.agreed, each.final, each.why) for each in rows][:2] == [("goods", 700, 700, None), ("total", 700, 700, None)]


def test_another_refund_in_between_is_the_reason_where_nothing_else_is() -> None:
    cart = order(LineMoney(1, 3, 3334, 10000))
    first = quote(cart, selection={1: 1}, fault="buyer")
    rows = explain(first.as_json(), quote(after(cart, first), selection={1: 1}, fault="buyer").as_json(), None)
    why = row(rows, "goods").why
    assert why is not None and "其他退款" in why.zh and row(rows, "total").why is not None


def test_what_is_not_paid_yet_or_paid_another_way_says_so() -> None:
    due = quote(CART, selection={1: 1}, fault="seller")
    rows = explain(due.as_json(), due.as_json(), paid(due, wallet="refused"))
    wallet = row(rows, "tender", tender="wallet")
    assert (wallet.final, wallet.why and wallet.why.en) == (None, "Refused by the channel; finance is on it")
    assert row(rows, "total").final == 3000 and row(rows, "goods").final is None
    nothing = row(explain(due.as_json(), due.as_json(), paid(due, wallet="sent", card="pending")), "total")
    assert (nothing.agreed, nothing.final) == (5000, None)
    other = paid(due)
    other["tenders"][1]["tender"] = "balance"
    rows = explain(due.as_json(), due.as_json(), other)
    assert row(rows, "tender", tender="balance").why == row(rows, "tender", tender="wallet").why is not None


@given(promoted(), st.data())
def test_every_column_adds_up_to_its_total(cart: Any, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(cart.lines))
    sides = [
        quote(cart, selection={line.line: units}, fault=data.draw(st.sampled_from(["buyer", "seller"])))
        for units in (line.quantity, data.draw(st.integers(1, line.quantity)))
    ]
    rows = explain(sides[0].as_json(), sides[1].as_json(), paid(sides[1]))
    parts = [each for each in rows if each.kind in ("goods", "freight", "deduction", "in_kind")]
    tenders = [each for each in rows if each.kind == "tender"]
    total = row(rows, "total")
    for column in ("preview", "agreed", "final"):
        assert sum(getattr(each, column) or 0 for each in parts) == getattr(total, column)
        assert sum(getattr(each, column) or 0 for each in tenders) == getattr(total, column)
    assert all(each.clause and each.source for each in rows if each.kind == "deduction")
    assert all(each.why for each in parts if each.preview != each.agreed and each.kind != "in_kind")


def test_what_was_refunded_first_was_not_paid_another_way() -> None:
    due, less = quote(CART, selection={1: 1}, fault="seller"), quote(CART, selection={1: 1}, fault="buyer")
    first = {**paid(due), "first": True}
    for agreed in (None, less.as_json()):
        whys = {each.why.en for each in explain(due.as_json(), agreed, first) if each.kind == "tender" and each.why}
        assert not any("another way" in why for why in whys)
    assert row(explain(due.as_json(), None, first), "tender", tender="card").why is not None
    assert all(each.why is None for each in explain(due.as_json(), None, paid(due)) if each.kind == "tender")
