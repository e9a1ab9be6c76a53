"""What a carrier can do for us and tell us, whatever its own protocol looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shouhou.foundation.workflow import Text


class CarrierSilent(Exception):
    """No answer, or one that says nothing: whether it was done is unknown. Ask by key, never guess."""


@dataclass(frozen=True, slots=True)
class PickupOrder:
    """What the carrier must know to come; `key` makes a repeated order the same order."""

    key: str
    courier: str
    window_start: datetime
    window_end: datetime
    address: Mapping[str, object]
    destination: Mapping[str, object]
    parcels: int
    fee_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class LabelOrder:
    """An outbound parcel for which the carrier issues the waybill."""

    key: str
    courier: str
    address: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Booked:
    """The carrier will come; the waybill is known when it issues one beforehand."""

    reference: str
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """The carrier will not: a final no with its code."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Attempted:
    """A visit that failed; `attempt` is the carrier's count from 1."""

    key: str
    attempt: int
    at: datetime
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Collected:
    """The courier has the parcel; `fee_minor` is what was collected at the door."""

    key: str
    reference: str
    tracking_number: str
    attempt: int
    at: datetime
    fee_minor: int


@dataclass(frozen=True, slots=True)
class Tracked:
    """One line of a parcel's way."""

    courier: str
    tracking_number: str
    event: str
    at: datetime
    code: str
    text: Text
    location: str


@dataclass(frozen=True, slots=True)
class RequestOrder:
    """A parcel to be stopped (`intercept`) or looked for (`trace`); `key` makes a repeated asking the same one."""

    key: str
    kind: str
    courier: str
    tracking_number: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier will try; how it ends it tells later."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an asking: success, failure, refused_at_door; or delivered, under_way, returned, lost.

    `signed_by` and `signature` (a picture's bytes) come with a delivery where the carrier keeps them (ADD-11).
    """

    key: str
    outcome: str
    at: datetime
    text: Text
    location: str
    signed_by: str = ""
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class RequestReport:
    """All a carrier knows about an asking: its answer, and everything it has told since."""

    answer: Accepted | Declined
    updates: tuple[Handled, ...]


Update = Attempted | Collected | Tracked | Handled


@dataclass(frozen=True, slots=True)
class Told:
    """One callback, verified and read: the carrier's own id of it and what it says."""

    callback_id: str
    update: Update


@dataclass(frozen=True, slots=True)
class PickupReport:
    """All a carrier knows about a pickup: was it booked or declined, and everything that happened since."""

    answer: Booked | Declined
    cancelled: bool
    updates: tuple[Update, ...]


class Carrier(Protocol):
    """Every call has a timeout and raises CarrierSilent when the outcome is unknown."""

    def book(self, order: PickupOrder) -> Booked | Declined: ...

    def report(self, key: str) -> PickupReport | None:
        """What became of the pickup with this key; None when the carrier has never heard of it."""

    def cancel(self, key: str) -> bool:
        """True when nobody will come (also when the key is unknown), False when the parcel is already collected."""

    def label(self, order: LabelOrder) -> Booked | Declined: ...

    def follow(self, *, courier: str, tracking_number: str, key: str) -> None:
        """Ask to be told where a parcel goes."""

    def track(self, *, courier: str, tracking_number: str) -> tuple[Tracked, ...]: ...

    def request(self, order: RequestOrder) -> Accepted | Declined:
        """Stop a parcel, or look for it."""

    def request_report(self, key: str) -> RequestReport | None:
        """What became of the asking with this key; None when the carrier has never heard of it."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Told:
        """Verify and read a callback. Raises Refused CARRIER_CALLBACK_SIGNATURE or CARRIER_CALLBACK_MALFORMED."""
