"""A day has room for so many visits: booked up to the last place, refused beyond with the next free day, in both channels."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from shouhou.accounts.models import Organisation, User
from shouhou.repairs import actions
from shouhou.repairs.models import Appointment, WorkOrder
from tests.beside import at_once
from tests.stories.repairing import CHANNELS, SELF, THIRD, TV, approved, technician
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db
A_DAY = 6
SCREEN = {"fault_code": "screen"}


def tomorrow(world: World, hours: int = 0) -> datetime:
    return world.now + timedelta(days=1, hours=hours)


def filled(world: World, channel: dict[str, Any], *, most: int = A_DAY) -> list[str]:
    """As many approved visits as one technician makes on one day, all tomorrow."""
    orders = [approved(world, TV, channel, answers=SCREEN, after_days=0) for _ in range(most)]
    for number in orders:
        world.move(number, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat())
    return orders


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_last_place_is_booked_the_next_one_refused_with_the_day_after(world: World, channel: dict[str, Any]) -> None:
    filled(world, channel)
    late = approved(world, TV, channel, answers=SCREEN, after_days=0)
    start = tomorrow(world, 3).isoformat()
    for actor in (world.buyer(), technician(world, late)):
        no = refusal_of(world.move, late, "book_visit", actor=actor, start=start)
        assert no.code == "DAY_FULL"
        assert str((world.now + timedelta(days=2)).date()) in no.errors[0].zh
    assert world.case(late)["status"] == "awaiting_appointment"
    assert Appointment.objects.filter(state="booked").count() == A_DAY
    world.move(late, "book_visit", actor=world.buyer(), start=(world.now + timedelta(days=2)).isoformat())
    assert world.case(late)["status"] == "appointment_booked"


def test_a_place_given_up_is_free_again_and_ones_own_can_be_moved_within_the_day(world: World) -> None:
    first, second, *_ = filled(world, SELF)
    late = approved(world, TV, SELF, answers=SCREEN, after_days=0)
    world.move(second, "book_visit", actor=world.buyer(), start=tomorrow(world, 2).isoformat())
    assert refusal_of(world.move, late, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat()).code == "DAY_FULL"
    world.move(first, "cancel_visit", actor=world.buyer())
    world.move(late, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat())
    assert world.case(late)["status"] == "appointment_booked"


def test_a_shops_full_day_is_not_the_houses(world: World) -> None:
    filled(world, THIRD)
    mine = approved(world, TV, SELF, answers=SCREEN, after_days=0)
    world.move(mine, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat())
    assert world.case(mine)["status"] == "appointment_booked"


def test_a_second_technician_doubles_the_day_but_not_the_day_of_the_first(world: World) -> None:
    house, _made = Organisation.objects.get_or_create(code="operator", defaults={"name": "平台", "kind": "operator"})
    for name in ("li", "wang"):
        User.objects.create_user(username=name, role="technician", organisation=house)
    orders = filled(world, SELF)
    late = approved(world, TV, SELF, answers=SCREEN, after_days=0)
    WorkOrder.objects.filter(subject__in=[*orders, late]).update(technician="user:5")
    assert refusal_of(world.move, late, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat()).code == "DAY_FULL"
    WorkOrder.objects.filter(subject=late).update(technician="")
    world.move(late, "book_visit", actor=world.buyer(), start=tomorrow(world).isoformat())
    assert world.case(late)["status"] == "appointment_booked"


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_place_at_once_do_not_both_get_it(world: World) -> None:
    one, other = (approved(world, TV, SELF, answers=SCREEN, after_days=0) for _ in range(2))
    start = tomorrow(world)

    def book(number: str) -> Any:
        order = WorkOrder.objects.get(subject=number).number
        return actions.book_appointment(
            order, start=start, end=start + timedelta(hours=2), a_day=1, actor=world.buyer(), now=world.now
        ).state

    connection.close()
    assert sorted(at_once(lambda: book(one), lambda: book(other))) == ["DAY_FULL", "booked"]
    assert Appointment.objects.filter(state="booked").count() == 1
