"""Whatever way goods leave the buyer for good, the plans bought for them end, and their unused price is due (PLN-03)."""

from collections.abc import Callable

import pytest

from shouhou.plans.actions import put_plan
from shouhou.plans.models import Plan
from shouhou.plumbing.actor import SYSTEM
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, carrier_says, on_its_way, shop_answers
from tests.stories.test_flash import PLUS, paid_out, received, scanned
from tests.world import World

pytestmark = pytest.mark.django_db


def planned(world: World, order: str) -> str:
    put_plan({"number": "PLN-1", "kind": "accident", "order": order, "price": 36500}, actor=SYSTEM, now=world.now)
    return order


def refunded_first(world: World) -> str:
    """The money went out with the first scan; the goods come after it."""
    number = scanned(world, PLUS)
    planned(world, "T0001")
    paid_out(world)
    world.later(days=1)
    received(world, number)
    assert not Plan.objects.exclude(cancelled_on=None).exists()
    world.move(number, "accept", actor=world.staff("inspector"))
    return number


def lost(world: World) -> str:
    number: str = world.apply(planned(world, world.order(**on_its_way(world))), service="refund_only", reason="not_received")["number"]
    carrier_says(world, number, "accepted", "lost")
    world.pay(number)
    return number


def stopped(world: World) -> str:
    number: str = world.apply(planned(world, world.order(**UNSENT)), service="cancel", reason="changed_mind")["number"]
    shop_answers(world, number)
    world.pay(number)
    return number


@pytest.mark.parametrize("way", [refunded_first, lost, stopped])
def test_a_plan_ends_with_its_goods(world: World, shop: Shop, fake: Fake, way: Callable[[World], str]) -> None:
    number = way(world)
    plan = Plan.objects.get()
    assert world.case(number)["status"] == "refunded"
    assert (plan.cancelled_on, bool(plan.refund_minor)) == (world.now.date(), True)
    assert any("保费" in message["text"] for message in world.case(number)["messages"])
