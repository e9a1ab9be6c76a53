"""The return from application to cash, and what may happen to the refund on its way."""



from shouhou.cases.models import Deadline
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.world import DEAR, World, refusal_of


def test_a_return_without_reason_travels_from_application_to_refund(world: World, fake: Fake) -> None:
    order = world.order()
    opened = world.later(days=3).apply(order)
    assert (opened["status"], opened["stage"], opened["version"]) == ("awaiting_goods", "goods", 2)
    assert opened["decision"]["verdict"] == "allow"
    assert [reason["code"] for reason in opened["decision"]["reasons"]] == ["OK_NO_REASON"]
    assert opened["refund_preview"]["total"] == {"amount": 19900, "currency": "CNY"}
    number = opened["number"]
    assert world.goods_back(number)["status"] == "received"
    assert world.later(hours=3).move(number, "accept", actor=world.staff("inspector"))["status"] == "refunding"
    assert Refund.objects.get(subject=number).amount_minor == 19900
    line = OrderLine.objects.get(order__number=order)
    assert (line.claimed_quantity, line.returned_quantity) == (1, 1)
    assert world.pay(number) == [True]
    shown = world.case(number)
    assert (shown["status"], shown["stage"], shown["outcome"]) == ("refunded", "rated", "refunded")
    assert [(m["amount"], m["currency"]) for m in fake.movements()] == [(19900, "CNY")]
    assert trial_balance() == {"CNY": 0}
    moves = [entry["move"] for entry in shown["timeline"]]
    assert moves == ["submit", "approve_by_book", "ship", "receive", "accept", "start_refund", "refund_settled"]
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"


def test_a_large_refund_needs_a_second_person(world: World, fake: Fake) -> None:
    number = world.received(order=DEAR)
    inspector = world.staff("supervisor", "user:7")
    assert world.move(number, "accept", actor=inspector)["status"] == "refund_review"
    assert refusal_of(world.move, number, "approve_refund", actor=inspector).code == "SAME_PERSON"
    assert world.case(number)["status"] == "refund_review"
    assert world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))["status"] == "refunding"
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [800000]


def test_a_refused_refund_is_seen_tried_again_and_paid_once(world: World, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    assert world.case(number)["status"] == "refund_stuck"
    assert world.move(number, "retry_refund", actor=world.staff("finance"))["status"] == "refunding"
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert [m["amount"] for m in fake.movements()] == [19900]


def test_a_refund_settled_offline_closes_the_money_leg(world: World, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="银行回单 20260313")
    assert world.case(number)["status"] == "refunded"
    assert fake.movements() == []


def test_an_overdue_refund_is_marked_at_five_working_days_and_at_the_statutory_seventh_day(world: World) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    limits = {d.name: d.due_at.isoformat() for d in Deadline.objects.filter(case__number=number, state="open")}
    assert limits == {
        "refund_due": "2026-03-20T15:59:59+00:00", "refund_statutory": "2026-03-20T15:59:59+00:00",
        "refund_alarm": "2026-03-25T15:59:59+00:00",
    }  # fmt: skip
    world.later(days=8).ring()
    assert set(Deadline.objects.filter(state="breached").values_list("name", flat=True)) == {"refund_due", "refund_statutory"}
    assert world.case(number)["status"] == "refunding"
