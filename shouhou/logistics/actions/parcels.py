"""Waybills: registered by whoever ships, released, issued by the carrier for what goes back to the consumer."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import refusal, refused
from shouhou.logistics import events, jobs, ports
from shouhou.logistics.actions.given import KEY_REUSED, kept_address, known_courier, open_courier
from shouhou.logistics.actions.pickups import cancel_pickup
from shouhou.logistics.actions.tracking import announce, arrive, bind, release
from shouhou.logistics.carriers.base import Booked, Declined
from shouhou.logistics.models import OPEN_PICKUP, Parcel, ParcelRequest, Pickup
from shouhou.logistics.rules.couriers import WAYBILL_MOST, fits, normalised
from shouhou.plumbing.actor import Actor

WAYBILL_REQUIRED = refusal(
    "WAYBILL_REQUIRED", "invalid",
    zh="请填写可查询物流的快递公司和运单号。", en="A courier and a waybill that can be tracked are required.",
)
WAYBILL_INVALID = refusal(
    "WAYBILL_INVALID", "invalid",
    zh="运单号“{number}”不像{carrier}的单号，请核对面单。",
    en="“{number}” does not look like a waybill of {carrier_en}. Check the label.",
)
PARCEL_NOT_FOUND = refusal("PARCEL_NOT_FOUND", "not_found", zh="没有找到该包裹。", en="No such parcel.")


@transaction.atomic
def register_parcel(
    *, subject: str, carrier: str, tracking_number: str, actor: Actor, now: datetime,
    merchant_id: int | None = None, buyer_id: int | None = None, direction: str = "return",
    address: Mapping[str, object] | None = None, fee_minor: int = 0,
) -> Parcel:  # fmt: skip
    """Bind a waybill to the subject and ask the carrier to be told where it goes; the same again is the same parcel.

    Who ships alone calls an open pickup off, and its waybill is released (lesson 12).
    Raises Refused WAYBILL_REQUIRED, CARRIER_UNKNOWN, CARRIER_OFF, WAYBILL_INVALID, WAYBILL_TAKEN (bound to another subject).
    """
    number = normalised(tracking_number)
    if not number or not carrier.strip():
        raise refused(WAYBILL_REQUIRED)
    found = known_courier(carrier)
    issued = _issued_to(subject, found.code, number)
    if not issued:
        open_courier(carrier)
    if not issued and not fits(number, found):
        raise refused(WAYBILL_INVALID, number=number[:WAYBILL_MOST], carrier=found.name.zh, carrier_en=found.name.en)
    parcel, new = bind(
        Parcel(
            subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, direction=direction, carrier=found.code,
            tracking_number=number, registered_by=actor.who, registered_at=now, address=dict(address or {}),
            fee_minor=fee_minor,
        )
    )  # fmt: skip
    if not new:
        return parcel
    if direction == "return" and Pickup.objects.filter(subject=subject, state__in=OPEN_PICKUP).exists():
        cancel_pickup(subject=subject, actor=actor, now=now, reason="self_shipped")
    jobs.defer("follow", parcel_id=parcel.id)
    announce(events.PARCEL_REGISTERED, parcel, now=now)
    return parcel


@transaction.atomic
def release_parcel(*, subject: str, parcel_id: int, actor: Actor, now: datetime, reason: str) -> Parcel:
    """Unbind a waybill (mistyped, not sent after all); its history stays. Raises Refused PARCEL_NOT_FOUND."""
    parcel = Parcel.objects.select_for_update().filter(id=parcel_id, subject=subject).first()
    if parcel is None:
        raise refused(PARCEL_NOT_FOUND)
    if parcel.released_at is None:
        release(parcel, reason=f"{reason}:{actor.role}", now=now)
    return parcel


@transaction.atomic
def send_back(
    *, subject: str, actor: Actor, now: datetime, key: str = "", address: Mapping[str, object] | None = None,
    carrier: str = "JD", tracking_number: str = "", merchant_id: int | None = None, buyer_id: int | None = None,
    fee_minor: int = 0,
) -> Parcel:  # fmt: skip
    """A parcel to the consumer: with a waybill it is bound now; without one the carrier issues it for `address` (job).

    Raises Refused WAYBILL_REQUIRED (neither waybill nor key), PICKUP_ADDRESS, CARRIER_UNKNOWN, CARRIER_OFF,
    WAYBILL_INVALID, WAYBILL_TAKEN. The same `key` again is the same parcel.
    """
    if tracking_number.strip():
        return register_parcel(
            subject=subject, carrier=carrier, tracking_number=tracking_number, actor=actor, now=now,
            merchant_id=merchant_id, buyer_id=buyer_id, direction="send_back", address=address, fee_minor=fee_minor,
        )  # fmt: skip
    if not key:
        raise refused(WAYBILL_REQUIRED)
    known = Parcel.objects.filter(key=key).first()
    if known is not None:
        if known.subject != subject:
            raise refused(KEY_REUSED)
        return known
    kept = kept_address(address or {})
    found = open_courier(carrier)
    try:
        with transaction.atomic():
            parcel = Parcel.objects.create(
                subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, direction="send_back", carrier=found.code,
                key=key, registered_by=actor.who, registered_at=now, address=kept, fee_minor=fee_minor,
            )  # fmt: skip
    except IntegrityError:
        return Parcel.objects.get(key=key)
    jobs.defer("label", parcel_id=parcel.id)
    return parcel


@transaction.atomic
def parcels_arrived(*, subject: str, now: datetime) -> int:
    """The goods stand in the warehouse, whatever the carrier has told so far; returns how many parcels that closed.

    Nobody is told by an event: who registers the receipt is the one who would hear it.
    """
    waiting = Parcel.objects.select_for_update().filter(subject=subject, direction="return", released_at=None)
    open_ones = list(waiting.exclude(phase="delivered"))
    for parcel in open_ones:
        arrive(parcel, now=now)
    return len(open_ones)


@transaction.atomic
def take_label(parcel_id: int, answer: Booked | Declined, *, now: datetime) -> None:
    """The waybill the carrier issued for an outbound parcel; a declined one stays open with its trouble."""
    subject = Parcel.objects.values_list("subject", flat=True).get(id=parcel_id)
    ports.hold(subject)
    parcel = Parcel.objects.select_for_update().get(id=parcel_id)
    if parcel.tracking_number or parcel.released_at:
        return
    if isinstance(answer, Declined):
        parcel.trouble = f"declined: {answer.code} {answer.text.en}"[:200]
        parcel.save(update_fields=["trouble"])
        return
    parcel.tracking_number, parcel.trouble = answer.tracking_number, ""
    parcel.save(update_fields=["tracking_number", "trouble"])
    announce(events.PARCEL_REGISTERED, parcel, now=now)


def note_trouble(parcel_id: int, trouble: str) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(id=parcel_id)
        parcel.trouble, parcel.tries = trouble[:200], min(parcel.tries + 1, 30_000)
        parcel.save(update_fields=["trouble", "tries"])


@transaction.atomic
def erase_addresses_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: names, phones and streets go; numbers, states and the way of the parcels stay."""
    pickups = Pickup.objects.filter(buyer_id=buyer_id).exclude(address={}).update(address={})
    parcels = Parcel.objects.filter(buyer_id=buyer_id).exclude(address={}).update(address={})
    # What a carrier said of a parcel may name who took it in.
    told = ParcelRequest.objects.filter(buyer_id=buyer_id).exclude(text_zh="", text_en="", location="")
    requests = told.update(text_zh="", text_en="", location="")
    return {"pickups": pickups, "parcels": parcels, "parcel_requests": requests}


def _issued_to(subject: str, carrier: str, number: str) -> bool:
    """A waybill that the carrier itself issued for this subject needs no pattern."""
    return Parcel.objects.filter(subject=subject, carrier=carrier, tracking_number=number, released_at=None).exists()
