"""Every service beside itself and through every other: the same step at once is made once, and at the end what is owed was paid."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine, Reservation
from shouhou.payments.models import Charge, Refund
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from tests.conftest import Fake, Shop
from tests.stories.repairing import CHANNELS, PHONE, arrives, diagnosed, on_bench, technician
from tests.world import QUALITY, World, refusal_of

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("channel", CHANNELS, ids=["self", "third"])
OK: dict[str, Any] = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
OUT: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF1000000000009"}


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Each on a connection of its own: the code of what was refused, "" for what was done."""
    outcomes: list[str] = []

    def one(call: Callable[[], object]) -> None:
        try:
            call()
            outcomes.append("")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(calls), "one of them broke"
    return outcomes


def thrice(world: World, number: str, move: str, actor: Actor, **answers: Any) -> None:
    """Three at once make it once, and the history has it once."""
    outcomes = at_once(*[lambda: world.move(number, move, actor=actor, **answers)] * 3)
    assert outcomes.count("") == 1 and set(outcomes) <= {"", "MOVE_NOT_NOW", "OVERTAKEN"}, (move, outcomes)
    assert Case.objects.get(number=number).history.filter(move=move).count() == 1, move


def team_of(world: World, channel: dict[str, Any]) -> Actor:
    return world.staff("merchant_operator", merchant="m1") if channel else world.staff("inspector")


@pytest.mark.django_db(transaction=True)
@BOTH
def test_each_step_of_an_exchange_at_the_same_instant_is_made_once(world: World, shop: Shop, channel: dict[str, Any]) -> None:
    order = world.order(**channel)
    wish = {**QUALITY, "service": "exchange", "answers": {"wanted": "same"}}
    assert at_once(*[lambda: world.apply(order, **wish)] * 3).count("") == 1
    number, team = Case.objects.get().number, team_of(world, channel)
    thrice(world, number, "send_evidence", world.buyer(), description="见视频")
    thrice(world, number, "approve", world.staff("supervisor"))
    thrice(world, number, "ship", world.buyer(), carrier="SF", tracking_number="SF0000000000001")
    thrice(world, number, "receive", team, **OK)
    thrice(world, number, "accept", team)
    row = Reservation.objects.get()
    at_once(*[lambda: world.shop_answers(number)] * 3)
    assert Reservation.objects.get().key == row.key and world.case(number)["status"] == "replacement_reserved"
    thrice(world, number, "ship_replacement", team, **OUT, scanned=OrderLine.objects.get().sku)
    thrice(world, number, "confirm_replacement", world.buyer())
    assert (world.case(number)["status"], world.case(number)["outcome"]) == ("closed", "exchanged")
    assert not Refund.objects.exists() and set(trial_balance().values()) <= {0}


@pytest.mark.django_db(transaction=True)
@BOTH
def test_each_step_of_a_paid_repair_at_the_same_instant_is_made_once(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel)
    bench = technician(world, number)
    thrice(world, number, "diagnose", bench, finding="faulty", cause="human", fault_code="broken_screen", note="摔过")
    world.move(number, "quote", actor=bench, parts_fee=12000, labour_fee=6000, lines=[{"what": "屏幕", "amount": 12000}])
    outcomes = at_once(
        lambda: world.move(number, "accept_quote", actor=world.buyer()), lambda: world.move(number, "accept_quote", actor=world.buyer()),
        lambda: world.move(number, "decline_quote", actor=world.buyer()),
    )  # fmt: skip
    taken = world.case(number)["status"]
    assert taken in ("awaiting_payment", "ready") and "" in outcomes
    assert Charge.objects.filter(state="awaiting").count() == (1 if taken == "awaiting_payment" else 0), "declined owes nothing"
    assert WorkOrder.objects.count() == 1 and set(trial_balance().values()) <= {0}


@pytest.mark.django_db(transaction=True)
def test_two_ways_on_from_a_repair_at_the_same_instant_are_one_of_them(world: World, shop: Shop) -> None:
    number = on_bench(world, PHONE, after_days=5)
    diagnosed(world, number)
    outcomes = at_once(
        lambda: world.move(number, "take_refund", actor=world.buyer()), lambda: world.move(number, "take_exchange", actor=world.buyer()),
        lambda: world.move(number, "take_refund", actor=world.buyer()),
    )  # fmt: skip
    case = world.case(number)
    assert outcomes.count("") == 1 and set(outcomes) <= {"", "MOVE_NOT_NOW", "OVERTAKEN", "MOVE_UNKNOWN"}
    assert Refund.objects.count() == (1 if case["service"] == "return" else 0), "the money or the replacement, never both"
    assert WorkOrder.objects.get().result == "converted" and OrderLine.objects.get().claimed_quantity == 1


@BOTH
def test_return_exchange_return_repair_and_money_on_one_case_pay_once_what_was_paid(
    world: World, shop: Shop, fake: Fake, channel: dict[str, Any]
) -> None:
    number = world.later(days=3).apply(world.order(**PHONE, **channel), **QUALITY)["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    buyer, seen = world.buyer(), []
    for move in ("change_to_exchange", "change_to_return", "change_to_exchange", "change_to_repair"):
        case = world.move(number, move, actor=buyer)
        seen.append((case["number"] == number, case["service"], case["refund"]["amount"]))
    assert seen == [(True, "exchange", 0), (True, "return", 400000), (True, "exchange", 0), (True, "repair", 0)]
    assert OrderLine.objects.get().claimed_quantity == 1 and not Reservation.objects.filter(state="held").exists()
    world.move(number, "approve", actor=world.staff("supervisor"))
    arrives(world, number)
    diagnosed(world, number, "unrepairable", fault_code="system_crash")
    exchanged = world.move(number, "take_exchange", actor=buyer)
    assert (exchanged["service"], exchanged["status"]) == ("exchange", "accepted")
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
    assert refusal_of(world.move, number, "take_refund", actor=buyer).code == "MOVE_UNKNOWN"
    world.later(hours=49).ring()
    world.move(number, "refund_instead", actor=buyer)
    world.shop_answers(number)
    assert [row.state for row in Reservation.objects.all()] == ["released"]
    if world.case(number)["status"] == "refund_review":
        world.move(number, "approve_refund", actor=world.staff("finance"))
    world.pay(number)
    case = world.case(number)
    assert (case["number"], case["service"], case["status"], case["requested_service"]) == (number, "return", "refunded", "return")
    assert sum(each["amount"] for each in fake.movements()) == 400000 and Case.objects.count() == 1
    assert set(trial_balance().values()) <= {0} and OrderLine.objects.get().claimed_quantity == 1
    for move in ("change_to_exchange", "change_to_repair", "take_refund", "refund_instead"):
        assert refusal_of(world.move, number, move, actor=buyer).code in ("MOVE_NOT_NOW", "MOVE_UNKNOWN")
    assert len(fake.movements()) == 1
