"""A plan that pays in money for what cannot be repaired: once, within its sum, on its provider's account."""

from typing import Any

import pytest

from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from shouhou.plans.actions import put_plan
from shouhou.plans.models import Claim, Plan
from shouhou.plumbing.actor import SYSTEM
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.insuring import owed
from tests.stories.repairing import CHANNELS, PHONE, SELF, diagnosed, home, on_bench, repaired, technician
from tests.stories.test_plans import papers
from tests.world import World

pytestmark = pytest.mark.django_db


def broken(world: World, channel: dict[str, Any] = SELF, kind: str = "accident", **plan: Any) -> str:
    """A phone that fell into the water, beyond repair, with a plan on it."""
    order = world.order(**PHONE, **channel)
    put_plan({"number": "PLN-1", "kind": kind, "order": order, "provider": "picc"} | plan, actor=SYSTEM, now=world.now)
    number = on_bench(world, PHONE, channel, order=order, after_days=40)
    diagnosed(world, number, finding="unrepairable", cause="liquid", fault_code="mainboard")
    return number


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_loss_is_paid_once_up_to_what_is_left_of_the_sum(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    number = broken(world, channel, cap=150000, deductible=10000)
    boss = world.staff("supervisor")
    world.move(number, "pay_plan_money", actor=boss, note="核实为进水，主板报废")
    claim, plan = Claim.objects.get(), Plan.objects.get()
    assert (claim.state, claim.amount_minor, plan.claims_count, plan.used_minor) == ("used", 150000, 1, 150000)
    refund = Refund.objects.get(subject="PLN-1")
    assert (refund.amount_minor, refund.bearer, refund.reason) == (150000, "insurer:picc", "plan_payout")
    assert unchanged(world, number, world.move, number, "pay_plan_money", actor=boss, note="再付一次") == "MOVE_NOT_NOW"
    work(refund, now=world.now)
    assert (Refund.objects.count(), owed("picc"), all(minor == 0 for minor in trial_balance().values())) == (1, -150000, True)


def test_what_the_plan_does_not_cover_is_not_paid_in_money_either(world: World, fake: Fake) -> None:
    number = broken(world, kind="screen")
    no = unchanged(world, number, world.move, number, "pay_plan_money", actor=world.staff("supervisor"), note="试试")
    assert (no, Refund.objects.count(), Claim.objects.exclude(state="released").count()) == ("PLAN_PAYS_NOTHING", 0, 0)


def test_nobody_but_those_who_answer_for_money_pays_a_loss(world: World, fake: Fake) -> None:
    number = broken(world)
    for who in (world.buyer(), world.staff("agent"), technician(world, number)):
        assert unchanged(world, number, world.move, number, "pay_plan_money", actor=who, note="x") == "MOVE_NOT_YOURS"
    assert Refund.objects.count() == 0


def test_what_a_plan_pays_of_a_repair_is_the_workshops_and_owed_by_its_provider(world: World, fake: Fake) -> None:
    order = world.order(**PHONE)
    put_plan({"number": "PLN-1", "kind": "accident", "order": order, "provider": "picc", "cap": 500000}, actor=SYSTEM, now=world.now)
    number = on_bench(world, PHONE, order=order, after_days=40)
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    papers(world, number)
    world.move(number, "quote", actor=technician(world, number), parts_fee=60000, labour_fee=10000)
    world.move(number, "accept_quote", actor=world.buyer())
    assert owed("picc") == 0
    repaired(world, number)
    home(world, number)
    assert (owed("picc"), Claim.objects.get().state, all(minor == 0 for minor in trial_balance().values())) == (-70000, "used", True)
