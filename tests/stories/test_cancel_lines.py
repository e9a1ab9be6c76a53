"""A cancellation of several lines is answered line by line: what was stopped is refunded, what has gone is the consumer's again."""

from typing import Any

import pytest

from shouhou.cases.models import Message
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import ParcelRequest
from shouhou.orders.models import Interception, OrderLine
from shouhou.orders.shop.interceptions import take_told
from shouhou.orders.shop.port import intercept
from shouhou.payments.models import Refund
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, shop_answers
from tests.world import THIRD, World

WISH: dict[str, Any] = {"service": "cancel", "reason": "changed_mind"}
CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])


def goods(cup: int, pot: int) -> dict[str, Any]:
    """Two lines, one unit each."""
    return {
        "lines": [
            {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 1, "unit_price": cup, "paid": cup},
            {"line": 2, "sku": "POT", "title": "茶壶", "category": "generic", "quantity": 1, "unit_price": pot, "paid": pot},
        ],
        "payments": [{"tender": "card", "amount": cup + pot}],
        **UNSENT,
    }  # fmt: skip


def cancelled(world: World, channel: dict[str, Any], *, cup: int = 5000, pot: int = 9000) -> str:
    number: str = world.apply(world.order(**goods(cup, pot), **channel), items={1: 1, 2: 1}, **WISH)["number"]
    return number


def sent(shop: Shop, line: int, answer: str = "shipped", waybill: str = "") -> None:
    told = {"carrier": "SF", "tracking_number": waybill} if waybill else {}
    shop.stock.take({"dispatch": "T0001", "line": line, "answer": answer, **told})


def units() -> list[tuple[int, int]]:
    return list(OrderLine.objects.order_by("line").values_list("claimed_quantity", "returned_quantity"))


@CHANNELS
def test_what_was_stopped_is_refunded_and_what_has_gone_can_be_asked_for_anew_at_once(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any]
) -> None:
    number = cancelled(world, channel)
    sent(shop, 2, waybill="SF0000000000777")
    shop_answers(world, number)
    case = world.case(number)
    assert (case["status"], case["refund"]["amount"], case["details"]["left_out"]) == ("refunding", 5000, [2])
    assert units() == [(1, 1), (0, 0)]
    said = Message.objects.get(case__number=number, internal=False)
    assert "茶壶" in said.text and "SF0000000000777" in said.text and "拒收" in said.text and "return" in said.text_en
    again = world.apply("T0001", items={2: 1}, **WISH)["number"]
    shop_answers(world, again)
    assert (world.case(again)["status"], ParcelRequest.objects.get().tracking_number) == ("intercepting", "SF0000000000777")
    world.pay(number)
    world.later(days=16).ring()
    assert (world.case(number)["status"], units(), Refund.objects.get(subject=number).amount_minor) == ("closed", [(1, 1), (1, 0)], 5000)
    assert set(trial_balance().values()) == {0}


def test_a_single_line_that_nobody_knows_of_leaves_all_to_a_person(world: World, shop: Shop) -> None:
    number = cancelled(world, {})
    sent(shop, 2, "picking")
    shop_answers(world, number)
    case = world.case(number)
    assert (case["status"], Refund.objects.count(), units()) == ("shop_asked", 0, [(1, 0), (1, 0)])
    asked = Interception.objects.get()
    assert (asked.state, asked.answer) == ("unknown", "1: stopped; 2: unknown")
    world.move(number, "close_case", actor=world.staff("supervisor"), closing_reason="duplicate", note="重复")
    shop_answers(world, number)
    assert (Interception.objects.get().state, shop.stock.stops[asked.key]["resumed"]) == ("resumed", True)


def test_every_line_stopped_is_all_of_it_and_every_line_gone_asks_the_carrier_of_each_parcel(
    world: World, shop: Shop, fake: Fake
) -> None:
    number = cancelled(world, {})
    for line in (1, 2):
        sent(shop, line, waybill=f"SF000000000077{line}")
    shop_answers(world, number)
    waybills = set(ParcelRequest.objects.values_list("tracking_number", flat=True))
    assert (world.case(number)["status"], waybills) == ("intercepting", {"SF0000000000771", "SF0000000000772"})
    other: str = world.apply(world.order("T7", **goods(5000, 9000)), items={1: 1, 2: 1}, **WISH)["number"]
    shop.stock.take({"dispatch": "T7", "line": 1, "answer": "stopped"})
    shop_answers(world, other)
    assert (world.case(other)["refund"]["amount"], Refund.objects.get().amount_minor) == (14000, 14000)


def test_sent_back_by_the_second_person_only_what_was_stopped_is_refunded_in_the_end(world: World, shop: Shop, fake: Fake) -> None:
    number = cancelled(world, {}, cup=800000)
    sent(shop, 2, waybill="SF0000000000777")
    shop_answers(world, number)
    assert (world.case(number)["status"], units()) == ("refund_review", [(1, 1), (0, 0)])
    finance = world.staff("finance", "user:8")
    world.move(number, "refuse_refund", actor=finance, refusal="amount", remark="核对")
    assert (world.case(number)["refund"]["amount"], units()) == (800000, [(1, 0), (0, 0)])
    world.move(number, "approve", actor=world.staff("supervisor", "user:7"))
    world.move(number, "approve_refund", actor=finance)
    assert (world.case(number)["refund"]["amount"], units()) == (800000, [(1, 1), (0, 0)])


def test_told_too_late_what_was_stopped_in_part_is_let_go_again(world: World, shop: Shop) -> None:
    number = cancelled(world, {})
    sent(shop, 2, waybill="SF0000000000777")
    key = Interception.objects.get().key
    Interception.objects.update(state="dropped")
    asked = Interception.objects.get()
    told = intercept(order=asked.order_number, lines=asked.lines, key=key)
    assert (told.answer, [each.answer for each in told.lines]) == ("partly", ["stopped", "shipped"])
    take_told(key, told, now=world.now)
    assert (Interception.objects.get().state, world.case(number)["status"]) == ("resuming", "stopping")
