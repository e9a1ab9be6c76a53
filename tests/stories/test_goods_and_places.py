"""Goods that come otherwise than expected: another serial, two parcels for one case, one parcel for two, a point far from home."""

from typing import Any

import pytest

from shouhou.cases.models import Case, CaseItem, HistoryEntry, UnpackingRecord
from shouhou.demo.points import open_points
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import Parcel
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from tests.conftest import Fake, Shop
from tests.stories.repairing import FAULT, PHONE, diagnosed, repaired, technician, technician_reviewer
from tests.world import QUALITY, THIRD, TWO, World, refusal_of

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD], ids=["self", "third"])
SERIAL: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 19900,
               "serials": ["KT-0001"]}],
}  # fmt: skip
GOOD: dict[str, Any] = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
OPERATIONS = Actor(role="operations", who="key:points")


def receiver(world: World, number: str) -> Actor:
    """Whoever unpacks: the house's inspector, or the shop's own people."""
    case = Case.objects.select_related("merchant").get(number=number)
    return world.staff("merchant_operator", merchant="m1") if case.merchant.channel == "third" else world.staff("inspector")  # type: ignore[union-attr]


def sent(world: World, number: str, waybill: str) -> None:
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=waybill)


@CHANNELS
def test_another_serial_than_was_sold_is_seen_refused_disputed_ruled_and_sent_home(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    number = world.apply(world.order(**SERIAL, **channel))["number"]
    sent(world, number, "SF0000000000101")
    who = receiver(world, number)
    came = world.move(number, "receive", actor=who, **GOOD, items=[{"line": 1, "received": 1, "serials": ["KT-9999"]}])
    noted = HistoryEntry.objects.get(case__number=number, move="receive").answers["serial_mismatch"]
    assert (came["status"], noted) == ("received", ["KT-9999"])
    world.move(
        number, "not_accept", actor=who, reason_code="NO_SERIAL_MISMATCH", clause="暂行办法 第八条", note="序列号与售出的不符",
    )  # fmt: skip
    world.move(number, "dispute", actor=world.buyer(), reason="我寄的就是这一台")
    world.shop_speaks(number)
    refused = refusal_of(world.move, number, "rule_for_seller", actor=who, note="不符").code
    assert (refused, world.case(number)["status"]) == ("MOVE_NOT_YOURS", "disputed")
    world.move(number, "rule_for_seller", actor=world.staff("arbitrator"), fault="none", note="出库照片与所寄机身号不同")
    world.move(number, "send_back", actor=who, carrier="SF", tracking_number="SF0000000000102")
    world.move(number, "confirm_back", actor=world.buyer())
    line = OrderLine.objects.get()
    assert (world.case(number)["status"], line.claimed_quantity, line.returned_quantity) == ("closed", 0, 0)
    assert not Refund.objects.exists()
    assert set(trial_balance().values()) <= {0}


@CHANNELS
def test_one_case_in_two_parcels_is_counted_together_and_refunded_once(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    number = world.apply(world.order(**TWO, **channel), items={1: 3})["number"]
    sent(world, number, "SF0000000000201")
    who = receiver(world, number)
    world.move(number, "receive", actor=who, **GOOD, items=[{"line": 1, "received": 1}], parcel="SF0000000000201")
    assert CaseItem.objects.get().received_quantity == 1
    world.later(days=1)
    more = {**GOOD, "items": [{"line": 1, "received": 2}], "parcel": "SF0000000000202"}
    world.move(number, "receive_more", actor=who, **more)
    assert CaseItem.objects.get().received_quantity == 3
    assert refusal_of(world.move, number, "receive_more", actor=who, **more).code == "MOVE_NOT_NOW"
    world.move(number, "accept", actor=who)
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunded", 13500)
    assert OrderLine.objects.get().returned_quantity == 3
    assert set(trial_balance().values()) == {0}


@CHANNELS
def test_one_parcel_with_the_goods_of_two_cases_is_received_for_each_and_each_is_refunded(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    numbers = [world.apply(world.order(**channel))["number"] for _ in range(2)]
    first, second = numbers
    sent(world, first, "SF0000000000301")
    # The waybill belongs to the case that named it first; whoever unpacks finds the other's goods in it.
    assert refusal_of(sent, world, second, "SF0000000000301").code == "WAYBILL_TAKEN"
    assert (world.case(second)["status"], Parcel.objects.count()) == ("awaiting_goods", 1)
    who = receiver(world, first)
    world.move(first, "receive", actor=who, **GOOD, parcel="SF0000000000301")
    assert world.case(second)["status"] == "awaiting_goods"
    world.move(second, "receive", actor=who, **GOOD, parcel="SF0000000000301")
    assert set(UnpackingRecord.objects.values_list("case__number", "parcel")) == {(each, "SF0000000000301") for each in numbers}
    for number in numbers:
        world.move(number, "accept", actor=who)
        world.pay(number)
        assert world.case(number)["status"] == "refunded"
    assert [refund.amount_minor for refund in Refund.objects.order_by("id")] == [19900, 19900]
    assert set(trial_balance().values()) == {0}


@CHANNELS
def test_what_was_bought_in_one_city_is_repaired_under_warranty_in_another(world: World, channel: dict[str, Any]) -> None:
    open_points(actor=OPERATIONS, now=world.now)
    order = world.order(**PHONE, **channel)
    world.later(days=40)
    wish = {**FAULT, "answers": {"fault_code": "system_crash", "mode": "walk_in"}}
    made = world.apply(order, **wish)
    number = made["number"]
    if made["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    world.move(number, "approve", actor=technician_reviewer(world, number), mode="walk_in")
    near = WorkOrder.objects.get(subject=number).point_code
    assert near.startswith("CD-"), "the nearest to Chengdu, unless told otherwise"
    refused = refusal_of(world.move, number, "choose_mode", actor=world.buyer(), mode="walk_in", point="BJ-02").code
    assert (refused, WorkOrder.objects.get(subject=number).point_code) == ("NO_SERVICE_POINT", near)
    world.move(number, "choose_mode", actor=world.buyer(), mode="walk_in", point="BJ-01")
    assert WorkOrder.objects.get(subject=number).point_code == "BJ-01"
    bench = technician(world, number)
    world.move(number, "check_in", actor=bench, appearance="ok", accessories="ok", serial="IMEI-1")
    diagnosed(world, number)
    repaired(world, number)
    world.move(number, "hand_over", actor=bench, checked="authorised", note="凭授权书代领")
    done = world.move(number, "confirm_repair", actor=world.buyer())
    assert (done["status"], WorkOrder.objects.get(subject=number).point_code) == ("closed", "BJ-01")
    assert not Refund.objects.exists()


@CHANNELS
def test_an_exchange_of_two_articles_waits_until_the_shop_holds_both(world: World, shop: Shop, channel: dict[str, Any]) -> None:
    lines = [
        {"line": line, "sku": sku, "title": sku, "category": "kettle", "quantity": 1, "unit_price": 10000, "paid": 10000}
        for line, sku in ((1, "KETTLE"), (2, "POT"))
    ]
    order = world.order(lines=lines, payments=[{"tender": "card", "amount": 20000}], **channel)
    number = world.apply(order, **QUALITY, service="exchange", answers={"wanted": "same"}, items={1: 1, 2: 1})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    world.move(number, "approve", actor=world.staff("reviewer") if not channel else world.staff("merchant_operator", merchant="m1"))
    sent(world, number, "SF0000000000401")
    who = receiver(world, number)
    world.move(number, "receive", actor=who, **GOOD)
    assert world.move(number, "accept", actor=who)["status"] == "accepted"
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
