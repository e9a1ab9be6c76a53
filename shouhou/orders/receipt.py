"""The ladder to the day of receipt: signature, then the carrier's arrival, then an agent's finding with a basis (RCV-01…03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.foundation.refusals import refusal, refused

ReceiptSource = Literal["signature", "carrier_arrival", "manual", "undetermined"]
BASIS_REQUIRED = refusal(
    "BASIS_REQUIRED", "invalid",
    zh="人工核定收货日期必须写明依据（如距离、客户确认）。",
    en="A day of receipt set by hand needs a basis (distance, the customer's confirmation …).",
)  # fmt: skip
SIGNATURE_ONLY = ("jd", "self_pickup")
"""Carriers whose arrival is no receipt: only the customer's signature counts (RCV-01)."""
NO_CONSENT = "locker_no_consent"


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What the carrier says of one parcel; instants with offset."""

    carrier: str
    signed_at: datetime | None = None
    arrived_at: datetime | None = None
    arrival_kind: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """An agent's finding where no carrier fact exists (RCV-03)."""

    received_on: date
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day every window counts from, where it comes from, and the task when nobody knows it yet."""

    received_on: date | None
    source: ReceiptSource
    task: str | None = None


UNDETERMINED = Receipt(None, "undetermined", "manual_receipt")


def receipt_of(parcels: Sequence[ParcelFacts], *, manual: Manual | None = None, zone: ZoneInfo = SHANGHAI) -> Receipt:
    """The day of receipt of one line: the last of its parcels counts. Raises BASIS_REQUIRED.

    Sources: RCV-01, RCV-02, RCV-03, L-20, L-21 (a locker drop without consent starts no clock).
    """
    found = [_carrier_fact(parcel, zone) for parcel in parcels]
    known = [fact for fact in found if fact is not None]
    if known and len(known) == len(found):
        return max(known, key=_day)
    if manual is None:
        return UNDETERMINED
    if not any(word.strip() for word in manual.basis):
        raise refused(BASIS_REQUIRED)
    return Receipt(manual.received_on, "manual")


def _carrier_fact(parcel: ParcelFacts, zone: ZoneInfo) -> Receipt | None:
    if parcel.signed_at is not None:
        return Receipt(local_day(parcel.signed_at, zone), "signature")
    if parcel.arrived_at is None or parcel.carrier in SIGNATURE_ONLY or parcel.arrival_kind == NO_CONSENT:
        return None
    return Receipt(local_day(parcel.arrived_at, zone), "carrier_arrival")


def _day(receipt: Receipt) -> date:
    return receipt.received_on or date.min
