"""The jobs against the fake carrier over HTTP: yes, no, late, lost, dead, doubled, reversed, restarted."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from shouhou.foundation.days import ONE_DAY
from shouhou.logistics import queries, tasks
from shouhou.logistics.actions import cancel_pickup, register_parcel, send_back
from shouhou.logistics.carriers.base import Booked, CarrierSilent, PickupOrder
from shouhou.logistics.carriers.registry import provider_for
from shouhou.logistics.models import CarrierCallback, Parcel, Pickup
from shouhou.logistics.tests.conftest import CONSUMER, HOME, NOW, Book, Carrier
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
CASE = "SO-TEST-0001-7"
KEY = f"{CASE}:1"


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def until(true: Callable[[], bool], *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_willing_carrier_books_at_once(book: Book, carrier: Carrier) -> None:
    pickup = book()
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert pickup.state == "booked"
    assert carrier.state()["pickup"][KEY]["reference"] == pickup.carrier_reference
    assert queries.parcels_of(CASE)[0]["tracking_number"].startswith("JD")


def test_a_carriers_no_is_final(book: Book, carrier: Carrier) -> None:
    carrier.behave(calls=["decline:OUT_OF_AREA"])
    pickup = book()
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.end_reason) == ("failed", "OUT_OF_AREA")


def test_a_lost_answer_is_asked_for_and_not_ordered_again(book: Book, carrier: Carrier) -> None:
    """The call was made, the answer never came: as when we are killed between the two."""
    carrier.behave(calls=["lost_answer"])
    pickup = book()
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert pickup.state == "booked"
    assert carrier.state()["pickup"][KEY]["calls"] == 1


def test_killed_after_the_call_the_next_try_finds_the_same_pickup(book: Book, carrier: Carrier) -> None:
    pickup = book()
    first = provider_for("JD").book(
        PickupOrder(KEY, "JD", NOW, NOW + timedelta(hours=2), HOME, {}, 1, 0, "CNY")
    )
    assert isinstance(first, Booked)
    tasks.book(pickup.id)
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert pickup.carrier_reference == first.reference
    assert list(carrier.state()["pickup"]) == [KEY]
    assert told().count("pickup.booked") == 1


@pytest.mark.parametrize("manner", ["error", "closed"])
def test_an_order_that_never_arrived_is_tried_again_with_the_same_key(
    book: Book, carrier: Carrier, manner: Any
) -> None:
    carrier.behave(calls=[manner])
    pickup = book()
    with pytest.raises(CarrierSilent):
        tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.tries) == ("requested", 1)
    assert pickup.trouble
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.trouble) == ("booked", "")
    assert list(carrier.state()["pickup"]) == [KEY]


def test_a_slow_carrier_is_waited_for(book: Book, carrier: Carrier) -> None:
    carrier.behave(calls=["slow:0.6"])
    pickup = book()
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert pickup.state == "booked"


def test_an_outage_leaves_the_pickup_requested_until_it_is_over(book: Book, carrier: Carrier) -> None:
    carrier.behave(outage=True)
    pickup = book()
    for _ in range(2):
        with pytest.raises(CarrierSilent):
            tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.tries, told()) == ("requested", 2, [])
    carrier.behave(outage=False)
    tasks.book(pickup.id)
    pickup.refresh_from_db()
    assert pickup.state == "booked"


def test_a_dead_carrier_is_silence(book: Book, settings: Any) -> None:
    settings.CARRIERS = {"fake": {"url": "http://127.0.0.1:9"}}
    with pytest.raises(CarrierSilent):
        tasks.book(book().id)
    assert Pickup.objects.get().state == "requested"


def test_a_cancellation_reaches_the_carrier(book: Book, carrier: Carrier) -> None:
    pickup = book()
    tasks.book(pickup.id)
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    tasks.cancel(pickup.id)
    tasks.cancel(pickup.id)
    assert carrier.state()["pickup"][KEY]["cancelled"]


def test_a_cancellation_that_overtakes_the_order_sends_nobody(book: Book, carrier: Carrier) -> None:
    pickup = book()
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    tasks.cancel(pickup.id)
    Pickup.objects.filter(id=pickup.id).update(state="requested")
    tasks.book(pickup.id)
    assert Pickup.objects.get().state == "failed"
    assert carrier.state()["planned"] == 0


def test_too_late_to_cancel_is_taken_as_the_collection_it_is(
    book: Book, start_carrier: Callable[..., Carrier]
) -> None:
    carrier = start_carrier(pace=0.05)
    carrier.behave(journey=["collect"])
    pickup = book()
    tasks.book(pickup.id)
    until(lambda: carrier.state()["pickup"][KEY]["collected"])
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    tasks.cancel(pickup.id)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.end_reason) == ("collected", "collected_after_cancelled")


def test_lost_callbacks_are_asked_for(
    book: Book, start_carrier: Callable[..., Carrier], monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = start_carrier(pace=0.02)
    carrier.behave(callbacks=False)
    pickup = book()
    tasks.book(pickup.id)
    until(lambda: carrier.state()["planned"] == 0)
    monkeypatch.setattr(tasks, "now", lambda: NOW + ONE_DAY)
    assert tasks.ask_carriers() == 5
    assert tasks.ask_carriers() == 0
    assert Pickup.objects.get().state == "collected"
    assert Parcel.objects.get().phase == "delivered"


def test_an_own_waybill_is_followed_to_the_door(carrier: Carrier) -> None:
    parcel = register_parcel(subject=CASE, carrier="SF", tracking_number="SF1234567890123", actor=CONSUMER, now=NOW)
    tasks.follow(parcel.id)
    tasks.follow(parcel.id)
    assert list(carrier.state()["parcel"]) == ["SF/SF1234567890123"]
    assert carrier.state()["planned"] == 5


@pytest.mark.parametrize("manner", ["ok", "lost_answer"])
def test_a_label_is_issued_once(carrier: Carrier, manner: Any) -> None:
    carrier.behave(calls=[manner])
    parcel = send_back(subject=CASE, actor=CONSUMER, now=NOW, address=HOME, key="back:1")
    if manner == "lost_answer":
        with pytest.raises(CarrierSilent):
            tasks.label(parcel.id)
    tasks.label(parcel.id)
    tasks.label(parcel.id)
    parcel.refresh_from_db()
    assert parcel.tracking_number == carrier.state()["label"]["back:1"]["tracking_number"]
    assert told() == ["parcel.registered"]


def test_a_declined_label_waits_for_a_person(carrier: Carrier) -> None:
    carrier.behave(calls=["decline:OVERSIZE"])
    parcel = send_back(subject=CASE, actor=CONSUMER, now=NOW, address=HOME, key="back:1")
    tasks.label(parcel.id)
    parcel.refresh_from_db()
    assert (parcel.tracking_number, parcel.trouble.startswith("declined: OVERSIZE")) == ("", True)
    assert [row["kind"] for row in queries.stuck(NOW + timedelta(hours=1))] == ["label"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("manner", [{}, {"duplicate": True}, {"reverse": True}])
def test_a_journey_with_a_failed_visit_is_told_by_callbacks_to_the_end(
    book: Book, start_carrier: Callable[..., Carrier], door: str, manner: Any
) -> None:
    carrier = start_carrier(pace=0.05, callback=door)
    carrier.behave(journey=["fail", "collect", "transit", "delivering", "problem", "delivering", "deliver"], **manner)
    pickup = book()
    tasks.book(pickup.id)
    until(lambda: carrier.state()["planned"] == 0 and carrier.state()["untold"] == 0)
    shown = queries.pickups_of(CASE)[0]
    assert (shown["state"], shown["attempts"], len(shown["visits"])) == ("collected", 2, 2)
    parcel = queries.parcels_of(CASE)[0]
    assert (parcel["phase"], parcel["problem"]) == ("delivered", False)
    assert [told().count(name) for name in ("pickup.collected", "parcel.delivered")] == [1, 1]
    assert CarrierCallback.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_three_failed_visits_told_by_callbacks_exhaust_the_pickup_and_call_the_courier_off(
    book: Book, start_carrier: Callable[..., Carrier], door: str
) -> None:
    carrier = start_carrier(pace=0.05, callback=door)
    carrier.behave(journey=["fail", "fail", "fail", "collect"], pace=0.4)
    pickup = book()
    tasks.book(pickup.id)
    until(lambda: Pickup.objects.get().state == "failed")
    tasks.cancel(pickup.id)
    until(lambda: carrier.state()["planned"] == 0)
    assert Pickup.objects.get().state == "failed"
    assert told()[-1] == "pickup.exhausted"


@pytest.mark.django_db(transaction=True)
def test_a_restarted_carrier_goes_on_where_it_stood(
    book: Book, start_carrier: Callable[..., Carrier], door: str, tmp_path: Path
) -> None:
    file = str(tmp_path / "carrier.sqlite")
    first = start_carrier(pace=0.5, callback=door, state=file)
    pickup = book()
    tasks.book(pickup.id)
    first.server.stop()
    first.server.depot.close()
    second = start_carrier(pace=0.5, callback=door, state=file)
    until(lambda: second.state()["planned"] == 0 and second.state()["untold"] == 0)
    assert Parcel.objects.get().phase == "delivered"
    assert told().count("parcel.delivered") == 1


@pytest.mark.django_db(transaction=True)
def test_the_queued_job_is_run_by_a_worker(book: Book, carrier: Carrier) -> None:
    book()
    with app.replace_connector(DjangoConnector().get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    with connection.cursor() as cursor:
        # The worker's threads are gone and leave their connections behind.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert Pickup.objects.get().state == "booked"
