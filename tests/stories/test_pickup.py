"""The courier comes to the door: applied with a window, booked, missed, collected, followed, told – or not, and then what."""

import json
import time
from collections.abc import Callable

import pytest

from shouhou.cases.models import Case
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.logistics import tasks
from shouhou.logistics.actions import receive_callback
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.logistics.tests.conftest import SECRET, Carrier, door, start_carrier
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions import write_notices
from shouhou.notifications.models import Notice
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.feed import events_after
from tests.beside import at_once
from tests.world import CONTACT, World

__all__ = ["door", "start_carrier"]
pytestmark = pytest.mark.django_db(transaction=True)


def applied_with_pickup(world: World) -> str:
    """Waits for a reviewer; the consumer wished the first window."""
    order = world.order()
    Merchant.objects.update(auto_review=False)
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0]
    number: str = world.apply(order, return_method="pickup", contact={**CONTACT, "window": window.code})["number"]
    return number


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def told(number: str) -> list[str]:
    """What the buyer is told by now, through the feed."""
    while dispatch_new_events():
        pass
    for event in events_after(0, limit=1000):
        write_notices(event, now=event.at)
    mine = Notice.objects.filter(subject=number, channel="site", buyer_id__isnull=False)
    return list(mine.order_by("event_seq").values_list("template", flat=True))


def test_approved_booked_missed_once_collected_and_followed(
    world: World, start_carrier: Callable[..., Carrier], door: str
) -> None:
    carrier = start_carrier(pace=0.2, callback=door)
    carrier.behave(journey=["fail", "collect", "transit", "delivering", "deliver"])
    number = applied_with_pickup(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    assert world.case(number)["status"] == "pickup_booked"
    tasks.book(Pickup.objects.get().id)
    until(lambda: carrier.state()["planned"] == 0 and carrier.state()["untold"] == 0)
    shown = world.case(number)
    assert shown["status"] == "in_transit"
    assert shown["parcels"][0]["phase"] == "delivered"
    assert [entry["move"] for entry in shown["timeline"]][-2:] == ["pickup_failed", "collected"]
    assert told(number) == ["application_received", "approved", "pickup_booked", "pickup_attempt_failed", "collected"]


def test_after_three_visits_the_consumer_chooses_another_way(
    world: World, start_carrier: Callable[..., Carrier], door: str
) -> None:
    carrier = start_carrier(pace=0.1, callback=door)
    carrier.behave(journey=["fail", "fail", "fail"])
    number = applied_with_pickup(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    tasks.book(Pickup.objects.get().id)
    until(lambda: carrier.state()["planned"] == 0 and carrier.state()["untold"] == 0)
    assert world.case(number)["status"] == "awaiting_goods"
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1234567890123")
    assert [parcel["tracking_number"] for parcel in world.case(number)["parcels"]] == ["SF1234567890123"]
    assert told(number)[-2:] == ["pickup_exhausted", "shipped"]


def test_a_cancelled_pickup_leaves_only_the_own_waybill_bound(
    world: World, start_carrier: Callable[..., Carrier]
) -> None:
    carrier = start_carrier(pace=600)
    number = applied_with_pickup(world)
    world.move(number, "approve", actor=world.staff("reviewer"))
    pickup = Pickup.objects.get()
    tasks.book(pickup.id)
    world.move(number, "cancel_pickup", actor=world.buyer())
    tasks.cancel(pickup.id)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1234567890123")
    assert carrier.state()["pickup"][pickup.key]["cancelled"]
    assert [parcel["tracking_number"] for parcel in world.case(number)["parcels"]] == ["SF1234567890123"]


def test_cancelling_while_the_courier_collects_ends_in_one_truth_and_never_in_a_ring(
    world: World, start_carrier: Callable[..., Carrier]
) -> None:
    start_carrier(pace=600)
    for round_ in range(6):
        number = applied_with_pickup(world)
        world.move(number, "approve", actor=world.staff("reviewer"))
        pickup = Pickup.objects.get(subject=number)
        tasks.book(pickup.id)
        told_now = {
            "kind": "collected", "key": pickup.key, "attempt": 1, "at": world.now.isoformat(), "fee_minor": pickup.fee_minor,
            "reference": Pickup.objects.get(id=pickup.id).carrier_reference, "tracking_number": f"JD00000000000{round_}",
        }  # fmt: skip
        body = json.dumps(told_now).encode()
        headers = {ID_HEADER: f"c{round_}", SIGNATURE_HEADER: signature(SECRET, f"c{round_}", body)}
        outcomes = at_once(
            lambda n=number: bool(world.move(n, "cancel_pickup", actor=world.buyer())),  # type: ignore[misc]
            lambda h=headers, b=body: receive_callback("fake", h, b, world.now) == "applied",  # type: ignore[misc]
        )
        assert outcomes[1] is True
        assert world.case(number)["status"] == "in_transit"
        assert Pickup.objects.get(id=pickup.id).state == "collected"


def test_a_window_that_passed_during_the_review_does_not_stop_the_approval(world: World) -> None:
    number = applied_with_pickup(world)
    world.later(days=1).move(number, "approve", actor=world.staff("reviewer"))
    assert Case.objects.get(number=number).status == "awaiting_goods"
    assert Pickup.objects.count() == 0
