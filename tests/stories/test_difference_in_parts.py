"""What was paid on top in an exchange of several units, when the replacements come back one after the other (DEF-07)."""

from collections.abc import Sequence
from threading import Thread
from typing import Any

import httpx
import pytest
from django.db import connection

from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders.models import Order
from shouhou.payments.models import Charge, Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake, Shop
from tests.stories.repairing import pays
from tests.stories.test_charges import WANTS, spoken
from tests.stories.test_flash import PLUS
from tests.world import QUALITY, THIRD, World, refusal_of

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
    ahead = world.case(number)["status"] == "advance_due"
    if not ahead:
        world.goods_back(number)
        world.move(number, "accept", actor=world.staff("inspector" if team == "self" else "supervisor"))
    world.shop_answers(number)
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    world.move(number, "ship_replacement", actor=world.staff("supervisor"), carrier="SF", tracking_number="SF1000000000009",
               scanned="KETTLE-XL")  # fmt: skip
    if ahead:
        world.goods_back(number)
        world.move(number, "accept", actor=world.staff("inspector"))
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
    """What went back of the difference, refund by refund."""
    asked = Charge.objects.get(purpose="price_difference").number
    return list(Refund.objects.filter(subject=asked).order_by("id").values_list("amount_minor", flat=True))


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


def settle(world: World, number: str, units: int, role: str = "supervisor") -> Any:
    return world.move(number, "settle_difference", actor=world.staff(role), units=units, note="包装上印着大号")


@pytest.mark.parametrize("channel", [{}, THIRD])
@pytest.mark.parametrize(("first", "given"), [(1, [6001, 6001]), (0, [12002])])
def test_where_a_unit_was_never_replaced_whoever_has_the_goods_says_which_came_back(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any], first: int, given: list[int]
) -> None:
    order = upgraded(world, shop, units=2, **channel)
    number = returned(world, order, 1)
    told = {each.internal: each.text for each in Case.objects.get(number=number).messages.all()}
    assert (back(), "60.01" in told[False], Charge.objects.get().number in told[True]) == ([], True, True)
    limits = {each["name"]: each["waits_on"] for each in world.case(number)["deadlines"] if each["state"] == "open"}
    assert limits["difference_back"] == "supervisor"
    settle(world, number, first)
    assert back() == [6001] * first and "difference_back" not in str(world.case(number)["deadlines"])
    returned(world, order, 2)
    assert back() == given, "the last two are all that is left: which they are is known"
    all_paid(world, fake, [59700])


def test_nobody_looked_in_time_and_the_difference_goes_back_in_the_buyers_favour(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    number = returned(world, order, 1)
    world.later(days=2)
    world.ring()
    assert back() == [6001] and refusal_of(settle, world, number, 1).code == "MOVE_NOT_NOW"
    other = returned(world, order, 1)
    world.later(days=30)
    world.ring()
    assert (back(), world.case(other)["status"]) == ([6001, 6001], "closed")
    returned(world, order, 1)
    assert back() == [6001, 6001], "what is left was never replaced"
    all_paid(world, fake, [59700])


@pytest.mark.parametrize(("answer", "given"), [(1, [6001]), (0, []), (None, [6001])])
def test_what_was_refunded_before_the_goods_came_is_settled_when_the_case_is_closed(
    world: World, shop: Shop, fake: Fake, answer: int | None, given: list[int]
) -> None:
    cheap = {"lines": [{**KETTLES["lines"][0], "unit_price": 9000, "paid": 27000}], "payments": [{"tender": "card", "amount": 27000}]}
    order = upgraded(world, shop, units=2, price=15001, **cheap, **PLUS)
    number = world.apply(order, items={1: 2})["number"]
    world.move(number, "collected", actor=world.staff("carrier"))
    for refund in Refund.objects.filter(subject=number):
        work(refund, now=world.now)
    world.move(number, "receive", actor=world.staff("inspector"), items=[{"line": 1, "received": 2}], packing="ok", appearance="ok",
               accessories="ok")  # fmt: skip
    world.move(number, "accept", actor=world.staff("inspector"), items=[{"line": 1, "accepted": 1, "grade": "A"}])
    assert world.case(number)["status"] == "collecting"
    pays(world, number)
    assert (world.case(number)["status"], back()) == ("closed", [])
    if answer is None:
        world.later(days=2).ring()
    else:
        settle(world, number, answer)
    assert back() == given


def test_what_cannot_be_is_refused_and_nothing_goes_back(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    number = returned(world, order, 1)
    shop_person = world.staff("merchant_operator", merchant="self")
    for actor, answers in (
        (world.buyer(), {"units": 1, "note": "大号"}), (shop_person, {"units": 0, "note": "原来的"}),
        (world.staff("supervisor"), {"units": 2, "note": "大号"}), (world.staff("supervisor"), {"units": -1, "note": "大号"}),
        (world.staff("supervisor"), {"units": "１", "note": "x" * 501}), (world.staff("supervisor"), {"units": 1, "note": ""}),
        (world.staff("supervisor"), {"units": 1, "note": "大号", "which": "PC-1:1"}),
        (world.staff("technician"), {"units": 1, "note": "大号"}),
    ):  # fmt: skip
        before = world.case(number)
        assert refusal_of(world.move, number, "settle_difference", actor=actor, **answers).code in (
            "ANSWERS_INVALID", "MOVE_NOT_YOURS", "CASE_NOT_FOUND",
        )  # fmt: skip
        assert (back(), world.case(number)) == ([], before)


def test_two_in_doubt_at_once_are_settled_in_either_order(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    first, second = returned(world, order, 1), returned(world, order, 1)
    settle(world, second, 1)
    settle(world, first, 0)
    returned(world, order, 1)
    assert back() == [6001, 6001]
    all_paid(world, fake, [59700])


@pytest.mark.django_db(transaction=True)
def test_two_people_who_settle_it_at_the_same_instant_give_it_back_once(world: World, shop: Shop, fake: Fake) -> None:
    order = upgraded(world, shop, units=2)
    number = returned(world, order, 1)
    outcomes: list[str] = []

    def once() -> None:
        try:
            settle(world, number, 1)
            outcomes.append("")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connection.close()

    threads = [Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("") == 1 and set(outcomes) <= {"", "MOVE_NOT_NOW", "OVERTAKEN"} and back() == [6001]


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
