"""A carrier calls back: verified, checked, taken once; doubled and disordered callbacks do no harm."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from shouhou.foundation.refusals import refusal, refused
from shouhou.logistics.actions import pickups, requests, tracking
from shouhou.logistics.carriers.base import Collected, Handled, Told, Tracked, Update
from shouhou.logistics.carriers.registry import provider
from shouhou.logistics.models import CarrierCallback, Pickup

CARRIER_CALLBACK_UNKNOWN = refusal(
    "CARRIER_CALLBACK_UNKNOWN", "invalid",
    zh="回调中的取件或包裹不存在。", en="The callback names a pickup or parcel that does not exist here.",
)
CARRIER_CALLBACK_MISMATCH = refusal(
    "CARRIER_CALLBACK_MISMATCH", "invalid",
    zh="回调内容与预约不符：{field}。", en="The callback does not fit what was booked: {field}.",
)  # fmt: skip
Outcome = Literal["applied", "known", "duplicate"]


def receive_callback(carrier: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
    """Verify, remember and apply one callback of the provider `carrier`; a duplicate changes nothing.

    Raises Refused NOT_FOUND, CARRIER_CALLBACK_SIGNATURE, CARRIER_CALLBACK_MALFORMED (nothing is kept), CARRIER_CALLBACK_UNKNOWN and
    CARRIER_CALLBACK_MISMATCH (kept with the code, nothing is applied).
    """
    told = provider(carrier).read(headers, body)
    with transaction.atomic():
        kept = _remember(carrier, told, body, now)
        if kept is None:
            return "duplicate"
        problem = mismatch(told.update)
        new = None if problem else take_update(told.update, now=now)
        if problem or new is None:
            outcome, code = "refused", "CARRIER_CALLBACK_MISMATCH" if problem else "CARRIER_CALLBACK_UNKNOWN"
        else:
            outcome, code = ("applied" if new else "known"), ""
        CarrierCallback.objects.filter(id=kept).update(outcome=outcome, code=code)
    if problem:
        raise refused(CARRIER_CALLBACK_MISMATCH, field=problem)
    if new is None:
        raise refused(CARRIER_CALLBACK_UNKNOWN)
    return "applied" if new else "known"


def take_update(update: Update, *, now: datetime) -> bool | None:
    """Apply what a carrier says, told or asked (in a transaction): True new, False known, None unknown here."""
    if isinstance(update, Tracked):
        return tracking.take_tracking_event(update, now=now)
    if isinstance(update, Handled):
        return requests.take_outcome(update, now=now)
    pickup = pickups.locked(update.key)
    if pickup is None:
        return None
    if isinstance(update, Collected):
        return pickups.take_collection(pickup, update, now=now)
    return pickups.take_attempt(pickup, update, now=now)


def mismatch(update: Update) -> str | None:
    """Which field contradicts what was booked: the carrier's own reference, the fee at the door, the count."""
    if isinstance(update, Tracked):
        return None
    if isinstance(update, Handled):
        return requests.misfit(update)
    pickup = Pickup.objects.filter(key=update.key).first()
    if pickup is None:
        return None
    if not 1 <= update.attempt <= 20:
        return "attempt"
    if isinstance(update, Collected):
        if update.fee_minor != pickup.fee_minor:
            return "fee_minor"
        if pickup.carrier_reference and update.reference != pickup.carrier_reference:
            return "reference"
    return None


def _remember(provider_name: str, told: Told, body: bytes, now: datetime) -> int | None:
    """The new row's id, or None when this id was taken before; waits for a twin that is being taken right now."""
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [provider_name, told.callback_id, body.decode(), now])
        row = cursor.fetchone()
    return int(row[0]) if row else None


REMEMBER = """
INSERT INTO logistics_carriercallback (provider, callback_id, body, outcome, code, received_at)
VALUES (%s, %s, %s::jsonb, 'applied', '', %s) ON CONFLICT (provider, callback_id) DO NOTHING RETURNING id
"""
