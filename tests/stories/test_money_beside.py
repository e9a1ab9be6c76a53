"""Price protections, compensations and couriers' bills beside themselves: the same thing at the same instant is paid once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from shouhou.cases.actions import make_move
from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from shouhou.orders import events
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from tests.beside import at_once
from tests.stories.test_courier_bills import bill, finance, outcomes, picked_up, take
from tests.world import World

__all__ = ["finance"]
pytestmark = pytest.mark.django_db(transaction=True)


def tell(world: World, number: str) -> None:
    """The shop's answer, as the job brings it."""
    since = (world.now - timedelta(days=1)).isoformat()
    lower = {"price": 16900, "from": since, "to": None, "kind": "regular", "in_stock": True, "merchant": ""}
    case = Case.objects.get(number=number)
    with transaction.atomic():
        publish(events.PRICES_TOLD, subject=number, now=world.now, data={"skus": {"KETTLE": [lower]}},
                merchant_id=case.merchant_id, buyer_id=case.buyer_id)  # fmt: skip


@pytest.mark.parametrize("time", range(3))
def test_two_price_protections_of_one_line_at_the_same_time_pay_the_difference_once(world: World, time: int) -> None:
    order = world.order()
    numbers = [world.apply(order, service="price_protection", reason="price_drop")["number"] for _ in range(2)]
    at_once(*(lambda number=number: tell(world, number) for number in numbers))
    assert sorted(Case.objects.values_list("status", flat=True)) == ["denied", "refunding"]
    assert [refund.amount_minor for refund in Refund.objects.all()] == [3000]
    assert order_money(Refund.objects.get().order_id).lines[0].refunded_minor == 3000


def test_the_same_news_four_times_at_the_same_time_pays_once(world: World) -> None:
    number = world.apply(world.order(), service="price_protection", reason="price_drop")["number"]
    at_once(*[lambda: tell(world, number)] * 4)
    assert Refund.objects.count() == 1 and Case.objects.get().status == "refunding"


def test_an_offer_accepted_and_declined_at_the_same_time_is_one_of_them(world: World) -> None:
    number = world.apply(world.order(), service="compensation", reason="bad_service")["number"]
    world.move(number, "propose", actor=world.staff("agent"), form="balance", amount=2000, bearer="platform_goodwill", note="抱歉")
    buyer, now = world.buyer(), world.now

    def answer(move: str, **answers: object) -> Callable[[], object]:
        return lambda: make_move(number, move, actor=buyer, answers=answers, version=None, now=now)["status"]

    told = at_once(answer("accept_offer"), answer("accept_offer"), answer("decline_offer", reason="太少"), answer("accept_offer"))
    assert told.count("MOVE_NOT_NOW") == 3
    assert Refund.objects.count() == (1 if Case.objects.get().status == "refunding" else 0)


def test_two_files_of_a_courier_at_the_same_time_post_a_pickup_once(world: World, finance: Actor) -> None:
    _, reference = picked_up(world, fault="seller")
    files = [bill((reference, "12.00")), bill((reference, "12.00"), ("SFOTHER", "8.00"))]
    at_once(*(partial(take, world, data, finance, name=f"sf-{place}.csv") for place, data in enumerate(files)))
    assert outcomes().count((reference, "posted")) == 1
    assert set(trial_balance().values()) == {0}
