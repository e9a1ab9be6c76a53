"""Goods that come after the end, cases that begin again: nothing is paid for what is not here, nothing is trapped."""

from typing import Any

import pytest

from shouhou.cases.models import Case, CaseItem, Deadline, HistoryEntry, UnpackingRecord
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.world import CONTACT, THIRD, TWO, World, refusal_of

WELL: dict[str, Any] = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
BAD: dict[str, Any] = {"reason_code": "NO_USED_BEYOND_INSPECTION", "clause": "CON-04", "note": "有明显水垢"}


def sent_home(world: World) -> str:
    number = world.received()
    inspector = world.staff("inspector")
    world.move(number, "not_accept", actor=inspector, **BAD)
    world.move(number, "send_back", actor=inspector, carrier="SF", tracking_number="SF9900000000002")
    world.move(number, "confirm_back", actor=world.buyer())
    return number


def test_after_the_goods_went_home_a_reopened_case_pays_nothing_before_they_come_again(world: World, fake: Fake) -> None:
    number = sent_home(world)
    assert world.move(number, "reopen", actor=world.buyer(), reason="换了个方式测试，确有故障")["status"] == "submitted"
    item, case = CaseItem.objects.get(case__number=number), Case.objects.get(number=number)
    assert (item.received_quantity, item.accepted_quantity, case.received_at) == (0, None, None)
    world.move(number, "reject", actor=world.staff("reviewer"), **{**BAD, "reason_code": "NO_OTHER_LEGAL"})
    world.move(number, "dispute", actor=world.buyer(), reason="不同意")
    world.shop_speaks(number)
    ruled = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), fault="none", note="支持")
    assert (ruled["status"], Refund.objects.count()) == ("awaiting_goods", 0)
    world.later(days=9)
    assert world.goods_back(number)["status"] == "received"
    world.move(number, "accept", actor=world.staff("inspector"))
    # The seven days count from the second receipt, not from the first.
    assert Deadline.objects.get(name="refund_statutory", state="open").started_at == world.now
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert [m["amount"] for m in fake.movements()] == [19900]


def test_a_case_closed_with_the_goods_on_the_table_goes_on_with_their_inspection(world: World) -> None:
    number = world.received()
    world.move(number, "close_case", actor=world.staff("agent"), closing_reason="agreed_otherwise", note="电话协商")
    assert OrderLine.objects.get().claimed_quantity == 0
    assert world.move(number, "reopen", actor=world.buyer(), reason="并未谈妥")["status"] == "received"
    assert OrderLine.objects.get().claimed_quantity == 1
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "refunding"


def test_a_shop_that_holds_the_goods_cannot_close_the_case_the_platform_can(world: World) -> None:
    number = world.received(order=THIRD)
    answers: dict[str, Any] = {"closing_reason": "other", "note": "不想处理"}
    refused = refusal_of(world.move, number, "close_case", actor=world.staff("merchant_manager", merchant="m1"), **answers)
    assert (refused.code, world.case(number)["status"]) == ("GOODS_HERE", "received")
    assert OrderLine.objects.get().claimed_quantity == 1
    assert world.move(number, "close_case", actor=world.staff("supervisor"), **answers)["status"] == "closed"


@pytest.mark.parametrize("end", ["cancel", "lapse"])
def test_a_parcel_that_comes_after_the_end_is_registered_and_paid(world: World, fake: Fake, end: str) -> None:
    number = world.apply(world.order())["number"]
    if end == "cancel":
        world.move(number, "cancel", actor=world.buyer())
    else:
        world.later(days=9).ring()
    assert OrderLine.objects.get().claimed_quantity == 0
    assert refusal_of(world.move, number, "receive_late", actor=world.buyer(), **WELL).code == "MOVE_NOT_YOURS"
    late = world.move(number, "receive_late", actor=world.staff("inspector"), **WELL)
    assert (late["status"], OrderLine.objects.get().claimed_quantity) == ("received", 1)
    assert Case.objects.get(number=number).closed_at is None
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    line = OrderLine.objects.get()
    assert (world.case(number)["status"], line.claimed_quantity, line.returned_quantity) == ("refunded", 1, 1)
    assert trial_balance() == {"CNY": 0}


def test_a_late_parcel_whose_unit_stands_in_another_case_is_not_registered_twice(world: World) -> None:
    order = world.order()
    first = world.apply(order)["number"]
    world.move(first, "cancel", actor=world.buyer())
    second = world.apply(order)["number"]
    before = HistoryEntry.objects.count()
    refused = refusal_of(world.move, first, "receive_late", actor=world.staff("inspector"), **WELL)
    assert refused.code == "QUANTITY_TAKEN"
    assert (world.case(first)["status"], world.case(second)["status"]) == ("cancelled", "awaiting_goods")
    assert (OrderLine.objects.get().claimed_quantity, HistoryEntry.objects.count()) == (1, before)


@pytest.mark.parametrize("end", ["close_case", "receive", "cancel"])
def test_no_courier_is_sent_for_a_case_that_ended_or_whose_goods_have_come(world: World, end: str) -> None:
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0]
    order = world.order()
    number = world.apply(order, return_method="pickup", contact={**CONTACT, "window": window.code})["number"]
    assert world.case(number)["status"] == "pickup_booked"
    if end == "close_case":
        world.move(number, end, actor=world.staff("agent"), closing_reason="agreed_otherwise", note="协商")
    elif end == "receive":
        world.move(number, end, actor=world.staff("inspector"), **WELL)
    else:
        world.move(number, end, actor=world.buyer())
    assert Pickup.objects.get(subject=number).state == "cancelled"


def test_the_part_not_accepted_can_still_be_sent_home_when_the_case_is_closed(world: World, fake: Fake) -> None:
    number = world.received(order=TWO, items={1: 3})
    inspector = world.staff("inspector")
    world.move(number, "accept", actor=inspector, items=[{"line": 1, "accepted": 2, "grade": "B"}])
    world.pay(number)
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"
    way: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF9900000000009"}
    assert world.move(number, "send_rest", actor=inspector, **way)["status"] == "closed"
    assert Case.objects.get(number=number).rest_sent
    assert refusal_of(world.move, number, "send_rest", actor=inspector, **way).code == "MOVE_NOT_NOW"
    gone = sent_home(world)
    assert refusal_of(world.move, gone, "send_rest", actor=inspector, **way).code == "MOVE_NOT_NOW"


def test_a_return_that_comes_in_two_parcels_is_inspected_and_paid_as_one(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order(**TWO), items={1: 3})["number"]
    inspector = world.staff("inspector")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    world.move(number, "receive", actor=inspector, **WELL, items=[{"line": 1, "received": 2}])
    decision = Deadline.objects.get(name="decision", state="open").due_at
    world.later(hours=5)
    more = [{"line": 1, "received": 2}]
    assert refusal_of(world.move, number, "receive_more", actor=inspector, **WELL, items=more).code == "RECEIVED_TOO_MUCH"
    assert CaseItem.objects.get().received_quantity == 2
    shown = world.move(number, "receive_more", actor=inspector, **WELL)
    assert (shown["status"], CaseItem.objects.get().received_quantity) == ("received", 3)
    assert Deadline.objects.get(name="decision", state="open").due_at == decision
    assert list(UnpackingRecord.objects.order_by("id").values_list("quantities", flat=True)) == [{"1": 2}, {"1": 1}]
    assert refusal_of(world.move, number, "receive_more", actor=inspector, **WELL).code == "MOVE_NOT_NOW"
    world.move(number, "accept", actor=inspector)
    world.pay(number)
    assert sum(m["amount"] for m in fake.movements()) == 13500
