"""A buyer buys a protection plan for goods they own: the offer, the payment, the policy, and what comes back with the goods (PLN-03)."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.plan_sales import buy_plan, offered_plans
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions.charge_sending import begin_charge
from shouhou.payments.models import Charge, Refund
from shouhou.plans.models import Plan, Purchase
from tests.conftest import Fake
from tests.stories.repairing import PHONE, pays
from tests.world import THIRD, World, refusal_of

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])


def bought(world: World, channel: dict[str, Any], kind: str = "screen") -> tuple[str, Purchase]:
    order = world.order(**PHONE, **channel)
    return order, buy_plan(order, line=1, kind=kind, actor=world.buyer(), now=world.later(days=2).now)


@CHANNELS
def test_the_policy_begins_once_it_is_paid_and_covers_from_then(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    order = world.order(**PHONE, **channel)
    world.later(days=2)
    offers = {each.code: each for each in offered_plans(order, actor=world.buyer(), now=world.now)[1]}
    assert {code: each.price_minor for code, each in offers.items()} == {"extended": 32000, "screen": 24000, "accident": 40000}
    made = buy_plan(order, line=1, kind="screen", actor=world.buyer(), now=world.now)
    again = buy_plan(order, line=1, kind="screen", actor=world.buyer(), now=world.now)
    charge = Charge.objects.get()
    assert (again.number, charge.subject, charge.purpose, charge.amount_minor) == (made.number, made.number, "plan", 24000)
    assert not Plan.objects.exists()
    pays(world, made.number)
    plan = Plan.objects.get()
    assert (plan.number, plan.kind, plan.price_minor, plan.line, plan.starts_on) == (made.number, "screen", 24000, 1, world.now.date())
    assert (Purchase.objects.get().state, Charge.objects.get().earned_at is not None, set(trial_balance().values())) == ("paid", True, {0})
    left = {each.code for each in offered_plans(order, actor=world.buyer(), now=world.now)[1]}
    assert left == {"extended", "accident"}, "what is owned is not offered again"


def test_food_is_offered_no_warranty_and_buys_none(world: World, fake: Fake) -> None:
    order = world.order(lines=[{"line": 1, "sku": "F", "title": "大闸蟹", "category": "fresh", "quantity": 1, "unit_price": 20000,
                                "paid": 20000}])  # fmt: skip
    world.later(days=1)
    assert offered_plans(order, actor=world.buyer(), now=world.now) == {}
    assert refusal_of(buy_plan, order, line=1, kind="extended", actor=world.buyer(), now=world.now).code == "PLAN_NOT_OFFERED"
    assert not Purchase.objects.exists()


def test_not_paid_in_time_nothing_was_bought_and_it_may_be_bought_anew(world: World, fake: Fake) -> None:
    order, made = bought(world, {})
    assert begin_charge(Charge.objects.get().id, now=world.later(hours=25).now) is None
    made.refresh_from_db()
    assert (made.state, Plan.objects.count()) == ("ended", 0)
    assert buy_plan(order, line=1, kind="screen", actor=world.buyer(), now=world.now).number != made.number


@CHANNELS
def test_with_the_goods_goes_the_plan_and_what_is_unused_comes_back_to_the_cent(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    order, made = bought(world, channel, "accident")
    pays(world, made.number)
    number = world.apply(order, reason="quality", description="反复重启")["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频")
    staff = world.staff("merchant_operator", merchant="m1") if channel else world.staff("supervisor")
    world.move(number, "approve", actor=staff, fault="seller")
    world.goods_back(number)
    world.move(number, "accept", actor=staff)
    world.pay(number)
    plan, back = Plan.objects.get(), Refund.objects.get(subject=made.charge)
    assert plan.cancelled_because == "goods_returned" and 0 < plan.refund_minor < plan.price_minor
    assert (back.amount_minor, back.buyer_id) == (plan.refund_minor, plan.buyer_id)
    assert set(trial_balance().values()) == {0}


def test_goods_that_are_in_a_case_before_it_is_paid_need_no_plan_and_the_money_goes_back(world: World, fake: Fake) -> None:
    order, made = bought(world, {})
    world.apply(order)
    pays(world, made.number)
    assert (Purchase.objects.get().state, Plan.objects.count(), Charge.objects.get().state) == ("ended", 0, "refunding")


@pytest.mark.parametrize(("kind", "days"), [("screen", 16), ("extended", 31), ("manufacturer", 1), ("nonsense", 1)])
def test_what_is_not_offered_cannot_be_bought_and_nothing_is_asked_for(world: World, kind: str, days: int) -> None:
    order = world.order(**PHONE)
    world.now += timedelta(days=days)
    refused = refusal_of(buy_plan, order, line=1, kind=kind, actor=world.buyer(), now=world.now)
    assert (refused.code, Purchase.objects.count(), Charge.objects.count()) == ("PLAN_NOT_OFFERED", 0, 0)


def test_nobody_else_buys_it_for_the_buyer_and_a_stranger_finds_nothing(world: World) -> None:
    order = world.order(**PHONE)
    world.order("OTHER", buyer={"id": "u2", "name": "路人", "phone": "13800000002"})
    assert refusal_of(buy_plan, order, line=1, kind="screen", actor=world.staff("agent"), now=world.now).code == "FORBIDDEN"
    assert refusal_of(buy_plan, order, line=1, kind="screen", actor=world.buyer("u2"), now=world.now).code == "ORDER_NOT_FOUND"
    assert not Purchase.objects.exists()
