"""The pickup plan of operations: routes by block, a capacity settled once, and what others find there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from shouhou.logistics.models import PickupCapacity
from shouhou.logistics.queries import windows_for
from shouhou.logistics.rules.windows import Window
from shouhou.policy.queries import calendar_now
from tests.world import CONTACT, World

Staff = Callable[..., Client]
PLAN = "/operations/pickups/"


def booked(world: World, door: int) -> tuple[str, Window]:
    number: str = world.apply(world.order(), contact={**CONTACT, "address": f"春熙路 {door} 号"})["number"]
    window = windows_for(CONTACT, calendar=calendar_now(), now=world.now)[0]
    world.move(number, "book_pickup", actor=world.buyer(), window=window.code)
    return number, window


@pytest.mark.django_db
def test_the_plan_shows_the_routes_of_the_day_without_doors_and_phones(staff: Staff, world: World) -> None:
    (first, window), (second, _) = booked(world, 41), booked(world, 43)
    day, other = window.start.date().isoformat(), (window.start + timedelta(days=40)).date().isoformat()
    body = staff("operations").get(PLAN, {"day": day, "region": "四川省成都市"}).content.decode()
    assert body.index(first) < body.index(second)
    assert f"510104-{window.start:%m%d-%H}-1" in body
    assert "春熙路" in body
    assert "41 号" not in body
    assert CONTACT["phone"] not in body
    rows = b"".join(staff("operations").get("/operations/pickups.csv", {"day": day}).streaming_content).decode()  # type: ignore[attr-defined]
    assert [line.split(",")[6] for line in rows.strip().splitlines()[1:]] == [first, second]
    assert first not in staff("operations").get(PLAN, {"day": other}).content.decode()
    assert first not in staff("operations").get(PLAN, {"day": day, "region": "广东省"}).content.decode()


@pytest.mark.django_db
def test_a_capacity_is_settled_once_and_lifted_again_and_nonsense_is_said(staff: Staff, world: World) -> None:
    client = staff("operations")
    for _ in range(2):
        assert client.post(PLAN + "capacity/", {"region_code": "5101", "per_window": "3", "once": "a"}).status_code == 302
    entry = PickupCapacity.objects.get()
    assert (entry.region_code, entry.per_window, entry.per_day) == ("5101", 3, None)
    wrong = client.post(PLAN + "capacity/", {"region_code": "51x", "per_day": "3", "once": "b"})
    assert wrong.status_code == 422
    assert PickupCapacity.objects.count() == 1
    client.post(PLAN + "capacity/", {"region_code": "5101", "once": "c"})
    assert not PickupCapacity.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["agent", "inspector", "finance"])
def test_others_find_no_plan_and_settle_nothing(staff: Staff, role: str) -> None:
    assert staff(role).get(PLAN).status_code == 404
    assert staff(role).post(PLAN + "capacity/", {"region_code": "51", "per_day": "1", "once": "a"}).status_code in (403, 404)
    assert staff("auditor").post(PLAN + "capacity/", {"region_code": "51", "per_day": "1", "once": "b"}).status_code in (403, 422)
    assert not PickupCapacity.objects.exists()
