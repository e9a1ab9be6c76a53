"""Goods that turn up after their refund: at the warehouse or with the consumer, kept or sent home; the money stays as it is."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline, Message
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import Parcel
from shouhou.orders.models import Restock
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.stories.carrying import carrier_says, on_its_way, unchanged, units
from tests.world import THIRD, World

LOST: dict[str, Any] = {"service": "refund_only", "reason": "not_received", "description": "一直没到"}
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, "self"), (THIRD, "m1")])
KEEP: dict[str, Any] = {"disposition": "restock", "grade": "A"}


def lost(world: World, channel: dict[str, Any]) -> str:
    """Refunded as lost, the money is there."""
    number: str = world.apply(world.order(**(on_its_way(world) | channel)), **LOST)["number"]
    carrier_says(world, number, "lost")
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    return number


def never_found(world: World) -> str:
    """The carrier said nothing in time: refunded as lost."""
    number: str = world.apply(world.order(**on_its_way(world)), **LOST)["number"]
    world.later(hours=73).ring()
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    return number


def keeper(world: World, shop: str) -> Any:
    return world.staff("merchant_operator", merchant=shop)


def came(world: World, number: str, shop: str) -> dict[str, Any]:
    return world.move(number, "goods_came_late", actor=keeper(world, shop), tracking_number="JD0000000042", appearance="ok")


@CHANNELS
@pytest.mark.parametrize("closed", [False, True])
def test_what_comes_back_after_the_refund_is_kept_by_the_shop_once(
    world: World, fake: Fake, channel: dict[str, Any], shop: str, closed: bool
) -> None:
    number = lost(world, channel)
    if closed:
        world.later(days=16).ring()
        assert world.case(number)["status"] == "closed"
    assert unchanged(world, number, world.move, number, "keep_late_goods", actor=keeper(world, shop), **KEEP) == "MOVE_NOT_NOW"
    late = came(world, number, shop)
    assert (late["status"], late["waits_on"], Case.objects.get().closed_at) == ("late_goods", "merchant_operator", None)
    worn = {"disposition": "restock", "grade": "B"}
    assert unchanged(world, number, world.move, number, "keep_late_goods", actor=keeper(world, shop), **worn) == "ANSWERS_INVALID"
    done = world.move(number, "keep_late_goods", actor=keeper(world, shop), **KEEP)
    row = Restock.objects.get()
    assert (done["status"], row.sku, row.quantity, row.disposition) == ("closed", "KETTLE", 1, "restock")
    assert unchanged(world, number, world.move, number, "keep_late_goods", actor=keeper(world, shop), **KEEP) == "MOVE_NOT_NOW"
    assert (Refund.objects.count(), units(), set(trial_balance().values())) == (1, (1, 1), {0})


@CHANNELS
def test_it_can_go_home_to_the_consumer_with_the_refund_unchanged(world: World, fake: Fake, channel: dict[str, Any], shop: str) -> None:
    number = lost(world, channel)
    came(world, number, shop)
    out: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF7700000000001", "note": "作为补偿送您"}
    assert unchanged(world, number, world.move, number, "send_late_goods", actor=world.buyer(), **out) == "MOVE_NOT_YOURS"
    assert world.move(number, "send_late_goods", actor=keeper(world, shop), **out)["status"] == "closed"
    assert (Parcel.objects.get(tracking_number="SF7700000000001").direction, Refund.objects.count()) == ("send_back", 1)
    assert Message.objects.filter(case__number=number, internal=False, text__contains="作为补偿送您").exists()


def test_silence_is_overdue_and_changes_nothing_else(world: World, fake: Fake) -> None:
    number = lost(world, {})
    came(world, number, "self")
    world.later(hours=49).ring()
    assert (world.case(number)["status"], Deadline.objects.get(name="late_goods").state) == ("late_goods", "breached")
    assert (Refund.objects.count(), Restock.objects.count()) == (1, 0)


def test_delivered_to_the_consumer_after_the_refund_the_shop_asks_for_it_or_lets_them_keep_it(world: World, fake: Fake) -> None:
    number = never_found(world)
    late = carrier_says(world, number, "delivered", at_hours=5)
    assert (late["status"], late["details"]["late"]["where"]) == ("late_goods", "consumer")
    assert unchanged(world, number, world.move, number, "keep_late_goods", actor=keeper(world, "self"), **KEEP) == "MOVE_NOT_NOW"
    agent = world.staff("agent")
    assert world.move(number, "recall_late_goods", actor=agent, note="谢谢")["status"] == "late_goods"
    assert Message.objects.filter(case__number=number, internal=False, text__contains="仓库路 8 号").exists()
    came(world, number, "self")
    world.move(number, "keep_late_goods", actor=keeper(world, "self"), disposition="open_box", grade="B")
    assert (world.case(number)["status"], Restock.objects.get().disposition) == ("closed", "open_box")
    other = never_found(world)
    carrier_says(world, other, "delivered", at_hours=5)
    assert world.move(other, "let_consumer_keep", actor=agent, note="不用寄回")["status"] == "closed"
    assert (Refund.objects.count(), units()) == (2, (1, 1))


def test_after_an_allowance_the_goods_are_the_consumers_and_cannot_be_kept(world: World, fake: Fake) -> None:
    wish: dict[str, Any] = {"service": "refund_only", "reason": "quality", "description": "划痕", "answers": {"amount_wanted": 3000}}
    number = world.apply(world.order(), **wish)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="照片")
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.pay(number)
    came(world, number, "self")
    assert unchanged(world, number, world.move, number, "keep_late_goods", actor=keeper(world, "self"), **KEEP) == "MOVE_NOT_NOW"
    out: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF7700000000002", "note": "物归原主"}
    sent = world.move(number, "send_late_goods", actor=keeper(world, "self"), **out)
    assert (sent["status"], Restock.objects.count(), Refund.objects.get().amount_minor) == ("closed", 0, 3000)
