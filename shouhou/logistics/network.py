"""Reads of the service network: what is near, what is open, and the whole list for those who keep it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from shouhou.foundation.days import Calendar
from shouhou.foundation.workflow import Text
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.regions import region_names
from shouhou.logistics.rules.distance import Nearness, Spot, band, metres, nearness, written_degrees
from shouhou.logistics.rules.hours import Closing, Hours, Opening, opening, read_spans, written_closings, written_week

LIMIT = 20
LIMIT_MOST = 50
WITHIN_KM = 50
WITHIN_KM_MOST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a place must be good for; empty asks for nothing. `merchant_id` adds that shop's own places to the house's."""

    services: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brand: str = ""
    region: str = ""
    joint_warranty: bool = False
    merchant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A service point as somebody who wants to go there sees it."""

    code: str
    name: Text
    kind: str
    region_code: str
    region: str
    address: Text
    phone: str
    spot: Spot | None
    hours: Hours
    opening: Opening
    distance_metres: int | None
    nearness: Nearness
    services: tuple[str, ...]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    joint_warranty: bool
    capacity_per_day: int | None
    active: bool
    merchant_id: int | None

    @property
    def degrees(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude as people write them."""
        return None if self.spot is None else (written_degrees(self.spot[0]), written_degrees(self.spot[1]))


def nearest(
    *, at: datetime, calendar: Calendar, near: Spot | None = None, region_code: str = "", wanted: Wanted | None = None,
    limit: int = LIMIT, within_km: int = WITHIN_KM,
) -> list[Place]:  # fmt: skip
    """Places that take somebody in, nearest first: by distance from `near`, else by what their region shares with
    `region_code` (the same district, city, province; no others). Without either: by code.

    A point without capacity is not among them (ORG-06); by distance one without coordinates is not either.
    """
    found = _fitting(wanted or Wanted()).filter(active=True).exclude(capacity_per_day=0)
    limit = max(1, min(limit, LIMIT_MOST))
    if near is not None:
        reach = max(1, min(within_km, WITHIN_KM_MOST)) * 1000
        (south, west), (north, east) = band(near, reach)
        around = found.filter(latitude__range=(south, north), longitude__range=(west, east))
        measured = sorted(
            (distance, code) for code, latitude, longitude in around.values_list("code", "latitude", "longitude").iterator()
            if (distance := metres(near, (latitude or 0, longitude or 0))) <= reach
        )[:limit]  # fmt: skip
        distances = {code: distance for distance, code in measured}
        rows = sorted(ServicePoint.objects.filter(code__in=distances), key=lambda row: (distances[row.code], row.code))
        return [_place(row, at=at, calendar=calendar, region_code=region_code, distance=distances[row.code]) for row in rows]
    rows = _by_region(found, region_code, limit) if region_code else list(found.order_by("code")[:limit])
    return [_place(row, at=at, calendar=calendar, region_code=region_code) for row in rows]


def place(code: str, *, at: datetime, calendar: Calendar) -> Place | None:
    """The place of this code, switched off or not."""
    row = ServicePoint.objects.filter(code=code.strip().upper()[:24]).first()
    return None if row is None else _place(row, at=at, calendar=calendar)


def place_names(codes: Iterable[str]) -> dict[str, Text]:
    """Code → name, for what was kept as a code."""
    rows = ServicePoint.objects.filter(code__in=set(codes)).values_list("code", "name_zh", "name_en")
    return {code: Text(zh, en or zh) for code, zh, en in rows}


def points(*, q: str = "", region: str = "", service: str = "", kind: str = "", active: bool | None = None) -> QuerySet[ServicePoint]:
    """The points of the list, by code; `region` is the beginning of a region code, `q` a word of code, name or address."""
    found = ServicePoint.objects.select_related("merchant").order_by("code")
    if q:
        found = found.filter(
            Q(code__icontains=q) | Q(name_zh__icontains=q) | Q(name_en__icontains=q) | Q(address_zh__icontains=q) | Q(phone__icontains=q)
        )
    if region:
        found = found.filter(region_code__startswith=region)
    if service:
        found = found.filter(services__contains=[service])
    if kind:
        found = found.filter(kind=kind)
    return found if active is None else found.filter(active=active)


def point_json(row: ServicePoint) -> dict[str, Any]:
    """The point as `put_point` takes it, with its version and whether it is offered."""
    hours = hours_of(row)
    return {
        "code": row.code, "name_zh": row.name_zh, "name_en": row.name_en, "kind": row.kind, "region_code": row.region_code,
        "address_zh": row.address_zh, "address_en": row.address_en, "phone": row.phone,
        "latitude": None if row.latitude is None else written_degrees(row.latitude),
        "longitude": None if row.longitude is None else written_degrees(row.longitude),
        "hours": written_week(hours.week), "closings": written_closings(hours.closings), "closed_on_holidays": row.closed_on_holidays,
        "categories": row.categories, "brands": row.brands, "services": row.services,
        "merchant": row.merchant.code if row.merchant else "", "joint_warranty": row.joint_warranty,
        "capacity_per_day": row.capacity_per_day, "active": row.active, "version": row.version,
    }  # fmt: skip


def hours_of(row: ServicePoint) -> Hours:
    week = tuple(tuple(span for part in spans for span in read_spans(part)) for spans in row.week)
    closings = tuple(
        Closing(date.fromisoformat(each["first"]), date.fromisoformat(each["last"]), each["note"]) for each in row.closings
    )
    return Hours(week, closings, row.closed_on_holidays)


def _fitting(wanted: Wanted) -> QuerySet[ServicePoint]:
    house = Q(merchant=None) if wanted.merchant_id is None else Q(merchant=None) | Q(merchant_id=wanted.merchant_id)
    found = ServicePoint.objects.filter(house, region_code__startswith=wanted.region)
    if wanted.services:
        found = found.filter(services__contains=list(wanted.services))
    if wanted.categories:
        found = found.filter(Q(categories=[]) | Q(categories__contains=list(wanted.categories)))
    if wanted.brand:
        found = found.filter(Q(brands=[]) | Q(brands__contains=[wanted.brand]))
    return found.filter(joint_warranty=True) if wanted.joint_warranty else found


def _by_region(found: QuerySet[ServicePoint], region_code: str, limit: int) -> list[ServicePoint]:
    """The same district first, then the city, then the province."""
    rows: list[ServicePoint] = []
    for digits in (6, 4, 2):
        if len(region_code) >= digits and len(rows) < limit:
            had = [row.pk for row in rows]
            rows += found.filter(region_code__startswith=region_code[:digits]).exclude(pk__in=had).order_by("code")[: limit - len(rows)]
    return rows


def _place(
    row: ServicePoint, *, at: datetime, calendar: Calendar, region_code: str = "", distance: int | None = None
) -> Place:  # fmt: skip
    hours = hours_of(row)
    spot = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    return Place(
        code=row.code, name=Text(row.name_zh, row.name_en or row.name_zh), kind=row.kind, region_code=row.region_code,
        region=" ".join(region_names(row.region_code)), address=Text(row.address_zh, row.address_en or row.address_zh),
        phone=row.phone, spot=spot, hours=hours, opening=opening(hours, at=at, calendar=calendar), distance_metres=distance,
        nearness=nearness(row.region_code, region_code), services=tuple(row.services), categories=tuple(row.categories),
        brands=tuple(row.brands), joint_warranty=row.joint_warranty, capacity_per_day=row.capacity_per_day, active=row.active,
        merchant_id=row.merchant_id,
    )  # fmt: skip
