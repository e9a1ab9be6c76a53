"""Callbacks: signed, checked, taken once, harmless in any order and any number."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.logistics import ports, queries
from shouhou.logistics.actions import cancel_pickup, receive_callback, register_parcel
from shouhou.logistics.actions.pickups import take_booking
from shouhou.logistics.carriers.base import Booked
from shouhou.logistics.models import CarrierCallback, Parcel, Pickup, PickupAttempt
from shouhou.logistics.tests.conftest import CONSUMER, NOW, SECRET, Book
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature
from shouhou.plumbing.models import Event
from tests.beside import at_once

CASE = "SO-TEST-0001-7"
KEY = f"{CASE}:1"


@pytest.fixture(autouse=True)
def carriers(settings: Any) -> None:
    settings.CARRIERS = {"fake": {"url": "http://127.0.0.1:9"}}
    settings.CARRIER_CALLBACK_SECRET = SECRET


@pytest.fixture
def booked(book: Book) -> Pickup:
    pickup = book()
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    return pickup


def call(callback_id: str, body: Any, *, secret: str = SECRET, carrier: str = "fake") -> str:
    raw = json.dumps(body).encode()
    headers = {ID_HEADER.title(): callback_id, SIGNATURE_HEADER: signature(secret, callback_id, raw)}
    return receive_callback(carrier, headers, raw, NOW)


def failed(attempt: int) -> dict[str, Any]:
    at = (NOW + timedelta(hours=attempt)).isoformat()
    return {"kind": "attempted", "key": KEY, "attempt": attempt, "at": at, "code": "nobody_home", "zh": "无人在家", "en": "nobody"}


def collected(**more: Any) -> dict[str, Any]:
    at = (NOW + timedelta(hours=2)).isoformat()
    return {"kind": "collected", "key": KEY, "attempt": 2, "at": at, "reference": "R1", "tracking_number": "JD0000000000001",
            "fee_minor": 0, **more}  # fmt: skip


def tracked(code: str, minutes: int, number: str = "JD0000000000001") -> dict[str, Any]:
    at = (NOW + timedelta(hours=3, minutes=minutes)).isoformat()
    return {"kind": "tracked", "courier": "JD", "tracking_number": number, "event": f"e{minutes}", "at": at, "code": code,
            "zh": "轨迹", "en": "news", "location": "成都"}  # fmt: skip


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


@pytest.mark.django_db
def test_a_wrong_signature_is_refused_and_nothing_is_kept(booked: Pickup) -> None:
    before = told()
    with pytest.raises(Refused) as no:
        call("c1", collected(), secret="somebody else's")
    assert (no.value.code, no.value.status) == ("CARRIER_CALLBACK_SIGNATURE", 401)
    assert (CarrierCallback.objects.count(), told(), Pickup.objects.get().state) == (0, before, "booked")


@pytest.mark.django_db
def test_a_signature_does_not_fit_another_callback_id(booked: Pickup) -> None:
    raw = json.dumps(collected()).encode()
    headers = {ID_HEADER: "c2", SIGNATURE_HEADER: signature(SECRET, "c1", raw)}
    with pytest.raises(Refused) as no:
        receive_callback("fake", headers, raw, NOW)
    assert no.value.code == "CARRIER_CALLBACK_SIGNATURE"
    assert CarrierCallback.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {**failed(1), "kind": "dance"},
        {**failed(1), "at": "2026-11-22T02:00:00"},
        {**failed(1), "at": "2026-02-30T02:00:00+08:00"},
        {**failed(1), "attempt": -1},
        {**failed(1), "attempt": "1"},
        {**failed(1), "key": "x" * 500},
        collected(fee_minor=1.5),
    ],
)
def test_a_malformed_callback_is_refused_and_nothing_is_kept(booked: Pickup, body: Any) -> None:
    with pytest.raises(Refused) as no:
        call("c1", body)
    assert no.value.code == "CARRIER_CALLBACK_MALFORMED"
    assert (CarrierCallback.objects.count(), Pickup.objects.get().state) == (0, "booked")


@pytest.mark.django_db
def test_an_unknown_carrier_is_not_found(booked: Pickup) -> None:
    with pytest.raises(Refused) as no:
        call("c1", collected(), carrier="hovercraft")
    assert no.value.code == "NOT_FOUND"
    assert CarrierCallback.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"fee_minor": 500}, {"reference": "R2"}, {"attempt": 0}, {"attempt": 99}])
def test_a_callback_that_contradicts_the_booking_is_kept_but_not_applied(booked: Pickup, wrong: Any) -> None:
    with pytest.raises(Refused) as no:
        call("c1", collected(**wrong))
    assert no.value.code == "CARRIER_CALLBACK_MISMATCH"
    assert Pickup.objects.get().state == "booked"
    assert list(CarrierCallback.objects.values_list("outcome", "code")) == [("refused", "CARRIER_CALLBACK_MISMATCH")]
    assert PickupAttempt.objects.count() == 0


@pytest.mark.django_db
def test_a_callback_about_nothing_we_know_is_refused_and_kept(booked: Pickup) -> None:
    with pytest.raises(Refused) as no:
        call("c1", tracked("2", 1, number="JD9999999999999"))
    assert no.value.code == "CARRIER_CALLBACK_UNKNOWN"
    assert CarrierCallback.objects.get().outcome == "refused"


@pytest.mark.django_db
def test_the_same_callback_again_changes_nothing(booked: Pickup) -> None:
    assert call("c1", collected()) == "applied"
    after = told()
    assert call("c1", collected()) == "duplicate"
    assert call("c1-resent-under-a-new-id", collected()) == "known"
    assert told() == after
    assert after.count("pickup.collected") == 1


@pytest.mark.django_db
def test_three_failed_visits_exhaust_the_pickup_and_free_its_waybill(booked: Pickup) -> None:
    for attempt in (1, 2, 3):
        call(f"c{attempt}", failed(attempt))
    pickup = queries.pickups_of(CASE)[0]
    assert (pickup["state"], pickup["attempts"], pickup["end_reason"]) == ("failed", 3, "attempts_exhausted")
    assert [visit["attempt"] for visit in pickup["visits"]] == [3, 2, 1]
    assert told()[2:] == ["pickup.attempt_failed", "pickup.attempt_failed", "pickup.exhausted"]
    assert queries.parcels_of(CASE) == []


@pytest.mark.django_db
def test_visits_told_out_of_order_exhaust_it_just_once(booked: Pickup) -> None:
    for attempt in (3, 1, 2):
        call(f"c{attempt}", failed(attempt))
    assert told()[2:] == ["pickup.exhausted"]
    assert PickupAttempt.objects.count() == 3


@pytest.mark.django_db
def test_a_collection_told_before_the_failed_visit_stays_a_collection(booked: Pickup) -> None:
    call("c2", collected())
    call("c1", failed(1))
    assert Pickup.objects.get().state == "collected"
    assert "pickup.attempt_failed" not in told()


@pytest.mark.django_db
def test_a_journey_told_backwards_ends_delivered_and_is_told_delivered_once(booked: Pickup) -> None:
    for place, (code, minutes) in enumerate([("301", 50), ("202", 40), ("201", 30), ("2", 20)]):
        call(f"t{place}", tracked(code, minutes))
    call("c2", collected())
    parcel = Parcel.objects.get()
    assert (parcel.phase, parcel.code) == ("delivered", "301")
    assert told().count("parcel.delivered") == 1
    assert Pickup.objects.get().state == "collected"


@pytest.mark.django_db
def test_a_courier_who_comes_after_the_cancellation_has_the_parcel_nevertheless(booked: Pickup) -> None:
    cancel_pickup(subject=CASE, actor=CONSUMER, now=NOW)
    call("c2", collected())
    pickup = Pickup.objects.get()
    assert (pickup.state, pickup.end_reason) == ("collected", "collected_after_cancelled")
    assert [parcel["tracking_number"] for parcel in queries.parcels_of(CASE)] == ["JD0000000000001"]


@pytest.mark.django_db
def test_a_callback_that_comes_before_the_answer_to_the_booking_is_taken(book: Book) -> None:
    pickup = book()
    call("c2", collected())
    take_booking(pickup.id, Booked("R1", "JD0000000000001"), now=NOW)
    pickup.refresh_from_db()
    assert (pickup.state, pickup.carrier_reference) == ("collected", "R1")
    assert told().count("pickup.booked") == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_callback_from_eight_sides_at_once_is_taken_once(booked: Pickup) -> None:
    outcomes = at_once(*[lambda: call("c1", collected())] * 8)
    assert sorted(outcomes) == ["applied"] + ["duplicate"] * 7
    assert told().count("pickup.collected") == 1


@pytest.mark.django_db(transaction=True)
def test_different_news_of_one_parcel_at_once_all_arrive(booked: Pickup) -> None:
    at_once(*[lambda m=m: call(f"t{m}", tracked("301" if m == 9 else "2", m)) for m in range(10)])
    parcel = Parcel.objects.get()
    assert (parcel.phase, parcel.track.count()) == ("delivered", 10)
    assert told().count("parcel.delivered") == 1


@pytest.mark.django_db(transaction=True)
def test_one_waybill_registered_by_two_subjects_at_once_belongs_to_one(db: None) -> None:
    def register(subject: str) -> str:
        return register_parcel(subject=subject, carrier="SF", tracking_number="SF1234567890123", actor=CONSUMER, now=NOW).subject

    outcomes = at_once(*[lambda n=n: register(f"SO-{n}") for n in range(4)])
    assert sorted(outcomes)[1:] == ["WAYBILL_TAKEN"] * 3
    assert Parcel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_bookings_at_once_make_one_pickup(book: Book) -> None:
    outcomes = at_once(*[lambda n=n: book(key=f"key{n}").number[:2] for n in range(4)])
    assert sorted(outcomes) == ["PICKUP_OPEN"] * 3 + ["PK"]
    assert Pickup.objects.count() == 1


@pytest.mark.django_db
def test_the_row_above_is_held_before_ours(booked: Pickup, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    monkeypatch.setattr(ports, "hold_subject", held.append)
    call("c2", collected())
    call("t1", tracked("2", 1))
    assert held == [CASE, CASE]
