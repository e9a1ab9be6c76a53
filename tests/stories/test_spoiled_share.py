"""Fresh goods that are spoiled in part: refunded by the book's table, with a photo, and the consumer keeps what is good."""

from typing import Any

import pytest

from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.stories.carrying import units
from tests.stories.test_refund_only import BROKEN, CHANNELS, FISH, shown
from tests.world import World, refusal_of

SPOILED: dict[str, Any] = {**BROKEN, "reason": "spoiled", "items": {1: 2}}
DEAR_FISH: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "CRAB", "title": "大闸蟹", "category": "fresh", "quantity": 2, "unit_price": 60000, "paid": 120000}],
    "payments": [{"tender": "card", "amount": 120000}],
}


@CHANNELS
def test_a_third_is_spoiled_and_the_step_of_the_table_is_paid_by_the_book(
    world: World, fake: Fake, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = shown(world, {**FISH, **channel}, **SPOILED, answers={"spoiled_percent": 33})
    case = world.case(number)
    assert (case["decision"]["verdict"], case["refund"]["amount"]) == ("allow", 3000)
    assert [(each["code"], each["clause"]) for each in case["decision"]["reasons"]] == [
        ("RO_SPOILED_SHARE", "spoiled_ladder"), ("RO_SPOILED_STEP_3", "spoiled_refund_3"),
    ]  # fmt: skip
    world.later(hours=25).ring()
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().amount_minor, units()) == ("refunded", 3000, (0, 0))
    assert set(trial_balance().values()) == {0}


@CHANNELS
def test_dear_goods_wait_for_a_person_who_grants_the_same_step(
    world: World, fake: Fake, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = shown(world, {**DEAR_FISH, **channel}, **SPOILED, answers={"spoiled_percent": 70})
    assert (world.case(number)["decision"]["verdict"], world.case(number)["refund"]["amount"]) == ("review", 84000)
    world.later(hours=25).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("submitted", 0)
    world.move(number, "approve", actor=world.staff(team[0], merchant=team[1]), fault="seller")
    world.pay(number)
    assert (Refund.objects.get().amount_minor, units(), set(trial_balance().values())) == (84000, (0, 0), {0})


@pytest.mark.parametrize(("percent", "amount", "end"), [(71, 6000, (2, 2)), (5, 600, (0, 0))])
def test_above_the_last_step_all_of_it_goes_back_and_the_units_are_returned_for_good(
    world: World, fake: Fake, percent: int, amount: int, end: tuple[int, int]
) -> None:
    number = shown(world, FISH, **SPOILED, answers={"spoiled_percent": percent})
    world.later(hours=25).ring()
    world.pay(number)
    assert (Refund.objects.get().amount_minor, units()) == (amount, end)


def test_a_smaller_amount_that_was_asked_for_stays_the_smaller_one(world: World, fake: Fake) -> None:
    shown(world, FISH, **SPOILED, answers={"spoiled_percent": 50, "amount_wanted": 700})
    world.later(hours=25).ring()
    assert Refund.objects.get().amount_minor == 700


def test_the_platform_silent_pays_the_step_not_the_whole_price(world: World, fake: Fake) -> None:
    number = shown(world, DEAR_FISH, **SPOILED, answers={"spoiled_percent": 10})
    world.later(hours=73).ring()
    world.later(hours=25).ring()
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunding", 12000)


def test_without_a_share_a_person_looks_and_more_than_all_of_it_is_no_share(world: World) -> None:
    number = shown(world, FISH, **SPOILED)
    assert (world.case(number)["decision"]["verdict"], world.case(number)["refund"]["amount"]) == ("review", 6000)
    world.later(hours=25).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("submitted", 0)
    assert refusal_of(world.apply, world.order(**FISH), **SPOILED, answers={"spoiled_percent": 101}).code == "ANSWERS_INVALID"
