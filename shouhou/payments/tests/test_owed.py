"""What is owed: golden amounts with discounts, and properties over random carts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.refusals import Refused
from shouhou.payments.rules import (
    Deduction,
    LineMoney,
    OrderMoney,
    Promotion,
    allowance,
    quote,
    red_invoice,
)
from shouhou.payments.tests.carts import after, order
from shouhou.payments.vectors import answer


def test_a_discounted_line_is_worth_what_was_paid_not_its_price() -> None:
    line = LineMoney(1, 3, unit_price_minor=4000, paid_minor=10000)
    assert quote(order(line), selection={1: 1}, fault="buyer").total_minor == 3334
    assert quote(order(line), selection={1: 2}, fault="buyer").total_minor == 6667


def test_coming_back_one_by_one_adds_up_to_the_line() -> None:
    state, amounts = order(LineMoney(1, 3, 4000, 10000)), []
    for _ in range(3):
        step = quote(state, selection={1: 1}, fault="buyer")
        amounts.append(step.total_minor)
        state = after(state, step)
    assert amounts == [3334, 3333, 3333]


def test_a_broken_promotion_settles_the_kept_goods_at_their_single_price() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=promotion)
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 7000


def test_faulty_goods_do_not_cost_the_buyer_the_promotion() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=promotion)
    first = quote(cart, selection={2: 1}, fault="seller")
    assert first.total_minor == 8636
    assert quote(after(cart, first), selection={1: 1}, fault="seller").total_minor == 10364


def test_a_promotion_that_still_holds_gives_back_the_price_really_paid() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    cart = order(LineMoney(1, 1, 25000, 22857), LineMoney(2, 1, 10000, 9143), promotion=promotion)
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 9143


def test_after_a_broken_promotion_the_rest_comes_back_whole() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=promotion)
    first = quote(cart, selection={2: 1}, fault="buyer")
    assert quote(after(cart, first), selection={1: 1}, fault="buyer").total_minor == 12000


def test_goods_kept_at_more_than_all_that_was_paid_give_nothing_back_and_cost_nothing() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    cart = order(LineMoney(1, 1, 19000, 16364), LineMoney(2, 1, 2000, 1636), promotion=promotion)
    owed = quote(cart, selection={2: 1}, fault="buyer")
    assert (owed.total_minor, owed.shortfall_minor, owed.tenders) == (0, 1000, ())


def test_another_discount_stays_with_the_kept_goods_when_a_promotion_breaks() -> None:
    promotion = Promotion(threshold_minor=20000, discount_minor=3000)
    # 220.00 listed, 30.00 promotion, 22.00 by another discount: the kept line stays at 90 % of its price.
    cart = order(LineMoney(1, 1, 12000, 9164), LineMoney(2, 1, 10000, 7636), promotion=promotion)
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 16800 - 10800


@pytest.mark.parametrize(("fault", "total"), [("buyer", 18010), ("seller", 20000)])
def test_a_kept_gift_costs_its_stated_price_only_on_the_buyers_wish(fault: Any, total: int) -> None:
    cart = order(LineMoney(1, 1, 20000, 20000), LineMoney(2, 1, 0, 0, is_gift=True, gift_price_minor=1990))
    assert quote(cart, selection={1: 1}, fault=fault).total_minor == total
    assert quote(cart, selection={1: 1, 2: 1}, fault=fault).total_minor == 20000


def test_a_gift_without_a_stated_price_costs_nothing() -> None:
    cart = order(LineMoney(1, 1, 20000, 20000), LineMoney(2, 1, 0, 0, is_gift=True))
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 20000


def test_a_gift_that_comes_later_gives_its_price_back() -> None:
    cart = order(LineMoney(1, 1, 20000, 20000), LineMoney(2, 1, 0, 0, is_gift=True, gift_price_minor=1990))
    state = after(cart, quote(cart, selection={1: 1}, fault="buyer"))
    assert quote(state, selection={2: 1}, fault="buyer").total_minor == 1990


def test_lost_free_shipping_is_deducted_only_while_something_is_kept() -> None:
    promotion = Promotion(free_freight_threshold_minor=9900, standard_freight_minor=800)
    cart = order(LineMoney(1, 1, 6000, 6000), LineMoney(2, 1, 5000, 5000), promotion=promotion)
    part = quote(cart, selection={1: 1}, fault="buyer")
    assert (part.total_minor, [cut.code for cut in part.deductions]) == (5200, ["LOST_FREE_FREIGHT"])
    assert quote(cart, selection={1: 1, 2: 1}, fault="buyer").total_minor == 11000
    assert quote(cart, selection={1: 1}, fault="seller").total_minor == 6000
    assert quote(after(cart, part), selection={2: 1}, fault="buyer").total_minor == 5800


def test_the_outbound_freight_comes_back_with_the_last_unit_when_the_seller_is_at_fault() -> None:
    cart = order(LineMoney(1, 2, 5000, 10000), freight=1000)
    one = quote(cart, selection={1: 1}, fault="seller")
    assert (one.total_minor, one.freight_minor) == (5000, 0)
    assert quote(after(cart, one), selection={1: 1}, fault="seller").total_minor == 6000
    assert quote(cart, selection={1: 2}, fault="buyer").total_minor == 10000
    assert quote(cart, selection={1: 2}, fault="buyer", freight_back=True).total_minor == 11000


def test_a_restocking_fee_is_named_and_not_taken() -> None:
    owed = quote(order(LineMoney(1, 1, 10000, 10000)), selection={1: 1}, fault="buyer", restocking_fee_minor=1000)
    assert (owed.total_minor, owed.rejected_rules) == (10000, ("RESTOCKING_FEE",))


@pytest.mark.parametrize("selection", [{1: 3}, {1: 0}, {1: -1}, {9: 1}])
def test_more_units_than_are_left_are_refused(selection: dict[int, int]) -> None:
    with pytest.raises(Refused, match="MORE_THAN_LEFT"):
        quote(order(LineMoney(1, 2, 5000, 10000)), selection=selection, fault="buyer")


def test_a_deduction_above_the_goods_worth_is_refused() -> None:
    with pytest.raises(Refused, match="DEDUCTION_TOO_LARGE"):
        quote(
            order(LineMoney(1, 1, 5000, 5000)), selection={1: 1}, fault="buyer",
            deductions=[Deduction("INSPECTION", 5001, 1)],
        )  # fmt: skip


def test_an_order_that_does_not_reconcile_gives_back_what_was_really_paid() -> None:
    cart = order(LineMoney(1, 1, 10000, 10000), LineMoney(2, 1, 5000, 5000), paid={"card": 9000})
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 6000
    assert quote(cart, selection={1: 1, 2: 1}, fault="buyer").total_minor == 9000
    unpaid = order(LineMoney(1, 1, 10000, 10000), paid={"card": 0})
    assert quote(unpaid, selection={1: 1}, fault="seller").total_minor == 0


def test_an_allowance_above_what_is_left_of_the_line_is_refused() -> None:
    with pytest.raises(Refused, match="EXCEEDS_PAID") as no:
        allowance(order(LineMoney(1, 1, 5000, 5000), LineMoney(2, 1, 900, 900)), amounts={2: 901})
    assert no.value.facts["max_minor"] == 900


def test_a_red_invoice_never_exceeds_what_is_left_of_the_blue_one() -> None:
    red = red_invoice(invoiced_minor=15000, reversed_minor=9000, refund_minor=9000, cause="return")
    assert (red.amount_minor, red.reason) == (6000, "02")
    assert red_invoice(invoiced_minor=100, reversed_minor=100, refund_minor=9, cause="return").amount_minor == 0


LINES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 30000), st.integers(0, 100)), min_size=1, max_size=5
)  # fmt: skip


@st.composite
def carts(draw: st.DrawFn) -> OrderMoney:
    """Any cart: discounted lines, a promotion, freight, gifts, up to three tenders that paid it exactly."""
    lines = []
    for place, (quantity, price, off) in enumerate(draw(LINES), 1):
        lines.append(LineMoney(place, quantity, price, price * quantity * (100 - off) // 100))
    if draw(st.booleans()):
        lines.append(LineMoney(len(lines) + 1, 1, 0, 0, is_gift=True, gift_price_minor=draw(st.integers(0, 5000))))
    freight = draw(st.integers(0, 2000))
    total = sum(line.paid_minor for line in lines) + freight
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=2)))
    amounts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    from_on, off, free_from = draw(st.tuples(*[st.integers(0, 40000)] * 3))
    promotion = Promotion(from_on, off, free_from, draw(st.integers(0, 2000)))
    names = ("card", "wallet", "coupon")
    return order(*lines, paid=dict(zip(names, amounts, strict=False)), freight=freight, promotion=promotion)


@given(carts(), st.data())
def test_partial_returns_in_any_order_never_exceed_what_was_paid(cart: OrderMoney, data: st.DataObject) -> None:
    state, total = cart, 0
    while any(line.kept_quantity for line in state.lines):
        chosen = data.draw(st.sampled_from([line for line in state.lines if line.kept_quantity]))
        units = data.draw(st.integers(1, chosen.kept_quantity))
        step = quote(state, selection={chosen.line: units}, fault=data.draw(st.sampled_from(["buyer", "seller"])))
        assert step.total_minor >= 0
        assert sum(share.amount_minor for share in step.tenders) == step.total_minor
        total += step.total_minor
        state = after(state, step)
        assert all(0 <= payment.refunded_minor <= payment.paid_minor for payment in state.payments)
    assert total <= cart.paid_minor


@given(carts(), st.data())
def test_everything_sent_back_for_a_fault_gives_back_every_cent(cart: OrderMoney, data: st.DataObject) -> None:
    state, units = cart, [(line.line, 1) for line in cart.lines for _ in range(line.quantity)]
    for line, one in data.draw(st.permutations(units)):
        state = after(state, quote(state, selection={line: one}, fault="seller"))
    assert state.refunded_minor == cart.paid_minor


@given(carts())
def test_at_once_the_buyers_wish_gives_back_the_goods_without_freight_and_kept_gifts(cart: OrderMoney) -> None:
    whole = quote(cart, selection={line.line: line.quantity for line in cart.lines}, fault="buyer")
    assert whole.total_minor == cart.paid_minor - cart.freight_minor and whole.deductions == ()


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"reason": "no_reason", "free_shipping": {"threshold": 99, "freight": 8}}, "52.00"),
        ({"reason": "no_reason", "outbound_freight": 8, "free_shipping_lost": True}, "52.00"),
        ({"reason": "quality", "free_shipping": {"threshold": 99, "freight": 8}}, "60.00"),
        ({"reason": "no_reason", "return_freight": 12}, "60.00"),
        ({"deductions": [{"amount": 5, "consent": True}, {"amount": 9, "consent": False}]}, "55.00"),
    ],
)
def test_a_vector_about_freight_or_deductions_is_answered(more: dict[str, Any], total: str) -> None:
    lines = [{"id": "a", "price": 60.00, "returned": True}, {"id": "b", "price": 50.00, "returned": False}]
    vector = {"group": "refund", "facts": {"paid": {"card": 110.00}, "lines": lines, **more}}
    assert str(answer(vector)["total"]) == total


def test_a_vector_of_a_whole_faulty_order_gives_the_way_out_back() -> None:
    facts = {"reason": "quality", "paid": {"card": 70}, "outbound_freight": 10, "lines": [{"price": 60, "returned": True}]}
    assert str(answer({"group": "refund", "facts": facts})["total"]) == "70.00"
    assert str(answer({"group": "refund", "facts": {**facts, "reason": "no_reason"}})["total"]) == "60.00"
