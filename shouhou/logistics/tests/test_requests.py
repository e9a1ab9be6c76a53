"""Stopping and tracing parcels: asked once whatever the carrier does, told once in whatever order."""

import json
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import tasks
from shouhou.logistics.actions import (
    drop_requests,
    erase_addresses_of,
    intercept_parcel,
    receive_callback,
    trace_parcel,
)
from shouhou.logistics.actions.requests import take_answer, take_outcome
from shouhou.logistics.carriers.base import Accepted, CarrierSilent, Handled
from shouhou.logistics.models import ParcelRequest
from shouhou.logistics.tests.conftest import CONSUMER, NOW, SECRET, Carrier
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
CASE = "SO-TEST-0001-7"


def ask(kind: str = "intercept", key: str = "k1") -> ParcelRequest:
    call = intercept_parcel if kind == "intercept" else trace_parcel
    with transaction.atomic():
        return call(subject=CASE, carrier="sf", tracking_number="sf 123", key=key, actor=CONSUMER, now=NOW, merchant_id=3, buyer_id=12)


def handled(outcome: str, key: str = "k1") -> Handled:
    return Handled(key, outcome, NOW + timedelta(hours=1), Text("说", "said"), "成都")


def told() -> list[tuple[str, str]]:
    kinds = ("interception.told", "trace.told")
    return [(event.type, event.data["answer"]) for event in Event.objects.filter(type__in=kinds).order_by("id")]


def tell(outcome: str, callback_id: str = "c1", key: str = "k1") -> str:
    body = {"kind": "handled", "key": key, "outcome": outcome, "at": NOW.isoformat(), "zh": "说", "en": "said"}
    raw = json.dumps(body).encode()
    headers = {ID_HEADER: callback_id, SIGNATURE_HEADER: signature(SECRET, callback_id, raw)}
    return receive_callback("fake", headers, raw, NOW)


def test_the_same_key_is_the_same_asking() -> None:
    assert (ask().id, ParcelRequest.objects.count()) == (ask().id, 1)
    row = ParcelRequest.objects.get()
    assert (row.carrier, row.tracking_number, row.state) == ("SF", "SF123", "asking")


def test_the_carrier_accepts_and_brings_it_back(carrier: Carrier) -> None:
    row = ask()
    tasks.request(row.id)
    tasks.request(row.id)
    assert (ParcelRequest.objects.get().state, len(carrier.state()["request"])) == ("accepted", 1)
    assert take_outcome(handled("success"), now=NOW) is True
    assert take_outcome(handled("success"), now=NOW) is False
    assert (ParcelRequest.objects.get().state, told()) == ("done", [("interception.told", "accepted"), ("interception.told", "success")])


def test_a_carrier_that_will_not_is_a_final_no(carrier: Carrier) -> None:
    carrier.behave(calls=["decline:TOO_LATE"])
    tasks.request(ask().id)
    row = ParcelRequest.objects.get()
    assert (row.state, row.text_en, told()) == ("refused", "The carrier cannot do it", [("interception.told", "refused")])


@pytest.mark.parametrize("silence", ["error", "closed"])
def test_a_silent_carrier_is_asked_again_under_the_same_key(carrier: Carrier, silence: str) -> None:
    row = ask()
    carrier.behave(calls=[silence])
    with pytest.raises(CarrierSilent):
        tasks.request(row.id)
    assert (ParcelRequest.objects.get().state, ParcelRequest.objects.get().tries) == ("asking", 1)
    tasks.request(row.id)
    assert (ParcelRequest.objects.get().state, len(carrier.state()["request"])) == ("accepted", 1)


def test_a_lost_answer_is_asked_for_by_key_and_nothing_is_asked_twice(carrier: Carrier) -> None:
    carrier.behave(calls=["lost_answer"])
    tasks.request(ask().id)
    assert (ParcelRequest.objects.get().state, len(carrier.state()["request"])) == ("accepted", 1)


def test_an_outcome_that_overtakes_the_answer_stays() -> None:
    row = ask("trace")
    assert take_outcome(handled("lost"), now=NOW) is True
    take_answer(row.id, Accepted(), now=NOW)
    assert (ParcelRequest.objects.get().state, told()) == ("done", [("trace.told", "lost")])


def test_a_search_goes_on_until_its_last_word() -> None:
    ask("trace")
    for outcome, new in (("under_way", True), ("under_way", False), ("delivered", True), ("lost", False)):
        assert take_outcome(handled(outcome), now=NOW) is new
    assert told() == [("trace.told", "under_way"), ("trace.told", "delivered")]


def test_a_callback_is_signed_taken_once_and_must_fit_what_was_asked(carrier: Carrier) -> None:
    ask("trace")
    assert [tell("lost"), tell("lost"), tell("lost", "c2")] == ["applied", "duplicate", "known"]
    ask(key="k2")
    for outcome, key, code in (("lost", "k2", "CARRIER_CALLBACK_MISMATCH"), ("lost", "k9", "CARRIER_CALLBACK_UNKNOWN")):
        with pytest.raises(Refused) as caught:
            tell(outcome, f"c-{key}", key)
        assert caught.value.code == code
    assert ParcelRequest.objects.get(key="k2").state == "asking"


def test_a_lost_callback_is_asked_for_later(carrier: Carrier) -> None:
    carrier.behave(pace=0.0, callbacks=False, trace=["lost"])
    tasks.request(ask("trace").id)
    ParcelRequest.objects.update(requested_at=NOW - timedelta(days=400))
    for _ in range(200):
        if tasks.ask_carriers():
            break
    assert (ParcelRequest.objects.get().outcome, told()[-1]) == ("lost", ("trace.told", "lost"))


def test_what_nobody_waits_for_any_more_is_kept_and_told_to_nobody() -> None:
    ask()
    assert (drop_requests(subject=CASE, now=NOW), drop_requests(subject=CASE, now=NOW)) == (1, 0)
    assert take_outcome(handled("success"), now=NOW) is True
    assert (ParcelRequest.objects.get().state, ParcelRequest.objects.get().outcome, told()) == ("dropped", "success", [])


def test_what_a_carrier_said_of_a_person_goes_with_the_person() -> None:
    ask("trace")
    take_outcome(handled("delivered"), now=NOW)
    assert erase_addresses_of(12, NOW)["parcel_requests"] == 1
    row = ParcelRequest.objects.get()
    assert (row.text_zh, row.text_en, row.location, row.outcome) == ("", "", "", "delivered")


Start = Callable[..., Any]


def test_the_fake_carrier_calls_back_by_itself(start_carrier: Start, door: str, transactional_db: None) -> None:
    start_carrier(pace=0.05, callback=door)
    tasks.request(ask("trace").id)
    for _ in range(200):
        if ParcelRequest.objects.get().outcome:
            break
        sleep(0.05)
    assert ParcelRequest.objects.get().outcome == "under_way"
