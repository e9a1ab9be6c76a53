"""The only writer of logistics; every action runs in the caller's transaction, carriers are called by jobs."""

from shouhou.logistics.actions.callbacks import CARRIER_CALLBACK_MISMATCH, CARRIER_CALLBACK_UNKNOWN, receive_callback
from shouhou.logistics.actions.given import CARRIER_OFF, CARRIER_UNKNOWN, PICKUP_ADDRESS
from shouhou.logistics.actions.parcels import (
    PARCEL_NOT_FOUND,
    WAYBILL_INVALID,
    WAYBILL_REQUIRED,
    erase_addresses_of,
    parcels_arrived,
    register_parcel,
    release_parcel,
    send_back,
)  # fmt: skip
from shouhou.logistics.actions.pickups import (
    PICKUP_ENDED,
    PICKUP_FULL,
    PICKUP_OPEN,
    PICKUP_WINDOW,
    book_pickup,
    cancel_pickup,
)
from shouhou.logistics.actions.requests import drop_requests, intercept_parcel, trace_parcel
from shouhou.logistics.actions.tracking import WAYBILL_TAKEN, take_tracking_event

__all__ = [
    "CARRIER_CALLBACK_MISMATCH", "CARRIER_CALLBACK_UNKNOWN", "CARRIER_OFF", "CARRIER_UNKNOWN", "PARCEL_NOT_FOUND",
    "PICKUP_ADDRESS", "PICKUP_ENDED", "PICKUP_FULL", "PICKUP_OPEN", "PICKUP_WINDOW", "WAYBILL_INVALID", "WAYBILL_REQUIRED", "WAYBILL_TAKEN",
    "book_pickup", "cancel_pickup", "drop_requests", "erase_addresses_of", "intercept_parcel", "parcels_arrived",
    "receive_callback", "register_parcel", "release_parcel", "send_back", "take_tracking_event", "trace_parcel",
]  # fmt: skip
