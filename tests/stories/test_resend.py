"""Sending what is missing to its end on each path, in both channels: units from stock, parts by hand, nothing to send, still missing."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import Parcel
from shouhou.orders.models import OrderLine, Reservation
from shouhou.payments.models import Refund
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, unchanged, units
from tests.world import THIRD, World, refusal_of

WISH: dict[str, Any] = {"service": "resend", "reason": "missing_item", "description": "订两件到一件", "answers": {"missing": "item"}}
PART: dict[str, Any] = {**WISH, "reason": "missing_accessory", "answers": {"missing": "accessory", "part_name": "电源线"}}
TWO_LINES: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 6000, "paid": 11000},
        {"line": 2, "sku": "LID", "title": "杯盖", "category": "generic", "quantity": 1, "unit_price": 7000, "paid": 7000},
    ],
    "payments": [{"tender": "card", "amount": 18000}],
}  # fmt: skip
OUT: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF8800000000021"}
CHANNELS = pytest.mark.parametrize(("channel", "team"), [({}, ("reviewer", None)), (THIRD, ("merchant_operator", "m1"))])


def applied(world: World, order: dict[str, Any] | None = None, **wish: Any) -> str:
    number: str = world.apply(world.order(**(order or {})), **{**WISH, **wish})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="拆箱照片")
    return number


def approved(world: World, order: dict[str, Any] | None = None, team: tuple[str, str | None] = ("reviewer", None), **wish: Any) -> str:
    number = applied(world, order, **wish)
    world.move(number, "approve", actor=world.staff(team[0], merchant=team[1]), weight="出库 0.8 kg，应为 1.6 kg", fault="seller")
    return number


def packer(world: World, team: tuple[str, str | None] = ("reviewer", None)) -> Any:
    return world.staff("merchant_operator", merchant=team[1] or "self")


@CHANNELS
def test_missing_units_are_reserved_sent_confirmed_and_nothing_comes_back(
    world: World, shop: Shop, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = approved(world, {**TWO_LINES, **channel}, team)
    world.shop_answers(number)
    assert world.case(number)["status"] == "resend_held"
    sent = world.move(number, "send_missing", actor=packer(world, team), **OUT)
    assert (sent["status"], Parcel.objects.get().direction, Reservation.objects.get().state) == ("resent", "send_back", "shipped")
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    done = world.move(number, "confirm_resend", actor=world.buyer())
    assert (done["status"], done["outcome"], units(), Refund.objects.count()) == ("closed", "granted", (0, 0), 0)


def test_silence_after_delivery_confirms_and_the_same_unit_is_not_sent_twice(world: World, shop: Shop) -> None:
    number = approved(world)
    assert refusal_of(world.apply, "T0001", **WISH).code == "QUANTITY_TAKEN"
    world.shop_answers(number)
    world.move(number, "send_missing", actor=packer(world), **OUT)
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    world.later(days=8).ring()
    assert (world.case(number)["status"], units()) == ("closed", (0, 0))
    assert refusal_of(world.apply, "T0001", **WISH).code == "NOT_ELIGIBLE"
    assert Case.objects.count() == 1
    part = world.apply("T0001", **PART)
    assert [reason["code"] for reason in part["decision"]["reasons"]] == ["RS_SENT_BEFORE"]


@CHANNELS
def test_a_named_part_is_packed_by_hand(world: World, shop: Shop, channel: dict[str, Any], team: tuple[str, str | None]) -> None:
    number = approved(world, channel, team, **PART)
    assert (world.case(number)["status"], Reservation.objects.count()) == ("to_resend", 0)
    assert world.move(number, "send_missing", actor=packer(world, team), **OUT)["status"] == "resent"


def test_a_missing_cable_does_not_keep_the_kettle_from_being_returned(world: World, shop: Shop, fake: Fake) -> None:
    number = approved(world, **PART)
    assert units() == (0, 0)
    returned = world.apply("T0001", service="return", reason="quality", description="漏水")["number"]
    assert (world.case(returned)["service"], units()) == ("return", (1, 0))
    world.move(number, "send_missing", actor=packer(world), **OUT)
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert world.move(number, "confirm_resend", actor=world.buyer())["outcome"] == "granted"
    assert units() == (1, 0)


def test_the_same_accessory_is_not_sent_twice_however_it_is_typed(world: World, shop: Shop) -> None:
    number = approved(world, **PART)
    again = {**PART, "answers": {"missing": "accessory", "part_name": " 电源 线。"}}
    assert refusal_of(world.apply, "T0001", **again).code == "PART_UNDER_WAY"
    assert refusal_of(world.apply, "T0001", **again, request_review=True).code == "PART_UNDER_WAY"
    other = world.apply("T0001", **{**PART, "answers": {"missing": "accessory", "part_name": "滤网"}})
    assert (Case.objects.count(), units()) == (2, (0, 0))
    world.move(number, "send_missing", actor=packer(world), **OUT)
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    world.move(number, "confirm_resend", actor=world.buyer())
    refused = refusal_of(world.apply, "T0001", **again)
    assert (refused.code, refused.facts["reasons"]) == ("NOT_ELIGIBLE", ["RS_PART_SENT"])
    world.move(other["number"], "cancel", actor=world.buyer())
    assert (Case.objects.count(), units()) == (2, (0, 0))


def test_a_withdrawn_wish_for_an_accessory_can_be_made_again_but_not_reopened_beside_it(world: World, shop: Shop) -> None:
    first = applied(world, **PART)
    world.move(first, "close_case", actor=world.staff("agent"), closing_reason="other", note="消费者来电撤回")
    second = world.apply("T0001", **PART)["number"]
    assert unchanged(world, first, world.move, first, "reopen", actor=world.buyer(), reason="还是要") == "PART_UNDER_WAY"
    world.move(second, "cancel", actor=world.buyer())
    assert world.move(first, "reopen", actor=world.buyer(), reason="还是要")["status"] == "submitted"
    assert units() == (0, 0)


def test_the_whole_price_for_a_part_takes_the_unit_and_is_refused_while_a_return_has_it(world: World, shop: Shop, fake: Fake) -> None:
    number = approved(world, **PART)
    world.move(number, "part_unavailable", actor=packer(world), note="配件停产")
    world.move(number, "refund_instead", actor=world.buyer())
    for _ in range(3):
        world.later(days=4).ring()
    assert world.case(number)["status"] == "escalated"
    world.move(number, "offer_partial", actor=world.staff("supervisor"), amount=1200, note="电源线的价值")
    world.move(number, "refuse_partial", actor=world.buyer(), reason="没有它用不了")
    world.shop_speaks(number)
    returned = world.apply("T0001", service="return", reason="quality", description="漏水")["number"]
    ruling: dict[str, Any] = {"actor": world.staff("arbitrator"), "fault": "seller", "note": "缺件无法使用", "amount": 19900}
    assert unchanged(world, number, world.move, number, "rule_for_consumer", **ruling) == "QUANTITY_TAKEN"
    world.move(returned, "cancel", actor=world.buyer())
    world.move(number, "rule_for_consumer", **ruling)
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor, units()) == ("refunded", 19900, (1, 1))


def test_a_part_must_be_named(world: World) -> None:
    order = world.order()
    assert refusal_of(world.apply, order, **{**PART, "answers": {"missing": "gift"}}).code == "NOT_ELIGIBLE"
    assert refusal_of(world.apply, order, **{**WISH, "answers": {}}).code == "ANSWERS_INVALID"
    assert (Case.objects.count(), units()) == (0, (0, 0))


def test_cheap_units_are_sent_by_the_book(world: World, shop: Shop) -> None:
    cheap = {"lines": [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 3000, "paid": 6000}],
             "payments": [{"tender": "card", "amount": 6000}]}  # fmt: skip
    number = applied(world, cheap)
    world.later(hours=25).ring()
    world.shop_answers(number)
    assert world.case(number)["status"] == "resend_held"


@pytest.mark.parametrize("who", ["silence", "consumer"])
def test_without_stock_the_missing_units_alone_are_refunded(world: World, shop: Shop, fake: Fake, who: str) -> None:
    shop.stock.take({"sku": "CUP", "first": 0})
    number = approved(world, TWO_LINES)
    world.shop_answers(number)
    assert world.case(number)["status"] == "nothing_to_send"
    if who == "silence":
        world.later(hours=49).ring()
    else:
        world.move(number, "refund_instead", actor=world.buyer())
    paid = world.case(number)
    assert (paid["service"], paid["status"], paid["requested_service"]) == ("refund_only", "refunding", "resend")
    # 110.00 for two: the first unit of the line at what was really paid.
    assert Refund.objects.get().amount_minor == 5500
    world.pay(number)
    assert (world.case(number)["status"], units()) == ("refunded", (1, 1))
    assert set(trial_balance().values()) == {0}


def test_what_is_there_is_sent_and_what_is_not_is_refunded_on_the_same_case(world: World, shop: Shop, fake: Fake) -> None:
    shop.stock.take({"sku": "LID", "first": 0})
    number = approved(world, TWO_LINES, items={1: 1, 2: 1})
    world.shop_answers(number)
    held = world.case(number)
    assert (held["status"], held["details"]["held"], held["details"]["lacking"]) == ("resend_held", [1], [2])
    world.move(number, "send_missing", actor=packer(world), **OUT)
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert world.move(number, "confirm_resend", actor=world.buyer())["status"] == "nothing_to_send"
    world.later(hours=49).ring()
    world.pay(number)
    lines = {line.line: (line.claimed_quantity, line.returned_quantity) for line in OrderLine.objects.all()}
    assert (world.case(number)["status"], Refund.objects.get().amount_minor, lines) == ("refunded", 7000, {1: (0, 0), 2: (1, 1)})


def test_stock_that_has_come_is_sent_after_all(world: World, shop: Shop) -> None:
    shop.stock.take({"sku": "KETTLE", "first": 0})
    number = approved(world)
    world.shop_answers(number)
    shop.stock.take({"sku": "KETTLE", "first": 5})
    world.move(number, "try_stock_again", actor=packer(world))
    world.shop_answers(number)
    assert (world.case(number)["status"], [row.state for row in Reservation.objects.order_by("id")]) == (
        "resend_held", ["unavailable", "held"],
    )  # fmt: skip


def test_a_part_that_cannot_be_had_is_paid_as_far_as_both_agree(world: World, shop: Shop, fake: Fake) -> None:
    number = approved(world, **PART)
    world.move(number, "part_unavailable", actor=packer(world), note="配件停产")
    asked = world.move(number, "refund_instead", actor=world.buyer())
    assert (asked["service"], asked["status"], asked["decision"]["verdict"]) == ("refund_only", "submitted", "review")
    world.move(number, "offer_partial", actor=world.staff("reviewer"), amount=1200, note="电源线的价值")
    world.move(number, "take_partial", actor=world.buyer())
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor, units()) == ("refunded", 1200, (0, 0))


def test_silence_never_pays_the_whole_price_for_a_missing_part(world: World, shop: Shop, fake: Fake) -> None:
    number = approved(world, **PART)
    world.move(number, "part_unavailable", actor=packer(world), note="配件停产")
    world.later(hours=49).ring()
    assert unchanged(world, number, world.move, number, "approve", actor=world.staff("reviewer")) == "MOVE_NOT_NOW"
    for _ in range(4):
        world.later(days=4).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("escalated", 0)
    world.move(number, "offer_partial", actor=world.staff("supervisor"), amount=1200, note="电源线的价值")
    world.move(number, "refuse_partial", actor=world.buyer(), reason="太少")
    world.shop_speaks(number)
    world.later(days=40).ring()
    ruling: dict[str, Any] = {"actor": world.staff("arbitrator"), "fault": "seller", "note": "按市价"}
    assert unchanged(world, number, world.move, number, "rule_for_consumer", **ruling) == "ANSWERS_INVALID"
    world.move(number, "rule_for_consumer", amount=2500, **ruling)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunding", 2500)


def test_still_missing_is_for_the_platform_whose_ruling_sends_it_again(world: World, shop: Shop) -> None:
    number = approved(world)
    world.shop_answers(number)
    world.move(number, "send_missing", actor=packer(world), **OUT)
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    world.move(number, "still_missing", actor=world.buyer(), reason="箱子是空的")
    assert world.case(number)["status"] == "dispute_answer"
    world.later(days=30).ring()
    world.shop_answers(number)
    assert (world.case(number)["status"], Reservation.objects.filter(state="held").count()) == ("resend_held", 1)


def test_a_refusal_is_disputed_and_ruled(world: World, shop: Shop) -> None:
    number = applied(world)
    refusal: dict[str, Any] = {"reason_code": "NO_OTHER_LEGAL", "clause": "EXG-04", "note": "出库重量相符", "weight": "1.6 kg"}
    world.move(number, "reject", actor=world.staff("reviewer"), **refusal)
    world.move(number, "dispute", actor=world.buyer(), reason="确实没有")
    world.shop_speaks(number)
    world.move(number, "rule_for_seller", actor=world.staff("arbitrator"), fault="none", note="重量相符")
    assert (world.case(number)["status"], units()) == ("closed", (0, 0))


@CHANNELS
def test_silence_of_the_reviewers_sends_it_in_doubt_and_late_sending_is_recorded(
    world: World, shop: Shop, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = applied(world, channel)
    world.later(hours=73).ring()
    assert world.case(number)["status"] == "escalated"
    world.later(hours=25).ring()
    world.shop_answers(number)
    assert world.case(number)["status"] == "resend_held"
    world.later(hours=49).ring()
    assert Deadline.objects.get(case__number=number, name="resend_ship").state == "breached"


def test_withdrawn_the_shop_keeps_its_units(world: World, shop: Shop) -> None:
    number = approved(world)
    world.shop_answers(number)
    held = shop.stock.units("KETTLE")
    world.move(number, "cancel", actor=world.buyer())
    world.shop_answers(number)
    assert (world.case(number)["status"], units(), shop.stock.units("KETTLE")) == ("cancelled", (0, 0), held + 1)


def test_nothing_can_be_sent_before_it_is_held_nor_by_the_consumer(world: World, shop: Shop) -> None:
    number = approved(world)
    assert unchanged(world, number, world.move, number, "send_missing", actor=packer(world), **OUT) == "MOVE_NOT_NOW"
    world.shop_answers(number)
    assert unchanged(world, number, world.move, number, "send_missing", actor=world.buyer(), **OUT) == "MOVE_NOT_YOURS"


@pytest.mark.parametrize(("order", "days", "code"), [(UNSENT, 0, "RS_NOT_RECEIVED"), ({}, 17, "RS_WINDOW_OVER")])
def test_what_cannot_be_asked_for_is_refused_with_its_reason(world: World, order: dict[str, Any], days: int, code: str) -> None:
    number = world.order(**order)
    world.later(days=days)
    refused = refusal_of(world.apply, number, **WISH)
    assert (refused.code, refused.facts["reasons"], Case.objects.count()) == ("NOT_ELIGIBLE", [code], 0)
