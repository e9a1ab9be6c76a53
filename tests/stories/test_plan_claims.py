"""Claims against their limits: each counted once, twice at once counted once, and the database holds the line alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction

from shouhou.foundation.refusals import Refused
from shouhou.orders.models import OrderLine
from shouhou.plans.actions import hold_claim, put_plan, release_claims, use_claims
from shouhou.plans.models import Claim, Plan
from shouhou.plans.queries import cover, plan_json, plans_of
from shouhou.plumbing.actor import SYSTEM
from tests.stories.repairing import PHONE
from tests.world import World, refusal_of


def sold(world: World, **more: object) -> int:
    order = world.order(**PHONE)
    put_plan({"number": "P1", "kind": "screen", "order": order, **more}, actor=SYSTEM, now=world.now)
    return OrderLine.objects.get(order__number=order).id


def hold(world: World, line_id: int, subject: str) -> None:
    plan = plans_of(line_id)[0]
    hold_claim(plan, line_id=line_id, subject=subject, key=subject, cause="human", fault="broken_screen", now=world.now)


@pytest.mark.django_db
def test_the_same_claim_again_is_the_same_and_a_released_one_can_be_held_again(world: World) -> None:
    line_id = sold(world)
    hold(world, line_id, "SO-1")
    hold(world, line_id, "SO-1")
    assert (Plan.objects.get().claims_count, Claim.objects.count()) == (1, 1)
    assert (release_claims("SO-1", now=world.now), release_claims("SO-1", now=world.now)) == (1, 0)
    hold(world, line_id, "SO-1")
    assert (use_claims("SO-1", now=world.now), use_claims("SO-1", now=world.now), release_claims("SO-1", now=world.now)) == (1, 0, 0)
    hold(world, line_id, "SO-1")
    assert (Plan.objects.get().claims_count, Claim.objects.get().state) == (1, "used")


@pytest.mark.django_db
def test_no_more_claims_than_the_plan_has(world: World) -> None:
    line_id = sold(world)
    hold(world, line_id, "SO-1")
    assert refusal_of(hold, world, line_id, "SO-2").code == "PLAN_USED_UP"
    assert (Plan.objects.get().claims_count, Claim.objects.count()) == (1, 1)
    with pytest.raises(IntegrityError, match="plan_claims"), transaction.atomic():
        Plan.objects.update(claims_count=2)
    asked = cover(line_id, category="phone", cause="human", fault="broken_screen", on=world.now.date())
    assert (asked.plan, asked.answers[0].why) == (None, "PLAN_CLAIMS_USED")


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_one_claim_between_them(world: World) -> None:
    line_id = sold(world)
    plan = plans_of(line_id)[0]

    def one(number: int) -> str:
        try:
            hold_claim(plan, line_id=line_id, subject=f"SO-{number}", key=f"SO-{number}", cause="human", fault="", now=world.now)
        except Refused as no:
            return no.code
        finally:
            connections.close_all()
        return "held"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(one, range(8)))
    assert answers == ["PLAN_USED_UP"] * 7 + ["held"]
    assert (Plan.objects.get().claims_count, Claim.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_stranger_finds_no_plan_and_its_people_do(world: World) -> None:
    order = world.order(**PHONE, merchant={"code": "m1", "channel": "third", "name": "老王百货"})
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13800000002"}, merchant={"code": "m2", "channel": "third", "name": "别家"})
    put_plan({"number": "P9", "kind": "screen", "order": order}, actor=SYSTEM, now=world.now)
    for actor in (world.buyer("u2"), world.staff("merchant_manager", merchant="m2")):
        assert refusal_of(plan_json, "P9", actor=actor, language="en").code == "PLAN_NOT_FOUND"
        no = refusal_of(put_plan, {"number": "P9", "kind": "screen", "order": order, "price": 1}, actor=actor, now=world.now)
        assert no.code in ("FORBIDDEN", "PLAN_GOODS_UNKNOWN")
    for actor in (world.buyer(), world.staff("merchant_operator", merchant="m1"), world.staff("agent")):
        assert plan_json("P9", actor=actor, language="en")["label"] == "Screen cover"
    assert Plan.objects.get().price_minor == 0


@pytest.mark.django_db
def test_a_policy_number_stays_with_its_goods(world: World) -> None:
    sold(world)
    other = world.order(**PHONE)
    assert refusal_of(put_plan, {"number": "P1", "kind": "screen", "order": other}, actor=SYSTEM, now=world.now).code == "PLAN_ELSEWHERE"
    assert Plan.objects.get().order_number != other
