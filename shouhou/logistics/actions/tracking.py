"""What stands under every parcel: bound once, released, its news folded in whatever order it arrives."""

from datetime import datetime

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics import events, ports
from shouhou.logistics.carriers.base import Tracked
from shouhou.logistics.models import Parcel, Pickup, TrackingEvent
from shouhou.logistics.rules.couriers import COURIERS, normalised
from shouhou.logistics.rules.parcels import Standing, TrackPoint, standing
from shouhou.plumbing.events import EventType, publish

WAYBILL_TAKEN = refusal(
    "WAYBILL_TAKEN", "conflict",
    zh="该运单号已登记在另一个售后单上，请核对。", en="This waybill is already registered elsewhere. Check the number.",
)
COLLECTED_TEXT = Text("快递员已揽收", "Collected by the courier")
ARRIVED_TEXT = Text("收货方已登记收货", "Registered as received")
EVENTS_MOST = 500


@transaction.atomic
def take_tracking_event(told: Tracked, *, now: datetime) -> bool | None:
    """News of a parcel from whatever source: True new, False known, None when nobody here knows the parcel."""
    same = Parcel.objects.filter(carrier=told.courier.upper(), tracking_number=normalised(told.tracking_number))
    found = same.order_by("released_at", "-id").values("id", "subject")
    # NULLS come last in ascending order: prefer the bound one, then the newest released one.
    bound = next((row for row in same.filter(released_at=None).values("id", "subject")), None) or found.last()
    if bound is None:
        return None
    ports.hold(bound["subject"])
    return take_news(Parcel.objects.select_for_update().get(id=bound["id"]), told, now=now)


def take_news(parcel: Parcel, told: Tracked, *, now: datetime) -> bool:
    """One piece of news of a locked parcel; False when it was known or one too many."""
    if parcel.track.count() >= EVENTS_MOST:
        return False
    _, new = TrackingEvent.objects.get_or_create(
        parcel=parcel, carrier_event=told.event,
        defaults={"at": told.at, "code": told.code, "text_zh": told.text.zh, "text_en": told.text.en,
                  "location": told.location, "taken_at": now},
    )  # fmt: skip
    if not new:
        return False
    was_delivered = parcel.phase == "delivered"
    stands = _fold(parcel)
    if parcel.released_at is not None:
        # Bound to nothing: kept for the record, nobody is told.
        return True
    announce(
        events.PARCEL_TRACKED, parcel, now=now, code=told.code, problem=stands.problem, at=told.at.isoformat(),
        zh_text=told.text.zh, en_text=told.text.en, location=told.location,
    )  # fmt: skip
    if stands.delivered_at is not None and not was_delivered:
        announce(events.PARCEL_DELIVERED, parcel, now=now, at=stands.delivered_at.isoformat())
    return True


def arrive(parcel: Parcel, *, now: datetime) -> None:
    """Whoever received a locked parcel says so: the last line of its way, without an event."""
    TrackingEvent.objects.get_or_create(
        parcel=parcel, carrier_event="arrived",
        defaults={"at": now, "code": "3", "text_zh": ARRIVED_TEXT.zh, "text_en": ARRIVED_TEXT.en, "taken_at": now},
    )  # fmt: skip
    _fold(parcel)


def bind_to_pickup(pickup: Pickup, tracking_number: str, *, now: datetime) -> Parcel:
    """The parcel of a pickup under the carrier's own waybill; a released one is bound again (collected after all)."""
    number = normalised(tracking_number)
    known = Parcel.objects.select_for_update().filter(pickup=pickup, tracking_number=number).first()
    if known is not None:
        if known.released_at is not None and not _bound_elsewhere(known):
            known.released_at, known.release_reason = None, ""
            known.save(update_fields=["released_at", "release_reason"])
        return known
    parcel, new = bind(
        Parcel(
            subject=pickup.subject, merchant_id=pickup.merchant_id, buyer_id=pickup.buyer_id, direction="return",
            carrier=pickup.carrier, tracking_number=number, pickup=pickup, registered_by=f"carrier:{pickup.carrier}",
            registered_at=now, phase="registered", code="10",
        )
    )  # fmt: skip
    if new:
        announce(events.PARCEL_REGISTERED, parcel, now=now)
    return parcel


def release_of_pickup(pickup: Pickup, *, reason: str, now: datetime) -> None:
    for parcel in Parcel.objects.select_for_update().filter(pickup=pickup, released_at=None):
        release(parcel, reason=reason, now=now)


def bind(parcel: Parcel) -> tuple[Parcel, bool]:
    """Insert, or find the same one bound to the same subject; the unique constraint is the judge."""
    try:
        with transaction.atomic():
            parcel.save(force_insert=True)
    except IntegrityError:
        same = Parcel.objects.filter(
            carrier=parcel.carrier, tracking_number=parcel.tracking_number, released_at=None, subject=parcel.subject,
            direction=parcel.direction,
        ).first()  # fmt: skip
        if same is None:
            raise refused(WAYBILL_TAKEN) from None
        return same, False
    return parcel, True


def _fold(parcel: Parcel) -> Standing:
    """Write where the parcel stands after everything that is known of it."""
    stands = standing(TrackPoint(*row) for row in parcel.track.values_list("at", "carrier_event", "code"))
    parcel.phase, parcel.code, parcel.problem = stands.phase, stands.code, stands.problem
    parcel.standing_at, parcel.delivered_at = stands.at, stands.delivered_at
    parcel.save(update_fields=["phase", "code", "problem", "standing_at", "delivered_at"])
    return stands


def _bound_elsewhere(parcel: Parcel) -> bool:
    return (
        Parcel.objects.filter(carrier=parcel.carrier, tracking_number=parcel.tracking_number, released_at=None)
        .exclude(id=parcel.id)
        .exists()
    )


def release(parcel: Parcel, *, reason: str, now: datetime) -> None:
    parcel.released_at, parcel.release_reason = now, reason[:40]
    parcel.save(update_fields=["released_at", "release_reason"])


def announce(what: EventType, parcel: Parcel, *, now: datetime, **more: object) -> None:
    data: dict[str, object] = {
        "parcel": parcel.id, "direction": parcel.direction, "carrier": parcel.carrier, "phase": parcel.phase,
        "carrier_zh": COURIERS[parcel.carrier].name.zh, "tracking_number": parcel.tracking_number, **more,
    }  # fmt: skip
    publish(
        what, subject=parcel.subject, now=now, data=data, merchant_id=parcel.merchant_id, buyer_id=parcel.buyer_id
    )
