"""Cancelling before delivery to its end on each path: the shop quick, dead, too late; the carrier able or not; silence everywhere."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case, Message
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import ParcelRequest
from shouhou.orders.models import Interception, OrderLine
from shouhou.orders.shop.interceptions import ask_to_stop, deliver_intercept
from shouhou.orders.shop.port import ShopUnreachable
from shouhou.payments.models import Refund
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, carrier_says, on_its_way, shop_answers, unchanged, units
from tests.world import THIRD, TWO, World, refusal_of

WISH: dict[str, Any] = {"service": "cancel", "reason": "changed_mind"}
CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])


def cancelled(world: World, **order: Any) -> str:
    number: str = world.apply(world.order(**order), **WISH)["number"]
    return number


def refunded(world: World, number: str) -> None:
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    world.later(days=16).ring()
    assert (world.case(number)["status"], units()) == ("closed", (1, 1))
    assert set(trial_balance().values()) == {0}


@CHANNELS
def test_what_the_shop_stops_is_refunded_at_once_with_its_freight(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any]
) -> None:
    freight = {"freight": 800, "payments": [{"tender": "card", "amount": 20700}]}
    number = cancelled(world, **UNSENT, **freight, **channel)
    assert (world.case(number)["status"], units()) == ("stopping", (1, 0))
    shop_answers(world, number)
    stopped = world.case(number)
    assert (stopped["status"], stopped["refund"]["amount"]) == ("refunding", 20700)
    assert [(row.reason, row.amount_minor, row.freight_minor) for row in Refund.objects.all()] == [("cancel", 20700, 800)]
    refunded(world, number)


def test_a_part_of_an_order_is_cancelled_and_the_rest_is_not_touched(world: World, shop: Shop, fake: Fake) -> None:
    number = world.apply(world.order(**UNSENT, **TWO), items={1: 2}, **WISH)["number"]
    shop_answers(world, number)
    world.pay(number)
    assert (Refund.objects.get().amount_minor, units()) == (9000, (2, 2))
    assert refusal_of(world.apply, "T0001", items={1: 2}, **WISH).code == "QUANTITY_TAKEN"
    assert world.apply("T0001", items={1: 1}, **WISH)["status"] == "stopping"


def test_a_dead_shop_is_asked_again_with_the_same_key_and_refunds_once(world: World, shop: Shop, fake: Fake) -> None:
    number = cancelled(world, **UNSENT)
    key = Interception.objects.get().key
    for mood in ("dead", "lost", "fail"):
        shop.behave(mood)
        with pytest.raises(ShopUnreachable):
            deliver_intercept(key, now=world.now)
        assert world.case(number)["status"] == "stopping"
    deliver_intercept(key, now=world.now)
    deliver_intercept(key, now=world.now)
    assert (Refund.objects.count(), len(shop.stock.stops)) == (1, 1)


def test_the_same_key_asks_the_shop_once(world: World, shop: Shop) -> None:
    number = cancelled(world, **UNSENT)
    with transaction.atomic():
        again = ask_to_stop(order="T0001", lines=[], subject=number, key=f"{number}:stop", now=world.now, merchant_id=1, buyer_id=1)
    assert (again, Interception.objects.count()) == (False, 1)


@CHANNELS
def test_a_silent_shop_is_answered_by_a_person(world: World, shop: Shop, fake: Fake, channel: dict[str, Any]) -> None:
    number = cancelled(world, **UNSENT, **channel)
    world.later(hours=3).ring()
    asked = world.case(number)
    assert (asked["status"], asked["waits_on"]) == ("shop_asked", "merchant_operator")
    assert unchanged(world, number, world.move, number, "confirm_stopped", actor=world.buyer()) == "MOVE_NOT_YOURS"
    code = "m1" if channel else "self"
    world.move(number, "confirm_stopped", actor=world.staff("merchant_operator", merchant=code))
    # The shop's own late answer changes nothing any more.
    shop_answers(world, number)
    assert Refund.objects.count() == 1
    refunded(world, number)


def test_silence_of_everybody_refunds_in_the_consumers_favour(world: World, shop: Shop, fake: Fake) -> None:
    number = cancelled(world, **UNSENT)
    seen = []
    for hours in (3, 13, 25):
        world.later(hours=hours).ring()
        seen.append(world.case(number)["status"])
    assert seen == ["shop_asked", "escalated", "refunding"]


def test_silence_about_a_large_amount_waits_for_the_supervisor(world: World, shop: Shop, fake: Fake) -> None:
    dear = {"lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 800000, "paid": 800000}],
            "payments": [{"tender": "card", "amount": 800000}]}  # fmt: skip
    number = cancelled(world, **UNSENT, **dear)
    for hours in (3, 13, 25):
        world.later(hours=hours).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("escalated", 0)
    world.move(number, "confirm_stopped", actor=world.staff("supervisor", "user:7"))
    assert world.case(number)["status"] == "refund_review"
    assert unchanged(world, number, world.move, number, "approve_refund", actor=world.staff("supervisor", "user:7")) == "SAME_PERSON"
    finance = world.staff("finance", "user:8")
    world.move(number, "refuse_refund", actor=finance, refusal="amount", remark="核对")
    assert (world.case(number)["status"], units(), Refund.objects.get().state) == ("escalated", (1, 0), "cancelled")
    world.move(number, "approve", actor=world.staff("supervisor", "user:7"))
    world.move(number, "approve_refund", actor=finance)
    assert (world.case(number)["status"], units()) == ("refunding", (1, 1))


@pytest.mark.parametrize("word", ["success", "refused_at_door"])
def test_too_late_in_the_house_the_carrier_brings_it_back(world: World, shop: Shop, fake: Fake, word: str) -> None:
    number = cancelled(world, **UNSENT)
    shop.stock.take({"dispatch": "T0001", "answer": "shipped", "carrier": "SF", "tracking_number": "SF0000000000777"})
    shop_answers(world, number)
    assert (world.case(number)["status"], ParcelRequest.objects.get().tracking_number) == ("intercepting", "SF0000000000777")
    assert carrier_says(world, number, "accepted")["status"] == "intercepting"
    assert carrier_says(world, number, word, word)["status"] == "refunding"
    refunded(world, number)


def test_a_third_partys_goods_are_refunded_when_they_are_back_or_late(world: World, shop: Shop, fake: Fake) -> None:
    first = cancelled(world, **on_its_way(world), **THIRD)
    shop.stock.take({"dispatch": "T0001", "answer": "shipped"})
    shop_answers(world, first)
    assert ParcelRequest.objects.get().tracking_number == "JD0000000042"
    assert carrier_says(world, first, "accepted", "success")["status"] == "coming_back"
    assert not Refund.objects.exists()
    world.move(first, "goods_came_back", actor=world.staff("merchant_operator", merchant="m1"))
    refunded(world, first)
    number = cancelled(world, **on_its_way(world, waybill="JD0000000043"), **THIRD)
    shop.stock.take({"dispatch": "T0002", "answer": "shipped"})
    shop_answers(world, number)
    carrier_says(world, number, "success")
    world.later(days=40).ring()
    assert world.case(number)["status"] == "refunding"


@pytest.mark.parametrize("why", ["refused", "failure", "silence", "no waybill"])
def test_what_cannot_be_stopped_becomes_a_return_on_the_same_number(world: World, shop: Shop, fake: Fake, why: str) -> None:
    order = UNSENT if why == "no waybill" else on_its_way(world)
    number = cancelled(world, **order)
    shop.stock.take({"dispatch": "T0001", "answer": "shipped"})
    shop_answers(world, number)
    if why == "silence":
        world.later(hours=73).ring()
    elif why != "no waybill":
        carrier_says(world, number, why)
    assert (world.case(number)["status"], world.case(number)["waits_on"]) == ("not_stopped", "consumer")
    changed = world.move(number, "change_to_return", actor=world.buyer())
    assert (changed["number"], changed["service"], changed["status"], units()) == (number, "return", "awaiting_goods", (1, 0))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    refunded(world, number)


def test_undecided_it_becomes_a_return_and_kept_it_is_over(world: World, shop: Shop) -> None:
    number = cancelled(world, **on_its_way(world))
    shop.stock.take({"dispatch": "T0001", "answer": "shipped"})
    shop_answers(world, number)
    carrier_says(world, number, "failure")
    world.move(number, "cancel", actor=world.buyer())
    assert (world.case(number)["status"], units()) == ("cancelled", (0, 0))
    again = world.apply("T0001", **WISH)["number"]
    shop_answers(world, again)
    carrier_says(world, again, "failure")
    world.later(days=40).ring()
    assert (world.case(again)["service"], world.case(again)["status"]) == ("return", "awaiting_goods")


def test_the_shop_itself_cancels_what_it_cannot_send(world: World, shop: Shop, fake: Fake) -> None:
    order = world.order(**UNSENT, **THIRD)
    clerk = world.staff("merchant_operator", merchant="m1")
    number = world.apply(order, actor=clerk, service="cancel", reason="out_of_stock")["number"]
    assert world.case(number)["status"] == "refunding"
    assert not Interception.objects.exists()
    hint = Message.objects.get(case__number=number)
    assert hint.internal and "补偿" in hint.text and "compensation" in hint.text_en
    refunded(world, number)


def test_a_consumer_who_says_out_of_stock_does_not_speak_for_the_shop(world: World, shop: Shop) -> None:
    number = world.apply(world.order(**UNSENT), service="cancel", reason="out_of_stock")["number"]
    assert (world.case(number)["status"], Interception.objects.count()) == ("stopping", 1)


def test_withdrawn_while_a_person_looks_the_shop_may_go_on(world: World, shop: Shop) -> None:
    number = cancelled(world, **UNSENT)
    world.later(hours=3).ring()
    world.later(hours=13).ring()
    world.move(number, "cancel", actor=world.buyer())
    assert (world.case(number)["status"], Interception.objects.get().state, units()) == ("cancelled", "dropped", (0, 0))
    shop_answers(world, number)
    assert (Interception.objects.get().state, shop.stock.stops) == ("dropped", {})


def test_stopped_just_when_it_was_withdrawn_it_is_let_go_again(world: World, shop: Shop) -> None:
    """The shop answers while the case ends: what it stopped must not stay stopped for nobody."""
    number = cancelled(world, **UNSENT)
    key = Interception.objects.get().key
    Case.objects.filter(number=number).update(status="shop_asked")
    told = shop.stock.stop(key, "T0001", [])
    assert told["answer"] == "stopped"
    Interception.objects.update(state="stopped")
    with transaction.atomic():
        world.move(number, "close_case", actor=world.staff("supervisor"), closing_reason="duplicate", note="重复")
    assert Interception.objects.get().state == "resuming"
    shop.behave("dead")
    with pytest.raises(ShopUnreachable):
        shop_answers(world, number)
    shop_answers(world, number)
    assert (Interception.objects.get().state, shop.stock.stops[key]["resumed"]) == ("resumed", True)


def test_what_was_signed_for_cannot_be_cancelled_and_the_entitlement_says_so(world: World, shop: Shop) -> None:
    order = world.order()
    told = entitlements(order, actor=world.buyer(), reason="no_reason", at=world.now, language="zh-hans")
    promise = next(each for each in told["lines"][0]["promises"] if each["service"] == "cancel")
    assert (promise["verdict"], promise["offered"], promise["reasons"][0]["code"]) == ("deny", False, "CX_DELIVERED")
    assert refusal_of(world.apply, order, **WISH).code == "NOT_ELIGIBLE"
    assert (Case.objects.count(), units()) == (0, (0, 0))


def test_two_cancellations_of_the_same_units_are_one(world: World, shop: Shop) -> None:
    cancelled(world, **UNSENT)
    assert refusal_of(world.apply, "T0001", **WISH).code == "QUANTITY_TAKEN"
    assert (Case.objects.count(), OrderLine.objects.get().claimed_quantity) == (1, 1)


def test_a_stranger_sees_no_cancellation(world: World, shop: Shop) -> None:
    number = cancelled(world, **UNSENT)
    world.order("T9", buyer={"id": "u2", "name": "路人", "phone": "13800000002", "email": "x@example.com"})
    assert refusal_of(world.move, number, "change_to_return", actor=world.buyer("u2")).code == "CASE_NOT_FOUND"
    assert refusal_of(world.case, number, actor=world.buyer("u2")).code == "CASE_NOT_FOUND"
