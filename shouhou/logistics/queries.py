"""Reads of logistics: windows offered, what belongs to a subject, what is stuck."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from shouhou.foundation.days import Calendar
from shouhou.foundation.workflow import Text
from shouhou.logistics.capacity import fullness
from shouhou.logistics.models import OPEN_PICKUP, CarrierSetting, OwnArea, Parcel, Pickup, PickupSuspension
from shouhou.logistics.regions import in_area, own_area, region_code
from shouhou.logistics.rules.addresses import kept, wrong_fields
from shouhou.logistics.rules.advice import advice_for, codes_of
from shouhou.logistics.rules.couriers import COURIERS
from shouhou.logistics.rules.links import tracking_link
from shouhou.logistics.rules.parcels import DETAILS, PHASE_LABELS
from shouhou.logistics.rules.windows import (
    ELSEWHERE,
    OWN_AREA,
    Suspension,
    Window,
    due_with_pauses,
    pickup_windows,
    read_window,
)

TRACK_MOST = 200
# As far ahead as any window can be offered, when the days before are full.
SERVED_DAYS = 31
WAY = ("awaiting", "collected", "in_transit", "delivering", "delivered")


def in_own_area(address: Mapping[str, object]) -> bool:
    """Whether the operator's own network comes to this address (LOG-01)."""
    changes = dict(OwnArea.objects.values_list("region_code", "active"))
    return in_area(region_code(address), {**own_area(), **changes})


def suspensions(now: datetime) -> list[Suspension]:
    """Suspensions that are not over yet, with their causes."""
    rows = PickupSuspension.objects.filter(last_day__gte=now - timedelta(days=2))
    return [Suspension(row.first_day, row.last_day, row.cause, row.region_code) for row in rows]


def windows_for(address: Mapping[str, object], *, calendar: Calendar, now: datetime) -> list[Window]:
    """The pickup windows that may be booked now at this address: what is full is not offered."""
    region = region_code(address)
    return pickup_windows(
        now=now, calendar=calendar, service=OWN_AREA if in_own_area(address) else ELSEWHERE,
        region_code=region, suspensions=suspensions(now), full=fullness(region, now=now),
    )  # fmt: skip


def windows_served(address: Mapping[str, object], *, calendar: Calendar, now: datetime) -> list[Window]:
    """The windows in which the courier works there, full or not: what is told apart from a window that never was."""
    return pickup_windows(
        now=now, calendar=calendar, service=OWN_AREA if in_own_area(address) else ELSEWHERE,
        region_code=region_code(address), suspensions=suspensions(now), days=SERVED_DAYS,
    )  # fmt: skip


def window_choices(address: Mapping[str, object], *, calendar: Calendar, now: datetime) -> list[dict[str, Any]]:
    """The windows as a form's choices: `code` is the answer to give, the labels are in Shanghai time."""
    return [
        {"code": window.code, "start": window.start, "end": window.end,
         "zh": f"{window.start:%m月%d日 %H:%M}–{window.end:%H:%M}", "en": f"{window.start:%Y-%m-%d %H:%M}–{window.end:%H:%M}"}
        for window in windows_for(address, calendar=calendar, now=now)
    ]  # fmt: skip


def is_offered(window: str, address: Mapping[str, object], *, calendar: Calendar, now: datetime) -> bool:
    """Whether a window wished for earlier can still be booked now at this address, which must be complete."""
    if wrong_fields(kept(address)):
        return False
    return read_window(window) in windows_for(address, calendar=calendar, now=now)


