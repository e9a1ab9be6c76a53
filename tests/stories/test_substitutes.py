"""Of several articles to exchange one is not to be had: a substitute for it, by consent, the rest as asked (DEF-05, EXG-12)."""

from typing import Any

import pytest

from shouhou.cases.models import Case
from shouhou.orders.models import Reservation
from shouhou.payments.models import Charge
from tests.conftest import Fake, Shop
from tests.stories.carrying import unchanged
from tests.world import QUALITY, THIRD, World

pytestmark = pytest.mark.django_db
TWO: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 19900},
        {"line": 2, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 10000},
    ],
    "payments": [{"tender": "card", "amount": 29900}],
}  # fmt: skip
OUT: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF8800000000001"}


def without_stock(world: World, shop: Shop, *missing: str, **order: Any) -> str:
    """Both lines came back and were accepted; the shop does not have `missing`."""
    for sku in missing:
        shop.stock.take({"sku": sku, "first": 0})
    number: str = world.apply(
        world.order(**TWO, **order), service="exchange", **QUALITY, answers={"wanted": "same"}, items={1: 1, 2: 2}
    )["number"]  # fmt: skip
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("supervisor"), fault="seller")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("supervisor"))
    world.shop_answers(number)
    assert world.case(number)["status"] == "no_stock"
    return number


def offered(world: World, shop: Shop, number: str, sku: str, *, price: int = 1000, of: str = "CUP") -> None:
    shop.stock.take({"sku": sku, "of": of, "title": sku, "price": price, "quantity": 5, "kind": "substitute", "condition": "new"})
    world.move(number, "offer_substitute", actor=world.staff("supervisor"), sku=sku, title=sku, condition="new")


def held() -> dict[str, int]:
    return {row.sku: row.quantity for row in Reservation.objects.filter(state="held")}


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_only_the_article_that_is_missing_is_substituted_and_only_by_consent(
    world: World, shop: Shop, channel: dict[str, Any]
) -> None:
    number = without_stock(world, shop, "CUP", **channel)
    offered(world, shop, number, "MUG", price=9000)
    assert Case.objects.get(number=number).details["substitute"]["lines"] == [2]
    staff = world.staff("supervisor")
    seller = world.staff("merchant_operator", merchant="m1" if channel else "self")
    assert unchanged(world, number, world.move, number, "take_substitute", actor=seller) == "MOVE_NOT_YOURS"
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert (world.case(number)["status"], held(), Charge.objects.count()) == ("replacement_reserved", {"KETTLE": 1, "MUG": 2}, 0)
    wrong = unchanged(world, number, world.move, number, "ship_replacement", actor=staff, **OUT, scanned="KETTLE,CUP")
    assert wrong == "WRONG_REPLACEMENT"
    assert world.move(number, "ship_replacement", actor=staff, **OUT, scanned="KETTLE,MUG")["status"] == "replacement_shipped"


def test_two_missing_articles_are_substituted_one_after_the_other(world: World, shop: Shop) -> None:
    number = without_stock(world, shop, "KETTLE", "CUP")
    offered(world, shop, number, "TEAPOT", of="KETTLE")
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert world.case(number)["status"] == "no_stock"
    offered(world, shop, number, "MUG")
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert (world.case(number)["status"], held()) == ("replacement_reserved", {"TEAPOT": 1, "MUG": 2})


def test_a_substitute_that_is_not_to_be_had_either_is_replaced_by_another(world: World, shop: Shop) -> None:
    number = without_stock(world, shop, "CUP")
    offered(world, shop, number, "MUG")
    shop.stock.take({"sku": "MUG", "first": 0})
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert world.case(number)["status"] == "no_stock"
    offered(world, shop, number, "GLASS")
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert (world.case(number)["status"], held()) == ("replacement_reserved", {"KETTLE": 1, "GLASS": 2})


def test_a_cheaper_substitute_gives_back_its_difference_only_for_its_own_units(world: World, shop: Shop, fake: Fake) -> None:
    number = without_stock(world, shop, "CUP")
    offered(world, shop, number, "MUG", price=4000)
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert Case.objects.get(number=number).details["difference"] == -2000
    world.move(number, "ship_replacement", actor=world.staff("supervisor"), **OUT, scanned="KETTLE,MUG")
    world.pay(number)
    assert [each["amount"] for each in fake.movements()] == [2000]


def test_of_two_lines_that_want_the_same_article_both_are_waited_for_and_shipped(world: World, shop: Shop) -> None:
    same = {**TWO, "lines": [TWO["lines"][1], {**TWO["lines"][1], "line": 1}], "payments": [{"tender": "card", "amount": 20000}]}
    number = world.apply(world.order(**same), service="exchange", **QUALITY, answers={"wanted": "same"}, items={1: 1, 2: 2})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
    world.move(number, "ship_replacement", actor=world.staff("inspector"), **OUT, scanned="CUP")
    assert Case.objects.get(number=number).details["replacement"]["skus"] == {"CUP": 3}
