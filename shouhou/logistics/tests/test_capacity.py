"""Windows with a limit: what is full is not offered, the last place goes to one, what is called off is free again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions import cancel_pickup
from shouhou.logistics.actions.coverage import set_capacity
from shouhou.logistics.models import Pickup, PickupCapacity
from shouhou.logistics.queries import windows_for
from shouhou.logistics.rules.windows import OWN_AREA, Capacity, Window, deciding, pickup_windows
from shouhou.logistics.tests.conftest import CONSUMER, HOME, NOW, WINDOW, Book
from shouhou.plumbing.actor import Actor

OPERATIONS = Actor(role="operations", who="key:9", name="运营")


def limit(region: str, *, per_window: int | None = None, per_day: int | None = None, actor: Actor = OPERATIONS) -> None:
    set_capacity(region_code=region, per_window=per_window, per_day=per_day, actor=actor, now=NOW)


def offered(address: dict[str, Any] | None = None) -> list[Window]:
    return windows_for(address or HOME, calendar=NO_HOLIDAYS, now=NOW)


def refusal(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def test_the_most_specific_area_decides_how_many_are_taken() -> None:
    known = [Capacity("", 9, None), Capacity("51", 5, None), Capacity("510104", 1, None)]
    assert [one.per_window for code in ("510104", "510105", "440100", "") if (one := deciding(code, known))] == [1, 5, 9, 9]
    assert deciding("440100", known[1:]) is None


def test_a_full_day_is_full_in_each_of_its_windows_and_a_later_day_is_offered_instead() -> None:
    plain = pickup_windows(now=NOW, calendar=NO_HOLIDAYS, service=OWN_AREA)
    of_today = [window for window in plain if window.start.date() == WINDOW.start.date()]
    capacity = Capacity("", None, 2)
    taken = {WINDOW.start: 2}
    assert all(capacity.is_full(window, taken=taken) for window in of_today)
    left = pickup_windows(
        now=NOW, calendar=NO_HOLIDAYS, service=OWN_AREA, full=lambda window: capacity.is_full(window, taken=taken)
    )
    assert {window.start.date() for window in left} == {WINDOW.start.date() + timedelta(days=n) for n in range(1, 6)}


@pytest.mark.django_db
def test_a_full_window_is_not_offered_and_who_wants_it_hears_of_the_next_ones(book: Book) -> None:
    limit("5101", per_window=1)
    book("SO-1")
    assert WINDOW not in offered()
    no = refusal(lambda: book("SO-2"))
    assert (no.code, len(no.facts["windows"])) == ("PICKUP_FULL", 3)  # type: ignore[arg-type]
    assert no.facts["windows"][0] == offered()[0].code  # type: ignore[index]
    assert "11月22日" in no.sentence("zh")
    assert list(Pickup.objects.values_list("subject", flat=True)) == ["SO-1"]


@pytest.mark.django_db
def test_another_area_and_a_district_with_its_own_entry_have_places_of_their_own(book: Book) -> None:
    limit("5101", per_window=1)
    limit("510105", per_window=1)
    book("SO-1")
    chengdu_west = {**HOME, "region": "四川省成都市青羊区"}
    assert WINDOW in offered(chengdu_west)
    book("SO-2", address=chengdu_west)
    assert WINDOW not in offered(chengdu_west)
    assert refusal(lambda: book("SO-3", address=chengdu_west)).code == "PICKUP_FULL"
    limit("510105")
    assert PickupCapacity.objects.count() == 1
    assert refusal(lambda: book("SO-3", address=chengdu_west)).code == "PICKUP_FULL"


@pytest.mark.django_db
def test_a_pickup_that_is_called_off_leaves_its_place_to_somebody_else(book: Book) -> None:
    limit("", per_window=1)
    book("SO-1")
    cancel_pickup(subject="SO-1", actor=CONSUMER, now=NOW)
    assert WINDOW in offered()
    book("SO-2")
    assert Pickup.objects.get(subject="SO-2").region_code == "510104"


@pytest.mark.django_db
def test_only_operations_settle_a_capacity_and_only_a_sensible_one() -> None:
    assert refusal(lambda: limit("51", per_day=1, actor=CONSUMER)).code == "FORBIDDEN"
    assert refusal(lambda: limit("5x", per_day=1)).code == "REGION_CODE"
    assert refusal(lambda: limit("51", per_day=-1)).code == "CAPACITY_NUMBER"
    assert PickupCapacity.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_those_who_want_the_last_place_at_once_one_gets_it(book: Book) -> None:
    limit("51", per_window=2)
    book("SO-0")

    def run(number: int) -> str:
        try:
            book(f"SO-{number}")
        except Refused as no:
            return no.code
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(run, range(1, 5)))
    assert found == ["PICKUP_FULL"] * 3 + ["booked"]
    assert Pickup.objects.count() == 2
