"""The return while the goods travel and are looked at: receipt, inspection, deduction, what goes back."""

from typing import Any

from shouhou.cases.models import CaseItem, Deadline, HistoryEntry
from shouhou.cases.queries import available_moves
from shouhou.merchants.models import ReturnAddress
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.world import DEAR, THIRD, TWO, World, refusal_of


def test_goods_that_do_not_come_let_the_case_lapse_and_it_reopens_inside_its_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    world.later(days=8).ring()
    assert world.case(number)["status"] == "lapsed"
    again = world.later(days=2).move(number, "reopen", actor=world.buyer(), reason="出差了")
    assert again["status"] == "submitted"
    assert OrderLine.objects.get().claimed_quantity == 1
    world.move(number, "cancel", actor=world.buyer())
    assert OrderLine.objects.get().claimed_quantity == 0


def test_a_lapsed_case_cannot_be_reopened_by_the_consumer_after_its_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    world.later(days=8).ring()
    refused = refusal_of(world.later(days=20).move, number, "reopen", actor=world.buyer(), reason="晚了")
    assert refused.code == "REOPEN_TOO_LATE"
    assert (world.case(number)["status"], OrderLine.objects.get().claimed_quantity) == ("lapsed", 0)


def test_part_of_a_line_is_accepted_and_only_that_part_is_paid(world: World, fake: Fake) -> None:
    number = world.received(order=TWO, items={1: 3})
    inspector = world.staff("inspector")
    items = [{"line": 1, "accepted": 2, "grade": "B", "checklist": {"accessories": "missing"}}]
    checklist = {"appearance": "ok", "packaging": "ok"}
    assert world.move(number, "accept", actor=inspector, items=items, checklist=checklist)["status"] == "refunding"
    kept = {"appearance": "ok", "packaging": "ok", "accessories": "missing"}
    assert CaseItem.objects.get(case__number=number).inspection == {"checklist": kept}
    refund = Refund.objects.get(subject=number)
    assert refund.amount_minor == 9000
    assert {part.tender: part.amount_minor for part in refund.parts.all()} == {"card": 6667, "wallet": 2333}
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    rest = Deadline.objects.get(case__number=number, name="send_rest_back", state="open")
    assert rest.on_breach == "note_rest"
    world.move(number, "send_rest", actor=inspector, carrier="SF", tracking_number="SF9900000000001")
    assert not Deadline.objects.filter(case__number=number, name="send_rest_back", state="open").exists()
    world.later(days=16).ring()
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (2, 2)


def test_goods_that_are_not_as_new_never_re_enter_new_stock(world: World) -> None:
    number = world.received(order=TWO, items={1: 1})
    wrong = [{"line": 1, "accepted": 1, "grade": "C", "disposition": "restock"}]
    assert refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=wrong).code == "ANSWERS_INVALID"
    assert world.case(number)["status"] == "received"


def test_a_deduction_is_taken_only_with_consent(world: World, fake: Fake) -> None:
    number = world.received()
    items = [{"line": 1, "accepted": 1, "grade": "C", "disposition": "refurbish", "deduction": 3900, "deduction_reason": "缺少底座"}]
    refused = refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=items)
    assert refused.code == "ANSWERS_INVALID"
    proposed = world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    assert (proposed["status"], proposed["waits_on"]) == ("deduction_proposed", "consumer")
    assert proposed["refund_preview"]["total"]["amount"] == 16000
    assert world.move(number, "consent", actor=world.buyer())["status"] == "refunding"
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [16000]


def test_without_consent_the_platform_decides_and_nothing_is_cut(world: World) -> None:
    number = world.received()
    items = [{"line": 1, "accepted": 1, "grade": "B", "deduction": 3900, "deduction_reason": "划痕"}]
    world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    world.later(days=4).ring()
    assert world.case(number)["status"] == "dispute_answer"
    assert not Refund.objects.exists()
    world.later(days=16).ring()
    assert Refund.objects.get(subject=number).amount_minor == 19900


def test_goods_that_are_not_accepted_go_back_and_the_units_are_free_again(world: World) -> None:
    number = world.received()
    inspector = world.staff("inspector")
    answers: dict[str, Any] = {"reason_code": "NO_USED_BEYOND_INSPECTION", "clause": "CON-04", "note": "有明显水垢", "fault": "customer"}
    assert world.move(number, "not_accept", actor=inspector, **answers)["status"] == "not_accepted"
    world.move(number, "send_back", actor=inspector, carrier="SF", tracking_number="SF9900000000002")
    world.later(days=8).ring()
    assert (world.case(number)["status"], world.case(number)["outcome"]) == ("closed", "sent_back")
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (0, 0)
    assert not Refund.objects.exists()


def test_an_inspection_that_nobody_makes_is_decided_by_the_book(world: World) -> None:
    number = world.received()
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "refunding"
    assert Refund.objects.get(subject=number).amount_minor == 19900


def test_a_dear_inspection_that_nobody_makes_goes_to_the_supervisor(world: World) -> None:
    number = world.received(order=DEAR)
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "inspection_escalated"
    assert not Refund.objects.exists()


def test_a_serial_that_was_not_sold_is_noted_on_receipt(world: World) -> None:
    sold = {"line": 1, "sku": "P", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 19900, "paid": 19900}
    phone: dict[str, Any] = {"lines": [sold | {"serials": ["860001"]}]}
    number = world.apply(world.order(**phone))["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000010")
    world.move(
        number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 1, "serials": ["860002"]}],
    )  # fmt: skip
    entry = HistoryEntry.objects.get(case__number=number, move="receive")
    assert entry.answers["serial_mismatch"] == ["860002"]


def test_more_than_applied_for_cannot_be_received(world: World) -> None:
    number = world.apply(world.order(**TWO))["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    refused = refusal_of(
        world.move, number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 2}],
    )  # fmt: skip
    assert refused.code == "RECEIVED_TOO_MUCH"
    assert world.case(number)["status"] == "in_transit"


def test_a_case_with_accepted_goods_cannot_be_closed_before_the_money_is_back(world: World) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    refused = refusal_of(world.move, number, "close_case", actor=world.staff("supervisor"), closing_reason="other", note="关")
    assert refused.code == "MOVE_NOT_NOW"
    assert world.case(number)["status"] == "refunding"


def test_a_shop_without_a_return_address_sends_its_buyers_to_the_return_centre(world: World) -> None:
    world.order()
    order = world.order(**THIRD)
    ReturnAddress.objects.filter(merchant__code="m1").delete()
    number = world.apply(order)["number"]
    assert world.case(number)["return_address"]["label"] == "退货仓"
    later = world.order()
    ReturnAddress.objects.update(active=False)
    waiting = world.apply(later)
    assert (waiting["status"], waiting["decision"]["verdict"]) == ("submitted", "allow")


def test_the_moves_offer_the_windows_that_can_be_booked_now(world: World) -> None:
    number = world.apply(world.order())["number"]
    moves = available_moves(number, actor=world.buyer(), language="zh-hans", now=world.now)
    choices = next(move for move in moves if move["move"] == "book_pickup")["asks"][0]["choices"]
    assert choices
    booked = world.move(number, "book_pickup", actor=world.buyer(), window=choices[0]["value"])
    assert booked["status"] == "pickup_booked"
