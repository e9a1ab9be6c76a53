"""What goes out in an exchange is scanned, article and serial; and the unit that the buyer then holds is known by its own serial."""

from typing import Any

import pytest

from shouhou.cases.models import Case
from shouhou.orders.models import OrderLine, Reservation
from shouhou.repairs.models import WorkOrder
from tests.conftest import Shop
from tests.stories.test_exchange import OUT, approved, taken
from tests.world import QUALITY, World, refusal_of

pytestmark = pytest.mark.django_db
PHONE: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "PH", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 19900, "paid": 19900,
               "serials": ["IMEI-OLD"]}],
}  # fmt: skip
BOTH: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 9900, "paid": 9900},
        {"line": 2, "sku": "TOASTER", "title": "面包机", "category": "appliance", "quantity": 1, "unit_price": 10000, "paid": 10000},
    ],
}  # fmt: skip


def held(world: World, order: dict[str, Any], **wish: Any) -> str:
    number = approved(world, order=order, **wish)
    taken(world, number)
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
    return number


def exchanged(world: World, **answers: str) -> str:
    """A phone exchanged to the end; answers its order."""
    number = held(world, PHONE)
    world.move(number, "ship_replacement", actor=world.staff("inspector"), **{**OUT, "scanned": "PH", **answers})
    world.move(number, "confirm_replacement", actor=world.buyer())
    return Case.objects.get(number=number).order.number  # type: ignore[union-attr]


def sent_in(world: World, order: str, serial: str) -> dict[str, Any]:
    """A return of the phone for quality: the warehouse scans this serial."""
    number = world.apply(order, **QUALITY, evidence=())["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF7770000000001")
    items = [{"line": 1, "received": 1, "serials": [serial]}]
    return world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", items=items)


def mismatch(case: dict[str, Any]) -> object:
    return Case.objects.get(number=case["number"]).history.get(move="receive").answers.get("serial_mismatch")


def test_a_serial_that_was_only_typed_in_does_not_stand_for_the_article(world: World, shop: Shop) -> None:
    number = held(world, PHONE)
    staff = world.staff("inspector")
    answers = {**OUT, "scanned": "IMEI-NEW", "serials": "IMEI-NEW"}
    assert refusal_of(world.move, number, "ship_replacement", actor=staff, **answers).code == "WRONG_REPLACEMENT"
    assert (world.case(number)["status"], Reservation.objects.get().state) == ("replacement_reserved", "held")


def test_the_unit_that_came_back_never_goes_out_as_the_replacement(world: World, shop: Shop) -> None:
    number = held(world, PHONE)
    answers = {**OUT, "scanned": "PH", "serials": "IMEI-OLD"}
    assert refusal_of(world.move, number, "ship_replacement", actor=world.staff("inspector"), **answers).code == "OLD_UNIT"
    assert (world.case(number)["status"], Reservation.objects.get().state) == ("replacement_reserved", "held")


def test_of_two_articles_both_are_scanned_before_anything_goes_out(world: World, shop: Shop) -> None:
    number = held(world, BOTH, items={1: 1, 2: 1})
    staff = world.staff("inspector")
    assert refusal_of(world.move, number, "ship_replacement", actor=staff, **OUT).code == "WRONG_REPLACEMENT"
    assert world.case(number)["status"] == "replacement_reserved"
    assert world.move(number, "ship_replacement", actor=staff, **{**OUT, "scanned": "TOASTER，KETTLE"})["status"] == "replacement_shipped"


def test_the_replacement_comes_back_under_its_own_serial_and_is_no_stranger(world: World, shop: Shop) -> None:
    order = exchanged(world, serials="IMEI-NEW")
    assert OrderLine.objects.get().replacement_serials == ["IMEI-NEW"]
    assert mismatch(sent_in(world, order, "IMEI-NEW")) is None


def test_after_an_exchange_a_strange_serial_is_still_a_stranger(world: World, shop: Shop) -> None:
    assert mismatch(sent_in(world, exchanged(world, serials="IMEI-NEW"), "IMEI-OTHER")) == ["IMEI-OTHER"]


def test_where_nobody_took_the_new_serial_down_nothing_is_called_a_mismatch(world: World, shop: Shop) -> None:
    assert mismatch(sent_in(world, exchanged(world), "IMEI-NEW")) is None


def test_a_repair_after_the_exchange_is_of_the_replacement(world: World, shop: Shop) -> None:
    order = exchanged(world, serials="IMEI-NEW")
    world.apply(order, service="repair", **QUALITY, evidence=(), answers={"mode": "mail_in"})
    assert WorkOrder.objects.get().serial == "IMEI-NEW"
