"""What the platform and a coupon took off the price is owed to the shop with the sale, and given back with a return."""

from typing import Any

from shouhou.ledger.queries import balances
from shouhou.settlements.actions import prepare_settlement, watch_sales
from shouhou.settlements.queries import shop_money
from shouhou.settlements.tests.conftest import ANNA, Fake, House

OFF: dict[str, Any] = {
    "lines": [{
        "line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 15900,
        "discounts": [{"bearer": "platform", "amount": 2500}, {"bearer": "merchant", "amount": 500}],
    }],
    "discounts": [{"bearer": "coupon", "amount": 1000}],
    "payments": [{"tender": "card", "amount": 15900}],
}  # fmt: skip


def test_the_shop_earns_its_price_less_its_own_discount(house: House) -> None:
    house.sells().order(**OFF)
    house.world.later(days=8)
    assert prepare_settlement("m1", actor=ANNA, now=house.world.now).parts == {"sales": 15900, "subsidies": 3500}
    assert watch_sales(now=house.world.now) == 0 and shop_money(house.shop.pk).balance_minor == 19400


def test_a_return_leaves_nobody_with_a_subsidy(house: House, fake: Fake) -> None:
    order = house.sells().order(**OFF)
    number = house.world.apply(order)["number"]
    house.world.goods_back(number)
    house.world.move(number, "accept", actor=house.world.staff("inspector"))
    house.world.pay(number)
    house.world.later(days=8)
    assert watch_sales(now=house.world.now) == 1 and shop_money(house.shop.pk).balance_minor == 0
    left = {each.account: each.posted_minor for each in balances() if each.posted_minor}
    assert left == {}
    made = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    # The promotion came and went; the coupon's part of the refund was paid out in kind.
    assert made.parts == {"sales": 15900, "subsidies": 1000, "refunds": -16900} and made.payout_minor == 0
