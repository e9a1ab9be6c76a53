"""Booking a courier stops the clock for sending back; cancelling lets it run on, and never begins it anew."""

import pytest

from shouhou.cases.models import Deadline
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.logistics.queries import windows_for
from tests.world import CONTACT, World

pytestmark = pytest.mark.django_db


def ship_back(number: str) -> Deadline:
    return Deadline.objects.get(case__number=number, name="ship_back", state__in=["open", "paused"])


def book(world: World, number: str) -> None:
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0].code
    assert world.move(number, "book_pickup", actor=world.buyer(), window=window)["status"] == "pickup_booked"


def test_booking_and_cancelling_again_and_again_wins_no_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    first = ship_back(number)
    for _ in range(3):
        world.later(hours=30)
        book(world, number)
        assert ship_back(number).state == "paused"
        world.later(minutes=1).move(number, "cancel_pickup", actor=world.buyer())
    last = ship_back(number)
    assert (last.id, last.state, last.started_at, last.due_at) == (first.id, "open", first.started_at, first.due_at)
    world.now = last.due_at
    world.later(seconds=1).ring()
    assert world.case(number)["status"] == "lapsed"


def test_the_days_a_courier_was_waited_for_are_given_back(world: World) -> None:
    number = world.apply(world.order())["number"]
    due = ship_back(number).due_at
    book(world, number)
    world.later(days=2).move(number, "pickup_exhausted", actor=world.staff("carrier", "carrier"))
    after = ship_back(number)
    assert (after.state, (after.due_at - due).days) == ("open", 2)
    assert [what for _at, what, _note in after.clock] == ["started", "paused", "resumed"]


def test_goods_collected_while_the_clock_stood_still_were_sent_in_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    book(world, number)
    world.later(days=20).move(number, "collected", actor=world.staff("carrier", "carrier"))
    assert world.case(number)["status"] == "in_transit"
    assert Deadline.objects.get(case__number=number, name="ship_back").state == "met"
