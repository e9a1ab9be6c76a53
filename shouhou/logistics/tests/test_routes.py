"""A courier's day: one block in one slot is one route, long blocks are parted, and the order of asking does not matter."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouhou.foundation.days import SHANGHAI
from shouhou.logistics.day_plan import plan_of_day
from shouhou.logistics.rules.routes import Stop, block_of, routes
from shouhou.logistics.rules.windows import Window
from shouhou.logistics.tests.conftest import HOME, NOW, WINDOW, Book

NINE = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def stop(number: int, *, block: str = "春熙路", door: int = 1, hour: int = 0, region: str = "510104") -> Stop:
    begins = NINE + timedelta(hours=hour)
    return Stop(f"PK-{number}", f"SO-{number}", Window(begins, begins + timedelta(hours=2)), region, block, door, 1, "booked", 0)


def test_five_pickups_in_one_block_and_slot_are_one_route_in_the_order_of_the_doors() -> None:
    found = routes(stop(n, door=door) for n, door in enumerate([9, 1, 30, 4, 12]))
    assert [[each.door for each in route.stops] for route in found] == [[1, 4, 9, 12, 30]]
    assert (found[0].code, found[0].blocks, found[0].parcels) == ("510104-1123-09-1", ("春熙路",), 5)


def test_another_slot_and_another_district_are_other_routes_and_small_blocks_share_one() -> None:
    found = routes([stop(1), stop(2, hour=2), stop(3, region="510105"), stop(4, block="红星路")])
    assert [[each.number for each in route.stops] for route in found] == [["PK-1", "PK-4"], ["PK-3"], ["PK-2"]]


def test_a_block_too_long_for_one_courier_is_parted() -> None:
    found = routes([stop(n, door=n) for n in range(1, 31)], most=12)
    assert [len(route.stops) for route in found] == [12, 12, 6]
    assert [route.stops[0].door for route in found] == [1, 13, 25]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 9), st.sampled_from([0, 2]), st.sampled_from(["51", "44"])), max_size=40),
    st.integers(1, 12), st.randoms(use_true_random=False),
)  # fmt: skip
def test_every_door_is_on_exactly_one_route_and_no_route_is_too_long(
    doors: list[tuple[str, int, int, str]], most: int, chance: random.Random
) -> None:
    stops = [stop(n, block=block, door=door, hour=hour, region=region) for n, (block, door, hour, region) in enumerate(doors)]
    found = routes(stops, most=most)
    assert sorted(each.number for route in found for each in route.stops) == sorted(each.number for each in stops)
    assert all(len(route.stops) <= most and len({each.region_code for each in route.stops}) == 1 for route in found)
    assert len({route.code for route in found}) == len(found)
    chance.shuffle(stops)
    assert routes(stops, most=most) == found


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("春熙路 12 号 3 栋", ("春熙路", 12)), ("春熙路12号", ("春熙路", 12)), ("阳光花园", ("阳光花园", 0)), ("12 号", ("12 号", 0)),
        ("", ("", 0)),
    ],
)
def test_the_block_is_the_street_before_the_house_number(address: str, block: tuple[str, int]) -> None:
    assert block_of(address) == block


@pytest.mark.django_db
def test_the_plan_of_a_day_holds_what_is_still_to_be_fetched_in_the_region(book: Book) -> None:
    for n in range(3):
        book(f"SO-{n}", address={**HOME, "address": f"春熙路 {n + 1} 号"})
    book("SO-W", address={**HOME, "region": "四川省成都市青羊区"})
    day = WINDOW.start.date()
    assert [[each.subject for each in route.stops] for route in plan_of_day(day)] == [["SO-0", "SO-1", "SO-2"], ["SO-W"]]
    assert [route.region_code for route in plan_of_day(day, region_code="510105")] == ["510105"]
    assert plan_of_day(day + timedelta(days=1)) == []
    assert NOW.date() == day
