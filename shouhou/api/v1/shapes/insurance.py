"""Shapes of freight insurance."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, Shape, Version

Sum = Annotated[int, Field(ge=1, le=100_000_00)]
ClaimState = Literal["received", "approved", "paid", "refused", "appealed", "withdrawn"]


class FreightPolicyInput(Input):
    """A policy on one third-party order; amounts in minor units of the order's currency.

    Without `standard` the sum insured is what one way is worth; without `mode` it is as the policy book says.
    """

    number: Annotated[str, Field(min_length=1, max_length=60, examples=["FP-2026-0001"])]
    insurer: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", examples=["picc"])]
    sum: Sum
    insurer_name: Annotated[str, Field(max_length=120)] = ""
    mode: Literal["cap", "fixed"] | None = None
    standard: Annotated[str, Field(max_length=30, examples=["cn-basic"])] = ""
    weight_grams: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    bought_by: Literal["seller", "buyer"] = "seller"
    premium: Annotated[int, Field(ge=0, le=100_000_00)] = 0
    claims_most: Annotated[int, Field(ge=1, le=20)] = 1
    issued_at: datetime | None = None
    cancelled_at: datetime | None = None
    version: Version = None


class PutFreightPolicyShape(Shape):
    """What became of it."""

    number: str
    result: Literal["created", "changed", "unchanged"]
    version: int


class FreightPolicyShape(Shape):
    number: str
    order: str
    insurer: str
    insurer_name: str
    mode: Literal["cap", "fixed"]
    sum: int
    currency: str
    standard: str | None
    standard_label: str | None
    weight_grams: int | None
    bought_by: Literal["seller", "buyer"]
    premium: int
    issued_at: Instant
    claims_most: int
    claims_used: int
    cancelled_at: Instant | None
    version: int


class FreightClaimShape(Shape):
    """One claim: `actual` is the freight the buyer paid, `standard` what one way is worth, `claimed` what is owed by the rule,
    `payout` what the insurer decided."""

    number: str
    case: str
    service: str
    order: str
    policy_number: str
    insurer: str
    state: ClaimState
    state_label: str
    currency: str
    waybill: str | None
    actual: int
    reimbursed: int
    standard: int
    claimed: int
    payout: int | None
    completed_at: Instant
    due_at: Instant
    breached_at: Instant | None
    decided_at: Instant | None
    reason: str | None
    reason_label: str | None
    note: str | None
    appeal_until: Instant | None
    appealed_at: Instant | None
    refund: str | None
    paid_at: Instant | None
    version: int


class FreightClaimList(Shape):
    items: list[FreightClaimShape]
    next: str | None


class ClaimGoods(Shape):
    title: str
    quantity: int


class ClaimParcel(Shape):
    """A parcel of the way back; `arrived` is the one that came."""

    carrier: str
    number: str
    registered_at: Instant
    delivered_at: Instant | None
    arrived: bool
    released: str


class ClaimFactsShape(Shape):
    """What is known of the way; no name, phone or address."""

    route: str | None
    route_label: str | None
    from_region: str | None
    to_region: str | None
    weight_grams: int | None
    freight_stated: bool
    customer_bears: int
    goods: list[ClaimGoods]
    reason: str | None
    fault: str | None
    method: str | None
    carrier: str | None
    parcels: list[ClaimParcel]
    receipts: list[str]
    received_at: Instant | None
    appeal: str | None


class ClaimStep(Shape):
    step: str
    text: str
    role: str
    name: str
    at: Instant
    note: str | None


class FreightClaimWhole(FreightClaimShape):
    policy: FreightPolicyShape
    facts: ClaimFactsShape
    steps: list[ClaimStep]


class DecideInput(Input):
    """`reduce` needs `amount` (above 0, below what is claimed); `reduce` and `refuse` need a ground and words."""

    verdict: Literal["approve", "reduce", "refuse"]
    amount: Annotated[int | None, Field(ge=0, le=100_000_00)] = None
    reason: Literal["", "waybill_unknown", "no_freight_paid", "above_usual", "not_insured", "fraud", "other"] = ""
    note: Annotated[str, Field(max_length=1000)] = ""
    version: Version = None


class AppealInput(Input):
    """Why the insurer should look again; the right waybill where the old one was wrong; tokens of receipts."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    waybill: Annotated[str, Field(max_length=40)] = ""
    receipts: Annotated[list[str], Field(max_length=3)] = []
