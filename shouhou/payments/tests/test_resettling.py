"""Broken promotions: tiers, bundles, sets, gifts and free shipping; discounts by bearer; and properties over any of them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shouhou.payments.rules import (
    Discount,
    Fault,
    LineMoney,
    Offer,
    OrderMoney,
    Promotion,
    Tier,
    Undone,
    allowance,
    quote,
)  # fmt: skip
from shouhou.payments.tests.carts import after, order, promoted
from shouhou.payments.vectors import answer

TIERS = Offer("spend", "tiers", tiers=(Tier(20000, discount_minor=3000), Tier(30000, discount_minor=6000)))
PLATFORM = Offer("spend", "festival", tiers=(Tier(20000, discount_minor=3000),))


def under(*offers: Offer, free_from: int = 0, standard: int = 0) -> Promotion:
    return Promotion(0, 0, free_from, standard, offers)


def test_the_kept_goods_still_earn_a_lower_tier() -> None:
    # 320.00 - 60.00; 220.00 stay, which still earn 30.00: they cost 190.00, so 70.00 goes back for 100.00 worth of goods.
    cart = order(LineMoney(1, 1, 22000, 17875), LineMoney(2, 1, 10000, 8125), promotion=under(TIERS))
    first = quote(cart, selection={2: 1}, fault="buyer")
    assert (first.total_minor, first.resettled_minor) == (7000, 7000 - 8125)
    last = quote(after(cart, first), selection={1: 1}, fault="buyer")
    assert last.total_minor == 19000


def test_what_a_broken_promotion_had_kept_back_comes_with_the_line_it_was_kept_from() -> None:
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=under(TIERS))
    first = quote(cart, selection={2: 1}, fault="buyer")
    assert [(line.line, line.quantity, line.goods_minor) for line in first.lines] == [(2, 1, 7000)]
    second = quote(after(cart, first), selection={1: 1}, fault="buyer")
    assert [(line.line, line.quantity, line.goods_minor) for line in second.lines] == [(1, 1, 10364), (2, 0, 1636)]


def test_a_bundle_of_three_for_99_is_settled_at_single_prices_when_one_goes_back() -> None:
    bundle = Offer("bundle", "3 for 99", lines=(1, 2), units=3, price_minor=9900)
    cart = order(LineMoney(1, 2, 4500, 6600), LineMoney(2, 1, 4000, 3300), LineMoney(3, 1, 1000, 1000), promotion=under(bundle))
    # 45.00 + 40.00 stay at single prices and the other line untouched: 109.00 - 95.00.
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 10900 - 9500
    assert quote(cart, selection={1: 2, 2: 1}, fault="buyer").total_minor == 9900
    assert quote(cart, selection={1: 1}, fault="seller").total_minor == 3300


def test_a_second_bundle_stays_whole_when_the_first_goes_back() -> None:
    bundle = Offer("bundle", "2 for 50", units=2, price_minor=5000)
    cart = order(LineMoney(1, 4, 3000, 10000), promotion=under(bundle))
    assert quote(cart, selection={1: 2}, fault="buyer").total_minor == 5000
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 10000 - (5000 + 3000)


def test_a_group_dearer_than_its_single_prices_is_not_bought_as_a_bundle() -> None:
    bundle = Offer("bundle", "2 for 100", units=2, price_minor=10000)
    cart = order(LineMoney(1, 2, 9000, 10000), LineMoney(2, 2, 1000, 2000), promotion=under(bundle))
    assert quote(cart, selection={2: 2}, fault="buyer").total_minor == 2000


def test_a_set_price_breaks_with_any_of_its_parts() -> None:
    kit = Offer("set", "camera and two cards", lines=(1, 2, 2), price_minor=100000)
    cart = order(LineMoney(1, 1, 98000, 89000), LineMoney(2, 2, 6000, 11000), promotion=under(kit))
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 100000 - (98000 + 6000) + 4000
    assert quote(cart, selection={2: 2}, fault="buyer").total_minor == 2000
    assert quote(cart, selection={1: 1, 2: 2}, fault="buyer").total_minor == 100000


def test_a_percentage_from_two_units_on_is_lost_with_the_second() -> None:
    cart = order(LineMoney(1, 2, 10000, 16000), promotion=under(Offer("spend", "2 at 80 %", tiers=(Tier(0, 2, 0, 20),))))
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 6000


def test_every_full_200_takes_30_off_again() -> None:
    each = Offer("spend", "each 200", tiers=(Tier(20000, discount_minor=3000),), every=True)
    cart = order(LineMoney(1, 4, 10000, 34000), promotion=under(each))
    # 300.00 stay and earn 30.00 once.
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 34000 - 27000


def test_only_the_promotion_that_breaks_is_settled_again() -> None:
    local = Offer("spend", "shop", lines=(1,), tiers=(Tier(10000, discount_minor=1000),))
    cart = order(LineMoney(1, 1, 12000, 9559), LineMoney(2, 1, 10000, 8441), promotion=under(PLATFORM, local))
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 18000 - (12000 - 1000)


def test_an_allowance_stays_with_the_goods_that_stay_when_a_promotion_breaks() -> None:
    cart = order(LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=under(PLATFORM))
    state = after(cart, allowance(cart, amounts={1: 1000}))
    assert quote(state, selection={2: 1}, fault="buyer").total_minor == 7000
    assert quote(after(cart, allowance(cart, amounts={2: 1000})), selection={2: 1}, fault="buyer").total_minor == 6000


def test_a_line_that_was_given_back_as_allowances_is_worth_nothing_more() -> None:
    cart = order(LineMoney(1, 2, 5000, 10000))
    state = after(after(cart, allowance(cart, amounts={1: 9000})), allowance(cart, amounts={1: 1000}))
    assert quote(state, selection={1: 2}, fault="seller").total_minor == 0


def test_a_gift_hangs_on_the_goods_it_came_with() -> None:
    gift = LineMoney(3, 1, 0, 0, is_gift=True, gift_price_minor=1990)
    with_one = under(Offer("gift", lines=(1,), gifts=(3,)))
    cart = order(LineMoney(1, 1, 20000, 20000), LineMoney(2, 1, 5000, 5000), gift, promotion=with_one)
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 20000 - 1990
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 5000
    from_200 = under(Offer("gift", tiers=(Tier(20000),), gifts=(3,)))
    cart = replace(cart, promotion=from_200)
    assert quote(cart, selection={1: 1}, fault="buyer").total_minor == 20000 - 1990
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 5000


def test_freight_that_was_paid_cannot_be_lost() -> None:
    small = order(LineMoney(1, 2, 3000, 6000), freight=800, promotion=under(free_from=9900, standard=800))
    assert quote(small, selection={1: 1}, fault="buyer").total_minor == 3000
    partly = order(LineMoney(1, 2, 6000, 12000), freight=300, promotion=under(free_from=9900, standard=800))
    assert quote(partly, selection={1: 1}, fault="buyer").total_minor == 6000 - 500


def test_the_platform_gets_back_its_part_and_the_buyer_the_coupon() -> None:
    given = (Discount("platform", 900, line=1), Discount("coupon", 600), Discount("merchant", 500, line=1))
    cart = order(LineMoney(1, 3, 4000, 10000), promotion=under(), discounts=given)
    one = quote(cart, selection={1: 1}, fault="seller")
    assert one.undone == (Undone("coupon", 200), Undone("platform", 300))
    assert [(share.tender, share.amount_minor) for share in one.tenders] == [("card", 3334), ("coupon", 200)]
    assert (one.total_minor, one.cash_minor) == (3534, 3334)
    rest = quote(after(cart, one), selection={1: 2}, fault="seller")
    assert rest.undone == (Undone("coupon", 400), Undone("platform", 600)) and rest.cash_minor == 6666


@pytest.mark.parametrize(("fault", "back"), [("buyer", 3000), ("seller", 1364)])
def test_a_broken_offer_goes_back_to_the_platform_whole_unless_the_goods_were_faulty(fault: Fault, back: int) -> None:
    cart = order(
        LineMoney(1, 1, 12000, 10364), LineMoney(2, 1, 10000, 8636), promotion=under(PLATFORM),
        discounts=(Discount("platform", 3000, "festival"),),
    )  # fmt: skip
    owed = quote(cart, selection={2: 1}, fault=fault)
    assert owed.undone == (Undone("platform", back, "festival"),)


def test_a_discount_of_the_line_stays_with_the_line_when_another_promotion_breaks() -> None:
    told = (Discount("merchant", 2000, line=1),)
    cart = order(LineMoney(1, 1, 14000, 10364), LineMoney(2, 1, 10000, 8636), promotion=under(PLATFORM), discounts=told)
    assert quote(cart, selection={2: 1}, fault="buyer").total_minor == 19000 - 12000


@given(promoted(), st.data())
def test_whatever_happens_in_whatever_order_nobody_gets_more_than_was_given(cart: OrderMoney, data: st.DataObject) -> None:
    state, total = cart, 0
    for _ in range(12):
        here = [line for line in state.lines if line.kept_quantity]
        if not here:
            break
        line = data.draw(st.sampled_from(here))
        if line.left_minor and data.draw(st.integers(0, 3)) == 0:
            step = allowance(state, amounts={line.line: data.draw(st.integers(1, line.left_minor))})
        else:
            units = data.draw(st.integers(1, line.kept_quantity))
            step = quote(state, selection={line.line: units}, fault=data.draw(st.sampled_from(["buyer", "seller"])))
        assert step.total_minor == sum(share.amount_minor for share in step.tenders)
        assert all(share.amount_minor > 0 for share in step.tenders) and all(each.goods_minor >= 0 for each in step.lines)
        total += sum(share.amount_minor for share in step.tenders if share.payment_id is not None)
        state = after(state, step)
        assert all(each.refunded_minor <= each.paid_minor for each in state.lines)
        assert all(each.refunded_minor <= each.paid_minor for each in state.payments)
        for each in state.discounts:
            same = [one.amount_minor for one in state.discounts if (one.bearer, one.name) == (each.bearer, each.name)]
            assert each.undone_minor <= sum(same)
    assert total == state.refunded_minor <= cart.paid_minor


@given(promoted(), st.data())
def test_everything_back_for_a_fault_is_everything_that_was_paid_and_every_discount(cart: OrderMoney, data: st.DataObject) -> None:
    state = cart
    for number in data.draw(st.permutations([line.line for line in cart.lines for _ in range(line.quantity)])):
        state = after(state, quote(state, selection={number: 1}, fault="seller"))
    assert state.refunded_minor == cart.paid_minor
    assert all(line.refunded_minor == line.paid_minor for line in state.lines)
    for each in state.discounts:
        same = [one.amount_minor for one in state.discounts if (one.bearer, one.name) == (each.bearer, each.name)]
        assert each.undone_minor == (0 if each.bearer == "merchant" else sum(same))


@given(promoted(), st.data())
def test_the_order_of_returns_changes_nothing_where_nobody_was_left_owing(cart: OrderMoney, data: st.DataObject) -> None:
    units = [(line.line, 1) for line in cart.lines for _ in range(line.quantity)]
    chosen = units[: data.draw(st.integers(1, len(units)))] if data.draw(st.booleans()) else units
    totals = []
    for _ in range(2):
        state, clean = cart, True
        for line, one in data.draw(st.permutations(chosen)):
            step = quote(state, selection={line: one}, fault="buyer")
            # A step in which the kept goods cost more than all that was paid is what re-settlement cannot collect.
            clean = clean and step.shortfall_minor == 0 and (step.total_minor > 0 or not step.deductions)
            state = after(state, step)
        assume(clean)
        totals.append((state.refunded_minor, [each.undone_minor for each in state.discounts]))
    assert totals[0] == totals[1]


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"promo": {"tiers": [{"threshold": 100, "discount": 10}, {"threshold": 50, "discount": 5}]}, "paid": {"card": 100}}, "55.00"),
        ({"bundle": {"price": 90}, "paid": {"card": 90}}, "40.00"),
        ({"price_protection": 11, "paid": {"card": 110}}, "54.00"),
        ({"promo": [{"threshold": 100, "discount": 10}, {"threshold": 50, "discount": 5}], "paid": {"card": 95}}, "50.00"),
    ],
)
def test_vectors_about_tiers_bundles_and_allowances_are_answered(more: dict[str, Any], total: str) -> None:
    lines = [{"id": "a", "price": 60.00, "returned": True}, {"id": "b", "price": 50.00, "returned": False}]
    assert str(answer({"group": "refund", "facts": {"lines": lines, **more}})["total"]) == total


def test_a_vector_may_state_the_price_of_a_unit() -> None:
    lines = [{"id": "a", "price": 30, "quantity": 3, "returned": 1}]
    assert str(answer({"group": "refund", "facts": {"paid": {"card": 90}, "lines": lines}})["total"]) == "30.00"
    assert str(answer({"group": "refund", "facts": {"paid": {"card": 30}, "lines": lines}})["total"]) == "10.00"
