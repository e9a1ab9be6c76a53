"""Repairs at the consumer's cost: nothing begins before the quote is accepted and paid, and what is not done is not paid."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Charge, Refund
from shouhou.repairs.models import Diagnosis, Quote, WorkOrder
from tests.stories.repairing import CHANNELS, PHONE, arrives, diagnosed, home, on_bench, pays, repaired, technician
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db


def quoted(world: World, channel: dict[str, Any], *, parts: int = 12000, labour: int = 6000) -> str:
    """A phone that was dropped, diagnosed and quoted."""
    number = on_bench(world, PHONE, channel)
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    lines = [{"what": "屏幕", "amount": parts}]
    world.move(number, "quote", actor=technician(world, number), parts_fee=parts, labour_fee=labour, lines=lines)
    return number


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_dropped_phone_is_quoted_accepted_paid_repaired_and_the_money_is_earned(world: World, channel: dict[str, Any]) -> None:
    number = quoted(world, channel)
    case = world.case(number)
    assert (case["status"], case["waits_on"], case["details"]["quote"]["total"]) == ("quoted", "consumer", 18000)
    assert "PAID_REPAIR" in Diagnosis.objects.get().reasons and WorkOrder.objects.get().scope == "out"
    assert refusal_of(world.move, number, "finish_repair", actor=technician(world, number), done="x").code == "MOVE_NOT_NOW"
    accepted = world.move(number, "accept_quote", actor=world.buyer())
    assert (accepted["status"], Charge.objects.get().amount_minor) == ("awaiting_payment", 18000)
    pays(world, number)
    assert world.case(number)["status"] == "repairing"
    repaired(world, number)
    home(world, number)
    done = world.move(number, "confirm_repair", actor=world.buyer())
    assert (done["status"], done["outcome"]) == ("closed", "repaired")
    charge = Charge.objects.get()
    assert (charge.state, charge.earned_at) == ("paid", world.now)
    assert not Refund.objects.exists() and set(trial_balance().values()) <= {0}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_declined_quote_costs_nothing_and_the_thing_goes_home_as_it_is(world: World, channel: dict[str, Any]) -> None:
    number = quoted(world, channel)
    assert world.move(number, "decline_quote", actor=world.buyer())["status"] == "ready"
    case = world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9999999999992")
    assert (case["freight_payer"], case["outcome"]) == ("customer", "declined")
    world.move(number, "confirm_repair", actor=world.buyer())
    assert not Charge.objects.exists() and WorkOrder.objects.get().result == "declined"
    assert not trial_balance() or set(trial_balance().values()) <= {0}


def test_a_new_quote_replaces_the_first_which_is_kept_and_only_the_new_one_is_charged(world: World) -> None:
    number = quoted(world, {})
    world.move(number, "quote", actor=technician(world, number), parts_fee=9000, labour_fee=1000)
    assert list(Quote.objects.order_by("version").values_list("state", "total_minor")) == [("replaced", 18000), ("open", 10000)]
    world.move(number, "accept_quote", actor=world.buyer())
    assert Charge.objects.get().amount_minor == 10000


def test_a_quote_of_nothing_begins_at_once(world: World) -> None:
    number = quoted(world, {}, parts=0, labour=0)
    assert world.move(number, "accept_quote", actor=world.buyer())["status"] == "repairing"
    assert not Charge.objects.exists()


def test_silence_on_a_quote_sends_the_thing_home_after_seven_days_with_a_reminder_after_three(world: World) -> None:
    number = quoted(world, {})
    limit = Deadline.objects.get(case__number=number, name="quote_valid", state="open")
    assert limit.remind_at is not None and (limit.due_at - limit.remind_at) == timedelta(days=4)
    world.later(days=6).ring()
    assert world.case(number)["status"] == "quoted"
    world.later(days=2).ring()
    assert (world.case(number)["status"], Quote.objects.get().state) == ("ready", "expired")


def test_what_is_not_paid_in_time_is_not_repaired_and_money_that_comes_later_goes_back(world: World) -> None:
    number = quoted(world, {})
    world.move(number, "accept_quote", actor=world.buyer())
    world.later(days=5).ring()
    case = world.case(number)
    assert (case["status"], case["outcome"], Charge.objects.get().state) == ("ready", "declined", "cancelled")
    assert Quote.objects.get().state == "withdrawn"
    home(world, number)
    assert WorkOrder.objects.get().result == "declined"


def test_the_consumers_days_of_thought_do_not_count_as_repair_days(world: World) -> None:
    number = quoted(world, {})
    world.later(days=6).move(number, "accept_quote", actor=world.buyer())
    world.later(days=1)
    pays(world, number)
    order = WorkOrder.objects.get()
    assert order.consumer_wait == 7 * 86400
    world.later(days=25).ring()
    assert world.case(number)["details"].get("overdue") is None
    assert world.case(number)["repair"]["days_in_repair"] == 25
    world.later(days=4).ring()
    assert world.case(number)["details"].get("overdue") is None
    world.later(days=3).ring()
    case = world.case(number)
    assert case["details"]["overdue"] is not None and case["details"].get("rights") is None, "what is paid for is not of the warranty"


def test_what_the_warranty_covers_cannot_be_quoted(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number)
    before = Case.objects.get(number=number).version
    assert refusal_of(world.move, number, "quote", actor=technician(world, number), parts_fee=1, labour_fee=1).code == "MOVE_NOT_NOW"
    assert (Case.objects.get(number=number).version, Quote.objects.count()) == (before, 0)


@pytest.mark.parametrize(("days", "scope"), [(364, "in"), (380, "out")])
def test_the_warranty_of_a_year_decides_who_pays(world: World, days: int, scope: str) -> None:
    number = on_bench(world, after_days=days)
    case = diagnosed(world, number)
    assert (case["status"], WorkOrder.objects.get().scope) == ("repairing" if scope == "in" else "quoting", scope)


def test_a_paid_repair_must_hold_for_thirty_days_and_is_done_again_free(world: World) -> None:
    number = on_bench(world, after_days=400)
    diagnosed(world, number)
    world.move(number, "quote", actor=technician(world, number), parts_fee=100, labour_fee=0)
    world.move(number, "accept_quote", actor=world.buyer())
    pays(world, number)
    repaired(world, number)
    home(world, number)
    again = world.later(days=3).move(number, "still_broken", actor=world.buyer(), reason="又重启了")
    assert (again["status"], again["details"]["round"]) == ("awaiting_goods", 2)
    arrives(world, number)
    assert diagnosed(world, number)["status"] == "repairing"
    assert [order.scope for order in WorkOrder.objects.order_by("round")] == ["out", "in"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_ruling_against_the_quote_makes_the_repair_free_by_itself(world: World, channel: dict[str, Any]) -> None:
    number = quoted(world, channel)
    world.move(number, "dispute", actor=world.buyer(), reason="我没有摔过")
    world.shop_speaks(number)
    ruled = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), note="无法证明人为", fault="seller")
    assert (ruled["status"], ruled["freight_payer"], WorkOrder.objects.get().scope) == ("repairing", "seller", "in")
    assert Quote.objects.get().state == "withdrawn" and not Charge.objects.exists()
    other = quoted(world.later(days=1), {})
    world.move(other, "dispute", actor=world.buyer(), reason="我没有摔过")
    world.shop_speaks(other)
    assert world.move(other, "rule_for_seller", actor=world.staff("arbitrator"), fault="none", note="照片清楚")["status"] == "ready"
    home(world, other)
    assert WorkOrder.objects.get(subject=other).result == "declined"
