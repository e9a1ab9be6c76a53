"""What was paid on top in an exchange of several units, when the replacements come back one after the other (DEF-07)."""

from collections.abc import Sequence
from threading import Thread
from typing import Any

import httpx
import pytest
from django.db import connection

from shouhou.cases.models import Case
from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders.models import Order
from shouhou.payments.models import Charge, Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake, Shop
from tests.stories.test_charges import WANTS, spoken
from tests.world import QUALITY, THIRD, World

pytestmark = pytest.mark.django_db
KETTLES: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 3, "unit_price": 19900, "paid": 59700}],
    "payments": [{"tender": "card", "amount": 59700}],
}  # fmt: skip
LARGE: dict[str, Any] = {"sku": "KETTLE-XL", "of": "KETTLE", "title": "大号", "price": 25901, "quantity": 9, "kind": "variant",
                        "condition": "new"}  # fmt: skip


def upgraded(world: World, shop: Shop, *, units: int, price: int = 25901, **order: Any) -> str:
    """An order of three kettles of which `units` were exchanged for a dearer one, the difference paid; the order's number."""
    shop.stock.take({**LARGE, "price": price})
    bought = world.order(**{**KETTLES, **order})
    team = Order.objects.get(number=bought).merchant.code
    number = world.apply(bought, **WANTS, items={1: units})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("supervisor"))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector" if team == "self" else "supervisor"))
    world.shop_answers(number)
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    world.move(number, "ship_replacement", actor=world.staff("supervisor"), carrier="SF", tracking_number="SF1000000000009",
               scanned="KETTLE-XL")  # fmt: skip
    world.move(number, "confirm_replacement", actor=world.buyer())
    return bought


def accepted(world: World, order: str, units: int) -> str:
    """A return of `units`, taken back and its refund under way."""
    number: str = world.apply(order, **QUALITY, items={1: units}, evidence=())["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("supervisor"), fault="seller")
    world.count += 1
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("supervisor"))
    return number


def returned(world: World, order: str, units: int) -> str:
    number = accepted(world, order, units)
    world.pay(number)
    return number


def back() -> list[int]:
    """What went back of the charge, refund by refund."""
    return list(Refund.objects.filter(subject=Charge.objects.get().number).order_by("id").values_list("amount_minor", flat=True))


def all_paid(world: World, fake: Fake, goods: Sequence[int]) -> None:
    """Every refund through the channel: the goods and the whole difference, to the cent, and nothing left in the books of it."""
    asked = Charge.objects.get()
    for refund in Refund.objects.filter(subject=asked.number):
        work(refund, now=world.now)
    moved = [each["amount"] for each in fake.movements()]
    assert sum(moved) == sum(goods) + asked.amount_minor and set(trial_balance().values()) == {0}
    assert Charge.objects.get().state == "refunded"
    assert not [b.account for b in balances() if b.account.endswith("income:price_difference") and (b.posted_minor or b.pending_minor)]


@pytest.mark.parametrize("channel", [{}, THIRD])
@pytest.mark.parametrize("parts", [(2, 1), (1, 2), (1, 1, 1), (3,)])
def test_each_return_gives_back_its_share_and_all_of_them_the_whole_difference(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any], parts: Sequence[int]
) -> None:
    order = upgraded(world, shop, units=3, **channel)
    for units in parts:
        number = returned(world, order, units)
        assert "差价" in str(Case.objects.get(number=number).messages.get(internal=False).text)
    assert back() == [6001 * units for units in parts] and sum(back()) == Charge.objects.get().amount_minor
    all_paid(world, fake, [59700])


def test_while_some_of_it_is_left_the_charge_stays_paid(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=3)
    returned(world, order, 2)
    work(Refund.objects.get(subject=Charge.objects.get().number), now=world.now)
    charge = Charge.objects.get()
    assert (charge.state, back()) == ("paid", [12002])
    income = [b.posted_minor for b in balances() if b.account.endswith("income:price_difference")]
    assert income == [6001] and set(trial_balance().values()) == {0}


def test_one_of_three_that_went_back_before_the_exchange_leaves_no_doubt(world: World, shop: Shop, fake: Fake) -> None:
    order = world.order(**KETTLES)
    returned(world, order, 1)
    shop.stock.take(LARGE)
    number = world.apply(order, **WANTS, items={1: 2})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.count += 1
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.shop_answers(number)
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    world.move(number, "ship_replacement", actor=world.staff("inspector"), carrier="SF", tracking_number="SF1000000000009",
               scanned="KETTLE-XL")  # fmt: skip
    world.move(number, "confirm_replacement", actor=world.buyer())
    returned(world, order, 1)
    returned(world, order, 1)
    assert back() == [6001, 6001]
    all_paid(world, fake, [59700])


def test_where_a_unit_was_never_replaced_a_person_looks_and_nothing_is_paid_twice(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    first = returned(world, order, 1)
    told = Case.objects.get(number=first).messages.get()
    assert (back(), told.internal, Charge.objects.get().number in told.text) == ([], True, True)
    second = returned(world, order, 2)
    assert (back(), Case.objects.get(number=second).messages.get().internal) == ([], True), "the person may have paid a share of it"


def test_all_three_at_once_leave_no_doubt_where_two_were_replaced(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    returned(world, order, 3)
    assert back() == [12002]
    all_paid(world, fake, [59700])


@pytest.mark.django_db(transaction=True)
def test_two_returns_settled_at_the_same_instant_give_back_the_whole_and_no_more(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=3)
    numbers = [accepted(world, order, 2), accepted(world, order, 1)]

    def pay(number: str) -> None:
        try:
            world.pay(number)
        finally:
            connection.close()

    threads = [Thread(target=pay, args=[number]) for number in (*numbers, *numbers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(back()) == [6001, 12002]
    assert [world.case(number)["status"] for number in numbers] == ["refunded", "refunded"]
    all_paid(world, fake, [59700])
