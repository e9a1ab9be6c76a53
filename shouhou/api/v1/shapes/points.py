"""Shapes of the service network."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, Shape, Version

Words = Annotated[str, Field(max_length=240)]
Listed = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=60)]
Kind = Literal["drop_off", "repair", "both"]
Degrees = Annotated[Decimal, Field(ge=-180, le=180, max_digits=9, decimal_places=6)]


class PointInput(Input):
    """A service point as it is to be. Empty categories or brands: all; no capacity: unlimited; capacity 0: nobody."""

    name_zh: Annotated[str, Field(min_length=1, max_length=80)]
    name_en: Words = ""
    kind: Kind
    region_code: Annotated[str, Field(pattern=r"^\d{4}(\d{2})?$", examples=["510104"])]
    address_zh: Annotated[str, Field(min_length=1, max_length=200)]
    address_en: Words = ""
    phone: Annotated[str, Field(max_length=32)] = ""
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    hours: Annotated[str, Field(max_length=600, examples=["1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00"])] = ""
    closings: Annotated[str, Field(max_length=4000, examples=["2027-02-05..2027-02-12 春节"])] = ""
    closed_on_holidays: bool = False
    categories: Listed = []
    brands: Listed = []
    services: Listed = []
    merchant: Annotated[str, Field(max_length=40, description="a shop's code; empty: the house's own")] = ""
    joint_warranty: bool = False
    capacity_per_day: Annotated[int | None, Field(ge=0, le=100_000)] = None
    active: bool | None = None
    version: Version = None


class PutPointShape(Shape):
    """What became of it."""

    code: str
    result: Literal["created", "changed", "unchanged"]
    version: int


class BothWords(Shape):
    zh: str
    en: str


class PointShape(Shape):
    """A place. `hours` are seven lists from Monday; `until` is null while it never closes, `opens_at` beyond 30 days."""

    code: str
    name: BothWords
    kind: Kind
    active: bool
    region_code: str
    region: str
    address: BothWords
    phone: str
    latitude: float | None
    longitude: float | None
    distance_metres: int | None
    nearness: Literal["district", "city", "province"] | None
    hours: list[list[str]]
    open: bool
    until: Instant | None
    opens_at: Instant | None
    closed_because: str | None
    services: list[str]
    categories: list[str]
    brands: list[str]
    joint_warranty: bool
    capacity_per_day: int | None


class PointList(Shape):
    items: list[PointShape]
    next: None = None
