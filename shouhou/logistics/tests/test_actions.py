"""Pickups and parcels: what the actions do, and that a refusal changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import queries
from shouhou.logistics.actions import (
    cancel_pickup,
    erase_addresses_of,
    parcels_arrived,
    register_parcel,
    release_parcel,
    send_back,
    take_tracking_event,
)
from shouhou.logistics.actions.pickups import take_booking
from shouhou.logistics.carriers.base import Booked, Declined, Tracked
from shouhou.logistics.models import OwnArea, Parcel, Pickup, PickupAttempt, TrackingEvent
from shouhou.logistics.tests.conftest import CONSUMER, HOME, NOW, WINDOW, Book
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
CASE = "SO-TEST-0001-7"
OTHER_CASE = "SO-TEST-0002-8"


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def queued() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True))


def ship(subject: str = CASE, number: str = "SF1234567890123", carrier: str = "SF", **more: Any) -> Parcel:
    return register_parcel(subject=subject, carrier=carrier, tracking_number=number, actor=CONSUMER, now=NOW, **more)


def news(code: str, *, minutes: int, number: str = "SF1234567890123", event: str = "") -> Tracked:
    return Tracked("SF", number, event or f"e{minutes}", NOW + timedelta(minutes=minutes), code, Text("轨迹", "news"), "成都")


def test_a_pickup_is_written_and_the_carrier_is_called_by_a_job_only(book: Book) -> None:
    pickup = book()
    assert (pickup.state, pickup.key, pickup.number[:3]) == ("requested", f"{CASE}:1", "PK-")
    assert queued() == ["logistics.book"]
    assert told() == []


def test_a_rolled_back_booking_leaves_neither_row_nor_job(book: Book) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        book()
        raise ZeroDivisionError
    assert (Pickup.objects.count(), queued()) == (0, [])


def test_the_same_key_is_the_same_pickup_and_one_job(book: Book) -> None:
    assert book().id == book().id
    assert queued() == ["logistics.book"]


def test_a_second_pickup_of_one_subject_is_refused_while_the_first_is_open(book: Book) -> None:
    book()
    with pytest.raises(Refused) as no:
        book(key="another")
    assert no.value.code == "PICKUP_OPEN"
    assert (Pickup.objects.count(), queued()) == (1, ["logistics.book"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"now": WINDOW.end}, "PICKUP_WINDOW"),
        ({"window": "nonsense"}, "PICKUP_WINDOW"),
        ({"address": {**HOME, "phone": ""}}, "PICKUP_ADDRESS"),
        ({"address": {**HOME, "address": "路" * 241}}, "PICKUP_ADDRESS"),
        ({"carrier": "hovercraft"}, "CARRIER_UNKNOWN"),
        ({"parcels_expected": 0}, "PICKUP_ADDRESS"),
    ],
)
def test_a_booking_that_cannot_be_is_refused_and_nothing_is_kept(book: Book, wrong: Any, code: str) -> None:
    with pytest.raises(Refused) as no:
        book(**wrong)
    assert no.value.code == code
    assert (Pickup.objects.count(), queued(), told()) == (0, [], [])


def test_a_key_of_another_subject_is_refused(book: Book) -> None:
    book()
    with pytest.raises(Refused) as no:
        book(subject=OTHER_CASE, key=f"{CASE}:1")
    assert no.value.code == "PICKUP_KEY_REUSED"
    assert Pickup.objects.count() == 1


def test_a_window_is_taken_by_its_code(book: Book) -> None:
    assert book(window=WINDOW.code).window_start == WINDOW.start


def test_a_free_pickup_costs_nothing_whatever_fee_was_meant(book: Book) -> None:
    assert book(free=True, fee_minor=900).fee_minor == 0


def test_the_carriers_yes_books_it_and_binds_its_waybill(book: Book) -> None:
    pickup = book()
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.carrier_reference) == ("booked", "R1")
    assert told() == ["parcel.registered", "pickup.booked"]
    assert queries.parcels_of(CASE)[0]["label"] == {"zh": "暂无轨迹", "en": "No trace yet"}


def test_the_carriers_no_ends_it_and_the_consumer_is_to_choose(book: Book) -> None:
    pickup = book()
    take_booking(pickup.id, Declined("OUT_OF_AREA", Text("超区", "out of area")), now=NOW)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.end_reason) == ("failed", "OUT_OF_AREA")
    assert told() == ["pickup.exhausted"]


def test_cancelling_frees_the_waybill_and_tells_the_carrier_by_a_job(book: Book) -> None:
    pickup = book()
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    pickup.refresh_from_db()
    assert pickup.state == "cancelled"
    assert queries.parcels_of(CASE) == []
    assert queued() == ["logistics.book", "logistics.cancel"]
    assert told()[-1] == "pickup.cancelled"
    assert told().count("pickup.cancelled") == 1


def test_an_answer_after_the_cancellation_makes_the_carrier_cancel_too(book: Book) -> None:
    pickup = book()
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    pickup.refresh_from_db()
    assert pickup.state == "cancelled"
    assert queued() == ["logistics.book", "logistics.cancel", "logistics.cancel"]
    assert told() == ["pickup.cancelled"]


def test_without_a_pickup_there_is_nothing_to_cancel() -> None:
    assert cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW) is None
    assert told() == []


def test_a_collected_pickup_cannot_be_cancelled(book: Book) -> None:
    pickup = book()
    Pickup.objects.filter(id=pickup.id).update(state="collected")
    with pytest.raises(Refused) as no:
        cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    assert no.value.code == "PICKUP_ENDED"
    pickup.refresh_from_db()
    assert pickup.state == "collected"


def test_after_a_cancelled_pickup_the_own_waybill_is_the_only_one_bound(book: Book) -> None:
    """Lesson 12: the old waybill stays bound and kills the insurance claim."""
    pickup = book()
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    ship()
    assert [parcel["tracking_number"] for parcel in queries.parcels_of(CASE)] == ["SF1234567890123"]
    assert len(queries.parcels_of(CASE, released=True)) == 2


def test_who_ships_alone_calls_the_open_pickup_off(book: Book) -> None:
    pickup = book()
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    ship()
    pickup.refresh_from_db()
    assert (pickup.state, pickup.end_reason) == ("cancelled", "self_shipped:consumer")
    assert [parcel["tracking_number"] for parcel in queries.parcels_of(CASE)] == ["SF1234567890123"]


@pytest.mark.parametrize(
    ("carrier", "number", "code"),
    [
        ("SF", "  ", "WAYBILL_REQUIRED"),
        ("", "SF1234567890123", "WAYBILL_REQUIRED"),
        ("hovercraft", "SF1234567890123", "CARRIER_UNKNOWN"),
        ("SF", "123", "WAYBILL_INVALID"),
        ("SF", "X" * 5000, "WAYBILL_INVALID"),
    ],
)
def test_a_waybill_that_cannot_be_followed_is_refused(carrier: str, number: str, code: str) -> None:
    with pytest.raises(Refused) as no:
        ship(carrier=carrier, number=number)
    assert no.value.code == code
    assert no.value.sentence("zh")
    assert (Parcel.objects.count(), queued(), told()) == (0, [], [])


def test_a_waybill_bound_to_another_subject_is_refused() -> None:
    ship()
    with pytest.raises(Refused) as no:
        ship(subject=OTHER_CASE, number="sf 1234567890123")
    assert no.value.code == "WAYBILL_TAKEN"
    assert Parcel.objects.get().subject == CASE
    assert told() == ["parcel.registered"]


def test_the_same_waybill_again_is_the_same_parcel() -> None:
    assert ship().id == ship(number="sf１２３4567890123").id
    assert (queued(), told()) == (["logistics.follow"], ["parcel.registered"])


def test_a_released_waybill_may_be_bound_by_another_subject() -> None:
    parcel = ship()
    release_parcel(subject=CASE, parcel_id=parcel.id, actor=CONSUMER, now=NOW, reason="mistyped")
    assert ship(subject=OTHER_CASE).subject == OTHER_CASE


def test_a_parcel_of_another_subject_cannot_be_released() -> None:
    parcel = ship()
    with pytest.raises(Refused) as no:
        release_parcel(subject=OTHER_CASE, parcel_id=parcel.id, actor=CONSUMER, now=NOW, reason="mistyped")
    assert no.value.code == "PARCEL_NOT_FOUND"
    parcel.refresh_from_db()
    assert parcel.released_at is None


def test_tracking_is_shown_newest_first_and_delivery_is_told_once() -> None:
    ship()
    for told_now in (news("2", minutes=10), news("301", minutes=90), news("202", minutes=60), news("301", minutes=90)):
        take_tracking_event(told_now, now=NOW)
    parcel = queries.parcels_of(CASE)[0]
    assert [point["code"] for point in parcel["track"]] == ["301", "202", "2"]
    assert (parcel["phase"], parcel["delivered_at"]) == ("delivered", NOW + timedelta(minutes=90))
    assert told().count("parcel.delivered") == 1
    assert told().count("parcel.tracked") == 3


def test_news_of_a_parcel_nobody_knows_is_none() -> None:
    assert take_tracking_event(news("2", minutes=1), now=NOW) is None
    assert TrackingEvent.objects.count() == 0


def test_news_of_a_released_parcel_is_kept_and_nobody_is_told() -> None:
    parcel = ship()
    release_parcel(subject=CASE, parcel_id=parcel.id, actor=CONSUMER, now=NOW, reason="mistyped")
    assert take_tracking_event(news("301", minutes=1), now=NOW)
    assert told() == ["parcel.registered"]
    assert parcel.track.count() == 1


def test_a_received_parcel_counts_as_arrived_without_the_carrier() -> None:
    ship()
    assert parcels_arrived(subject=CASE, now=NOW) == 1
    assert parcels_arrived(subject=CASE, now=NOW) == 0
    assert queries.parcels_of(CASE)[0]["phase"] == "delivered"
    assert told() == ["parcel.registered"]


def test_sending_back_with_a_waybill_binds_it_now() -> None:
    parcel = send_back(subject=CASE, actor=CONSUMER, now=NOW, carrier="SF", tracking_number="SF1234567890123", address=HOME)
    assert (parcel.direction, parcel.tracking_number) == ("send_back", "SF1234567890123")


def test_sending_back_without_a_waybill_has_the_carrier_issue_it_once() -> None:
    first = send_back(subject=CASE, actor=CONSUMER, now=NOW, address=HOME, key="back:1")
    again = send_back(subject=CASE, actor=CONSUMER, now=NOW, address=HOME, key="back:1")
    assert first.id == again.id
    assert queued() == ["logistics.label"]


@pytest.mark.parametrize(("given", "code"), [({}, "WAYBILL_REQUIRED"), ({"key": "back:1"}, "PICKUP_ADDRESS")])
def test_sending_back_to_nowhere_is_refused(given: Any, code: str) -> None:
    with pytest.raises(Refused) as no:
        send_back(subject=CASE, actor=CONSUMER, now=NOW, **given)
    assert no.value.code == code
    assert (Parcel.objects.count(), queued()) == (0, [])


@pytest.mark.parametrize("sql", ["UPDATE logistics_{} SET code = 'x'", "DELETE FROM logistics_{}"])
@pytest.mark.parametrize("table", ["pickupattempt", "trackingevent"])
def test_visits_and_tracking_lines_cannot_be_changed_even_by_raw_sql(book: Book, table: str, sql: str) -> None:
    ship(subject=OTHER_CASE)
    take_tracking_event(news("2", minutes=1), now=NOW)
    PickupAttempt.objects.create(pickup=book(), number=1, outcome="failed", code="nobody_home", at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql.format(table))
    assert (TrackingEvent.objects.get().code, PickupAttempt.objects.get().code) == ("2", "nobody_home")


def test_erasure_takes_the_street_and_leaves_the_way(book: Book) -> None:
    book()
    assert erase_addresses_of(12, NOW) == {"pickups": 1, "parcels": 0, "parcel_requests": 0}
    assert erase_addresses_of(12, NOW) == {"pickups": 0, "parcels": 0, "parcel_requests": 0}
    assert Pickup.objects.get().address == {}
    assert queries.pickups_of(CASE)[0]["number"] == Pickup.objects.get().number


def test_the_own_area_decides_the_windows() -> None:
    assert queries.in_own_area(HOME)
    far = {**HOME, "region": "西藏自治区那曲市安多县"}
    assert not queries.in_own_area(far)
    here = queries.windows_for(HOME, calendar=NO_HOLIDAYS, now=NOW)
    there = queries.windows_for(far, calendar=NO_HOLIDAYS, now=NOW)
    assert here[0].start.date() < there[0].start.date()
    assert queries.is_offered(here[0].code, HOME, calendar=NO_HOLIDAYS, now=NOW)
    assert not queries.is_offered(here[0].code, HOME, calendar=NO_HOLIDAYS, now=here[0].start)
    assert not queries.is_offered(here[0].code, {**HOME, "phone": ""}, calendar=NO_HOLIDAYS, now=NOW)


def test_the_admins_most_specific_entry_decides_the_own_area() -> None:
    OwnArea.objects.create(region_code="510104", name="锦江区", active=False)
    OwnArea.objects.create(region_code="54", name="西藏", active=True)
    assert not queries.in_own_area(HOME)
    assert queries.in_own_area({**HOME, "region": "四川省成都市武侯区"})
    assert queries.in_own_area({**HOME, "region": "西藏自治区那曲市安多县"})


def test_a_pickup_no_carrier_confirms_is_on_the_list_of_what_is_stuck(book: Book) -> None:
    pickup = book()
    assert queries.stuck(NOW) == []
    assert [row["number"] for row in queries.stuck(NOW + timedelta(hours=1))] == [pickup.number]