def pickup_due(due: datetime, address: Mapping[str, object], *, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """The due instant of a pickup with its pauses (LOG-02): `{"due", "pauses": [{"day", "cause"}]}`."""
    moved, pauses = due_with_pauses(
        due, calendar=calendar, region_code=region_code(address), suspensions=suspensions(now)
    )
    return {"due": moved, "pauses": [{"day": day.isoformat(), "cause": cause} for day, cause in pauses]}


def couriers() -> list[dict[str, str]]:
    """The couriers of the form, best known first: those of which new waybills are taken."""
    closed = couriers_off()
    return [{"code": one.code, "zh": one.name.zh, "en": one.name.en} for one in COURIERS.values() if one.code not in closed]


def couriers_off() -> frozenset[str]:
    """The codes of the couriers that are switched off."""
    return frozenset(CarrierSetting.objects.filter(active=False).values_list("code", flat=True))


def pickups_of(subject: str) -> list[dict[str, Any]]:
    """The subject's pickups, newest first, with every visit; the address is not in it."""
    rows = Pickup.objects.filter(subject=subject).prefetch_related("visits").order_by("-id")
    return [
        {
            "number": row.number, "state": row.state, "label": row.get_state_display(), "carrier": row.carrier,
            "carrier_name": _name(row.carrier), "window": {"start": row.window_start, "end": row.window_end},
            "reference": row.carrier_reference, "free": row.free, "parcels": row.parcels,
            "fee": {"amount": row.fee_minor, "currency": row.currency}, "attempts": row.attempts,
            "attempts_left": max(0, row.attempts_most - row.attempts) if row.state in OPEN_PICKUP else 0,
            "requested_at": row.requested_at, "collected_at": row.collected_at, "end_reason": row.end_reason,
            "visits": [
                {"attempt": visit.number, "outcome": visit.outcome, "code": visit.code, "at": visit.at,
                 "text": {"zh": visit.text_zh, "en": visit.text_en}}
                for visit in sorted(row.visits.all(), key=lambda visit: -visit.number)
            ],
        }
        for row in rows
    ]  # fmt: skip


def parcels_of(subject: str, *, direction: str | None = None, released: bool = False) -> list[dict[str, Any]]:
    """The subject's bound parcels (with `released` also the others), newest first, tracking newest first (LOG-09)."""
    rows = Parcel.objects.filter(subject=subject).prefetch_related("track").order_by("-id")
    if direction:
        rows = rows.filter(direction=direction)
    if not released:
        rows = rows.filter(released_at=None)
    found = list(rows)
    settled = dict(CarrierSetting.objects.exclude(tracking_url="").values_list("code", "tracking_url")) if found else {}
    return [
        {
            "id": row.id, "direction": row.direction, "carrier": row.carrier, "carrier_name": _name(row.carrier),
            "tracking_number": row.tracking_number, "phase": row.phase,
            "link": tracking_link(row.carrier, row.tracking_number, settled=settled),
            "label": _both(PHASE_LABELS[row.phase].zh, PHASE_LABELS[row.phase].en), "code": row.code,
            "detail": _both(DETAILS[row.code].label.zh, DETAILS[row.code].label.en) if row.code in DETAILS else None,
            "problem": row.problem, "advice": _advice(row), "way": _way(row),
            "registered_at": row.registered_at, "delivered_at": row.delivered_at,
            "released_at": row.released_at, "release_reason": row.release_reason,
            "track": [
                {"at": point.at, "code": point.code, "text": _both(point.text_zh, point.text_en),
                 "location": point.location}
                for point in sorted(row.track.all(), key=lambda point: (point.at, point.id), reverse=True)[:TRACK_MOST]
            ],
        }
        for row in found
    ]  # fmt: skip


def stuck(now: datetime, *, after_minutes: int = 30) -> list[dict[str, Any]]:
    """Pickups and labels that no carrier has confirmed for too long: for the doctor and the staff."""
    since = now - timedelta(minutes=after_minutes)
    pickups = Pickup.objects.filter(state="requested", requested_at__lt=since)
    labels = Parcel.objects.filter(tracking_number="", released_at=None, registered_at__lt=since)
    return [
        {"kind": "pickup", "number": row.number, "subject": row.subject, "trouble": row.trouble,
         "since": row.requested_at}
        for row in pickups.order_by("id")[:100]
    ] + [
        {"kind": "label", "number": str(row.id), "subject": row.subject, "trouble": row.trouble,
         "since": row.registered_at}
        for row in labels.order_by("id")[:100]
    ]  # fmt: skip


def troubles_of(subjects: Collection[str]) -> dict[str, Text]:
    """Of each subject's bound parcels the newest one that the house must see to: what is wrong."""
    rows = Parcel.objects.filter(subject__in=subjects, released_at=None, problem=True, code__in=codes_of("house")).order_by("id")
    return {row.subject: DETAILS[row.code].label for row in rows}


def troubled(*, direction: str = "return", most: int = 200) -> list[dict[str, Any]]:
    """Bound parcels whose newest news is trouble that the house must see to, the longest waiting first."""
    rows = Parcel.objects.filter(direction=direction, released_at=None, problem=True, code__in=codes_of("house"))
    rows = rows.order_by("standing_at", "id")
    return [
        {"subject": row.subject, "carrier_name": _name(row.carrier), "tracking_number": row.tracking_number, "code": row.code,
         "detail": _both(DETAILS[row.code].label.zh, DETAILS[row.code].label.en), "since": row.standing_at}
        for row in rows[:most]
    ]  # fmt: skip


def _advice(row: Parcel) -> dict[str, str] | None:
    """What whoever sent it back can do now; the way to the consumer is the house's own."""
    found = advice_for(row.code) if row.direction == "return" and row.delivered_at is None else None
    return {**_both(found.words.zh, found.words.en), "whose": found.whose} if found else None


def _way(row: Parcel) -> list[dict[str, Any]]:
    """The parcel's stages as a stepper: done, here, to come; a parcel that goes back to its sender ends there."""
    phases = WAY if row.phase != "returned" else (*WAY[:-2], "returned")
    at = phases.index(row.phase) if row.phase in phases else 0
    last = row.phase in ("delivered", "returned")
    return [
        {"label": _both(PHASE_LABELS[phase].zh, PHASE_LABELS[phase].en),
         "state": "done" if place < at or (last and place == at) else "here" if place == at else "todo"}
        for place, phase in enumerate(phases)
    ]  # fmt: skip


def _name(carrier: str) -> dict[str, str]:
    name = COURIERS[carrier].name
    return _both(name.zh, name.en)


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}
