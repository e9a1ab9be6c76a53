"""A plan that pays in money for what cannot be repaired: once, within its sum, on its provider's account."""

from typing import Any

import pytest

from shouhou.cases.models import Message
from shouhou.cases.payout_review import approve_payout, payouts_waiting, refuse_payout
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine
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
from tests.world import World, refusal_of

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


def large(world: World) -> tuple[str, Refund]:
    """A loss above the limit of one person, decided by the supervisor."""
    number = broken(world, cap=600000)
    OrderLine.objects.update(unit_price_minor=800000, paid_minor=800000)
    world.move(number, "pay_plan_money", actor=world.staff("supervisor"), note="核实为进水，主板报废")
    refund = Refund.objects.get(subject="PLN-1")
    assert (refund.state, refund.amount_minor > 500000) == ("awaiting_second", True)
    return number, refund


def test_a_large_loss_is_let_go_by_a_second_person_though_no_case_waits_for_it(world: World, fake: Fake) -> None:
    _, refund = large(world)
    for actor, code in ((world.staff("supervisor"), "SECOND_PERSON_NEEDED"), (world.staff("agent"), "FORBIDDEN"),
                        (world.staff("finance", merchant="self"), "FORBIDDEN")):  # fmt: skip
        assert refusal_of(approve_payout, refund.number, actor=actor, now=world.now).code == code
    refund.refresh_from_db()
    assert (refund.state, set(payouts_waiting([refund.number]))) == ("awaiting_second", {refund.number})
    approve_payout(refund.number, actor=world.staff("finance"), now=world.now)
    work(refund, now=world.now)
    assert (refund.state, owed("picc"), len(payouts_waiting([refund.number]))) == ("settled", -refund.amount_minor, 0)


def test_a_large_loss_sent_back_frees_the_plan_and_is_decided_anew_and_paid_once(world: World, fake: Fake) -> None:
    number, refund = large(world)
    finance = world.staff("finance")
    no = refusal_of(refuse_payout, refund.number, reason="x", actor=world.staff("supervisor"), now=world.now)
    assert (no.code, Claim.objects.get().state) == ("SECOND_PERSON_NEEDED", "used")
    refuse_payout(refund.number, reason="缺检测报告", actor=finance, now=world.now)
    plan = Plan.objects.get()
    assert (Claim.objects.get().state, plan.claims_count, plan.used_minor, owed("picc")) == ("released", 0, 0, 0)
    assert Message.objects.filter(case__number=number, internal=True, text__contains="缺检测报告").count() == 1
    world.move(number, "pay_plan_money", actor=world.staff("supervisor"), note="报告已补")
    again = Refund.objects.exclude(state="cancelled").get()
    approve_payout(again.number, actor=finance, now=world.now)
    work(again, now=world.now)
    assert (owed("picc"), Claim.objects.get().state, all(minor == 0 for minor in trial_balance().values())) == (
        -refund.amount_minor, "used", True,
    )  # fmt: skip
