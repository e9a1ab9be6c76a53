"""A return from application to money back, and every way it can turn."""

from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def settle(world: World, number: str) -> None:
    """What the channel's answer does: the money has arrived."""
    from shouhou.payments.testing import settle_all  # noqa: PLC0415

    settle_all(number, now=world.now)


def test_a_return_without_reason_travels_from_application_to_refund(world: World) -> None:
    order = world.order()
    opened = world.later(days=3).apply(order)
    assert (opened["status"], opened["stage"], opened["version"]) == ("awaiting_goods", "goods", 2)
    assert opened["decision"]["verdict"] == "allow"
    assert [reason["code"] for reason in opened["decision"]["reasons"]] == ["OK_NO_REASON"]
    assert opened["refund_preview"]["total"] == {"amount": 19900, "currency": "CNY"}
    received = world.goods_back(opened["number"])
    assert received["status"] == "received"
    accepted = world.later(hours=3).move(opened["number"], "accept", actor=world.staff("inspector"))
    assert accepted["status"] == "refunding"
    refund = Refund.objects.get(subject=opened["number"])
    assert (refund.amount_minor, refund.state) == (19900, "pending")
    line = OrderLine.objects.get(order__number=order)
    assert (line.claimed_quantity, line.returned_quantity) == (1, 1)


def test_the_same_unit_cannot_be_applied_for_twice(world: World) -> None:
    order = world.order()
    world.apply(order)
    with pytest.raises(Refused) as refusal:
        world.apply(order)
    assert refusal.value.code == "QUANTITY_TAKEN"
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 1


def test_after_the_window_the_application_is_refused_with_reason_and_nothing_changes(world: World) -> None:
    order = world.order()
    with pytest.raises(Refused) as refusal:
        world.later(days=9).apply(order)
    assert refusal.value.code == "NOT_ELIGIBLE"
    assert refusal.value.facts["reasons"] == ["NO_WINDOW_EXPIRED"]
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 0


def test_a_dry_run_shows_the_case_and_leaves_nothing(world: World) -> None:
    order = world.order()
    shown: dict[str, Any] = world.apply(order, dry_run=True)
    assert shown["status"] == "awaiting_goods"
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 0
