"""Shapes of protection plans."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, Shape, Version

Minor = Annotated[int, Field(ge=0, le=100_000_000_000)]


class PlanInput(Input):
    """A plan as it was sold: amounts in minor units. What is left out is as usual for its kind (GET /plans/kinds).

    The goods: `order` with `line`, or `serial`; one of them alone where it names only one line.
    """

    kind: Annotated[str, Field(min_length=1, max_length=20, examples=["screen"])]
    order: Annotated[str, Field(max_length=80)] = ""
    line: Annotated[int | None, Field(ge=1, le=100_000)] = None
    serial: Annotated[str, Field(max_length=80)] = ""
    name: Annotated[str, Field(max_length=120)] = ""
    provider: Annotated[str, Field(max_length=120)] = ""
    sold_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    months: Annotated[int | None, Field(ge=1, le=240)] = None
    waiting_days: Annotated[int | None, Field(ge=0, le=365)] = None
    claims_most: Annotated[int | None, Field(ge=1, le=1000)] = None
    cap: Minor | None = None
    deductible: Minor | None = None
    price: Minor = 0
    cancelled_on: date | None = None
    version: Version = None


class PutPlanShape(Shape):
    """What became of it."""

    number: str
    result: Literal["created", "changed", "unchanged"]
    version: int


class PlanShape(Shape):
    """One plan. `ends_on` null: an extended warranty of so many `months` beyond the basic one."""

    number: str
    kind: str
    label: str
    name: str
    provider: str
    order: str
    line: int
    serial: str | None
    sold_on: date
    starts_on: date
    ends_on: date | None
    months: int
    waiting_days: int
    claims_most: int | None
    claims_used: int
    cap: int | None
    cap_used: int
    deductible: int
    price: int
    currency: str
    cancelled_on: date | None
    refund_due: int
    version: int


class PlanClaimShape(Shape):
    subject: str
    state: Literal["held", "used", "released"]
    cause: str | None
    fault: str | None
    amount: int
    at: Instant
    ended_at: Instant | None


class PlanWithClaims(PlanShape):
    claims: list[PlanClaimShape]


class PlanList(Shape):
    items: list[PlanShape]
    next: None = None


class PlanKindShape(Shape):
    """A kind of plan: what it covers, leaves out, is limited to and asks for. Empty faults or categories: all."""

    kind: str
    label: str
    terms: str
    causes: list[str]
    faults: list[str]
    excluded_faults: list[str]
    categories: list[str]
    months: int
    waiting_days: int
    claims_most: int | None
    cap: int | None
    deductible: int
    documents: list[str]
    refund: Literal["pro_rata", "full", "none"]
    sources: list[str]


class PlanKinds(Shape):
    items: list[PlanKindShape]
    next: None = None
