"""What an order's returns come to does not hang on their order: nothing at all, refunded first, or found to be another's fault."""

from typing import Any

import pytest

from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund, RefundLine
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.stories.test_flash import PLUS, paid_out
from tests.stories.test_flash import received as unpacked
from tests.world import THIRD, World

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD], ids=["self", "third"])
# 8.00 and 100.00; free shipping (worth 10.00) from 105.00 on.
SMALL_AND_LARGE: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "SOCK", "title": "袜子", "category": "generic", "quantity": 1, "unit_price": 800, "paid": 800},
        {"line": 2, "sku": "POT", "title": "炖锅", "category": "generic", "quantity": 1, "unit_price": 10000, "paid": 10000},
    ],
    "payments": [{"tender": "card", "amount": 10800}],
    "promotion": {"free_freight_threshold": 10500, "standard_freight": 1000},
}  # fmt: skip
TWO_GOODS: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "A", "title": "甲", "category": "generic", "quantity": 1, "unit_price": 6000, "paid": 6000},
        {"line": 2, "sku": "B", "title": "乙", "category": "generic", "quantity": 1, "unit_price": 4000, "paid": 4000},
    ],
    "payments": [{"tender": "card", "amount": 10000}],
    "promotion": {"free_freight_threshold": 8000, "standard_freight": 1000},
}  # fmt: skip


def back(world: World, order: str, line: int, channel: dict[str, Any]) -> dict[str, Any]:
    """This line of the order to the end of its return, without a reason."""
    inspector = world.staff("merchant_operator", merchant="m1") if channel else world.staff("inspector")
    number: str = world.apply(order, items={line: 1})["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("merchant_operator", merchant="m1"))
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF99{line:011d}")
    world.later(days=1)
    world.move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=inspector)
    for refund in Refund.objects.filter(subject=number):
        work(refund, now=world.now)
    return world.case(number)


@CHANNELS
@pytest.mark.parametrize("lines", [(1, 2), (2, 1)])
def test_a_return_that_comes_to_nothing_is_written_down_and_counts_when_the_rest_comes_back(
    world: World, fake: Fake, channel: dict[str, Any], lines: tuple[int, int]
) -> None:
    order = world.order(**SMALL_AND_LARGE, **channel)
    for line in lines:
        assert back(world, order, line, channel)["status"] == "refunded"
    assert sum(each["amount"] for each in fake.movements()) == 10800, "with all of it undone, all that was paid is back"
    assert sorted(RefundLine.objects.values_list("line__line", "quantity")) == [(1, 1), (2, 1)]
    assert set(trial_balance().values()) == {0}


def test_a_return_whose_whole_worth_is_kept_back_is_refunded_at_once_with_its_deduction_booked(world: World, fake: Fake) -> None:
    order = world.order(**SMALL_AND_LARGE)
    case = back(world, order, 1, {})
    refund = Refund.objects.get()
    assert (case["status"], refund.state, refund.amount_minor, refund.deductions[0]["amount_minor"]) == ("refunded", "settled", 0, 800)
    money = order_money(refund.order_id)
    assert (money.lines[0].kept_quantity, money.lost_freight_taken_minor, fake.movements()) == (0, 800, [])


def test_what_a_flash_refund_kept_back_and_the_goods_gave_again_is_not_given_once_more(world: World, fake: Fake) -> None:
    order = world.order(**{**PLUS, **TWO_GOODS})
    number = world.later(days=1).apply(order)["number"]
    world.move(number, "collected", actor=world.staff("carrier"))
    paid_out(world)
    assert Refund.objects.get().amount_minor == 5000, "without a reason: less the freight that is not free any more"
    world.later(days=2)
    unpacked(world, number)
    world.move(number, "accept", actor=world.staff("inspector"), fault="seller")
    paid_out(world)
    assert world.case(number)["status"] == "refunded"
    assert sorted(each["amount"] for each in fake.movements()) == [1000, 5000]
    rest = quote(order_money(Refund.objects.all()[0].order_id), selection={2: 1}, fault="buyer")
    assert (rest.total_minor, rest.deductions) == (4000, ())
    assert set(trial_balance().values()) == {0}
